"""Sentences of the design's sections 3.1 to 3.3 (events, rows) that say never, only or first that applies.

Each test quotes its sentence. Verdicts are in `test_design_section_3_verdicts.py`, the register in
`test_design_section_3_register.py`; what a single log cannot show (sampling, a source that states the initiator) is
proved beside its module.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from monitor.report.answer import answer_of
from monitor.services import TCP, UDP, shipped_services
from tests.judging import INVENTORY, OURS, PORTAL, Row, line, told, verdict

if TYPE_CHECKING:
    from tests.judging import Gazetteer, Judging

_ICMP = 1
_SYN, _SYN_ACK = 2, 18
_ABROAD = "5.188.10.7"
_ABROAD_V6 = "2a02:6b8::5"
_OURS_V6 = "2001:db8:20::5"
_FORWARDER = f"{INVENTORY}forwarders: [10.20.0.220]\n"
_NAT = "10.20.0.220"


def _port_below_1024_that_is_in_no_table() -> int:
    known = shipped_services().known
    return next(port for port in range(1, 1024) if not known[port])


def _initiator(judged: Judging, src_port: int, dst_port: int, **fields: object) -> str | None:
    row = judged.one(line(OURS, _ABROAD, srcport=src_port, dstport=dst_port, **fields))
    initiator: str | None = row["initiator"]
    return initiator


# 3.1 Events


def test_a_region_is_never_that_of_the_far_end(judged: Judging, places: Gazetteer) -> None:
    """`region_hint` (of **our** interface, never of the far end)."""
    row = judged.abroad(places.find(country="RU"))

    assert told(row, "region_hint", "place_region", "place_country") == (None, None, "RU")


def test_flags_with_syn_and_no_ack_say_src(judged: Judging) -> None:
    """Initiator, first that applies: AWS flags with SYN and no ACK `src`; it stands before the service table."""
    assert _initiator(judged, 443, 40000, tcp_flags=_SYN) == "src"


def test_flags_with_syn_and_ack_say_dst(judged: Judging) -> None:
    """Initiator, first that applies: SYN and ACK `dst`; it stands before the service table."""
    assert _initiator(judged, 40000, 443, tcp_flags=_SYN_ACK) == "dst"


def test_flags_without_syn_say_nothing(judged: Judging) -> None:
    """Initiator, first that applies: flags without SYN leave it to the ports."""
    assert _initiator(judged, 443, 40000, tcp_flags=16) == "dst"


@pytest.mark.parametrize(("src_port", "dst_port", "expected"), [(3389, 5000, "dst"), (5000, 3389, "src")])
def test_exactly_one_port_in_the_service_table(judged: Judging, src_port: int, dst_port: int, expected: str) -> None:
    """Initiator, first that applies: exactly one port in the shipped service table: the other end."""
    known = shipped_services().known

    assert (bool(known[3389]), bool(known[5000])) == (True, False)
    assert _initiator(judged, src_port, dst_port) == expected


def test_the_service_table_stands_before_the_ports_below_1024(judged: Judging) -> None:
    """Initiator, first that applies: exactly one port in the shipped service table; one port below 1024."""
    assert _initiator(judged, _port_below_1024_that_is_in_no_table(), 3389) == "src"


def test_one_port_below_1024(judged: Judging) -> None:
    """Initiator, first that applies: one port below 1024: the other end."""
    port = _port_below_1024_that_is_in_no_table()

    assert (_initiator(judged, port, 5000), _initiator(judged, 5000, port)) == ("dst", "src")


def test_two_ports_of_the_table_leave_it_to_the_next_step(judged: Judging) -> None:
    """Initiator, first that applies: *exactly* one port in the table; of 22 and 3389 one is below 1024."""
    assert (_initiator(judged, 22, 3389), _initiator(judged, 3389, 22)) == ("dst", "src")


def test_exactly_one_port_at_or_above_32768(judged: Judging) -> None:
    """Initiator, first that applies: exactly one port at or above 32768: that end."""
    known = shipped_services().known

    assert (bool(known[5000]), bool(known[32768]), bool(known[32767])) == (False, False, False)
    assert (_initiator(judged, 32768, 5000), _initiator(judged, 5000, 32768)) == ("src", "dst")
    assert _initiator(judged, 32767, 5000) is None


def test_else_the_initiator_is_null(judged: Judging) -> None:
    """Initiator, first that applies: else null."""
    found = [_initiator(judged, 5000, 5001), _initiator(judged, 40000, 40001), _initiator(judged, 22, 25)]

    assert found == [None, None, None]


# 3.2 Judged rows


@pytest.mark.parametrize("way", ["from us", "to us"])
def test_direction_never_says_which_way_octets_went(judged: Judging, way: str) -> None:
    """`outbound` we initiated, `inbound` they did, `unknown`; it never says which way octets went."""
    there, back = line(OURS, _ABROAD), line(_ABROAD, OURS, srcport=443, dstport=40000)
    row = judged.one(there if way == "from us" else back)

    octets = (5000, None) if way == "from us" else (None, 5000)
    assert ("outbound", *octets) == told(row, "direction", "octets_out", "octets_in")


def test_direction_without_an_initiator_is_unknown(judged: Judging) -> None:
    """`outbound` we initiated, `inbound` they did, `unknown`."""
    lines = [line(_ABROAD, OURS), line(OURS, _ABROAD, srcport=5000, dstport=5001)]

    assert [row["direction"] for row in judged(lines).rows] == ["inbound", "unknown"]


def _activity(judged: Judging, src: str, dst: str, **fields: object) -> str:
    row = judged.one(line(src, dst, **fields))
    return str(row["activity"])


def test_a_probe_stands_before_administration(judged: Judging) -> None:
    """Activity, first that applies: `probe` (3.3), `admin`: a rejected log-in is a probe."""
    assert _activity(judged, _ABROAD, OURS, dstport=22, action="REJECT") == "probe"


def test_a_probe_stands_before_the_protocol_without_ports(judged: Judging) -> None:
    """Activity, first that applies: `probe` before `other`."""
    assert _activity(judged, _ABROAD, OURS, srcport=0, dstport=0, protocol=_ICMP, action="REJECT") == "probe"


@pytest.mark.parametrize("port", [22, 3389, 6443])
def test_an_administration_service_is_admin(judged: Judging, port: int) -> None:
    """Activity, first that applies: `admin` (an administration service)."""
    assert _activity(judged, _ABROAD, OURS, dstport=port) == "admin"


def test_no_service_is_administration_and_names_at_once() -> None:
    """Activity, first that applies: `admin` before `dns` cannot be seen, because no port of the table is both."""
    services = shipped_services()

    assert not (services.administration & services.dns).any()


def test_administration_stands_before_the_public_web(judged: Judging) -> None:
    """Activity, first that applies: `admin` before `web` (inbound to a system that `serves: public`)."""
    assert _activity(judged, _ABROAD, PORTAL, dstport=22) == "admin"


@pytest.mark.parametrize(("port", "protocol"), [(53, UDP), (53, TCP), (853, TCP), (5353, UDP)])
def test_names_are_dns(judged: Judging, port: int, protocol: int) -> None:
    """Activity, first that applies: `dns`."""
    assert _activity(judged, OURS, _ABROAD, dstport=port, protocol=protocol) == "dns"


def test_dns_stands_before_the_public_web(judged: Judging) -> None:
    """Activity, first that applies: `dns` before `web` (inbound to a system that `serves: public`)."""
    assert _activity(judged, _ABROAD, PORTAL, dstport=53, protocol=UDP) == "dns"


def test_what_strangers_open_towards_a_public_system_is_web(judged: Judging) -> None:
    """Activity, first that applies: `web` (inbound to a system that `serves: public`), before `data`."""
    found = [_activity(judged, _ABROAD, PORTAL), _activity(judged, _ABROAD, PORTAL, dstport=8443)]

    assert found == ["web", "web"]


def test_web_is_only_inbound_and_only_to_public_systems(judged: Judging) -> None:
    """Activity, first that applies: `web` (inbound to a system that `serves: public`), `data` (all else)."""
    partners = INVENTORY.replace("serves: public", "serves: partners")

    assert _activity(judged, _ABROAD, OURS) == "data"
    assert _activity(judged, PORTAL, _ABROAD) == "data"
    assert judged.one(line(_ABROAD, PORTAL), inventory=partners)["activity"] == "data"


def test_a_protocol_without_ports_is_other(judged: Judging) -> None:
    """Activity, first that applies: `other` (no ports)."""
    row = judged.one(line(OURS, _ABROAD, srcport=0, dstport=0, protocol=_ICMP))

    assert told(row, "activity", "service", "direction") == ("other", "icmp", "unknown")


def test_only_an_end_of_ours_makes_a_row(judged: Judging) -> None:
    """Neither end ours: not judged, counted as `not_ours` by source."""
    outcome = judged([line(_ABROAD, "8.8.8.8", octets=7000), line(OURS, _ABROAD)])

    assert (len(outcome.rows), outcome.tally.not_ours, outcome.tally.not_ours_octets) == (1, 1, 7000)


def test_both_ends_ours_are_told_from_the_initiator(judged: Judging) -> None:
    """Both ends ours: `system` is the initiator's (else src's), `peer_system` the other's."""
    lines = [
        line(OURS, PORTAL),
        line(PORTAL, OURS, srcport=443, dstport=40000),
        line(PORTAL, OURS, srcport=5000, dstport=5001),
    ]

    found = [told(row, "system", "peer_system", "local_address", "direction") for row in judged(lines).rows]
    assert found == [
        ("warehouse", "portal", OURS, "outbound"),
        ("warehouse", "portal", OURS, "outbound"),
        ("portal", "warehouse", PORTAL, "unknown"),
    ]


