"""The tools of the tree agree with one another: Makefile, requirements, layers, CI."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

_REQUIREMENTS = ("requirements.txt", "requirements-dev.txt", "requirements-build.txt")


@pytest.fixture(scope="module")
def project(root: Path) -> dict[str, Any]:
    """Content of pyproject.toml."""
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


def test_every_make_target_is_listed_by_help(root: Path) -> None:
    """`make` alone tells a newcomer everything that can be typed."""
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    targets = " ".join(re.findall(r"^\.PHONY: (.+)$", makefile, flags=re.MULTILINE)).split()
    listed = subprocess.run(["make", "--no-print-directory"], cwd=root, capture_output=True, text=True, check=True)  # noqa: S607 - the make that runs the tests

    assert [line.split()[1] for line in listed.stdout.splitlines()] == targets


def test_ci_requires_what_a_laptop_may_lack(root: Path) -> None:
    """A skipped test cannot hide in CI."""
    script = root / ".ci" / "run"
    lines = script.read_text(encoding="utf-8").splitlines()

    assert "export TRANSFERWATCH_REQUIRE=corpus,services" in lines
    assert os.access(script, os.X_OK)


@pytest.mark.parametrize("name", _REQUIREMENTS)
def test_every_requirement_is_pinned_with_a_hash(root: Path, name: str) -> None:
    """Nobody can slip another file under the name of a version."""
    text = (root / name).read_text(encoding="utf-8").replace("\\\n", " ")
    entries = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]

    assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("name", _REQUIREMENTS)
def test_requirements_name_no_address(root: Path, name: str) -> None:
    """The installer's own settings say where packages come from."""
    assert re.findall(r"\w+://|--(?:extra-)?index-url|--find-links", (root / name).read_text(encoding="utf-8")) == []


def test_declared_dependencies_are_pinned(root: Path, project: dict[str, Any]) -> None:
    """A dependency added to pyproject.toml waits for `make requirements`."""
    pinned = set(
        re.findall(r"^([\w.-]+)==", (root / "requirements.txt").read_text(encoding="utf-8"), flags=re.MULTILINE)
    )
    declared = {re.split(r"[<>=!~; \[]", entry)[0] for entry in project["project"]["dependencies"]}

    assert sorted(declared - pinned) == []


def test_every_module_stands_in_a_layer(root: Path, project: dict[str, Any]) -> None:
    """A module that the contract does not name could import anything."""
    layers = " ".join(project["tool"]["importlinter"]["contracts"][0]["layers"])
    named = set(re.findall(r"monitor\.(\w+)", layers))
    modules = {path.stem for path in (root / "monitor").glob("*.py")} - {"__init__"}
    packages = {path.parent.name for path in (root / "monitor").glob("*/__init__.py")}

    assert sorted(modules | packages) == sorted(named & (modules | packages))
