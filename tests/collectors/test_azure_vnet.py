"""Records of a virtual network's flow log become flow records, or are counted."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors import KINDS
from collectors.azure_vnet import KIND, recognise
from collectors.contract import Framing, Piece
from tests.collectors.json_reading import WORDS, Reading, pieces_of, read, read_values

SUBSCRIPTION = "/subscriptions/AAAA0A0A-0000-0000-0000-0000000000AA/resourceGroups/rg/providers/Microsoft.Network"
LOG = f"{SUBSCRIPTION}/networkWatchers/NetworkWatcher_francecentral/flowLogs/log"
ENDED = "1767225660123,10.20.0.5,192.0.2.9,50514,443,6,O,E,NX,12,3480,9,8100"
BEGUN = "1767225600000,10.20.0.5,192.0.2.9,50514,443,6,O,B,X,0,0,0,0"

PART_TEXTS = "1767225660123 1767225660 0 -5 443 65536 10.20.0.5 10.20.0.256 ::1 6 17 256 I O B C E D NX X 1e3"
PARTS = st.sampled_from(PART_TEXTS.split(" "))
TUPLES = st.one_of(
    st.sampled_from([ENDED, BEGUN]),
    st.lists(st.one_of(PARTS, st.just("")), max_size=14).map(",".join),
    st.tuples(PARTS, st.integers(0, 12)).map(lambda drawn: with_field(drawn[1], drawn[0])),
    st.text(max_size=8),
)


def record(*tuples: object, target: str = f"{SUBSCRIPTION}/virtualNetworks/hospital/subnets/data") -> dict[str, object]:
    """Give a record of one rule."""
    groups = [{"rule": "DefaultRule_AllowInternetOutBound", "flowTuples": list(tuples)}]
    return {
        "time": "2026-01-01T00:01:00.0000000Z",
        "flowLogVersion": 4,
        "flowLogGUID": "abcdef01",
        "macAddress": "00224871C205",
        "category": "FlowLogFlowEvent",
        "flowLogResourceID": LOG,
        "targetResourceID": target,
        "operationName": "FlowLogFlowEvent",
        "flowRecords": {"flows": [{"aclID": "00000000-1234", "flowGroups": groups}]},
    }


def with_field(place: int, value: str) -> str:
    """Give a good tuple with one other field."""
    parts = ENDED.split(",")
    return ",".join([*parts[:place], value, *parts[place + 1 :]])


def reading(*tuples: object) -> Reading:
    """Read the tuples of one record."""
    return read_values("azure_vnet", record(*tuples))


def test_a_tuple_is_a_flow_record() -> None:
    """Octets both ways, as Azure counts them: of frames."""
    (made,) = reading(ENDED).events

    assert made == {
        "event": "flow",
        "start_time": "2026-01-01T00:01:00.123000Z",
        "end_time": "2026-01-01T00:01:00.123000Z",
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
        "source": "azure_vnet",
        "observer": "00224871C205",
        "account": "aaaa0a0a-0000-0000-0000-0000000000aa",
        "network_id": "hospital",
        "region_hint": None,
        "service_hint": None,
        "attributes": {
            "flowLogVersion": "4",
            "flowLogGUID": "abcdef01",
            "flowLogResourceID": LOG,
            "targetResourceID": f"{SUBSCRIPTION}/virtualNetworks/hospital/subnets/data",
            "aclID": "00000000-1234",
            "rule": "DefaultRule_AllowInternetOutBound",
            "Flow direction": "O",
            "Flow state": "E",
            "Flow encryption": "NX",
            "octets_layer": "ethernet",
        },
    }


@pytest.mark.parametrize(
    ("place", "text", "column", "expected"),
    [
        (5, "17", "protocol", 17),
        (7, "D", "action", "reject"),
        (7, "B", "action", "accept"),
        (0, "1767225660", "end_time", "2026-01-01T00:01:00.000000Z"),
        (1, "2001:DB8::5", "src_address", "2001:db8::5"),
        (10, "", "octets", None),
        (10, "0", "octets", 0),
    ],
)
def test_a_field_fills_its_column(place: int, text: str, column: str, expected: object) -> None:
    """A time in seconds too: Microsoft's own calculation of bandwidth writes such."""
    (made,) = reading(with_field(place, text)).events

    assert made[column] == expected