def test_the_service_is_the_lower_port_when_nobody_is_known_to_have_begun(judged: Judging) -> None:
    """`service` (protocol/port of the end that did not initiate, `tcp/22`; the lower port when unknown)."""
    lines = [line(_ABROAD, OURS, dstport=22), line(OURS, _ABROAD, srcport=5001, dstport=5000)]

    assert [row["service"] for row in judged(lines).rows] == ["tcp/22", "tcp/5000"]


# 3.3 What counts


def test_whether_a_row_counts_is_decided_never_by_looking_for_a_twin(judged: Judging) -> None:
    """Decided from the row and the inventory alone, never by looking for a twin."""
    at_gateway = line(_NAT, _ABROAD, pkt_srcaddr=OURS, pkt_dstaddr=_ABROAD)
    at_machine = line(OURS, _ABROAD)

    together = [row["counted"] for row in judged([at_machine, at_gateway, at_machine]).rows]
    alone = [judged.one(text)["counted"] for text in (at_machine, at_gateway, at_machine)]
    assert together == alone == [True, True, True]


def test_only_what_counts_enters_totals(judged: Judging) -> None:
    """Every row is kept; only `counted: true` enters totals and findings."""
    outcome = judged([line(OURS, _ABROAD, octets=700), line(_NAT, _ABROAD, octets=9000)], inventory=_FORWARDER)

    assert (len(outcome.rows), answer_of(outcome.tally).flows["octets"].sum()) == (2, 700)


