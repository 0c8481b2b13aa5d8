"""How far an atlas and an event lie apart in time: by the days of the atlas's sources.

Decides that an atlas has two days, of the oldest and of the newest of some of its sources, and that the one that lies
farther from the event speaks. Which sources those are, the caller says (`monitor.attribution.kept_atlases`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

FAR_DAYS: Final = 180
"""From more days than these on, an answer says that an address may have lain elsewhere then."""
_EPOCH: Final = date(1970, 1, 1)
_DAY_MICROSECONDS: Final = 86_400_000_000


@dataclass(frozen=True, slots=True)
class AtlasDays:
    """Days of the oldest and of the newest source that counts."""

    oldest: date
    newest: date

    @classmethod
    def of(cls, days: Iterable[date]) -> AtlasDays | None:
        """Take the days of the sources; None where there are none."""
        known = sorted(days)
        return cls(known[0], known[-1]) if known else None

    def apart(self, event: date) -> int:
        """Days from the farther source to the event; negative where that source is younger than the event."""
        old, new = (event - self.oldest).days, (event - self.newest).days
        return old if abs(old) >= abs(new) else new

    def apart_column(self, event_microseconds: NDArray[np.int64]) -> NDArray[np.int32]:
        """Do `apart` for a column of instants. Units: microseconds since 1970, UTC."""
        day = event_microseconds // _DAY_MICROSECONDS
        old, new = day - (self.oldest - _EPOCH).days, day - (self.newest - _EPOCH).days
        return np.where(np.abs(old) >= np.abs(new), old, new).astype(np.int32)


def is_far(days: int) -> bool:
    """Whether so many days apart must be said."""
    return abs(days) > FAR_DAYS
