"""Which end is ours, in which system, who began, what it is, and whether it counts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl
import pytest

from collectors.contract import Flows
from monitor import schema
from monitor.attribution.name_services import load_name_services
from monitor.attribution.names import Names
from monitor.attribution.operators import load_operators
from monitor.attribution.regions import load_regions
from monitor.document import Document
from monitor.fields import Surroundings
from monitor.inventory import Inventory, fit_inventory
from monitor.orient import NOBODY, PEER, STAFF, STRANGER, Orienter, orient
from monitor.orient import OURS as OUR_ROLE
from monitor.services import TCP, UDP, shipped_services
from monitor.yaml_text import read_yaml
from tests.judging import INVENTORY, OURS, PORTAL, flows, line, naming

if TYPE_CHECKING:
    from monitor.orient import Oriented

_ABROAD = "5.188.10.7"
_ACTIVITIES = schema.ACTIVITIES.categories.to_list()
_DIRECTIONS = schema.DIRECTIONS.categories.to_list()


def _inventory(text: str) -> Inventory:
    data = read_yaml(text).data
    assert isinstance(data, dict)
    inventory = fit_inventory(Document("inventory.yaml", text, data), [], Surroundings())
    assert inventory is not None
    return inventory


def _orient(*lines: str, inventory: str = INVENTORY, at_forwarders: bool = False) -> Oriented:
    return _of(flows(*lines), inventory, at_forwarders=at_forwarders)


def _of(found: Flows, inventory: str = INVENTORY, *, at_forwarders: bool = False) -> Oriented:
    orienter = Orienter.of(_inventory(inventory), shipped_services())
    return orient(
        found.frame,
        found.addresses,
        orienter,
        count_at_forwarders=at_forwarders,
        link_octets=found.link_octets,
        payload_alone=found.payload_alone,
    )


def _changed(found: Flows, **columns: object) -> Flows:
    """Flow records with other values in some columns, as another source would say them."""
    return Flows(found.frame.with_columns(**{name: pl.lit(value) for name, value in columns.items()}), found.addresses)


# Whose


def test_the_local_end_is_ours() -> None:
    """Whichever way the record was written."""
    found = _orient(line(OURS, _ABROAD), line(_ABROAD, OURS))

    assert (found.local_is_src.tolist(), found.system.tolist()) == ([True, False], [0, 0])
    assert found.peer_system.tolist() == [NOBODY, NOBODY]


def test_the_longest_network_says_which_system() -> None:
    """Nested networks are allowed."""
    nested = INVENTORY + "  - {id: admin, networks: [10.20.32.0/24], data_class: operations}\n"

    assert _orient(line("10.20.32.1", _ABROAD), line("10.20.33.1", _ABROAD), inventory=nested).system.tolist() == [2, 0]


def test_peers_and_staff_are_not_ours() -> None:
    """They are known, with their position in the inventory."""
    inventory = (
        f"{INVENTORY}peers: [{{networks: [192.168.1.0/24], country: US}}, {{networks: [10.20.7.0/24], country: JP}}]\n"
        "staff: [{networks: [192.168.2.0/24]}]\n"
    )
    found = _orient(
        *(line(OURS, far) for far in ("192.168.1.1", "10.20.7.1", "192.168.2.1", _ABROAD)), inventory=inventory
    )

    assert found.remote_role.tolist() == [PEER, PEER, STAFF, STRANGER]
    assert found.remote_number.tolist() == [0, 1, 0, NOBODY]


def test_a_record_without_an_end_of_ours_is_left_out() -> None:
    """Counted, with its octets."""
    found = _orient(line(_ABROAD, "9.9.9.9", octets=700), line(OURS, _ABROAD), line("9.9.9.9", _ABROAD, octets=30))

    assert (found.frame.height, found.not_ours, found.not_ours_octets) == (1, 2, 730)
    assert (len(found.local), len(found.activity), len(found.counted)) == (1, 1, 1)


def test_nothing_ours_gives_no_rows() -> None:
    """Every column is empty then."""
    found = _orient(line(_ABROAD, "9.9.9.9"))

    assert (found.frame.height, found.not_ours, found.activity.tolist(), found.counted.tolist()) == (0, 1, [], [])


def test_an_absent_address_is_a_strangers() -> None:
    """The other end decides; with both absent nothing is ours."""
    found = _orient(line("-", OURS), line(OURS, "-"), line("-", "-"))

    assert (found.remote.tolist(), found.remote_role.tolist(), found.not_ours) == ([-1, -1], [STRANGER] * 2, 1)


def test_a_translated_address_is_what_that_inside_is() -> None:
    """A peer behind NAT64 is that peer, a host of ours behind 6to4 is ours."""
    inventory = f"{INVENTORY}peers: [{{networks: [37.146.5.0/24], country: US}}]\n"
    lines = [line("2001:db8:20::5", far) for far in ("64:ff9b::37.146.5.1", "2002:0a1e:0005::1", "64:ff9b::37.146.6.1")]
    found = _orient(*lines, inventory=inventory)

    assert (found.remote_role.tolist(), found.peer_system.tolist()) == ([PEER, OUR_ROLE, STRANGER], [NOBODY, 1, NOBODY])


def test_a_forwarder_is_ours_without_a_system() -> None:
    """Inside a system's network it is in that system; as a far end it makes the row internal."""
    inventory = f"{INVENTORY}forwarders: [10.99.0.1, 10.20.0.220]\n"
    found = _orient(line("10.99.0.1", _ABROAD), line("10.20.0.220", _ABROAD), inventory=inventory)

    assert (found.system.tolist(), found.counted.tolist()) == ([NOBODY, 0], [False, False])


