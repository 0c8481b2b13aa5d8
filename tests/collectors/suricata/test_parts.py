"""What events of every type carry, and what makes one of them a bad record."""

from __future__ import annotations

import json

import polars as pl
import pytest

from collectors.contract import SAMPLED_BAD_RECORDS
from collectors.suricata.parts import NOT_AN_ADDRESS, OUT_OF_RANGE, attributes, line, origin
from tests.collectors.suricata.decoding import event, parts


def test_an_event_with_two_faults_is_one_bad_record() -> None:
    """For the one that was found first."""
    events, _ = parts("ssh", event("ssh", src_ip="x", dest_port=65_536))
    events.address("src_ip")
    events.port("dest_port")

    assert (events.reasons, [bad.what for bad in events.bad]) == ({NOT_AN_ADDRESS: 1}, ["src_ip `x` is not an address"])


def test_bad_records_know_their_row() -> None:
    """Of the whole piece, not of the events of their type."""
    made = [event("ssh"), event("rdp"), event("ssh", src_port=-1)]
    events, _ = parts("ssh", *made)
    events.port("src_port")

    assert [bad.row for bad in events.bad] == [2]


def test_bad_records_are_sampled_and_all_counted() -> None:
    """A sensor that writes nothing else fills no memory."""
    events, _ = parts("ssh", *[event("ssh", src_port=70_000)] * (2 * SAMPLED_BAD_RECORDS))
    events.port("src_port")

    assert (len(events.bad), events.reasons) == (SAMPLED_BAD_RECORDS, {OUT_OF_RANGE: 2 * SAMPLED_BAD_RECORDS})


@pytest.mark.parametrize(
    ("port", "broken"), [(0, False), (65_535, False), (65_536, True), (-1, True), (None, False), (2**63 - 1, True)]
)
def test_a_port_has_sixteen_bits(port: int | None, broken: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """There need be none."""
    events, _ = parts("ssh", event("ssh", src_port=port))
    events.port("src_port")

    assert events.broken.tolist() == [broken]


def test_a_sentence_names_a_count_as_the_log_does() -> None:
    """Not as its column is called here."""
    events, _ = parts("flow", event("flow", flow={"bytes_toserver": -1}))
    events.count("bytes", "bytes_toserver")

    assert [bad.what for bad in events.bad] == ["bytes_toserver `-1` is negative"]


def test_a_sentence_is_short_and_printable() -> None:
    """Whatever stands in the place of an address."""
    events, _ = parts("ssh", event("ssh", src_ip="\x1b" + "x" * 10_000))
    events.address("src_ip")
    (bad,) = events.bad

    assert (bad.what.isprintable(), len(bad.what) < 120) == (True, True)


@pytest.mark.parametrize(
    ("members", "observer"),
    [
        ({"host": "h", "sensor_name": "s", "in_iface": "eth1"}, "h eth1"),
        ({"sensor_name": "s", "in_iface": "eth1"}, "s eth1"),
        ({"host": "h", "in_iface": None}, "h"),
        ({"in_iface": None}, None),
    ],
)
def test_the_observer_is_the_host_and_its_interface(members: dict[str, str], observer: str | None) -> None:
    """Among events that have another one."""
    events, _ = parts("ssh", event("ssh", **members), event("ssh", host="other"))
    columns = {column.name: column for column in origin(events.frame, 1)}

    assert columns["observer"].to_list() == [observer, "other eth1"]


def test_a_row_stands_in_its_line() -> None:
    """Counted from the first line of the piece."""
    events, _ = parts("ssh", event("rdp"), event("ssh"))

    assert line(events.frame, 100).to_list() == [101]


def test_attributes_are_text_whatever_their_columns_are() -> None:
    """What has no value is left out."""
    columns = {
        "flag": pl.Series([True, None, False]),
        "number": pl.Series([None, 5, None], dtype=pl.Int64),
        "word": pl.Series(["a", None, "b"], dtype=pl.Categorical),
        "nothing": pl.Series([None] * 3, dtype=pl.String),
    }

    assert [each and json.loads(each) for each in attributes(columns, 3)] == [
        {"flag": "true", "word": "a"},
        {"number": "5"},
        {"flag": "false", "word": "b"},
    ]
