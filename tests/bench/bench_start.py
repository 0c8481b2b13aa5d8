"""How long a person waits for the first word: `--help` and `explain`, each in a fresh process, median of five."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from tests.bench.spent import spend

_RUNS: Final = 5
_FLOORS: Final = {("--help",): 0.3, ("explain", "8.8.8.8"): 1.0}  # seconds of wall time


def main() -> None:
    """Measure, print, and exit 1 when a start takes longer than its floor."""
    program = Path(sys.executable).with_name("transferwatch")
    work = Path(__file__).parents[2] / "build" / "bench"
    work.mkdir(parents=True, exist_ok=True)
    missed = False
    for arguments, floor_seconds in _FLOORS.items():
        runs = sorted(spend([program, *arguments], cwd=work).wall_seconds for _ in range(_RUNS))
        seconds = runs[_RUNS // 2]
        missed |= seconds > floor_seconds
        verdict = "BELOW THE FLOOR: " if seconds > floor_seconds else ""
        print(f"{verdict}transferwatch {' '.join(arguments)}: {seconds:.3f} s (at most {floor_seconds} s)")
    raise SystemExit(1 if missed else 0)


if __name__ == "__main__":
    main()
