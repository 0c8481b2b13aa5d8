"""Entries of a VPC flow log become flow records, or are counted."""

from __future__ import annotations

import json
from collections import Counter
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.contract import Piece
from collectors.gcp_vpc import KIND
from tests.collectors.json_reading import WORDS, Reading, pieces_of, read, read_values

ENTRY: dict[str, Any] = {
    "insertId": "1a2b3c",
    "jsonPayload": {
        "bytes_sent": "38144",
        "connection": {
            "dest_ip": "192.0.2.9",
            "dest_port": 443,
            "protocol": 6,
            "src_ip": "10.20.0.5",
            "src_port": 50514,
        },
        "packets_sent": "72",
        "reporter": "SRC",
        "rtt_msec": "12",
        "start_time": "2026-01-01T00:00:00.862783471Z",
        "end_time": "2026-01-01T00:01:00Z",
        "src_instance": {"project_id": "team", "region": "europe-west9", "vm_name": "web-1", "zone": "europe-west9-a"},
        "src_vpc": {"project_id": "hospital", "subnetwork_region": "europe-west9", "vpc_name": "prod"},
        "dest_location": {"asn": 64500, "country": "usa", "continent": "America"},
    },
    "logName": "projects/hospital/logs/compute.googleapis.com%2Fvpc_flows",
    "timestamp": "2026-01-01T00:01:05Z",
}
AS_PATH = {"egress_as_path": [{"as_details": [{"asn": 64500}, {"asn": 64501}]}]}

LEAVES = st.one_of(
    st.none(),
    st.integers(-2, 70000),
    st.sampled_from(["38144", "-1", "1e3", "x", "SRC", "DEST", "10.20.0.5", "10.20.0.256", "2026-01-01T00:00:00Z", ""]),
    st.just({"vpc_name": 5}),
    st.just({"a": {"b": [1, None]}}),
    st.just("\\u0041\n\u2028\x00"),
)
FIELDS = st.sampled_from([*ENTRY["jsonPayload"], "dest_google_service", "src_gateway", "of tomorrow"])
CHANGES = st.one_of(
    st.tuples(FIELDS, LEAVES).map(lambda drawn: with_field(*drawn)),
    st.tuples(st.sampled_from([*ENTRY["jsonPayload"]["connection"], "nat_ip"]), LEAVES).map(
        lambda drawn: with_connection(**{drawn[0]: drawn[1]})
    ),
    st.just(ENTRY),
)


def with_field(name: str, value: object) -> dict[str, Any]:
    """Give an entry with another field in its payload; nothing for null."""
    entry = deepcopy(ENTRY)
    entry["jsonPayload"][name] = value
    if value is None:
        del entry["jsonPayload"][name]
    return entry


def with_connection(**fields: object) -> dict[str, Any]:
    """Give an entry with other fields in its connection; nothing for null."""
    connection = {**ENTRY["jsonPayload"]["connection"], **fields}
    return with_field("connection", {name: value for name, value in connection.items() if value is not None})


def event(entry: object) -> dict[str, Any]:
    """Give the one event of an entry."""
    (only,) = reading(entry).events
    return only


def reading(*entries: object) -> Reading:
    """Read entries, one a line."""
    return read_values("gcp_vpc", *entries)


def test_an_entry_is_a_flow_record() -> None:
    """Numbers may be texts; what is finer than a microsecond is cut off."""
    assert event(ENTRY) == {
        "event": "flow",
        "start_time": "2026-01-01T00:00:00.862783Z",
        "end_time": "2026-01-01T00:01:00.000000Z",
        "src_address": "10.20.0.5",
        "dst_address": "192.0.2.9",
        "src_port": 50514,
        "dst_port": 443,
        "protocol": 6,
        "octets": 38144,
        "packets": 72,
        "reverse_octets": None,
        "reverse_packets": None,
        "tcp_flags": None,
        "action": None,
        "initiator": "src",
        "sampling_interval": 1,
        "name": None,
        "application": None,
        "source": "gcp_vpc",
        "observer": "web-1",
        "account": "hospital",
        "network_id": "prod",
        "region_hint": "europe-west9",
        "service_hint": None,
        "attributes": {
            "octets_layer": "payload",
            "reporter": "SRC",
            "rtt_msec": "12",
            "src_instance.project_id": "team",
            "src_instance.region": "europe-west9",
            "src_instance.vm_name": "web-1",
            "src_instance.zone": "europe-west9-a",
            "src_vpc.project_id": "hospital",
            "src_vpc.subnetwork_region": "europe-west9",
            "src_vpc.vpc_name": "prod",
            "dest_location.asn": "64500",
            "dest_location.country": "usa",
            "dest_location.continent": "America",
        },
    }


