"""What every event says beside its own columns."""

from __future__ import annotations

from tests.collectors.zeek.decoding import decode, event, events

_OBJECT = '{"_path":"ssh","_system_name":"tap-1","_write_ts":"x","ts":1,"id.orig_h":"10.0.0.1","version":2}'


def test_a_streaming_exporter_names_its_sensor() -> None:
    """What says when and where a record was written is no attribute."""
    (found,) = events(decode(_OBJECT + "\n"))

    assert (found["observer"], found["attributes"]) == ("tap-1", {"version": "2"})


def test_every_field_without_a_column_is_an_attribute() -> None:
    """Under its own name, as it stands there; what is unset is none."""
    found = event("ssh", "ts uid id.orig_h id.orig_p later other", '1 C1 10.0.0.1 50000 a"b -')

    assert found["attributes"] == {"uid": "C1", "id.orig_p": "50000", "later": 'a"b'}