def test_a_forwarder_of_a_peer_stays_the_peers() -> None:
    """What passes it is counted elsewhere all the same."""
    inventory = f"{INVENTORY}forwarders: [10.99.0.1]\npeers: [{{networks: [10.99.0.0/16], country: US}}]\n"
    found = _orient(line(OURS, "10.99.0.1"), inventory=inventory)

    assert (found.remote_role.tolist(), found.counted.tolist()) == ([PEER], [False])


_SCOPED = """
systems:
  - {id: everywhere, networks: [10.0.0.0/8], data_class: operations}
  - {id: one, networks: [10.1.0.0/16], scope: {account: "111111111111"}, data_class: health}
  - {id: two, networks: [10.1.0.0/16], scope: {account: "222222222222", network_id: vpc-1}, data_class: identity}
"""


@pytest.mark.parametrize(
    ("account", "vpc", "expected"),
    [
        ("111111111111", "vpc-1", 1),
        ("111111111111", "-", 1),
        ("222222222222", "vpc-1", 2),
        ("222222222222", "vpc-2", 0),
        ("333333333333", "vpc-1", 0),
        ("-", "-", 0),
    ],
)
def test_an_address_space_that_is_reused(account: str, vpc: str, expected: int) -> None:
    """The scope's account and network say which system an address is; elsewhere it is that of the rest."""
    found = _orient(line("10.1.0.1", _ABROAD, account_id=account, vpc_id=vpc), inventory=_SCOPED)

    assert found.system.tolist() == [expected]


def test_scopes_are_told_record_by_record() -> None:
    """One batch may hold several accounts, and records that are left out between them."""
    lines = [
        line("10.1.0.1", _ABROAD, account_id="222222222222"),
        line("9.9.9.9", _ABROAD, account_id="111111111111"),
        line(_ABROAD, "10.1.0.1", account_id="111111111111"),
        line("10.1.0.1", _ABROAD, account_id="333333333333"),
    ]

    assert _orient(*lines, inventory=_SCOPED).system.tolist() == [2, 1, 0]


def test_a_scoped_system_stands_before_one_without_scope() -> None:
    """Of the very same network."""
    same = _SCOPED.replace("10.0.0.0/8", "10.1.0.0/16")

    assert _orient(line("10.1.0.1", _ABROAD, account_id="111111111111"), inventory=same).system.tolist() == [1]


# Who began, and what it is


