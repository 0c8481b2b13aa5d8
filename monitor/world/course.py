"""How the world changes with time: its weeks, what grows over them, and when a source is silent.

Decides that the world is made of whole weeks from a fixed Monday, each drawn for itself: a day is the same in whatever
span it is written. Reads no clock; the scenario's days are the only time there is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

import polars as pl

DAY_SECONDS: Final = 86_400
_DAYS_OF_A_WEEK: Final = 7
MONDAY: Final = date(2026, 10, 5)  # of week 0, the default week; the first days of October lie in week -1
# The migration: nothing at the new hosts up to week 0, and as much as a story states in the scenario's last week.
_GROWN_WEEK: Final = 12


def week_of(day: date) -> int:
    """Number of the week that a day lies in."""
    return (day - MONDAY).days // _DAYS_OF_A_WEEK


def monday_of(week: int) -> date:
    """First day of a week."""
    return MONDAY + timedelta(weeks=week)


def midnight(day: date) -> int:
    """First second of a day of UTC, counted as the logs count."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def grown(week: int) -> float:
    """Share that a growing story has reached: a twelfth more every week from 2026-10-12 on, never before."""
    return min(max(week, 0), _GROWN_WEEK) / _GROWN_WEEK


@dataclass(frozen=True, slots=True)
class Silence:
    """A VPC whose logs hold nothing of the seconds from `start` up to, and without, `end`."""

    vpc: str
    start: datetime
    end: datetime


SILENCES: Final = (Silence("portal", datetime(2026, 11, 17, 2, tzinfo=UTC), datetime(2026, 11, 17, 5, tzinfo=UTC)),)


def is_silenced() -> pl.Expr:
    """Whether a line is never written: any second of its interval lies in a silence of its VPC.

    Columns in: `vpc`, `start`, `end`. What the other VPC reports of the same conversation stays.
    """
    return pl.any_horizontal(
        (pl.col("vpc") == silence.vpc)
        & (pl.col("start") < int(silence.end.timestamp()))
        & (pl.col("end") >= int(silence.start.timestamp()))
        for silence in SILENCES
    )
