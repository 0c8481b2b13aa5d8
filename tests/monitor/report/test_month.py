"""What a report accepts, and how long a month is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.report.month import month_span
from tests.monitor.report.months import given_month


def test_october_in_paris_has_745_hours() -> None:
    """The clock went back in the night to the 25th."""
    begins, ends = month_span("2026-10", "Europe/Paris")

    assert (begins, ends - begins) == (datetime(2026, 9, 30, 22, tzinfo=UTC), timedelta(hours=745))


def test_december_ends_in_the_next_year() -> None:
    """At the first instant of January."""
    assert month_span("2026-12", "UTC")[1] == datetime(2027, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("month", ["2026-13", "2026-1", "october", "2026-10-01", ""])
def test_what_is_no_month_is_refused_with_what_to_write(month: str) -> None:
    """In one sentence."""
    with pytest.raises(ValueError, match="Write it as 2026-10"):
        month_span(month, "UTC")


def test_hours_of_another_month_are_refused() -> None:
    """A report of October holds October alone."""
    with pytest.raises(ValueError, match="which is not in 2026-10"):
        given_month(course=[{"hour": datetime(2026, 10, 31, 23, tzinfo=UTC)}])


def test_frame_without_a_column_is_refused() -> None:
    """With its name."""
    given = given_month({})

    with pytest.raises(ValueError, match="transfers lacks basis"):
        replace(given, transfers=given.transfers.drop("basis"))
