"""The world goes on: log files that grow as its time passes.

Decides what each file holds at a moment: exactly the lines whose intervals have ended by then. The caller says the
moment; no clock is read. What lies on the disk is the only state, so a second run takes up where the first one broke
off, in the middle of a line if need be. The files are plain text: a compressed file cannot grow.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import floor
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from monitor.world.course import DAY_SECONDS, midnight
from monitor.world.delivery import Delivery, deliveries
from monitor.world.history import HISTORY_DAYS
from monitor.world.scenario import FIRST_DAY, LAST_DAY, stated_for
from monitor.world.traffic import exchanges_by_day

if TYPE_CHECKING:
    from pathlib import Path

_EPOCH: Final = date(1970, 1, 1)
LIVE_START: Final = FIRST_DAY + timedelta(days=HISTORY_DAYS)
LIVE_END: Final = datetime(LAST_DAY.year, LAST_DAY.month, LAST_DAY.day, tzinfo=UTC) + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Step:
    """How far the world has come: lines that this step completed, the moment reached, and whether nothing follows."""

    lines: int
    until: datetime
    ended: bool


class _GrowingFile:
    """One file: its final octets, the second at which each line's interval ends, and where the line ends in them."""

    def __init__(self, delivery: Delivery) -> None:
        self._path = delivery.plain_path
        self._content = delivery.plain()
        self._ends = delivery.lines["end"].to_numpy()
        feeds = np.flatnonzero(np.frombuffer(self._content, dtype=np.uint8) == ord("\n"))
        self._offsets = feeds[delivery.header.count("\n") :] + 1

    def grow(self, directory: Path, after: int, until: int) -> int:
        """Append what is due by the second `until` and not yet there; the number of lines that became whole.

        A file to which nothing was added after the second `after` is left alone, even if somebody took it away.
        """
        before, whole = (int(number) for number in np.searchsorted(self._ends, (after, until), side="right"))
        if whole <= before:
            return 0
        path = directory / self._path
        present = path.stat().st_size if path.exists() else 0
        due = int(self._offsets[whole - 1])
        if due <= present:
            return 0
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as log:
            log.write(self._content[present:due])
        return whole - int(np.searchsorted(self._offsets, present, side="right"))


class Live:
    """The world from the first moment of `start` on, below a directory that holds the days before it, or none."""

    def __init__(self, directory: Path, seed: int, scale: float = 1.0, start: date = LIVE_START) -> None:
        self._directory = directory
        self._seed = seed
        self._scale = scale
        self._reached = midnight(start) - 1
        self._day: tuple[date, list[_GrowingFile]] | None = None

    def go_on(self, until: datetime) -> Step:
        """Append every line whose interval ends after the moment reached so far and not after `until`.

        A moment that has been reached already changes nothing. At `LIVE_END` and later the step says `ended`: nothing
        happens after the scenario's last day. One day's lines are held, so a long step costs time, not memory.

        Raises:
            ValueError: a moment without a time zone, or a start outside the scenario's days.
        """
        if until.tzinfo is None:
            raise ValueError("the moment needs a time zone")
        until = min(until.astimezone(UTC), LIVE_END)
        second = min(floor(until.timestamp()), midnight(LAST_DAY) + DAY_SECONDS - 1)
        lines = 0
        for number in range((self._reached + 1) // DAY_SECONDS, second // DAY_SECONDS + 1):
            files = self._files_of(_EPOCH + timedelta(days=number))
            lines += sum(file.grow(self._directory, self._reached, second) for file in files)
        self._reached = max(self._reached, second)
        return Step(lines, until, until == LIVE_END)

    def _files_of(self, day: date) -> list[_GrowingFile]:
        if self._day is None or self._day[0] != day:
            stated_for(day, 1)
            exchanges = pl.concat(exchanges_by_day(self._seed, day, 1, self._scale))
            self._day = day, [_GrowingFile(file) for file in deliveries(self._seed, exchanges)]
        return self._day[1]
