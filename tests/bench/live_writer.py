"""Append a prepared log to another at a steady rate, with marked lines between, and tell when each was written.

A process of its own, so that nobody's work delays its clock. Instants are of the machine's monotonic clock, the same
in every process (CLOCK_MONOTONIC). A writer that cannot hold its rate says how many lines a second it wrote.
"""

from __future__ import annotations

import argparse
import json
import mmap
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

_CHUNKS_PER_SECOND: Final = 100
_WINDOW: Final = 1 << 26
_SEED: Final = 20261126


def chunks(log: Path, lines: int) -> Iterator[bytes]:
    """The log in pieces of so many whole lines; the last piece may have fewer."""
    with log.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        begin, counted = 0, 0
        for first in range(0, len(content), _WINDOW):
            window = np.frombuffer(content[first : first + _WINDOW], np.uint8)
            ends = np.flatnonzero(window == ord("\n")) + first + 1
            for end in ends[lines - counted - 1 :: lines].tolist():
                yield content[begin:end]
                begin = end
            counted = (counted + len(ends)) % lines
        if begin < len(content):
            yield content[begin:]


def marked_at(marks: int, every_seconds: float) -> list[float]:
    """Seconds after the begin at which marks are due: one in each interval, at no fixed place of it."""
    places = np.random.default_rng(_SEED).random(marks)
    instants: list[float] = ((np.arange(marks) + places) * every_seconds).tolist()
    return instants


def write(log: Path, target: Path, marks: list[bytes], rate: int, every_seconds: float) -> dict[str, object]:
    """Append until all marks are written; `marks`: when each was, `lines` and `seconds`: what was written and how long.

    Units: seconds of the monotonic clock.
    """
    due = marked_at(len(marks), every_seconds)
    written: list[float] = []
    lines = late = 0
    with target.open("ab", buffering=0) as file:
        begun = time.monotonic()
        for number, chunk in enumerate(chunks(log, rate // _CHUNKS_PER_SECOND)):
            at = begun + number / _CHUNKS_PER_SECOND
            if (wait := at - time.monotonic()) > 0:
                time.sleep(wait)
            else:
                late += 1
            file.write(chunk)
            lines += rate // _CHUNKS_PER_SECOND
            while len(written) < len(due) and begun + due[len(written)] <= time.monotonic():
                file.write(marks[len(written)])
                written.append(time.monotonic())
            if len(written) == len(due):
                break
        ended = time.monotonic()
    return {"marks": written, "lines": lines + len(written), "seconds": ended - begun, "late": late}


def main() -> None:
    """Write, and print what was written as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("log", type=Path)
    parser.add_argument("marks", type=Path, help="a line each")
    parser.add_argument("target", type=Path)
    parser.add_argument("--rate", type=int, required=True)
    parser.add_argument("--every-seconds", type=float, required=True)
    chosen = parser.parse_args()
    marks = chosen.marks.read_bytes().splitlines(keepends=True)
    print(json.dumps(write(chosen.log, chosen.target, marks, chosen.rate, chosen.every_seconds)))


if __name__ == "__main__":
    main()