def test_the_initiator_says_the_direction() -> None:
    """As the record says it, ours or theirs; both ours is outbound from the initiator's system."""
    lines = [line(OURS, _ABROAD), line(_ABROAD, OURS), line(OURS, _ABROAD, srcport=5000, dstport=5001)]
    within = [
        line(OURS, PORTAL),
        line(PORTAL, OURS, srcport=443, dstport=40000),
        line(PORTAL, OURS, srcport=5000, dstport=5001),
    ]
    found = _orient(*lines, *within)

    assert [_DIRECTIONS[code] for code in found.direction] == [
        "outbound", "inbound", "unknown", "outbound", "outbound", "unknown",
    ]  # fmt: skip
    assert found.system.tolist()[3:] == [0, 0, 1]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, 443),
        ({"srcport": 443, "dstport": 40000}, 443),
        ({"srcport": 5001, "dstport": 5000}, 5000),
        ({"srcport": 0, "dstport": 0}, 0),
        ({"srcport": "-"}, -1),
        ({"protocol": 1}, -1),
        ({"protocol": "-"}, -1),
        ({"protocol": 132}, 443),
    ],
)
def test_the_port_of_the_service(fields: dict[str, object], expected: int) -> None:
    """That of the end that did not begin; the lower one when nobody knows; none where there are no ports."""
    assert _orient(line(OURS, _ABROAD, **fields)).service_port.tolist() == [expected]


def _activity(found: Oriented) -> list[str]:
    return [_ACTIVITIES[code] for code in found.activity]


def test_whoever_begins_towards_a_public_system_is_web_but_only_strangers_are_collected() -> None:
    """Peers, staff and other systems of ours are no strangers; the last begins outbound."""
    inventory = (
        f"{INVENTORY}peers: [{{networks: [192.168.1.0/24], country: US}}]\nstaff: [{{networks: [192.168.2.0/24]}}]\n"
    )
    found = _orient(*(line(src, PORTAL) for src in (_ABROAD, "192.168.1.1", "192.168.2.1", OURS)), inventory=inventory)

    assert _activity(found) == ["web", "web", "web", "data"]
    assert found.direct_collection.tolist() == [True, False, False, False]


def test_a_stranger_who_knocks_without_ports_is_collected_too() -> None:
    """A source that says who began says it of pings as well: `web` stands before `other`."""
    pings = flows(line(_ABROAD, PORTAL, protocol=1, srcport=0, dstport=0))
    stated = Flows(pings.frame.with_columns(initiator=pl.lit("src", dtype=schema.ENDS)), pings.addresses)

    assert (_activity(_of(pings)), _activity(_of(stated))) == (["other"], ["web"])


def test_a_count_that_is_unknown_is_no_probe() -> None:
    """Nothing is known of its payload."""
    lines = [line(_ABROAD, OURS, packets="-", octets=40), line(_ABROAD, OURS, packets=1, octets="-")]

    assert _activity(_orient(*lines)) == ["data", "data"]


def test_both_counted_directions_must_be_bare() -> None:
    """An answer with payload makes it a conversation; one that is not counted says nothing."""
    bare = flows(line(_ABROAD, OURS, packets=2, octets=120))
    answers = [(1, 60), (1, 61), (4, 240)]

    assert _activity(_of(bare)) == ["probe"]
    found = [
        _activity(_of(_changed(bare, reverse_packets=packets, reverse_octets=octets))) for packets, octets in answers
    ]
    assert found == [["probe"], ["data"], ["data"]]
    assert _activity(_of(_changed(bare, reverse_octets=5000))) == ["data"]


@pytest.mark.parametrize("ends", [("-", "2001:db8:20::5"), ("2001:db8:20::5", "-")])
@pytest.mark.parametrize("beside", ["5.188.10.7", "2a02:6b8::5"])
def test_the_length_of_headers_is_that_of_the_end_that_is_known(ends: tuple[str, str], beside: str) -> None:
    """Whatever other address the batch holds: 80 octets a packet are bare in IPv6."""
    other = line("10.20.0.5" if "." in beside else "2001:db8:20::5", beside)

    assert _activity(_orient(line(*ends, packets=3, octets=240), other))[0] == "probe"


@pytest.mark.parametrize(("protocol", "bare"), [(TCP, 60), (UDP, 28)])
def test_a_record_without_packets_is_a_probe(protocol: int, bare: int) -> None:
    """Zero packets carry nothing."""
    lines = [line(_ABROAD, OURS, protocol=protocol, packets=count, octets=bare * count) for count in (0, 1)]

    assert _activity(_orient(*lines)) == ["probe", "probe"]


def test_a_source_that_counts_frames_has_its_probes() -> None:
    """Fourteen octets of each packet are those of its Ethernet header."""
    bare, loaded = (flows(line(_ABROAD, OURS, packets=1, octets=octets)) for octets in (74, 75))
    framed = [replace(each, link_octets=14) for each in (bare, loaded)]

    assert [_activity(_of(each)) for each in (bare, *framed)] == [["data"], ["probe"], ["data"]]