def test_icmp_has_no_ports() -> None:
    """And then nothing tells who opened."""
    made = event(with_connection(protocol=1, src_port=None, dest_port=None))

    assert [made[name] for name in ("protocol", "src_port", "dst_port", "initiator")] == [1, None, None, None]


@pytest.mark.parametrize(
    ("word", "reporter"),
    [("SRC", "src"), ("DEST", "dst"), ("SRC_GATEWAY", "src"), ("DEST_GATEWAY", "dst"), (None, None)],
)
def test_the_reporter_tells_whose_interface_reports(word: str | None, reporter: str | None) -> None:
    """So that a flow between two of ours counts once."""
    value = json.dumps(with_field("reporter", word)).encode()
    batch = KIND.decoder(None).decode(Piece(value, 1, 0))  # type: ignore[arg-type]

    assert batch.flows[0].frame["reporter"].to_list() == [reporter]


def test_the_origin_is_that_of_the_reporter() -> None:
    """The far end's network is no network of ours."""
    entry = with_field("reporter", "DEST")
    entry["jsonPayload"]["dest_instance"] = {"vm_name": "db-1", "region": "europe-west1"}
    entry["jsonPayload"]["dest_vpc"] = {"vpc_name": "data", "subnetwork_region": "europe-west1"}
    made = event(entry)

    assert [made[name] for name in ("observer", "network_id", "region_hint")] == ["db-1", "data", "europe-west1"]


def test_a_gateway_may_report() -> None:
    """It stands for an interface."""
    entry = with_field("reporter", "SRC_GATEWAY")
    del entry["jsonPayload"]["src_instance"], entry["jsonPayload"]["src_vpc"]
    gateway = {"name": "tunnel-1", "type": "VPN_TUNNEL", "location": "europe-west9", "vpc": {"vpc_name": "prod"}}
    entry["jsonPayload"]["src_gateway"] = gateway
    made = event(entry)

    assert [made[name] for name in ("observer", "network_id", "region_hint")] == ["tunnel-1", "prod", "europe-west9"]


def test_without_metadata_the_log_tells_the_project_and_the_label_the_network() -> None:
    """A site may leave the metadata out, to save."""
    entry = deepcopy(ENTRY)
    payload = entry["jsonPayload"]
    entry["jsonPayload"] = {
        name: payload[name]
        for name in ("bytes_sent", "connection", "packets_sent", "reporter", "start_time", "end_time")
    }
    entry["labels"] = {"target_resource_name": "projects/123/global/networks/prod"}
    made = event(entry)

    assert [made[name] for name in ("observer", "account", "network_id")] == [None, "hospital", "prod"]


@pytest.mark.parametrize(
    ("name", "service", "hint"),
    [
        (
            "dest_google_service",
            {"type": "GOOGLE_API", "service_name": "logging.googleapis.com"},
            "logging.googleapis.com",
        ),
        ("src_google_service", {"type": "GOOGLE_API"}, "GOOGLE_API"),
    ],
)
def test_a_google_service_is_a_hint(name: str, service: object, hint: str) -> None:
    """By its name, else by its type."""
    assert event(with_field(name, service))["service_hint"] == hint


def test_an_as_path_stays_json() -> None:
    """A list has no flat form."""
    attributes = event(with_field("internet_routing_details", AS_PATH))["attributes"]

    assert json.loads(attributes["internet_routing_details.egress_as_path"]) == AS_PATH["egress_as_path"]


