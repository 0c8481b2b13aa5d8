"""How old each source of a kept atlas is, and from when on that must be loud.

Decides which day counts: the one that an input gives itself, or that of its bundle; of an input without a day of its
own, the last day on which its publisher, or the site's own file, was found to say the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.atlas_days import FAR_DAYS
from monitor.attribution.refresh.store import SourceState
from monitor.attribution.refresh.taking import BUNDLE

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from monitor.attribution.refresh.store import State
    from monitor.attribution.refresh.wanted import Upkeep, Wanted


@dataclass(frozen=True, slots=True)
class Freshness:
    """One source: `day` is the day that counts, null where there is no input yet."""

    id: str
    day: date | None
    stale_after_days: int
    state: SourceState

    def age_days(self, today: date) -> int | None:
        """Days since then; null where there is no input yet."""
        return None if self.day is None else max(0, (today - self.day).days)

    def is_stale(self, today: date) -> bool:
        """Whether it is too old; what is not there is."""
        age = self.age_days(today)
        return age is None or age > self.stale_after_days


def freshness_of(wanted: Iterable[Wanted], state: State, upkeep: Upkeep) -> tuple[Freshness, ...]:
    """Freshness of every source, in the order of the list."""
    return tuple(
        Freshness(
            id=each.id,
            day=_day(each, known := state.sources.get(each.id, SourceState())),
            stale_after_days=each.fetch.stale_after_days or _stale_after(each, upkeep),
            state=known,
        )
        for each in wanted
    )


def was_failure(state: State) -> bool:
    """Whether the last update failed, in a source or in building."""
    return bool(state.build_failure) or any(each.result == "failed" for each in state.sources.values())


def _stale_after(wanted: Wanted, upkeep: Upkeep) -> int:
    """A pinned archive changes with a release of the program: it is old when its atlas is."""
    return upkeep.stale_after_days if wanted.archive is None else max(upkeep.stale_after_days, FAR_DAYS)


def _day(wanted: Wanted, state: SourceState) -> date | None:
    kept: datetime | None = state.confirmed_at
    if state.input is None:
        return None
    own_day = state.input.day_from == "input" or state.input.origin == BUNDLE or wanted.archive is not None
    return state.input.published if own_day or kept is None else max(state.input.published, kept.date())
