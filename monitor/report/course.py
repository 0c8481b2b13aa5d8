"""The course of the month by day: how many octets went where, and on how much looking that rests.

Decides the groups that a day is divided into; they add up to everything that was counted. A day on which no source
spoke is told apart from a day without transfers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from monitor.report.sums import Sums, summed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from monitor.report.slots import Day

_PLACE: Final = pl.col("place_verdict")
_EXPOSED: Final = pl.col("control_verdict") == "exposed"

# In the order in which they matter; every counted row is in exactly one.
GROUPS: Final[Mapping[str, pl.Expr]] = {
    "no_ground": _PLACE == "uncovered",
    "undetermined": _PLACE == "undetermined",
    "on_a_ground": _PLACE.is_in(("adequate", "safeguarded", "derogation")),
    "exposed_inside": (_PLACE == "eea") & _EXPOSED,
    "inside": (_PLACE == "eea") & ~_EXPOSED,
    "not_a_transfer": _PLACE == "not_a_transfer",
    "internal": _PLACE == "internal",
}


@dataclass(frozen=True, slots=True)
class DayFigures:
    """One day: its length, the hours of which any source spoke, and sums by group."""

    day: date
    hours: float
    hours_seen: float
    groups: Mapping[str, Sums]


def course_of(course: pl.DataFrame, days: tuple[Day, ...], seen: frozenset[datetime]) -> tuple[DayFigures, ...]:
    """Figures of every day; `course` conforms to `kept.COURSE`.

    `seen` are the begins of the slots of which any source spoke.
    """
    counted = course.filter(pl.col("counted")).with_columns(_group())
    begins = pl.DataFrame({"day_begins": [day.begins for day in days]}, schema={"day_begins": course.schema["hour"]})
    dated = counted.sort("hour").join_asof(begins, left_on="hour", right_on="day_begins")
    found = {key: summed(part) for key, part in dated.group_by("day_begins", "group")}
    return tuple(
        DayFigures(
            day=day.day,
            hours=day.hours,
            hours_seen=sum((slot.ends - slot.begins).total_seconds() for slot in day.slots if slot.begins in seen)
            / 3600,
            groups={name: found.get((day.begins, name), Sums()) for name in GROUPS},
        )
        for day in days
    )


def _group() -> pl.Expr:
    chosen: pl.Expr = pl.lit(None, dtype=pl.String)
    for name, rows in reversed(tuple(GROUPS.items())):
        chosen = pl.when(rows).then(pl.lit(name)).otherwise(chosen)
    return chosen.alias("group")