def test_a_field_of_tomorrow_is_an_attribute() -> None:
    """Of the payload and of the connection."""
    entry = with_connection(nat_ip="198.51.100.7")
    entry["jsonPayload"]["psc"] = {"reporter": "CONSUMER"}
    attributes = event(entry)["attributes"]

    assert (attributes["connection.nat_ip"], attributes["psc.reporter"]) == ("198.51.100.7", "CONSUMER")


@pytest.mark.parametrize(
    ("entry", "reason", "what"),
    [
        (with_field("bytes_sent", "x"), "not_a_number", "bytes_sent `x` is not a number"),
        (with_field("bytes_sent", 1.5), "not_a_number", "bytes_sent `1.5` is not a number"),
        (with_field("packets_sent", "-1"), "out_of_range", "packets_sent `-1` is out of range"),
        (with_field("packets_sent", "9" * 20), "out_of_range", f"packets_sent `{'9' * 20}` is out of range"),
        (with_connection(src_port=65536), "out_of_range", "src_port `65536` is out of range"),
        (with_connection(protocol=256), "out_of_range", "protocol `256` is out of range"),
        (with_connection(dest_ip="192.0.2"), "not_an_address", "dest_ip `192.0.2` is not an address"),
        (with_field("end_time", "soon"), "not_a_time", "end_time `soon` is not a time"),
        (
            with_field("end_time", "2025-12-31T23:59:59Z"),
            "end_before_start",
            "end_time `2025-12-31T23:59:59Z` lies before start_time",
        ),
        (with_field("reporter", "BOTH"), "unknown_word", "reporter `BOTH` is not a word of this log"),
        (with_field("connection", None), "not_a_record", "the entry has no jsonPayload.connection"),
        ({"logName": ENTRY["logName"]}, "not_a_record", "the entry has no jsonPayload"),
        (
            with_field("connection", [1]),
            "not_a_record",
            "the entry is of another form: Expected `object`, got `array`",
        ),
        (
            with_field("src_vpc", {"vpc_name": 5}),
            "not_a_record",
            "the entry is of another form: Expected `str | null`, got `int` - at `$.vpc_name`",
        ),
    ],
)
def test_an_entry_that_cannot_be_read_is_told(entry: object, reason: str, what: str) -> None:
    """With the field and what stands in it; the others are read."""
    made = reading(ENTRY, entry, ENTRY)

    assert (len(made.events), made.bad) == (2, [(2, reason, what)])


def test_a_time_may_be_unknown() -> None:
    """The record is then decoded and not judged."""
    assert event(with_field("end_time", None))["end_time"] is None


def test_an_entry_of_another_log_is_passed_over() -> None:
    """A file may hold several logs of a project."""
    made = reading({**ENTRY, "logName": "projects/hospital/logs/compute.googleapis.com%2Ffirewall"}, ENTRY)

    assert (len(made.events), made.records, made.passed_over) == (1, 2, Counter({"another log": 1}))


def test_entries_may_stand_in_an_array() -> None:
    """As the command line prints them, over several lines each."""
    data = json.dumps([ENTRY, ENTRY], indent=2).encode()[1:-1]
    made = read("gcp_vpc", [Piece(data, 1, 1)])

    assert made.events == [event(ENTRY)] * 2


@given(st.lists(st.one_of(CHANGES.map(json.dumps), WORDS), max_size=6), st.sampled_from(["\n", ",\n"]))
def test_any_entries_in_any_pieces_are_read_alike(values: list[str], separator: str) -> None:
    """The same events and bad records; every record is one or the other, or passed over."""
    texts = [f"{' '.join(value.split())}{separator}".encode("utf-8", "replace") for value in values]
    whole = read("gcp_vpc", [Piece(b"".join(texts), 1, 0)])

    assert read("gcp_vpc", pieces_of(texts)) == whole
    assert whole.records == whole.counted


@given(st.binary(max_size=200))
def test_any_octets_are_records_or_counted(data: bytes) -> None:
    """Nothing raises, whatever stands in a text."""
    entry = json.dumps(with_field("reporter", "@")).encode().replace(b"@", data)
    made = read("gcp_vpc", [Piece(entry, 1, 0)])

    assert made.records == made.counted
