"""Entries become columns of text; what is of another log or form is set apart."""

from __future__ import annotations

import json
from collections import Counter

import msgspec

from collectors.gcp_vpc.entries import Entries, read_entries
from collectors.gcp_vpc.metadata import Metadata

LOG = "projects/p/logs/compute.googleapis.com%2Fvpc_flows"


def read(*values: object) -> Entries:
    """Read values."""
    raws = [msgspec.Raw(json.dumps(value).encode()) for value in values]
    return read_entries(raws, range(1, len(raws) + 1), Metadata())


def test_the_text_of_a_field_is_that_of_its_value() -> None:
    """Quotes and all; nothing where there is none."""
    made = read(
        {"logName": LOG, "jsonPayload": {"connection": {"src_ip": "10.20.0.5", "src_port": 7}, "bytes_sent": "5"}}
    )

    assert [bytes(made.texts[name][0]) for name in ("src_ip", "src_port", "bytes_sent", "end_time")] == [
        b'"10.20.0.5"',
        b"7",
        b'"5"',
        b"",
    ]


def test_every_column_has_a_row_for_each_entry() -> None:
    """An entry that fails leaves nothing behind."""
    sound = {"logName": LOG, "jsonPayload": {"connection": {}}}
    broken = {"logName": LOG, "jsonPayload": {"connection": {}, "reporter": "SRC", "src_vpc": 5}}
    made = read(sound, broken, sound)
    columns = [*made.texts.values(), made.reporters, made.sides, made.accounts, made.networks, made.services]

    assert {len(column) for column in [*columns, made.attributes, made.lines]} == {2}
    assert [(place, bad.line) for place, bad in made.bad] == [(1, 2)]
    assert list(made.places) == [0, 2]


def test_an_entry_without_the_name_of_its_log_is_read() -> None:
    """A sink may leave it out; its payload tells."""
    assert len(read({"jsonPayload": {"connection": {}}}).lines) == 1


def test_another_log_is_passed_over_whatever_its_payload() -> None:
    """It is not ours to read."""
    assert read({"logName": "projects/p/logs/other"}).passed_over == Counter({"another log": 1})
