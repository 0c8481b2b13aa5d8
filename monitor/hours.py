"""The hours that records are kept by: those of UTC, cut where a day of the site begins inside one.

Decides that every day and month of the site, in its own zone, is a sum of whole hours. In most zones a day begins on
the hour; in some (UTC+05:30, UTC-09:30) it does not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Final

import numpy as np

from monitor.fields import day_begins

if TYPE_CHECKING:
    from numpy.typing import NDArray

HOUR_MICROSECONDS: Final = 3_600_000_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NONE: Final = -1
# Hours remembered; a log names few, a hostile one may name any.
_REMEMBERED: Final = 100_000
_CLOSE_TOGETHER: Final = 1_000


@dataclass(frozen=True, slots=True)
class Hours:
    """The hours of a site. Times are microseconds since 1970 in UTC."""

    zone: tzinfo
    _cuts: dict[int, int] = field(default_factory=dict)

    def begin(self, end: NDArray[np.int64]) -> NDArray[np.int64]:
        """Begin of the hour that each instant lies in."""
        hour = end - end % HOUR_MICROSECONDS
        if not len(hour):
            return hour
        distinct = _distinct(hour)
        cuts = np.array([self._cut(each) for each in distinct.tolist()], dtype=np.int64)
        if (cuts == _NONE).all():
            return hour
        cut = cuts[np.searchsorted(distinct, hour)]
        return np.where((cut != _NONE) & (end >= cut), cut, hour)

    def _cut(self, hour: int) -> int:
        """Begin of the site's day inside an hour, or _NONE."""
        found = self._cuts.get(hour)
        if found is None:
            if len(self._cuts) >= _REMEMBERED:
                self._cuts.clear()
            found = self._cuts[hour] = self._day_inside(hour)
        return found

    def _day_inside(self, hour: int) -> int:
        begins = _EPOCH + timedelta(microseconds=hour)
        try:
            local = begins.astimezone(self.zone)
            if local.utcoffset() % timedelta(hours=1) == timedelta(0):  # type: ignore[operator]  # an aware time
                return _NONE
            midnight = day_begins(local.date() + timedelta(days=1), self.zone)
        except OverflowError:
            return _NONE  # the last day of the calendar has no next one
        inside = begins < midnight < begins + timedelta(hours=1)
        return (midnight - _EPOCH) // timedelta(microseconds=1) if inside else _NONE


def _distinct(hour: NDArray[np.int64]) -> NDArray[np.int64]:
    """The hours that occur, and where they lie close together those between them as well; ascending."""
    first, last = int(hour.min()), int(hour.max())
    if (last - first) // HOUR_MICROSECONDS < _CLOSE_TOGETHER:
        return np.arange(first, last + 1, HOUR_MICROSECONDS, dtype=np.int64)
    return np.unique(hour)


def month_span(month: str, zone: tzinfo) -> tuple[datetime, datetime]:
    """First instant of a calendar month (`2026-10`) in a zone and the first one after it, in UTC.

    Raises:
        ValueError: this is no month.
    """
    first = date.fromisoformat(f"{month}-01")
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return day_begins(first, zone), day_begins(following, zone)
