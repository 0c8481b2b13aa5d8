"""Days and hours as the clock on the wall showed them."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime

from monitor.report.month import month_span
from monitor.report.slots import days_of


def test_day_of_the_change_has_25_hours_and_its_second_hour_twice() -> None:
    """2026-10-25 in Paris."""
    day = days_of(*month_span("2026-10", "Europe/Paris"), "Europe/Paris")[24]

    assert (day.day, day.hours) == (date(2026, 10, 25), 25)
    assert [slot.wall_hour for slot in day.slots] == [0, 1, 2, 2, *range(3, 24)]


def test_day_of_the_other_change_has_23_hours_and_no_second_hour() -> None:
    """2026-03-29 in Paris."""
    day = days_of(*month_span("2026-03", "Europe/Paris"), "Europe/Paris")[28]

    assert (day.hours, [slot.wall_hour for slot in day.slots][:3]) == (23, [0, 1, 3])


def test_midnight_inside_an_hour_divides_it() -> None:
    """As the ledger does, in zones with half hours."""
    days = days_of(*month_span("2026-10", "Asia/Kolkata"), "Asia/Kolkata")
    first = days[0].slots[0]

    assert (first.begins, first.ends) == (
        datetime(2026, 9, 30, 18, 30, tzinfo=UTC),
        datetime(2026, 9, 30, 19, tzinfo=UTC),
    )
    assert [day.hours for day in days] == [24] * 31


def test_days_join_without_gap_or_overlap() -> None:
    """The whole month, to the second."""
    begins, ends = month_span("2026-10", "Europe/Paris")
    slots = [slot for day in days_of(begins, ends, "Europe/Paris") for slot in day.slots]

    assert (slots[0].begins, slots[-1].ends, len(slots)) == (begins, ends, 745)
    assert all(before.ends == after.begins for before, after in itertools.pairwise(slots))
