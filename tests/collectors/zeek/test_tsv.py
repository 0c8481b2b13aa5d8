"""Which lines can be read, and what is wrong with the others."""

from __future__ import annotations

import pytest

from tests.collectors.zeek.decoding import bad, decode, event, events, log

_FIELDS = "ts uid id.orig_h id.orig_p id.resp_h duration orig_pkts conn_state"
_GOOD = "1791374400.5 C1 10.0.0.1 50000 10.0.0.2 1.5 9 SF"


def _with(**values: str) -> str:
    names = dict(zip(_FIELDS.replace("id.", "").split(), _GOOD.split(), strict=True))
    return " ".join((names | values).values())


@pytest.mark.parametrize(
    ("record", "reason", "what"),
    [
        ("x", "too_few_fields", "1 fields where the header has 8"),
        (_GOOD + " x", "too_many_fields", "9 fields where the header has 8"),
        (_with(ts="soon"), "not_a_time", "ts `soon` is not a time"),
        (_with(ts="nan"), "not_a_time", "ts `nan` is not a time"),
        (_with(ts="inf"), "not_a_time", "ts `inf` is not a time"),
        (_with(ts="-1"), "out_of_range", "ts `-1` is out of range"),
        (_with(ts="253402300800"), "out_of_range", "ts `253402300800` is out of range"),
        (_with(orig_p="65536"), "out_of_range", "id.orig_p `65536` is out of range"),
        (_with(orig_p="http"), "not_a_number", "id.orig_p `http` is not a number"),
        (_with(duration="(empty)"), "not_a_number", "duration `(empty)` is not a number"),
        (_with(orig_pkts="-1"), "out_of_range", "orig_pkts `-1` is out of range"),
        (_with(orig_pkts="9223372036854775808"), "out_of_range", "orig_pkts `9223372036854775808` is out of range"),
        (_with(orig_h="10.0.0.256"), "not_an_address", "id.orig_h `10.0.0.256` is not an address"),
        (_with(resp_h=""), "not_an_address", "id.resp_h `` is not an address"),
    ],
)
def test_a_record_that_cannot_be_read_has_a_reason(record: str, reason: str, what: str) -> None:
    """Its neighbours are read."""
    text = log("conn", _FIELDS, _GOOD, record, _GOOD)

    assert (bad(text), len(events(decode(text)))) == ([(reason, what)], 2)


@pytest.mark.parametrize("name", ["ts", "orig_h", "orig_p", "duration", "orig_pkts", "conn_state"])
def test_what_is_unset_is_unknown(name: str) -> None:
    """In any field."""
    assert bad(log("conn", _FIELDS, _with(**{name: "-"}))) == []


def test_the_smallest_and_the_largest_values_are_read() -> None:
    """To the microsecond."""
    found = event("conn", _FIELDS, _with(ts="253402300799", duration="0.000001", orig_pkts="9223372036854775807"))

    assert (found["start_time"], found["packets"]) == ("9999-12-31T23:59:59.000000Z", 2**63 - 1)
    assert event("conn", _FIELDS, _with(ts="0"))["start_time"] == "1970-01-01T00:00:00.000000Z"


def test_a_quote_is_a_character_like_any_other() -> None:
    """Fields are parted by the separator alone."""
    text = log("http", "ts id.orig_h host uri", '1 10.0.0.1 a.example "', '1 10.0.0.1 b.example x"y')

    assert [each["attributes"]["uri"] for each in events(decode(text))] == ['"', 'x"y']


def test_octets_that_are_no_text_do_not_spoil_their_neighbours() -> None:
    """They stand as replacement characters."""
    text = log("http", "ts id.orig_h host uri", "1 10.0.0.1 a.example X", "1 10.0.0.1 b.example Y").encode()
    found = events(decode(text.replace(b"X", b"\xff")))

    assert [each["attributes"]["uri"] for each in found] == ["\ufffd", "Y"]
