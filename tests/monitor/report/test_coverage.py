"""Who was looking when."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from monitor.report.figures import figures
from tests.monitor.report.months import given_month

if TYPE_CHECKING:
    from monitor.report.coverage import SourceCoverage

AFTER = datetime(2026, 11, 1, tzinfo=UTC)


def at(day: int, hour: int) -> datetime:
    """An hour of the month, UTC."""
    return datetime(2026, 10, day, hour, tzinfo=UTC)


def coverage(*rows: dict[str, Any], **parts: Any) -> SourceCoverage:  # noqa: ANN401 - parts of a month
    """Coverage of the one source."""
    report = figures(given_month(coverage=list(rows), **{"newest_record": AFTER, **parts}))
    return next(source for source in report.coverage if source.source == "aws_vpc")


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (("ok",), "records"),
        (("ok", "skipped"), "records_and_loss"),
        (("no_data",), "no_data"),
        (("skipped",), "loss"),
        (("gap",), "loss"),
        (("dropped", "no_data"), "loss"),
        (("sampled",), "no_data"),
    ],
    ids=lambda value: value if isinstance(value, str) else "-".join(value),
)
def test_state_of_an_hour(states: tuple[str, ...], expected: str) -> None:
    """From all that the source said of it."""
    seen = coverage(*({"state": state, "hour": at(1, 0)} for state in states))

    assert {hour.begins: hour.state for hour in seen.hours}[at(1, 0)] == expected


def test_month_of_the_change_has_745_hours() -> None:
    """Each of them is in the list."""
    seen = coverage({})

    assert (seen.hours_in_month, len(seen.hours), seen.hours_seen, seen.hours_silent) == (745, 745, 1, 744)


def test_hours_after_the_newest_record_are_no_gap() -> None:
    """Nobody can have seen them yet."""
    seen = coverage({"hour": at(1, 0)}, newest_record=at(1, 2))

    assert [(gap.begins, gap.ends) for gap in seen.gaps] == [
        (datetime(2026, 9, 30, 22, tzinfo=UTC), at(1, 0)),
        (at(1, 1), at(1, 3)),
    ]
    assert seen.hours_to_come == 745 - 5


def test_no_data_is_seen_and_no_gap() -> None:
    """A source that says "no traffic" was looking."""
    seen = coverage({"hour": at(1, 0)}, {"hour": at(1, 1), "state": "no_data"}, newest_record=at(1, 1))

    assert (seen.hours_seen, [gap.hours for gap in seen.gaps]) == (2, [2])


def test_expected_source_that_never_spoke_has_its_line() -> None:
    """Silent for the whole month."""
    report = figures(given_month(sources=("sshd",), newest_record=AFTER))

    assert [(each.source, each.expected, each.hours_silent, len(each.gaps)) for each in report.coverage] == [
        ("sshd", True, 745, 1)
    ]


def test_both_hours_that_the_clock_shows_twice_are_told_apart() -> None:
    """One seen, one not."""
    seen = coverage({"hour": at(25, 0)})
    state = {hour.begins: hour.state for hour in seen.hours}

    assert (state[at(25, 0)], state[at(25, 1)]) == ("records", "nothing")


def test_octets_of_two_observers_add_up() -> None:
    """With what is not ours as a part of them."""
    seen = coverage({"octets": 7, "not_ours_octets": 2}, {"observer": "eni-2", "octets": 5})

    assert (seen.octets, seen.not_ours_octets, seen.hours_seen) == (12, 2, 1)
