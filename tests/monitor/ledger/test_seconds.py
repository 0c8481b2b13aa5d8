"""Times as whole seconds, and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import polars as pl
import pytest

from monitor.ledger.seconds import as_seconds, as_times, moment, seconds
from monitor.schema import TIME

_NOON = datetime(2026, 10, 7, 12, tzinfo=UTC)


@pytest.mark.parametrize("number", [0, 1, 1_790_000_000, -1, -86_400, 253_402_300_799])
def test_whole_seconds_come_back_as_they_were(number: int) -> None:
    """From before 1970 to the end of the year 9999."""
    assert seconds(moment(number)) == number


def test_seconds_are_those_of_utc() -> None:
    """Whatever zone an instant is told in."""
    assert seconds(_NOON.astimezone(timezone(timedelta(hours=5, minutes=30)))) == 1_791_374_400


def test_a_part_of_a_second_is_given_up() -> None:
    """Downwards, before 1970 as well."""
    assert [seconds(moment(at) + timedelta(microseconds=999_999)) for at in (7, -7)] == [7, -7]


def test_columns_agree_with_single_instants() -> None:
    """And keep what is unknown unknown."""
    frame = pl.DataFrame({"hour": [_NOON, moment(-5), None]}, schema={"hour": TIME})
    numbers = frame.select(as_seconds("hour"))

    assert numbers["hour"].to_list() == [seconds(_NOON), -5, None]
    assert numbers.select(as_times("hour")).equals(frame)
