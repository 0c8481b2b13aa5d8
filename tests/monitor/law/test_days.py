"""When a day of the law files begins and ends."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from monitor.law.days import Span, span_findings, written_twice


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "inside"),
    [
        ("2020-01-31T22:59:59", False),
        ("2020-01-31T23:00:00", True),
        ("2020-07-15T21:59:59", True),
        ("2020-07-15T22:00:00", False),
    ],
    ids=["second_before", "first_second", "last_second", "first_second_without"],
)
def test_ends_before_is_the_first_day_without_it_in_brussels(moment: str, *, inside: bool) -> None:
    """A span turns at midnight in Brussels, in winter time and in summer time."""
    span = Span.of(date(2020, 2, 1), ends_before=date(2020, 7, 16))
    assert (_at(moment) in span) == inside


def test_last_day_is_included() -> None:
    """An expiry covers its own day to the last second."""
    span = Span.of(None, last_day=date(2025, 12, 27))
    assert [_at("2025-12-27T22:59:59") in span, _at("2025-12-27T23:00:00") in span] == [True, False]


def test_what_two_spans_share_begins_with_the_later_and_ends_with_the_earlier() -> None:
    """And is empty where they do not meet."""
    one, other = Span.of(date(2020, 1, 1), last_day=date(2022, 12, 27)), Span.of(date(2021, 6, 27))
    apart = Span.of(date(2023, 1, 1)).within(one)

    assert one.within(other) == Span(other.begins, one.ends)
    assert (apart.begins in apart, one.ends in apart) == (False, False)


def test_an_open_span_has_no_edges() -> None:
    """Always and forever are no changes."""
    assert Span.of(None).edges() == frozenset()


def test_a_span_with_two_ends_is_a_problem() -> None:
    """An annulment and an expiry are not the same end."""
    findings = list(span_findings(("decisions", 0), date(2020, 1, 1), date(2021, 1, 1), date(2022, 1, 1)))
    assert [finding.path for finding in findings] == [("decisions", 0, "last_day")]


def test_a_span_that_ends_on_its_first_day_is_a_problem() -> None:
    """The first day without it cannot be its first day."""
    findings = list(span_findings((), date(2020, 1, 1), date(2020, 1, 1), None))
    assert [finding.path for finding in findings] == [("ends_before",)]


def test_a_span_of_one_day_is_sound() -> None:
    """The last day may be the first one."""
    assert list(span_findings((), date(2020, 1, 1), None, date(2020, 1, 1))) == []


def test_the_second_entry_with_a_key_is_the_problem() -> None:
    """The first one keeps its place."""
    assert [finding.path for finding in written_twice("laws", "code", ["A", "B", "A"])] == [("laws", 2, "code")]
