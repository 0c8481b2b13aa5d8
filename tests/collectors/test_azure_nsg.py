"""Records of a network security group's flow log become flow records, or are counted."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors import KINDS
from collectors.azure_nsg import KIND, recognise
from collectors.contract import Framing, Piece
from tests.collectors.json_reading import WORDS, Reading, pieces_of, read, read_values

NSG = "/SUBSCRIPTIONS/AAAA0A0A-0000-0000-0000-0000000000AA/RESOURCEGROUPS/RG/NETWORKSECURITYGROUPS/N"
ENDED = "1767225660,10.20.0.5,192.0.2.9,50514,443,T,O,A,E,12,3480,9,8100"
BEGUN = "1767225600,10.20.0.5,192.0.2.9,50514,443,T,O,A,B,,,,"
OF_VERSION_1 = "1767225600,192.0.2.9,10.20.0.5,50514,3389,T,I,D"

PART_TEXTS = "1767225660 1767225660123 0 -5 443 65536 10.20.0.5 10.20.0.256 2001:db8::5 T U I O A D B C E X 6 1e3"
PARTS = st.sampled_from(PART_TEXTS.split(" "))
TUPLES = st.one_of(
    st.sampled_from([ENDED, BEGUN, OF_VERSION_1]),
    st.lists(st.one_of(PARTS, st.just("")), max_size=14).map(",".join),
    st.tuples(PARTS, st.integers(0, 12)).map(lambda drawn: with_field(drawn[1], drawn[0])),
    st.text(max_size=8),
)


def record(*tuples: object, version: int = 2) -> dict[str, object]:
    """Give a record of one rule and one interface."""
    inside = [{"rule": "UserRule_web", "flows": [{"mac": "000D3AF87856", "flowTuples": list(tuples)}]}]
    return {
        "time": "2026-01-01T00:01:00.0000000Z",
        "systemId": "66aa66aa",
        "category": "NetworkSecurityGroupFlowEvent",
        "resourceId": NSG,
        "operationName": "NetworkSecurityGroupFlowEvents",
        "properties": {"Version": version, "flows": inside},
    }


def with_field(place: int, value: str) -> str:
    """Give a good tuple with one other field."""
    parts = ENDED.split(",")
    return ",".join([*parts[:place], value, *parts[place + 1 :]])


def reading(*tuples: object) -> Reading:
    """Read the tuples of one record."""
    return read_values("azure_nsg", record(*tuples))


def test_a_tuple_is_a_flow_record() -> None:
    """Octets both ways, as Azure counts them: of frames."""
    (made,) = reading(ENDED).events

    assert made == {
        "event": "flow",
        "start_time": "2026-01-01T00:01:00.000000Z",
        "end_time": "2026-01-01T00:01:00.000000Z",
        "src_address": "10.20.0.5",
        "dst_address": "192.0.2.9",
        "src_port": 50514,
        "dst_port": 443,
        "protocol": 6,
        "octets": 3480,
        "packets": 12,
        "reverse_octets": 8100,
        "reverse_packets": 9,
        "tcp_flags": None,
        "action": "accept",
        "initiator": "src",
        "sampling_interval": 1,
        "name": None,
        "application": None,
        "source": "azure_nsg",
        "observer": "000D3AF87856",
        "account": "aaaa0a0a-0000-0000-0000-0000000000aa",
        "network_id": None,
        "region_hint": None,
        "service_hint": None,
        "attributes": {
            "resourceId": NSG,
            "systemId": "66aa66aa",
            "Version": "2",
            "rule": "UserRule_web",
            "Traffic flow": "O",
            "Flow state": "E",
            "octets_layer": "ethernet",
        },
    }


@pytest.mark.parametrize("text", [BEGUN, OF_VERSION_1])
def test_what_is_not_counted_is_unknown(text: str) -> None:
    """A flow that begins, and everything in version 1."""
    (made,) = reading(text).events

    assert [made[name] for name in ("octets", "packets", "reverse_octets", "reverse_packets")] == [None] * 4
    assert "octets_layer" not in made["attributes"]  # type: ignore[operator]


@pytest.mark.parametrize(
    ("place", "text", "column", "expected"),
    [
        (5, "U", "protocol", 17),
        (5, "1", "protocol", 1),
        (7, "D", "action", "reject"),
        (0, "1767225660123", "end_time", "2026-01-01T00:01:00.123000Z"),
        (1, "2001:DB8::5", "src_address", "2001:db8::5"),
        (9, "", "packets", None),
        (3, "0", "src_port", 0),
    ],
)
def test_a_field_fills_its_column(place: int, text: str, column: str, expected: object) -> None:
    """In whichever spelling."""
    (made,) = reading(with_field(place, text)).events

    assert made[column] == expected


@pytest.mark.parametrize(("direction", "reporter"), [("O", "src"), ("I", "dst")])
def test_the_direction_tells_whose_interface_reports(direction: str, reporter: str) -> None:
    """So that a flow between two of ours counts once."""
    value = json.dumps(record(with_field(6, direction))).encode()
    batch = KIND.decoder(None).decode(Piece(value, 1, 0))  # type: ignore[arg-type]

    assert batch.flows[0].frame["reporter"].to_list() == [reporter]


@pytest.mark.parametrize(
    ("text", "reason", "what"),
    [
        ("", "too_few_fields", "the tuple `` has 1 field where the format has 13"),
        ("1,2,3", "too_few_fields", "the tuple `1,2,3` has 3 fields where the format has 13"),
        (f"{BEGUN},", "too_many_fields", f"the tuple `{BEGUN},` has 14 fields where the format has 13"),
        (with_field(0, "now"), "not_a_number", "Time stamp `now` is not a number"),
        (with_field(0, "-1"), "out_of_range", "Time stamp `-1` is out of range"),
        (with_field(0, "9" * 16), "out_of_range", f"Time stamp `{'9' * 16}` is out of range"),
        (with_field(0, ""), "empty_field", "Time stamp is empty"),
        (with_field(1, "10.20.0.256"), "not_an_address", "Source IP `10.20.0.256` is not an address"),
        (with_field(2, ""), "empty_field", "Destination IP is empty"),
        (with_field(4, "65536"), "out_of_range", "Destination port `65536` is out of range"),
        (with_field(5, "X"), "unknown_word", "Protocol `X` is not a word of this format"),
        (with_field(5, ""), "empty_field", "Protocol is empty"),
        (with_field(6, "i"), "unknown_word", "Traffic flow `i` is not a word of this format"),
        (with_field(7, "Allow"), "unknown_word", "Traffic decision `Allow` is not a word of this format"),
        (with_field(8, ""), "empty_field", "Flow state is empty"),
        (with_field(10, "-1"), "out_of_range", "Bytes sent `-1` is out of range"),
        (with_field(12, "1e3"), "not_a_number", "Bytes received `1e3` is not a number"),
        ("a\nb", "too_few_fields", "the tuple `a\\nb` has 1 field where the format has 13"),
    ],
)
def test_a_tuple_that_cannot_be_read_is_told(text: str, reason: str, what: str) -> None:
    """With the field and what stands in it; the others of its record are read."""
    made = reading(BEGUN, text, ENDED)

    assert (len(made.events), made.bad) == (2, [(1, reason, what)])


def test_records_inside_a_record_are_read() -> None:
    """As in an example that Microsoft publishes."""
    made = read_values("azure_nsg", record(BEGUN), {"records": [record(ENDED), {"records": [record(ENDED)]}]})

    assert (len(made.events), made.records, made.bad) == (3, 3, [])


def test_records_are_not_read_at_any_depth() -> None:
    """No input leads the reader down without end."""
    value: dict[str, object] = record(ENDED)
    for _ in range(20):
        value = {"records": [value]}

    assert read_values("azure_nsg", value).bad == [(1, "nested_too_deep", "records are nested more than 8 deep")]


@pytest.mark.parametrize(
    ("value", "passed_over"),
    [
        ({"category": "NetworkSecurityGroupEvent", "properties": {}}, "another category"),
        (record(), "no tuples"),
        ({"records": []}, "no tuples"),
    ],
)
def test_what_is_of_no_use_is_passed_over(value: object, passed_over: str) -> None:
    """And counted by what it is."""
    made = read_values("azure_nsg", value)

    assert (made.records, made.passed_over) == (1, Counter({passed_over: 1}))


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ({}, "the record has no properties"),
        ([], "the record is of another form: Expected `object`, got `array`"),
        (
            record(5),
            "the record is of another form: Expected `str`, got `int` - at `$.flows[0].flows[0].flowTuples[0]`",
        ),
    ],
)
def test_a_value_of_another_form_is_one_bad_record(value: object, what: str) -> None:
    """Told with the place of what is wrong."""
    made = read_values("azure_nsg", value, record(ENDED))

    assert (len(made.events), made.bad) == (1, [(1, "not_a_record", what)])


@given(
    st.lists(st.one_of(st.lists(TUPLES, max_size=4).map(lambda texts: json.dumps(record(*texts))), WORDS)),
    st.sampled_from(["\n", ",\n", "\n\n"]),
)
def test_any_values_in_any_pieces_are_read_alike(values: list[str], separator: str) -> None:
    """The same events and bad records; every record is one or the other, or passed over."""
    texts = [f"{' '.join(value.split())}{separator}".encode("utf-8", "replace") for value in values]
    whole = read("azure_nsg", [Piece(b"".join(texts), 1, 0)])

    assert read("azure_nsg", pieces_of(texts)) == whole
    assert whole.records == whole.counted


@given(st.binary(max_size=200))
def test_any_octets_are_records_or_counted(data: bytes) -> None:
    """Nothing raises."""
    made = read("azure_nsg", [Piece(data, 1, 0)])

    assert made.records == made.counted


def test_an_input_is_recognised_by_its_category() -> None:
    """Which every record of this log names, and no other log does."""
    assert recognise(json.dumps({"records": [record(ENDED)]}).encode()) == (
        "its category is NetworkSecurityGroupFlowEvent"
    )
    assert recognise(b'{"records":[{"category":"NetworkSecurityGroupEvent"}]}') is None
    assert (KINDS["azure_nsg"], KIND.framing(b"")) == (KIND, Framing.JSON)
