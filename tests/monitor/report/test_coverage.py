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


_QUIET = {"newest_record": AFTER, "every_seconds": {"aws_vpc": 6 * 3600}}


def _spoke(day: int, hour: int, minute: int = 30) -> dict[str, Any]:
    moment = at(day, hour).replace(minute=minute)
    return {"hour": at(day, hour), "first_time": moment, "last_time": moment}


def test_a_silence_that_is_normal_is_seen() -> None:
    """With a word before and after: the source was looking, and had nothing to say."""
    seen = coverage(_spoke(1, 0), _spoke(1, 6), **_QUIET)
    states = {hour.begins: hour.state for hour in seen.hours}

    assert [states[at(1, hour)] for hour in range(8)] == ["records", *["quiet"] * 5, "records", "nothing"]
    assert (seen.hours_seen, seen.hours_quiet) == (9, 7)


def test_a_gap_of_a_source_with_a_cadence_is_exact() -> None:
    """From its last word to the next, not from hour to hour; the first hours of the month are within what is normal."""
    seen = coverage(_spoke(1, 0), _spoke(1, 8, minute=10), _spoke(31, 22), **_QUIET)

    assert [(gap.begins, gap.ends) for gap in seen.gaps] == [
        (at(1, 0).replace(minute=30), at(1, 8).replace(minute=10)),
        (at(1, 8).replace(minute=10), at(31, 22).replace(minute=30)),
    ]


def test_a_source_with_a_cadence_that_never_spoke_is_one_gap() -> None:
    """Nothing of it is quiet."""
    report = figures(given_month(sources=("sshd",), newest_record=AFTER, every_seconds={"sshd": 86_400}))
    source = next(each for each in report.coverage if each.source == "sshd")

    assert (source.hours_quiet, source.hours_silent, [gap.hours for gap in source.gaps]) == (0, 745, [745])


def test_an_observer_that_fell_silent_comes_first() -> None:
    """With its last record."""
    rows = [_spoke(1, hour) | {"observer": name} for name, last in (("a", 20), ("b", 5)) for hour in range(last)]
    report = figures(given_month(coverage=rows, newest_record=AFTER))

    assert [(line.observer, line.silent_since) for line in report.observers] == [
        ("b", at(1, 4).replace(minute=30)),
        ("a", None),
    ]
