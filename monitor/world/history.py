"""Months of the world, written below a directory: the site's files once, and the logs day by day.

Holds the exchanges of one week and the lines of one day, whatever the span. States no truth: `generate` gives that for
any part of the span, and the files of a day are the same from both.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from monitor.world.delivery import deliveries
from monitor.world.scenario import FIRST_DAY, stated_for
from monitor.world.site import site_files, write_site
from monitor.world.traffic import exchanges_by_day

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HISTORY_DAYS: Final = 61  # from FIRST_DAY to 2026-11-30: two whole calendar months


@dataclass(frozen=True, slots=True)
class History:
    """What has been written: files, lines without headers, octets on the disk, first and last day."""

    files: int
    lines: int
    octets: int
    first_day: date
    last_day: date


def _untold(_: History) -> None:
    """Nobody watches."""


def write_history(
    directory: Path,
    seed: int,
    start: date = FIRST_DAY,
    days: int = HISTORY_DAYS,
    scale: float = 1.0,
    told: Callable[[History], None] = _untold,
) -> History:
    """Write the site and `days` days of its logs; `told` hears after each day what has been written so far.

    Existing files of the same name are replaced. Memory does not grow with `days`.

    Raises:
        ValueError: days outside those that the scenario's register and law are stated for.
    """
    stated_for(start, days)
    write_site(site_files(), directory)
    files = lines = octets = 0
    written = History(0, 0, 0, start, start)
    for number, exchanges in enumerate(exchanges_by_day(seed, start, days, scale)):
        for file in deliveries(seed, exchanges):
            path = directory / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            octets += path.write_bytes(file.content())
            lines += file.lines.height
            files += 1
        written = History(files, lines, octets, start, start + timedelta(days=number))
        told(written)
    return written