def test_a_source_that_counts_payload_alone_has_its_probes() -> None:
    """One octet is one that was handed over."""
    bare, loaded = (flows(line(_ABROAD, OURS, packets=1, octets=octets)) for octets in (0, 1))
    counted = [replace(each, payload_alone=True) for each in (bare, loaded)]

    assert [_activity(_of(each)) for each in (loaded, *counted)] == [["probe"], ["probe"], ["data"]]


# Whether it counts


def test_what_the_interface_says_decides_for_each_side() -> None:
    """Ours at the interface and not in the packet, on either side."""
    lines = [
        line("10.20.0.9", OURS, pkt_srcaddr=_ABROAD, pkt_dstaddr=OURS),
        line(OURS, "10.20.0.9", pkt_srcaddr=OURS, pkt_dstaddr=_ABROAD),
        line("100.64.0.9", OURS, pkt_srcaddr=_ABROAD, pkt_dstaddr=OURS),
        line("10.20.0.9", _ABROAD, pkt_srcaddr="10.20.0.8", pkt_dstaddr=_ABROAD),
    ]

    assert _orient(*lines).counted.tolist() == [False, False, True, True]


def test_an_interface_that_is_not_ours_is_no_transit_interface() -> None:
    """A peer's gateway stands before a stranger: whose interface it is decides, not that it differs."""
    inventory = f"{INVENTORY}peers: [{{networks: [10.99.0.0/16], country: US}}]\n"
    found = _orient(line(OURS, "10.99.0.1", pkt_srcaddr=OURS, pkt_dstaddr=_ABROAD), inventory=inventory)

    assert found.counted.tolist() == [True]


def test_at_forwarders_only_the_twin_within_is_left_out() -> None:
    """The rules of interfaces and forwarders are off, that of the two reports is not."""
    inventory = f"{INVENTORY}forwarders: [10.20.0.220]\n"
    lines = [
        line("10.20.0.220", _ABROAD),
        line(OURS, "10.20.0.220", pkt_srcaddr=OURS, pkt_dstaddr=_ABROAD),
        line(OURS, PORTAL, flow_direction="ingress"),
    ]

    assert _orient(*lines, inventory=inventory, at_forwarders=True).counted.tolist() == [True, True, False]


def test_every_record_counts_where_nothing_speaks_against_it() -> None:
    """A default format has neither interfaces nor reports."""
    assert _orient(line(OURS, _ABROAD), line(_ABROAD, OURS), line(OURS, PORTAL)).counted.tolist() == [True] * 3


@pytest.fixture(scope="module")
def names() -> Names:
    """The shipped tables of names."""
    return Names(load_operators(), load_name_services(load_regions()))


@pytest.mark.parametrize(
    ("ends", "name", "expected"),
    [
        ((OURS, _ABROAD), "intake.datadoghq.eu", ("telemetry", "datadog")),
        ((OURS, _ABROAD), "www.datadog.example", ("data", None)),
        ((_ABROAD, OURS), "intake.datadoghq.eu", ("data", None)),
        ((_ABROAD, PORTAL), "intake.datadoghq.eu", ("web", None)),
        ((OURS, _ABROAD), None, ("data", None)),
    ],
)
def test_a_name_speaks_of_the_far_end_where_ours_began(
    ends: tuple[str, str], name: str | None, expected: tuple[str, str | None], names: Names
) -> None:
    """Where theirs began it is the name of ours."""
    found = naming(flows(line(*ends)), [name])
    orienter = Orienter.of(_inventory(INVENTORY), shipped_services(), names)
    oriented = orient(found.frame, found.addresses, orienter)
    (operator,) = names.table.kinds[int(oriented.named[0])].operators[-1:]

    assert (_activity(oriented)[0], None if operator < 0 else names.operators.operators[operator].id) == expected


def test_a_name_to_which_software_reports_on_a_port_of_administration_is_administration(names: Names) -> None:
    """First that applies."""
    found = naming(flows(line(OURS, _ABROAD, dstport=22)), ["intake.datadoghq.eu"])
    oriented = orient(found.frame, found.addresses, Orienter.of(_inventory(INVENTORY), shipped_services(), names))

    assert _activity(oriented) == ["admin"]