def test_a_probe_is_a_number_never_a_transfer(judged: Judging) -> None:
    """Rejected records, and those that carry no payload, are a number in reports, never a transfer."""
    outcome = judged([line(OURS, _ABROAD, octets=700), line(OURS, _ABROAD, action="REJECT", octets=9000)])
    answer = answer_of(outcome.tally)

    assert (len(outcome.rows), answer.probes, answer.flows["octets"].sum()) == (2, 1, 700)


_PROBES: dict[str, tuple[int, int, int, bool]] = {
    "three bare TCP packets": (TCP, 3, 180, True),
    "one octet of payload in three TCP packets": (TCP, 3, 181, False),
    "four bare TCP packets": (TCP, 4, 240, False),
    "bare UDP packets": (UDP, 9, 252, True),
    "one octet of payload over UDP": (UDP, 9, 253, False),
    "ICMP": (_ICMP, 1, 28, False),
}


@pytest.mark.parametrize("name", list(_PROBES))
def test_a_record_without_payload_is_a_probe(judged: Judging, name: str) -> None:
    """Those that carry no payload (TCP: at most 3 packets of at most 60 octets; UDP: at most 28 a packet)."""
    protocol, packets, octets, expected = _PROBES[name]
    row = judged.one(line(_ABROAD, OURS, protocol=protocol, packets=packets, octets=octets))

    assert (row["activity"] == "probe") is expected


@pytest.mark.parametrize(
    ("protocol", "octets", "expected"), [(TCP, 240, True), (TCP, 241, False), (UDP, 144, True), (UDP, 145, False)]
)
def test_headers_are_longer_in_ipv6(judged: Judging, protocol: int, octets: int, *, expected: bool) -> None:
    """TCP: at most 3 packets of at most 60 octets in IPv4, 80 in IPv6; UDP: at most 28 and 48 octets a packet."""
    row = judged.one(line(_ABROAD_V6, _OURS_V6, protocol=protocol, packets=3, octets=octets))

    assert (row["activity"] == "probe") is expected


def test_a_rejected_record_is_a_probe_however_large(judged: Judging) -> None:
    """Rejected records are `activity: probe`: a number in reports, never a transfer."""
    assert _activity(judged, OURS, _ABROAD, action="REJECT", octets=10_000_000) == "probe"


def _counted(judged: Judging, *lines: str, inventory: str = _FORWARDER, count_at: str = "endpoints") -> list[bool]:
    return [row["counted"] for row in judged(lines, inventory=inventory, count_at=count_at).rows]


def test_a_record_at_a_transit_interface_is_not_counted(judged: Judging) -> None:
    """A record whose interface address on one side is ours while the packet's address on that side is not."""
    nat_elsewhere = line(OURS, "10.30.0.220", pkt_srcaddr=OURS, pkt_dstaddr=_ABROAD)

    assert _counted(judged, nat_elsewhere, inventory=INVENTORY) == [False]


def test_a_secondary_address_is_no_transit_interface(judged: Judging) -> None:
    """A secondary or pod address that is ours is *not* that."""
    pod = line("10.20.0.9", _ABROAD, pkt_srcaddr="10.20.64.9", pkt_dstaddr=_ABROAD)

    assert _counted(judged, pod) == [True]


