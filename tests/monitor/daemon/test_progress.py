"""Standstill: only while something is read, and only after long enough."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from monitor.daemon.progress import Progress, tell_alive


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


async def test_who_is_stuck_does_not_say_that_it_is_alive() -> None:
    """And says so again when reading goes on."""
    states = [None, 1_802.0, 1_801.0, None]
    said: list[str] = []
    # It goes on until cancelled; here until nothing is left to be asked.
    with pytest.raises(IndexError):
        await tell_alive(
            lambda: said.append("alive"), states.pop, lambda seconds: said.append(f"stuck {seconds:.0f}"), 0
        )

    assert said == ["alive", "stuck 1801", "stuck 1802", "alive"]
