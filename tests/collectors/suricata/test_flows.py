"""What a flow or netflow event is as a flow record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from collectors.suricata.flows import ETHERNET_OCTETS, flows
from tests.collectors.suricata.decoding import TIME, event, parts

if TYPE_CHECKING:
    import polars as pl


def _frame(*made: dict[str, Any], link_octets: int = ETHERNET_OCTETS, kind: str = "flow") -> pl.DataFrame:
    events, items = parts(kind, *made, flows_from=kind)
    return flows(events, items["vlan"], 1, link_octets, both_ways=kind == "flow").frame


def _one(made: dict[str, Any], *names: str, kind: str = "flow") -> tuple[Any, ...]:
    return _frame(made, kind=kind).select(names).row(0)


def _counts(octets: int | None, packets: int | None, **members: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever JSON can hold
    return event("flow", flow={"bytes_toserver": octets, "pkts_toserver": packets}, **members)


@pytest.mark.parametrize(
    ("proto", "number"),
    [
        ("TCP", 6),
        ("udp", 17),
        ("IPv6-ICMP", 58),
        ("047", 47),
        ("255", 255),
        ("256", None),
        ("x", None),
        ("\u0663", None),
    ],
)
def test_a_protocol_is_a_keyword_or_a_number(proto: str, number: int | None) -> None:
    """In any case; what has no number is unknown."""
    assert _one(event("flow", proto=proto), "protocol") == (number,)


def test_a_protocol_without_a_number_stays_as_it_is_written() -> None:
    """Beside others that have one."""
    frame = _frame(event("flow"), event("flow", proto="new"))

    assert frame["attributes"].str.json_path_match("$.proto").to_list() == [None, "new"]


@pytest.mark.parametrize(
    ("word", "flags"), [("1b", 27), ("1B", 27), ("0", 0), ("", None), ("-1", None), ("+1", None), ("fff", None)]
)
def test_flags_are_two_hexadecimal_digits(word: str, flags: int | None) -> None:
    """Nothing else is."""
    assert _one(event("flow", tcp={"tcp_flags": word}), "tcp_flags") == (flags,)


@pytest.mark.parametrize(("word", "application"), [("tls", "tls"), ("failed", None), (None, None)])
def test_an_application_that_was_not_found_out_is_none(word: str | None, application: str | None) -> None:
    """Suricata says `failed`."""
    assert _one(event("flow", app_proto=word), "application") == (application,)


@pytest.mark.parametrize(
    ("octets", "packets", "members", "expected"),
    [
        (340, 10, {}, (200, None)),
        (339, 10, {}, (339, "frame")),
        (380, 10, {"vlan": [100]}, (200, None)),
        (379, 10, {"vlan": 100}, (379, "frame")),
        (540, 10, {"src_ip": "2001:db8::1", "dest_ip": "2001:db8::2"}, (400, None)),
        (539, 10, {"src_ip": "2001:db8::1", "dest_ip": "2001:db8::2"}, (539, "frame")),
        (1400, None, {}, (1400, "frame")),
        (None, 10, {}, (None, None)),
        (0, 0, {}, (0, None)),
        (1400, 2**61, {}, (1400, "frame")),
        (2**63 - 1, 2**63 - 1, {}, (2**63 - 1, "frame")),
    ],
)
def test_headers_are_taken_off_where_packets_are_left(
    octets: int | None, packets: int | None, members: dict[str, Any], expected: tuple[int | None, str | None]
) -> None:
    """Each packet has an IP header at least; counts near the end of 64 bits are compared as well."""
    row = _frame(_counts(octets, packets, **members))

    layer = row["attributes"].str.json_path_match("$.octets_layer")[0]
    assert (row["octets"][0], layer) == expected


def test_an_event_in_doubt_changes_no_other() -> None:
    """Octets of both are those of their own layer."""
    assert _frame(_counts(340, 10), _counts(100, 10))["octets"].to_list() == [200, 100]


def test_tags_belong_to_their_own_event() -> None:
    """Also where others have none, and events of other types stand between."""
    frame = _frame(event("flow"), event("ssh", vlan=[7]), event("flow", vlan=[100, 200]), event("flow", vlan=None))

    assert frame["attributes"].str.json_path_match("$.vlan").to_list() == [None, "100 200", None]


@pytest.mark.parametrize(
    ("word", "action"),
    [("drop", "reject"), ("reject", "reject"), ("pass", "accept"), ("accept", "accept"), ("x", None)],
)
def test_an_action_is_what_the_sensor_did(word: str, action: str | None) -> None:
    """A word that is not known is no action."""
    assert _one(event("flow", flow={"action": word}), "action") == (action,)


@pytest.mark.parametrize(
    ("src_port", "dest_port", "initiator"),
    [(50514, 443, "src"), (443, 50514, "dst"), (50514, 50515, None), (None, None, None)],
)
def test_who_opened_a_netflow_is_told_by_the_ports(
    src_port: int | None, dest_port: int | None, initiator: str | None
) -> None:
    """It names either end as its source."""
    made = event("netflow", src_port=src_port, dest_port=dest_port)

    assert _one(made, "initiator", kind="netflow") == (initiator,)


def test_the_source_of_a_flow_opened_it() -> None:
    """Whatever its ports are."""
    assert _one(event("flow", src_port=443, dest_port=50514), "initiator") == ("src",)


def test_a_netflow_tells_of_one_way() -> None:
    """Of the other nothing is known."""
    made = event("netflow", netflow={"pkts": 10, "bytes": 340})

    assert _one(made, "octets", "packets", "reverse_octets", "reverse_packets", kind="netflow") == (200, 10, None, None)


def test_an_end_may_be_the_start() -> None:
    """But not before it: then the event is no record."""
    earlier = "2026-10-05T06:59:59.999999+0200"
    made = [event("flow", flow={"start": TIME, "end": end}) for end in (TIME, earlier)]

    assert _frame(*made)["line"].to_list() == [1]