@pytest.mark.parametrize(
    ("target", "account", "network"),
    [
        (f"{SUBSCRIPTION}/virtualNetworks/hospital", "aaaa0a0a-0000-0000-0000-0000000000aa", "hospital"),
        (f"{SUBSCRIPTION}/networkInterfaces/nic", "aaaa0a0a-0000-0000-0000-0000000000aa", None),
        ("", "aaaa0a0a-0000-0000-0000-0000000000aa", None),
    ],
)
def test_the_target_tells_subscription_and_network(target: str, account: str, network: str | None) -> None:
    """Where there is no target the log itself does."""
    (made,) = read_values("azure_vnet", record(ENDED, target=target)).events

    assert (made["account"], made["network_id"]) == (account, network)


@pytest.mark.parametrize(
    ("text", "reason", "what"),
    [
        ("1,2,3,4,5,6,7,8", "too_few_fields", "the tuple `1,2,3,4,5,6,7,8` has 8 fields where the format has 13"),
        (with_field(5, "T"), "unknown_word", "Protocol `T` is not a word of this format"),
        (with_field(5, "256"), "unknown_word", "Protocol `256` is not a word of this format"),
        (with_field(7, "F"), "unknown_word", "Flow state `F` is not a word of this format"),
        (with_field(8, ""), "empty_field", "Flow encryption is empty"),
        (with_field(11, "x"), "not_a_number", "Packets received `x` is not a number"),
    ],
)
def test_a_tuple_that_cannot_be_read_is_told(text: str, reason: str, what: str) -> None:
    """With the field and what stands in it; the others of its record are read."""
    made = reading(BEGUN, text, ENDED)

    assert (len(made.events), made.bad) == (2, [(1, reason, what)])


@pytest.mark.parametrize(
    ("value", "passed_over"),
    [
        ({"category": "Administrative"}, "another category"),
        (record(), "no tuples"),
    ],
)
def test_what_is_of_no_use_is_passed_over(value: object, passed_over: str) -> None:
    """And counted by what it is."""
    assert read_values("azure_vnet", value).passed_over == Counter({passed_over: 1})


def test_a_record_without_flow_records_is_told() -> None:
    """It may be one of tomorrow."""
    assert read_values("azure_vnet", {"category": "FlowLogFlowEvent"}).bad == [
        (1, "not_a_record", "the record has no flowRecords")
    ]


@given(
    st.lists(st.one_of(st.lists(TUPLES, max_size=4).map(lambda texts: json.dumps(record(*texts))), WORDS)),
    st.sampled_from(["\n", ",\n", "\n\n"]),
)
def test_any_values_in_any_pieces_are_read_alike(values: list[str], separator: str) -> None:
    """The same events and bad records; every record is one or the other, or passed over."""
    texts = [f"{' '.join(value.split())}{separator}".encode("utf-8", "replace") for value in values]
    whole = read("azure_vnet", [Piece(b"".join(texts), 1, 0)])

    assert read("azure_vnet", pieces_of(texts)) == whole
    assert whole.records == whole.counted


def test_an_input_is_recognised_by_its_category() -> None:
    """Which every record of this log names, and no other log does."""
    assert recognise(json.dumps({"records": [record(ENDED)]}).encode()) == "its category is FlowLogFlowEvent"
    assert recognise(b'{"records":[{"category":"Administrative"}]}') is None
    assert (KINDS["azure_vnet"], KIND.framing(b"")) == (KIND, Framing.JSON)
