"""Kill updates around every name that they make appear, and say what is in use then, and after the next update.

Run as a program: it forks, and a process with threads should not.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from monitor.attribution.kept_atlases import kept_atlases
from monitor.attribution.refresh.wanted import Wanted
from tests.monitor.attribution.refresh.small import BETTER, GOOD, PUBLISHED, refreshed

_NAMES = {GOOD: "GOOD", BETTER: "BETTER"}
_STEPS = 6


def main(directory: Path) -> None:
    """Say one line for each moment."""
    for step in range(1, _STEPS + 1):
        for where in ("before", "after"):
            folder, own = directory / f"{step}-{where}", directory / f"{step}-{where}.txt"
            source = Wanted("own", PUBLISHED, file=own)
            own.write_bytes(GOOD)
            refreshed(folder, source)
            own.write_bytes(BETTER)
            child = os.fork()
            if not child:
                die_at(step, before=where == "before")
                refreshed(folder, source)
                os._exit(0)
            died = os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
            then = used(folder)
            refreshed(folder, source)
            left = "nothing" if not list(folder.rglob(".part-*")) else "something"
            died_ = "killed" if died else "alive"
            print(f"{where} {step}: {died_}, {then}, then {used(folder)}, {left} left behind")


def used(folder: Path) -> str:
    """Name of what is in use."""
    return _NAMES[(folder / kept_atlases(folder)[-1].file).read_bytes()]


def die_at(step: int, *, before: bool) -> None:
    """Kill this process around the rename of that number."""
    rename, count = Path.replace, 0

    def replace(self: Path, target: Path) -> Path:
        nonlocal count
        count += 1
        if count == step and before:
            os.kill(os.getpid(), signal.SIGKILL)
        done = rename(self, target)
        if count == step:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    Path.replace = replace  # type: ignore[assignment,method-assign]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
