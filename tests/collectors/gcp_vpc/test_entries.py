"""Entries become columns of text; what is of another log or form is set apart."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from collectors import typed_values
from collectors.contract import Piece
from collectors.gcp_vpc import entries
from collectors.gcp_vpc.entries import Entries, read_entries
from collectors.gcp_vpc.metadata import Metadata

if TYPE_CHECKING:
    import pytest

LOG = "projects/p/logs/compute.googleapis.com%2Fvpc_flows"
SOUND = {"logName": LOG, "jsonPayload": {"connection": {}}}
BROKEN = {"logName": LOG, "jsonPayload": {"connection": {}, "reporter": "SRC", "src_vpc": 5}}


def read(*values: object) -> Entries:
    """Read values, one a line."""
    data = "\n".join(map(json.dumps, values)).encode()
    return read_entries(Piece(data, 1, 0), Metadata())


def test_the_text_of_a_field_is_that_of_its_value() -> None:
    """Quotes and all; no text where there is none."""
    made = read(
        {"logName": LOG, "jsonPayload": {"connection": {"src_ip": "10.20.0.5", "src_port": 7}, "bytes_sent": "5"}}
    )

    assert made.frame.select("src_ip", "src_port", "bytes_sent", "end_time").row(0) == ('"10.20.0.5"', "7", '"5"', "")


def test_an_entry_that_fails_leaves_nothing_behind() -> None:
    """Of the others each has its own line and place."""
    made = read(SOUND, BROKEN, SOUND)

    assert made.frame["line"].to_list() == [1, 3]
    assert made.frame["place"].to_list() == [0, 2]
    assert [(place, bad.line) for place, bad in made.bad] == [(1, 2)]


def test_an_entry_without_the_name_of_its_log_is_read() -> None:
    """A sink may leave it out; its payload tells."""
    assert read({"jsonPayload": {"connection": {}}}).frame.height == 1


def test_another_log_is_passed_over_whatever_its_payload() -> None:
    """It is not ours to read."""
    assert read({"logName": "projects/p/logs/other"}).passed_over == Counter({"another log": 1})


def test_text_that_is_no_utf_8_makes_its_own_entry_a_bad_one() -> None:
    """The parser does not look into what it only hands on."""
    data = b'{"jsonPayload":{"connection":{},"rtt_msec":"\xff"}}\n{"jsonPayload":{"connection":{}}}\n'
    made = read_entries(Piece(data, 1, 0), Metadata())

    assert made.frame["line"].to_list() == [2]
    assert [bad.what for _, bad in made.bad] == ["a text in the entry is not UTF-8"]


def test_what_is_read_at_once_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Members that only some parts have included."""
    odd = {"logName": LOG, "jsonPayload": {"connection": {"nat_ip": "192.0.2.1"}, "psc": {"a": 1}, "of tomorrow": [1]}}
    values = (SOUND, odd, BROKEN, {"logName": "other"}, SOUND, odd, 5, odd)
    whole = read(*values)
    monkeypatch.setattr(typed_values, "_PART_OCTETS", 1)
    monkeypatch.setattr(entries, "_AT_ONCE", 1)
    parted = read(*values)

    assert parted.frame.rows() == whole.frame.rows()
    assert (parted.bad, parted.passed_over) == (whole.bad, whole.passed_over)
