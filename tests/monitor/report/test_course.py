"""The course of the month by day."""

from __future__ import annotations

from datetime import UTC, date, datetime

from monitor.report.course import GROUPS
from monitor.report.figures import figures
from monitor.schema import CONTROL_VERDICTS, PLACE_VERDICTS
from tests.monitor.report.months import NOON, given_month


def test_every_pair_of_verdicts_is_in_a_group() -> None:
    """What was counted is on the page."""
    pairs = [
        {"place_verdict": place, "control_verdict": control}
        for place in PLACE_VERDICTS.categories
        for control in CONTROL_VERDICTS.categories
    ]
    day = figures(given_month(course=pairs)).course[4]

    assert sum(sums.records for sums in day.groups.values()) == len(pairs)
    assert tuple(day.groups) == tuple(GROUPS)


def test_hour_before_local_midnight_is_of_the_day_before() -> None:
    """22:00 UTC is midnight in Paris in summer."""
    hours = [{"hour": datetime(2026, 10, 5, hour, tzinfo=UTC)} for hour in (21, 22)]
    course = figures(given_month(course=hours)).course

    assert [(day.day.day, day.groups["no_ground"].records) for day in course[4:6]] == [(5, 1), (6, 1)]


def test_uncounted_is_left_out() -> None:
    """As everywhere."""
    course = figures(given_month(course=[{"counted": False}])).course

    assert sum(day.groups["no_ground"].records for day in course) == 0


def test_day_without_a_word_is_told_apart_from_a_day_without_transfers() -> None:
    """By the hours of which a source spoke."""
    course = figures(given_month(coverage=[{}], newest_record=NOON)).course

    assert [(day.day, day.hours_seen) for day in course[3:5]] == [(date(2026, 10, 4), 0), (date(2026, 10, 5), 1)]
