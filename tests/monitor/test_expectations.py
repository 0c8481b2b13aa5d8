"""When a silence is a gap, and when an observer fell silent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import kept
from monitor.expectations import Silence, silences, silent_networks, silent_observers
from monitor.schema import frame_schema

NOON = datetime(2026, 10, 7, 12, tzinfo=UTC)
_EVERY = {"core": 600}


def at(minutes: int) -> datetime:
    """Minutes after noon."""
    return NOON + timedelta(minutes=minutes)


def row(first: int, last: int | None = None, **values: Any) -> dict[str, Any]:  # noqa: ANN401 - any column
    """What a source said between two minutes after noon."""
    begin, end = at(first), at(first if last is None else last)
    usual = {"source": "core", "state": "ok", "records": 1, "observer": "eni-1"}
    hour = begin.replace(minute=0, second=0)
    return usual | {"hour": hour, "first_time": begin, "last_time": end} | values


def frame(*rows: dict[str, Any]) -> pl.DataFrame:
    """Coverage rows as the ledger has them."""
    return pl.DataFrame(list(rows), schema=frame_schema(kept.COVERAGE))


def found(*rows: dict[str, Any], until: int = 60, every: dict[str, int] | None = None) -> list[tuple[int, int]]:
    """Silences in minutes after noon."""
    told = silences(frame(*rows), _EVERY if every is None else every, NOON, at(until))
    return [(round((each.begins - NOON).seconds / 60), round((each.ends - NOON).seconds / 60)) for each in told]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param([row(0, 60)], [], id="speaking all the time"),
        pytest.param([row(5, 55)], [], id="within what is normal at both ends"),
        pytest.param([row(0, 10), row(20, 60)], [], id="exactly what is normal"),
        pytest.param([row(0, 10), row(21, 60)], [(10, 21)], id="a minute longer"),
        pytest.param([row(12, 40)], [(0, 12), (40, 60)], id="at both ends"),
        pytest.param([], [(0, 60)], id="never"),
        pytest.param([row(0, 30), row(5, 8), row(35, 60)], [], id="a row inside another"),
        pytest.param([row(0, 10), row(15, 25, state="no_data"), row(30, 60)], [], id="a statement is a word"),
        pytest.param([row(0, 10), row(15, 25, state="unreadable"), row(30, 60)], [(10, 30)], id="no word"),
        pytest.param([row(0, 20), row(20, 60, observer="eni-2")], [], id="observers speak for one source"),
        pytest.param([row(0, 60, source="other")], [(0, 60)], id="another source speaks for itself"),
    ],
)
def test_a_silence_longer_than_is_normal_is_a_gap(rows: list[dict[str, Any]], expected: list[tuple[int, int]]) -> None:
    """No records and no data differ by it."""
    assert found(*rows) == expected


def test_a_source_without_a_cadence_has_no_gap() -> None:
    """Nobody said what is normal for it."""
    assert found(every={}) == []


def test_a_cadence_that_is_longer_than_the_time_asks_for_nothing() -> None:
    """What is daily need not speak within the hour."""
    assert found(every={"core": 86_400}) == []


def test_a_silence_tells_its_length() -> None:
    """In seconds."""
    assert Silence("core", at(0), at(20)).seconds == 1_200


@given(cuts=st.lists(st.integers(0, 59), min_size=1, max_size=12))
def test_how_rows_are_cut_changes_nothing(cuts: list[int]) -> None:
    """The words of an hour in one row or in many."""
    minutes = sorted({*cuts})
    one = [row(each) for each in minutes]

    assert found(*one) == found(*reversed(one))
    assert all(end - begin > 10 for begin, end in found(*one))


def _silent(*rows: dict[str, Any], every: dict[str, int] | None = None) -> list[tuple[str, datetime]]:
    told = silent_observers(frame(*rows), every or {})
    return [(observer, since) for _, observer, since in told.rows()]


def _hourly(observer: str, *hours: int, **values: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - any column
    return [row(60 * hour, 60 * hour + 59, observer=observer, **values) for hour in hours]


def test_an_observer_that_stopped_while_its_source_goes_on_is_silent() -> None:
    """Since its last record."""
    rows = [*_hourly("eni-1", *range(10)), *_hourly("eni-2", *range(5))]

    assert _silent(*rows) == [("eni-2", at(4 * 60 + 59))]


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        (_hourly("eni-2", 0, 1), "too few hours for a habit"),
        (_hourly("eni-2", 0, 4, 6), "it was silent for as long before"),
        (_hourly("eni-2", *range(8)), "not long enough"),
        (_hourly("eni-2", *range(5), source="other"), "its source is silent too"),
        (_hourly("eni-2", *range(5), state="no_data"), "it never had records"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_another_observer_is_not_silent(rows: list[dict[str, Any]], why: str) -> None:
    """Each for a reason of its own."""
    assert (_silent(*_hourly("eni-1", *range(10)), *rows), bool(why)) == ([], True)


def test_what_is_normal_for_the_source_is_normal_for_its_observers() -> None:
    """Twice as long at least must one be silent."""
    rows = [*_hourly("eni-1", *range(10)), *_hourly("eni-2", *range(5))]

    assert _silent(*rows, every={"core": 3 * 3_600}) == []


def test_a_network_is_silent_as_an_observer_is() -> None:
    """When its source goes on, whatever that tells of; of a source that is silent as a whole nothing is told."""
    heard = [
        {**row(60 * hour), "source": source, "system": "warehouse", "network": network}
        for source in ("core", "other")
        for network, hours in (("10.1.0.0/16", 9), ("10.2.0.0/16", 3), ("10.3.0.0/16", 1))
        for hour in range(hours)
    ]
    names = frame_schema(kept.NETWORKS)
    networks = pl.DataFrame([{name: each[name] for name in names} for each in heard], schema=names)
    goes_on = frame(*(row(60 * hour, observer=None) for hour in range(9)), row(120, source="other"))

    assert silent_networks(networks, goes_on, {}).rows() == [("core", "warehouse", "10.2.0.0/16", at(120))]
