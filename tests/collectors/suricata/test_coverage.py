"""Which drops are new, and since when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from collectors.suricata.coverage import Drops
from tests.collectors.suricata.decoding import parts

_NOON = datetime(2026, 10, 5, 12, tzinfo=UTC)


def _stats(seconds: int, uptime: int, packets: int | None, drops: int | None, **members: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever JSON can hold
    counters = {"kernel_packets": packets, "kernel_drops": drops}
    time = (_NOON + timedelta(seconds=seconds)).isoformat()
    return {"timestamp": time, "event_type": "stats", "stats": {"uptime": uptime, "capture": counters}, **members}


def _told(*made: dict[str, Any], drops: Drops | None = None) -> list[tuple[int, str]]:
    """For each statement, over how many seconds it goes and what it says."""
    frame, _ = (drops or Drops()).coverage(parts("stats", *made)[0].frame, 1)
    spans = (frame["end_time"] - frame["start_time"]).dt.total_seconds()
    return list(zip(spans, frame["detail"].str.extract_all(r"\d+").list.join(" of "), strict=True))


def test_the_first_event_counts_from_the_start_of_the_sensor() -> None:
    """What was before it is in no log."""
    assert _told(_stats(0, 600, 1000, 10)) == [(600, "10 of 1000")]


def test_the_next_event_counts_what_is_new() -> None:
    """Since the one before."""
    assert _told(_stats(0, 600, 1000, 10), _stats(8, 608, 1500, 12))[1] == (8, "2 of 500")


@pytest.mark.parametrize(
    ("uptime", "packets", "drops"), [(5, 2000, 20), (608, 900, 20), (608, 2000, 9)], ids=["uptime", "packets", "drops"]
)
def test_a_counter_that_went_back_began_anew(uptime: int, packets: int, drops: int) -> None:
    """All of it is new then, over the whole uptime."""
    told = _told(_stats(0, 600, 1000, 10), _stats(8, uptime, packets, drops))

    assert told[1] == (uptime, f"{drops} of {packets}")


def test_a_restart_between_two_events_is_no_older_than_the_sensor() -> None:
    """Its counters may have come further already than those before."""
    assert _told(_stats(0, 3, 10, 1), _stats(600, 4, 20, 2))[1] == (4, "1 of 10")


@pytest.mark.parametrize("member", ["host", "sensor_name"])
def test_each_sensor_has_its_own_counters(member: str) -> None:
    """By the name that it has."""
    made = [_stats(seconds, 600, 1000, 10, **{member: name}) for seconds, name in ((0, "a"), (1, "b"), (8, "a"))]

    assert _told(*made) == [(600, "10 of 1000")] * 2


def test_counters_are_carried_from_one_piece_to_the_next() -> None:
    """An event is not new because it begins a piece."""
    drops = Drops()
    _told(_stats(0, 600, 1000, 10), drops=drops)

    assert _told(_stats(8, 608, 1500, 12), drops=Drops(dict(drops.last))) == [(8, "2 of 500")]


@pytest.mark.parametrize(("packets", "drops"), [(1000, 0), (1000, None), (None, -1)])
def test_an_event_that_tells_of_no_drop_is_passed_over(packets: int | None, drops: int | None) -> None:
    """Zero, or nothing known of it."""
    frame, passed_over = Drops().coverage(parts("stats", _stats(0, 600, packets, drops))[0].frame, 1)

    assert (frame.height, passed_over) == (0, 1)


@pytest.mark.parametrize("uptime", [-5, 2**63 - 1])
def test_an_uptime_that_cannot_be_makes_no_time_that_cannot_be(uptime: int) -> None:
    """The statement stands."""
    ((seconds, _),) = _told(_stats(0, uptime, 1000, 10))

    assert 0 <= seconds <= (_NOON - datetime(1, 1, 1, tzinfo=UTC)).total_seconds()


_OTHERS = [_stats(0, 600, 1000, 0, host=f"h{place}") for place in range(5000)]


def _remembered(*made: dict[str, Any]) -> list[str]:
    drops = Drops()
    _told(*made, drops=drops)
    return list(drops.last)


def test_only_so_many_sensors_are_remembered() -> None:
    """Names that never come back fill no memory."""
    hosts = _remembered(*_OTHERS)

    assert (len(hosts) < 1000, "h4999" in hosts) == (True, True)


def test_the_sensor_that_was_silent_longest_is_forgotten() -> None:
    """Not the one that spoke first, and has spoken since."""
    half = len(_remembered(*_OTHERS)) // 2 + 1
    first = _stats(0, 600, 1000, 0, host="first")
    hosts = _remembered(first, *_OTHERS[:half], first, *_OTHERS[half : 2 * half])

    assert ("first" in hosts, "h0" in hosts) == (True, False)
