"""What a benchmark charges to a command."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.bench.spent import Spent, median, spend

if TYPE_CHECKING:
    from pathlib import Path

_BURN = "import time\nwhile time.process_time() < 0.3: pass"


def test_cpu_of_a_grandchild_is_charged(tmp_path: Path) -> None:
    """Work that is handed to another process is not free."""
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {_BURN!r}], check=True)"

    assert spend([sys.executable, "-c", parent], cwd=tmp_path).cpu_seconds >= 0.3


def test_memory_of_the_command_is_measured(tmp_path: Path) -> None:
    """Peak memory is that of the command, in octets."""
    spent = spend([sys.executable, "-c", "bytearray(200_000_000)"], cwd=tmp_path)

    assert spent.peak_octets > 200_000_000


def test_failed_command_says_why(tmp_path: Path) -> None:
    """A broken run is never a fast one."""
    with pytest.raises(SystemExit, match=r"ended with 3:\nno atlas\n$"):
        spend([sys.executable, "-c", "import sys; print('no atlas'); sys.exit(3)"], cwd=tmp_path)


def test_median_is_the_middle_run_by_cpu_time() -> None:
    """One slow start does not decide."""
    runs = [Spent(3.0, 1.0, 1), Spent(1.0, 9.0, 1), Spent(2.0, 5.0, 1)]

    assert median(runs) == Spent(2.0, 5.0, 1)
