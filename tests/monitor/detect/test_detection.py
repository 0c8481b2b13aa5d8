"""Judged rows in, matches out: what can never match, which rows a category reads, what a match tells."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.detect.detection import Detection
from monitor.detect.load import load_rules
from monitor.detect.matches import KEY, MATCHES, no_matches
from monitor.detect.rule_tests import event_frame
from monitor.schema import departures

_DETECTION = Detection(load_rules())
_FAR: dict[str, Any] = {
    "operator": "aws", "place_country": "US", "place_verdict": "uncovered", "place_reason": "importer_unknown",
    "octets_out": 9_000_000, "control_country": "US", "remote_address": "52.0.0.1", "service": "tcp/443",
}  # fmt: skip


def found(*events: dict[str, Any]) -> list[str]:
    """Rules that hold of these events."""
    return _DETECTION.detect(event_frame(events, "flow"))["rule"].to_list()


def test_a_match_tells_what_its_finding_is_known_by() -> None:
    """Rule, system, operator, place and control."""
    told = _DETECTION.detect(event_frame((_FAR,), "flow")).select(KEY).row(0)
    assert told == ("health_to_uncovered_country", "warehouse", "aws", "US", "US")


def test_matches_have_the_columns_of_the_table() -> None:
    """Their types, and no null where none may stand."""
    assert departures(_DETECTION.detect(event_frame((_FAR,), "flow")), MATCHES) == []


def test_no_match_has_these_columns_as_well() -> None:
    """A reader need not ask."""
    assert _DETECTION.detect(event_frame(({},), "flow")).schema == no_matches().schema


@pytest.mark.parametrize("never", [{"activity": "probe"}, {"counted": False}])
def test_a_probe_and_what_is_not_counted_never_match(never: dict[str, Any]) -> None:
    """Whatever a rule says."""
    assert found({**_FAR, **never}) == []


def test_undetermined_is_not_uncovered() -> None:
    """Nobody knows where it lands: that is for the share of undetermined."""
    assert found({**_FAR, "place_verdict": "undetermined", "place_reason": "anycast", "place_country": None}) == []


def test_a_rule_of_administration_does_not_read_flows() -> None:
    """Its category says so."""
    assert found({"actor_kind": "provider", "activity": "admin"}) == []


def test_the_time_of_a_match_is_the_end_of_its_event() -> None:
    """And its start is kept."""
    event = {**_FAR, "start_time": "2026-11-25T11:00:00Z", "end_time": "2026-11-25T11:10:00Z"}
    times = _DETECTION.detect(event_frame((event,), "flow")).select("first_time", "time").row(0)
    assert [time.isoformat()[11:16] for time in times] == ["11:00", "11:10"]


def test_what_was_asked_before_changes_nothing() -> None:
    """The rules remember combinations of words, never rows."""
    small = {**_FAR, "octets_out": 0}
    assert [found(small), found(_FAR), found(small)] == [[], ["health_to_uncovered_country"], []]


_EVENTS = st.fixed_dictionaries(
    {
        "place_verdict": st.sampled_from(["eea", "uncovered", "undetermined"]),
        "place_reason": st.sampled_from([None, "no_ground", "importer_unknown", "entry_lapsed", "private_unlisted"]),
        "control_verdict": st.sampled_from(["eea", "exposed"]),
        "activity": st.sampled_from(["data", "admin", "dns", "telemetry", "probe"]),
        "data_class": st.sampled_from(["health", "pseudonymised_health", "identity", "public"]),
        "direction": st.sampled_from(["inbound", "outbound"]),
        "service": st.sampled_from([None, "tcp/5432", "tcp/104", "tcp/853"]),
        "octets_out": st.sampled_from([None, 0, 9_000, 9_000_000]),
        "operator": st.sampled_from([None, "aws", "teamviewer"]),
        "counted": st.booleans(),
    }
)


@given(st.lists(_EVENTS, min_size=2, max_size=10), st.integers(0, 10))
@settings(deadline=None, max_examples=40)
def test_splitting_a_batch_anywhere_gives_the_same_matches(events: list[dict[str, Any]], cut: int) -> None:
    """Each row is judged by itself."""
    frame = event_frame(tuple(events), "flow")
    parts = [_DETECTION.detect(part) for part in (frame[:cut], frame[cut:])]
    order = ["rule", "service", "octets_out", "operator", "place_reason", "direction", "control_verdict"]
    whole = _DETECTION.detect(frame).sort(order)
    assert pl.concat(parts).sort(order).select(order).equals(whole.select(order))
