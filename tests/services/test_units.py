"""The units that ship: systemd understands them, and they give a service nothing that it does not need."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_EXPOSURE = re.compile(r"Overall exposure level for \S+: (\d+\.\d+)")
_MOST = 2.0
_NOT_KNOWN = 77
# prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN) of Linux 6.3; what is executed next keeps it.
_DENIED = f"""
import ctypes, os, sys
if ctypes.CDLL(None).prctl(65, 1, 0, 0, 0):
    sys.exit({_NOT_KNOWN})
os.execv(sys.argv[1], sys.argv[1:])
"""


@pytest.fixture
def analyze(service: Callable[[str], Path]) -> Callable[..., str]:
    """Run systemd-analyze; what it prints, with its complaints."""
    executable = service("systemd-analyze")

    def run(*arguments: object) -> str:
        command = [str(executable), *(str(argument) for argument in arguments)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        return done.stdout + done.stderr

    return run


def _units(root: Path) -> list[Path]:
    return sorted(path for path in (root / "systemd").iterdir() if path.suffix in {".service", ".timer"})


def test_systemd_understands_the_units(root: Path, tmp_path: Path, analyze: Callable[..., str]) -> None:
    """Where the program is installed; here another one stands for it."""
    copies = []
    for unit in _units(root):
        copies.append(tmp_path / unit.name)
        text = unit.read_text(encoding="utf-8")
        copies[-1].write_text(text.replace("/usr/local/bin/transferwatch", "/bin/true"), encoding="utf-8")

    assert analyze("verify", *copies) == ""


@pytest.mark.parametrize("name", ["transferwatch", "transferwatch-geodata"])
def test_a_service_is_hardly_exposed(root: Path, name: str, analyze: Callable[..., str]) -> None:
    """By systemd's own measure, from 0 to 10."""
    said = analyze("security", "--offline=true", root / "systemd" / f"{name}.service")
    found = _EXPOSURE.search(said)

    assert found is not None, said
    assert float(found[1]) <= _MOST


@pytest.mark.parametrize("name", ["transferwatch", "transferwatch-geodata"])
def test_the_program_starts_without_writing_code_into_memory(root: Path, name: str) -> None:
    """As `MemoryDenyWriteExecute` has it, in the environment of the unit."""
    unit = (root / "systemd" / f"{name}.service").read_text(encoding="utf-8")
    environment = dict(each.split("=", 1) for each in re.findall(r"^Environment=(\S+)$", unit, re.MULTILINE))
    site = root / "tests" / "cases" / "site" / "transferwatch.yaml"
    command = [sys.executable, "-c", _DENIED, sys.executable, "-m", "monitor", "check", "-c", str(site)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=120, env={**os.environ, **environment}, cwd=root
    )
    if done.returncode == _NOT_KNOWN:
        pytest.skip("this kernel is older than 6.3")

    assert (done.returncode, done.stderr) == (0, "")


def test_sysusers_understands_the_user(root: Path, service: Callable[[str], Path], tmp_path: Path) -> None:
    """In a root of its own."""
    (tmp_path / "etc").mkdir()
    executable = service("systemd-sysusers")
    command = [str(executable), f"--root={tmp_path}", "--dry-run", str(root / "systemd" / "transferwatch.sysusers")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    assert (done.returncode, "transferwatch" in done.stdout + done.stderr) == (0, True)
