"""What is installed is what was tested: the wheel carries the data that the program reads."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder


@pytest.fixture(scope="module")
def installed(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the unpacked wheel, as an installer would lay it."""
    directory = tmp_path_factory.mktemp("wheel")
    (wheel,) = WheelBuilder(str(root)).build(directory=str(directory), versions=["standard"])
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(directory / "site")
    return directory / "site"


def test_wheel_holds_every_file_of_the_rules(root: Path, installed: Path) -> None:
    """A rule that works in a checkout works after `pip install`."""
    rules = root / "rules"
    expected = sorted(path.relative_to(rules) for path in rules.rglob("*") if path.is_file())
    shipped = installed / "monitor" / "shipped_data" / "rules"
    actual = sorted(path.relative_to(shipped) for path in shipped.rglob("*") if path.is_file())

    assert actual == expected


def test_installed_program_finds_its_rules(installed: Path) -> None:
    """`shipped` looks below the package first."""
    program = "from monitor.shipped import shipped; print(shipped('rules'))"
    run = subprocess.run([sys.executable, "-c", program], cwd=installed, capture_output=True, text=True, check=True)

    assert Path(run.stdout.strip()) == installed / "monitor" / "shipped_data" / "rules"


def test_wheel_installs_the_two_packages_only(installed: Path) -> None:
    """Tests, documents and tools stay in the source tree."""
    top = sorted(path.name for path in installed.iterdir() if not path.name.endswith(".dist-info"))

    assert top == ["collectors", "monitor"]
