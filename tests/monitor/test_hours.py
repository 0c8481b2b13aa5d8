"""Hours of UTC, cut where a day of the site begins inside one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.fields import day_begins
from monitor.hours import Hours, month_span

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ZONES = (
    "UTC", "Europe/Paris", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu", "Pacific/Marquesas",
    "Australia/Lord_Howe", "America/St_Johns", "Pacific/Chatham", "Asia/Tehran",
)  # fmt: skip


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _begins(zone: str, *moments: datetime) -> list[datetime]:
    found = Hours(ZoneInfo(zone)).begin(np.array([_microseconds(moment) for moment in moments], dtype=np.int64))
    return [_EPOCH + timedelta(microseconds=each) for each in found.tolist()]


def _at(day: int, hour: int, minute: int = 0, second: int = 0, microsecond: int = 0) -> datetime:
    return datetime(2026, 10, day, hour, minute, second, microsecond, tzinfo=UTC)


def test_an_hour_begins_on_the_hour() -> None:
    """And ends a microsecond before the next one."""
    moments = (_at(7, 12), _at(7, 12, 59, 59, 999_999), _at(7, 13))

    assert _begins("Europe/Paris", *moments) == [_at(7, 12), _at(7, 12), _at(7, 13)]


@pytest.mark.parametrize(
    ("zone", "midnight"),
    [("Asia/Kolkata", _at(7, 18, 30)), ("Pacific/Marquesas", _at(7, 9, 30)), ("Asia/Kathmandu", _at(7, 18, 15))],
)
def test_a_midnight_inside_an_hour_cuts_it(zone: str, midnight: datetime) -> None:
    """What is before belongs to the day that ends, what is after to the one that begins."""
    hour = midnight.replace(minute=0)
    moments = (hour, midnight - timedelta(microseconds=1), midnight, hour + timedelta(minutes=59))

    assert _begins(zone, *moments) == [hour, hour, midnight, midnight]


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "Pacific/Marquesas"])
def test_only_the_hour_of_midnight_is_cut(zone: str) -> None:
    """One of the day's."""
    moments = [_at(7, hour, 45) for hour in range(24)]

    assert sum(begin.minute != 0 for begin in _begins(zone, *moments)) == 1


def test_no_hour_of_paris_is_cut() -> None:
    """Nor on the days when its clocks are moved."""
    moments = [datetime(2026, 3, 28, tzinfo=UTC) + timedelta(minutes=15 * quarter) for quarter in range(24 * 4 * 3)]
    moments += [datetime(2026, 10, 24, tzinfo=UTC) + timedelta(minutes=15 * quarter) for quarter in range(24 * 4 * 3)]

    assert {begin.minute for begin in _begins("Europe/Paris", *moments)} == {0}


def test_hours_before_1970_are_hours() -> None:
    """A negative instant lies after the begin of its hour, too."""
    assert _begins("UTC", datetime(1969, 12, 31, 23, 59, tzinfo=UTC)) == [datetime(1969, 12, 31, 23, tzinfo=UTC)]


def test_the_last_hour_of_the_calendar_has_no_next_day() -> None:
    """A hostile record may name it."""
    last = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)

    assert _begins("Asia/Kolkata", last) == [datetime(9999, 12, 31, 23, tzinfo=UTC)]


def test_the_first_hour_of_the_calendar_has_no_day_before() -> None:
    """West of Greenwich it would be in the year 0."""
    first = datetime(1, 1, 1, 0, 30, tzinfo=UTC)

    assert _begins("Pacific/Marquesas", first) == [datetime(1, 1, 1, tzinfo=UTC)]


def test_no_instants_have_no_hours() -> None:
    """A batch in which nothing is ours."""
    assert _begins("Asia/Kolkata") == []


def test_what_is_forgotten_is_worked_out_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hostile log may name any hour; only so many are remembered."""
    monkeypatch.setattr("monitor.hours._REMEMBERED", 2)
    hours = Hours(ZoneInfo("Asia/Kolkata"))
    instants = np.array([_microseconds(_at(day, 18, 45)) for day in range(1, 29)], dtype=np.int64)

    assert hours.begin(instants).tolist() == [_microseconds(_at(day, 18, 30)) for day in range(1, 29)]
    assert len(hours._cuts) <= 2


@given(st.sampled_from(_ZONES), st.lists(st.integers(-(10**9), 4 * 10**9), min_size=1, max_size=20))
def test_an_hour_lies_in_one_day_of_the_site(zone: str, seconds: list[int]) -> None:
    """So that days and months of the site are sums of hours: an instant and the begin of its hour share the day."""
    moments = [_EPOCH + timedelta(seconds=each) for each in seconds]
    begins = _begins(zone, *moments)

    assert all(timedelta(0) <= at - begin < timedelta(hours=1) for at, begin in zip(moments, begins, strict=True))
    for at, begin in zip(moments, begins, strict=True):
        midnight = day_begins(at.astimezone(ZoneInfo(zone)).date(), ZoneInfo(zone))
        assert begin >= midnight or midnight > at


def test_a_month_of_paris_begins_and_ends_by_its_clocks() -> None:
    """In October 2026 at summer time, and ends at winter time: an hour more than 31 days."""
    begins, ends = month_span("2026-10", ZoneInfo("Europe/Paris"))

    assert (begins, ends) == (datetime(2026, 9, 30, 22, tzinfo=UTC), datetime(2026, 10, 31, 23, tzinfo=UTC))
    assert ends - begins == timedelta(days=31, hours=1)


def test_december_ends_with_the_year() -> None:
    """The next month is January."""
    assert month_span("2026-12", ZoneInfo("Asia/Kolkata")) == (
        datetime(2026, 11, 30, 18, 30, tzinfo=UTC),
        datetime(2026, 12, 31, 18, 30, tzinfo=UTC),
    )


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "Pacific/Marquesas", "Europe/Paris"])
def test_a_month_begins_with_an_hour(zone: str) -> None:
    """No hour lies in two months."""
    moments = [day_begins(date(2026, month, 1), ZoneInfo(zone)) for month in range(1, 13)]

    assert _begins(zone, *moments) == moments


@pytest.mark.parametrize("text", ["2026", "2026-13", "2026-00", "october", "2026-10-07", ""])
def test_what_is_no_month_is_refused(text: str) -> None:
    """The command says so to the person who wrote it."""
    with pytest.raises(ValueError, match=r"."):
        month_span(text, UTC)