@pytest.mark.parametrize("ends", [(_NAT, _ABROAD), (_ABROAD, _NAT), (OURS, _NAT)])
def test_an_end_that_forwards_is_not_counted(judged: Judging, ends: tuple[str, str]) -> None:
    """An end listed under `forwarders:`."""
    assert _counted(judged, line(*ends)) == [False]


def test_of_two_reports_within_the_house_only_the_source_counts(judged: Judging) -> None:
    """The destination's report when both ends are ours (AWS `flow-direction: ingress`)."""
    egress = line(OURS, PORTAL, flow_direction="egress")
    ingress = line(OURS, PORTAL, flow_direction="ingress")
    silent = line(OURS, PORTAL)

    assert _counted(judged, egress, ingress, silent) == [True, False, True]


def test_ingress_from_outside_counts(judged: Judging) -> None:
    """The destination's report *when both ends are ours*: what comes from outside has no other report."""
    assert _counted(judged, line(_ABROAD, OURS, flow_direction="ingress")) == [True]


def test_a_site_that_logs_only_at_the_gateway(judged: Judging) -> None:
    """A site that logs only at the gateway says `count_at: forwarders`."""
    lines = [line(_NAT, _ABROAD), line(OURS, _NAT, pkt_dstaddr=_ABROAD), line(OURS, PORTAL, flow_direction="ingress")]

    assert _counted(judged, *lines, count_at="forwarders") == [True, True, False]


def test_gateway_that_tells_the_packets_ends_counts_each_conversation_once(judged: Judging) -> None:
    """One counting point per conversation: AWS writes four records for one through a NAT gateway."""
    lines = [
        line(OURS, _NAT, pkt_srcaddr=OURS, pkt_dstaddr=_ABROAD),
        line(_NAT, _ABROAD, pkt_srcaddr=_NAT, pkt_dstaddr=_ABROAD),
        line(_ABROAD, _NAT, pkt_srcaddr=_ABROAD, pkt_dstaddr=_NAT),
        line(_NAT, OURS, pkt_srcaddr=_ABROAD, pkt_dstaddr=OURS),
    ]

    assert _counted(judged, *lines, count_at="forwarders") == [True, False, False, True]


def test_gateway_that_tells_interfaces_alone_counts_its_outer_side(judged: Judging) -> None:
    """One counting point per conversation: between the gateway and the far end, never both sides."""
    lines = [line(OURS, _NAT), line(_NAT, _ABROAD), line(_ABROAD, _NAT), line(_NAT, OURS)]

    assert _counted(judged, *lines, count_at="forwarders") == [False, True, True, False]


def _collected(judged: Judging, src: str, dst: str, /, **fields: object) -> Row:
    inventory = (
        f"{INVENTORY}"
        "staff: [{networks: [5.188.20.0/24], country: RU}]\n"
        "peers: [{networks: [5.188.30.0/24], country: RU, importer: example}]\n"
    )
    return judged.one(line(src, dst, **fields), inventory=inventory)


def test_what_strangers_initiate_towards_a_public_system_is_no_transfer(judged: Judging) -> None:
    """`serves: public`: what strangers initiate towards it is direct collection, shown apart, `not_a_transfer`."""
    assert verdict(_collected(judged, _ABROAD, PORTAL)) == ("not_a_transfer", "direct_collection", None)


def test_a_question_to_a_public_name_server_is_direct_collection(judged: Judging) -> None:
    """`serves: public`: *what* strangers initiate; only its administration ports stay judged."""
    row = _collected(judged, _ABROAD, PORTAL, dstport=53, protocol=UDP)

    assert (row["activity"], *verdict(row)) == ("dns", "not_a_transfer", "direct_collection", None)


@pytest.mark.parametrize(
    ("ends", "fields", "expected"),
    [
        ((PORTAL, _ABROAD), {}, "uncovered"),
        ((_ABROAD, PORTAL), {"octets": 60, "packets": 1}, "uncovered"),
        ((_ABROAD, PORTAL), {"dstport": 22}, "uncovered"),
        (("5.188.30.7", PORTAL), {}, "uncovered"),
        (("5.188.20.7", PORTAL), {}, "not_a_transfer"),
    ],
    ids=[
        "the system begins",
        "a probe collects nothing",
        "administration",
        "a listed peer",
        "own staff, for its own reason",
    ],
)
def test_direct_collection_is_only_that(
    judged: Judging, ends: tuple[str, str], fields: dict[str, int], expected: str
) -> None:
    """What *strangers* *initiate* towards it is direct collection; its administration ports stay judged."""
    row = _collected(judged, *ends, **fields)

    assert (expected, True) == (row["place_verdict"], row["place_reason"] != "direct_collection")
