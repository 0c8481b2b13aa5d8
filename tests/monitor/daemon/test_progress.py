"""Standstill: only while something is read, and only after long enough."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.daemon.progress import Progress


@dataclass
class Clock:
    """A clock that a test sets."""

    now: float = 0.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


def _asked(*steps: tuple[float, str]) -> list[float | None]:
    """What is answered at these times; a step `moves`, asks while `idle`, or while `reading`."""
    clock = Clock()
    progress = Progress(clock, stuck_after_seconds=60)
    answers = []
    for now, step in steps:
        clock.now = now
        if step == "moves":
            progress.moved()
        else:
            answers.append(progress.stuck_for(is_reading=step == "reading"))
    return answers


def test_reading_that_brings_nothing_for_too_long_is_stuck() -> None:
    """Not before."""
    assert _asked((60, "reading"), (61, "reading")) == [None, 61]


def test_whatever_comes_of_it_begins_anew() -> None:
    """A large file is read for hours."""
    assert _asked((50, "moves"), (100, "reading"), (111, "reading")) == [None, 61]


def test_a_source_that_has_nothing_new_is_not_stuck() -> None:
    """Nor is the first look after a quiet night."""
    assert _asked((50_000, "idle"), (50_001, "reading"), (50_060, "reading")) == [None, None, None]
