"""Weeks, growth and silence."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

from monitor.world.course import SILENCES, grown, is_silenced, midnight, monday_of, week_of
from monitor.world.scenario import FIRST_DAY, LAST_DAY

START = int(datetime(2026, 11, 17, 2, tzinfo=UTC).timestamp())
END = int(datetime(2026, 11, 17, 5, tzinfo=UTC).timestamp())


def test_weeks_are_counted_from_the_default_week() -> None:
    """The scenario's first days lie in the week before it."""
    days = (FIRST_DAY, date(2026, 10, 4), date(2026, 10, 5), date(2026, 10, 11), date(2026, 10, 12), LAST_DAY)

    assert [week_of(day) for day in days] == [-1, -1, 0, 0, 1, 12]


@pytest.mark.parametrize("week", [-1, 0, 12])
def test_a_week_begins_on_monday(week: int) -> None:
    """And its number is that of its Monday."""
    assert (monday_of(week).weekday(), week_of(monday_of(week))) == (0, week)


def test_a_day_begins_at_midnight_of_utc() -> None:
    """In seconds since 1970."""
    assert midnight(date(2026, 10, 5)) == 1_791_158_400


def test_growth_begins_after_the_default_week_and_is_whole_in_the_last() -> None:
    """A twelfth more every week, and never more than all."""
    assert [grown(week) for week in (-1, 0, 3, 6, 12, 13)] == [0, 0, 0.25, 0.5, 1, 1]


def test_there_is_one_silence() -> None:
    """The documented one."""
    assert [(silence.vpc, silence.start.isoformat(), silence.end.isoformat()) for silence in SILENCES] == [
        ("portal", "2026-11-17T02:00:00+00:00", "2026-11-17T05:00:00+00:00")
    ]


@pytest.mark.parametrize(
    ("vpc", "start", "end", "expected"),
    [
        pytest.param("portal", START - 60, START - 1, False, id="ends_before"),
        pytest.param("portal", START - 60, START, True, id="ends_in_its_first_second"),
        pytest.param("portal", START - 1, END, True, id="around_it"),
        pytest.param("portal", END - 1, END + 60, True, id="begins_in_its_last_second"),
        pytest.param("portal", END, END + 60, False, id="begins_after"),
        pytest.param("core", START, END, False, id="another_vpc"),
    ],
)
def test_a_line_is_silenced_if_it_covers_a_second_of_the_silence(
    vpc: str, start: int, end: int, *, expected: bool
) -> None:
    """Of its own VPC."""
    line = pl.DataFrame({"vpc": [vpc], "start": [start], "end": [end]})

    assert line.select(is_silenced()).item() is expected
