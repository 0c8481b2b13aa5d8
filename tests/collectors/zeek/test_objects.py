"""JSON objects become what lines under a header become."""

from __future__ import annotations

import json

import pytest

from tests.cases.zeek_sensor import FIELDS, Sensor, json_text, tsv_text
from tests.collectors.zeek.decoding import bad, decode, events

_SENSOR = Sensor.of(3, 20)


@pytest.mark.parametrize("log", FIELDS)
def test_both_forms_give_the_same_events(log: str) -> None:
    """Attributes and all."""
    records = [record for _, record in _SENSOR.written[log]]

    assert events(decode(json_text(log, records))) == events(decode(tsv_text(log, records)))


@pytest.mark.parametrize("ts", [1_791_374_400.5, '"2026-10-07T12:00:00.500000Z"', '"1791374400.5"'])
def test_a_time_may_be_a_number_or_text(ts: object) -> None:
    """Seconds since 1970, or ISO 8601."""
    (found,) = events(decode(f'{{"_path":"ssh","ts":{ts},"id.orig_h":"10.0.0.1"}}\n'))

    assert found["time"] == "2026-10-07T12:00:00.500000Z"


def test_objects_that_spell_their_ends_otherwise_may_lie_among_each_other() -> None:
    """Each is read as it is spelled."""
    spelled = [{"_path": "ssh", "ts": 1, name: "10.0.0.1"} for name in ("id.orig_h", "id_orig_h", "id.orig_h")]
    found = events(decode("".join(json.dumps(each, separators=(",", ":")) + "\n" for each in spelled)))

    assert [each["actor_address"] for each in found] == ["10.0.0.1"] * 3


def test_an_object_of_no_log_that_is_read_is_passed_over() -> None:
    """By its name, or as one that cannot be told."""
    made = decode('{"_path":"weird","ts":1}\n{"ts":1}\n')

    assert (made.passed_over, made.records) == ({"weird": 1, "untold": 1}, 2)


@pytest.mark.parametrize(
    ("member", "reason"),
    [
        ('"id.orig_p":65536', "out_of_range"),
        ('"id.orig_p":-1', "out_of_range"),
        ('"duration":-0.5', "out_of_range"),
        ('"orig_pkts":-1', "out_of_range"),
        ('"orig_pkts":"many"', "wrong_type"),
        ('"id.orig_h":"10.0.0.256"', "not_an_address"),
        ('"id.orig_h":""', "not_an_address"),
    ],
)
def test_a_value_that_a_column_cannot_hold_is_a_bad_record(member: str, reason: str) -> None:
    """The sentence names the field."""
    ((found, what),) = bad(f'{{"_path":"conn","ts":1,{member}}}\n')

    assert (found, member.split('"')[1] in what) == (reason, True)
