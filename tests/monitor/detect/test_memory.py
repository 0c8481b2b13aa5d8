"""What is new and what is more than usual, whatever order and batches the past came in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import kept
from monitor.detect.fields import JUDGED
from monitor.detect.memory import Memory
from monitor.detect.rule_tests import event_frame
from monitor.schema import frame_schema

NOW = datetime(2026, 11, 25, 12, 30, tzinfo=UTC)
_ROW: dict[str, Any] = {
    "system": "warehouse", "operator": "aws", "named_operator": None, "place_country": "FR", "counted": True,
    "octets_out": 100,
}  # fmt: skip


def _transfers(*rows: dict[str, Any]) -> pl.DataFrame:
    schema = frame_schema(kept.TRANSFERS)
    return pl.DataFrame([dict.fromkeys(schema) | _ROW | row for row in rows], schema=schema)


def _daily(days: int, octets: int, **row: object) -> list[dict[str, Any]]:
    """The same octets in an hour of each of the days before today."""
    first = NOW.replace(hour=3, minute=0) - timedelta(days=days)
    return [{"hour": first + timedelta(days=day), "octets_out": octets, **row} for day in range(days)]


def _told(memory: Memory, name: str, **event: object) -> object:
    whole = {"operator": "aws", "place_country": "FR", "octets_out": 0, "end_time": NOW.isoformat(), **event}
    return memory.remember(event_frame((whole,), "flow"))[name].item()


def test_the_first_hour_of_an_operator_is_the_minimum_of_event_time() -> None:
    """Whichever batch came first."""
    late = _transfers({"hour": NOW.replace(minute=0) - timedelta(hours=30)})
    memory = Memory.of(_transfers({"hour": NOW.replace(minute=0) - timedelta(hours=2)})).after(late)
    assert _told(memory, "operator_known_hours") == 30


def test_an_operator_is_new_under_another_name() -> None:
    """A cloud has many tenants."""
    memory = Memory.of(_transfers(*_daily(20, 100)))
    assert _told(memory, "operator_known_hours", named_operator="datadog") == 0


def test_an_operator_is_new_to_another_system() -> None:
    """Each system has its own past."""
    memory = Memory.of(_transfers(*_daily(20, 100)))
    assert _told(memory, "operator_known_hours", system="portal") == 0


def test_a_country_is_known_whoever_is_there() -> None:
    """From nine in the morning, twenty days ago."""
    memory = Memory.of(_transfers(*_daily(20, 100, operator="ovh")))
    assert _told(memory, "country_known_hours") == 20 * 24 + 9


def test_a_country_that_is_not_known_is_never_new() -> None:
    """Undetermined is no country."""
    assert _told(Memory(), "country_known_hours", place_country=None) is None


def test_what_does_not_count_is_no_contact() -> None:
    """It is counted elsewhere."""
    memory = Memory.of(_transfers(*_daily(20, 100, counted=False)))
    assert _told(memory, "operator_known_hours") == 0


def test_of_a_probe_nothing_is_remembered() -> None:
    """Scanners meet everybody."""
    assert _told(Memory.of(_transfers(*_daily(20, 100))), "operator_known_hours", activity="probe") is None


def test_an_hour_ten_times_the_usual_is_ten_times_the_habit() -> None:
    """A hundred octets a day are usual."""
    assert _told(Memory.of(_transfers(*_daily(20, 100))), "times_habit", octets_out=1_000) == 10.0


def test_a_copy_every_night_is_a_habit() -> None:
    """Large, and usual."""
    assert _told(Memory.of(_transfers(*_daily(20, 10**9))), "times_habit", octets_out=10**9) == 1.0


def test_two_odd_days_are_no_habit() -> None:
    """The third-largest day decides."""
    odd = _daily(2, 10**9)
    assert _told(Memory.of(_transfers(*_daily(20, 100), *odd)), "times_habit", octets_out=1_000) == 10.0


def test_a_pair_of_six_days_has_no_habit() -> None:
    """It is still being learnt."""
    assert _told(Memory.of(_transfers(*_daily(6, 100))), "times_habit", octets_out=1_000) is None


def test_the_hour_so_far_counts_what_was_committed_of_it() -> None:
    """And what is being judged."""
    memory = Memory.of(_transfers({"hour": NOW.replace(minute=0), "octets_out": 700}))
    assert _told(memory, "octets_out_hour", octets_out=50) == 750


def test_a_session_is_added_up_by_remote_address_and_hour() -> None:
    """Many records, one session."""
    session = {"activity": "admin", "direction": "inbound", "remote_address": "192.0.2.9", "end_time": NOW.isoformat()}
    first = event_frame(({**session, "octets_out": 5_000},), "flow")
    memory = Memory().after(_transfers(), first)
    assert _told(memory, "octets_out_remote_hour", **{**session, "octets_out": 4_000}) == 9_000


def test_rows_come_back_in_their_order_with_the_columns_of_a_rule() -> None:
    """Nothing is lost on the way."""
    frame = event_frame(tuple({"octets_out": number} for number in (3, 1, 2)), "flow")
    told = Memory().remember(frame)
    assert (told.columns, told["octets_out"].to_list()) == ([column.name for column in JUDGED], [3, 1, 2])


def test_no_rows_stay_no_rows() -> None:
    """With the columns all the same."""
    frame = event_frame(({},), "flow").clear()
    assert Memory().remember(frame).columns == [column.name for column in JUDGED]


@given(st.permutations(range(40)), st.integers(1, 39))
@settings(deadline=None, max_examples=25)
def test_any_order_and_any_batches_give_the_same_memory(order: list[int], cut: int) -> None:
    """First hours are minima, hours are sums."""
    rows = [*_daily(20, 100), *_daily(20, 900, operator="ovh", place_country="US")]
    mixed = [rows[place] for place in order]
    whole = Memory.of(_transfers(*rows))
    parts = Memory.of(_transfers(*mixed[:cut])).after(_transfers(*mixed[cut:]))
    frames = [
        [frame.sort(frame.columns) for frame in (each.systems, each.contacts, each.countries, each.days)]
        for each in (whole, parts)
    ]
    assert all(left.equals(right) for left, right in zip(*frames, strict=True))
