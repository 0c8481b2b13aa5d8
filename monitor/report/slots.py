"""The days and hours of a month in the site's time zone, as they were: 23 or 25 hours where the clock changed.

Decides how instants of the ledger fall into days and hours of the wall clock. A slot is one hour of the ledger (UTC); a
local midnight inside an hour, in zones such as UTC+05:30, divides it, as the ledger does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from datetime import date

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Slot:
    """One hour of the month: `wall_hour` is what the clock on the wall showed when it began."""

    begins: datetime
    ends: datetime
    day: date
    wall_hour: int


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the month and its slots; `hours` is how long it was."""

    day: date
    begins: datetime
    ends: datetime
    slots: tuple[Slot, ...]

    @property
    def hours(self) -> float:
        """23, 24 or 25 in most zones."""
        return (self.ends - self.begins) / _HOUR


def days_of(begins: datetime, ends: datetime, timezone: str) -> tuple[Day, ...]:
    """The days from `begins` to `ends`, which are local midnights of the zone."""
    zone = ZoneInfo(timezone)
    day, days = begins.astimezone(zone).date(), []
    at = begins
    while at < ends:
        after = min(datetime.combine(day + _DAY, time.min, zone).astimezone(UTC), ends)
        days.append(Day(day, at, after, _slots(at, after, day, zone)))
        day, at = day + _DAY, after
    return tuple(days)


def _slots(begins: datetime, ends: datetime, day: date, zone: ZoneInfo) -> tuple[Slot, ...]:
    slots, at = [], begins
    while at < ends:
        after = min(at.replace(minute=0, second=0, microsecond=0) + _HOUR, ends)
        slots.append(Slot(at, after, day, at.astimezone(zone).hour))
        at = after
    return tuple(slots)
