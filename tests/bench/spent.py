"""Run a command to its end and tell what it spent: CPU of its whole process tree, wall time, peak memory.

The caller stays small on purpose: Linux counts the memory of a process from before its `exec`, so a parent that holds
a large frame would be measured in place of its child.
"""

from __future__ import annotations

import os
import subprocess
import time
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True, order=True)
class Spent:
    """What one run cost; ordered by CPU time. `peak_octets` is resident memory of its largest process."""

    cpu_seconds: float
    wall_seconds: float
    peak_octets: int


def spend(command: Sequence[str | Path], *, cwd: Path, stdin: int | IO[bytes] = subprocess.DEVNULL) -> Spent:
    """Run `command`; its output goes to `output.txt` in `cwd`.

    Units: CPU is user and system time of the process and of every descendant it waited for (getrusage(2)).

    Raises:
        SystemExit: the command failed; the message holds the end of what it said.
    """
    said = cwd / "output.txt"
    with said.open("wb") as output:
        began = time.monotonic()
        process = subprocess.Popen(
            list(command), cwd=cwd, stdin=stdin, stdout=output, stderr=subprocess.STDOUT, env=_as_installed()
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall_seconds = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        tail = said.read_text(encoding="utf-8", errors="replace")[-2_000:]
        raise SystemExit(f"{' '.join(map(str, command))} ended with {process.returncode}:\n{tail}")
    return Spent(usage.ru_utime + usage.ru_stime, wall_seconds, usage.ru_maxrss * 1024)


def _as_installed() -> dict[str, str]:
    """Environment of a user: modules are compiled once, not at every start."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def median(runs: Sequence[Spent]) -> Spent:
    """The middle run by CPU time."""
    return sorted(runs)[len(runs) // 2]
