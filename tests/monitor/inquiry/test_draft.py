"""What was seen becomes networks, systems and questions."""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collectors.aws_vpc.decode import AwsVpcDecoder
from collectors.contract import Flows, Piece
from monitor.address import parse_addresses
from monitor.attribution.regions import load_regions
from monitor.document import Document
from monitor.fields import Surroundings
from monitor.inquiry.draft import Draft, DraftSystem, account_of, draft_of, widened
from monitor.inquiry.draft_seen import Seen
from monitor.inquiry.draft_text import draft_lines
from monitor.inventory import fit_inventory
from monitor.yaml_text import read_yaml

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from monitor.app import Knowledge
    from monitor.problem import Problem

    Drafting: TypeAlias = Callable[..., Draft]

FIELDS = "account-id vpc-id region interface-id srcaddr dstaddr pkt-srcaddr pkt-dstaddr flow-direction bytes"


def seen_of(*lines: str, kind: str = "aws_vpc") -> Seen:
    """See lines: account, network, region, interface, ends, packet's ends, direction, octets."""
    seen = Seen()
    for line in lines:
        (flows,) = AwsVpcDecoder().decode(Piece(f"{FIELDS}\n{line}\n".encode(), 1, 0)).flows
        seen.add(kind, flows)
    return seen


def line(
    src: str, dst: str, *, vpc: str = "vpc-1", account: str = "111122223333", tail: str = "- - egress 5000"
) -> str:
    """Give a line of one account and network."""
    return f"{account} {vpc} eu-west-3 eni-1 {src} {dst} {tail}"


@pytest.fixture
def draft_from(knowledge: Knowledge) -> Callable[[Seen], Draft]:
    """Draft from what was seen."""
    regions = load_regions()
    return lambda seen: draft_of(seen, knowledge, regions)


@pytest.fixture
def draft(draft_from: Callable[[Seen], Draft]) -> Drafting:
    """Draft from lines."""
    return lambda *lines, kind="aws_vpc": draft_from(seen_of(*lines, kind=kind))


def networks(system: DraftSystem) -> list[str]:
    """Give the networks of a system as text."""
    return [str(network) for network in system.networks]


@pytest.mark.parametrize(
    ("cells", "foreign", "expected"),
    [
        pytest.param(["10.20.3.0/24"], [], ["10.20.3.0/24"], id="one stays"),
        pytest.param(["10.20.1.0/24", "10.20.9.0/24"], [], ["10.20.0.0/20"], id="the narrowest around two"),
        pytest.param(["10.20.1.0/24", "10.21.1.0/24"], [], ["10.20.1.0/24", "10.21.1.0/24"], id="not beyond a /16"),
        pytest.param(
            ["10.20.1.0/24", "10.20.9.0/24"],
            ["10.20.4.0/24"],
            ["10.20.1.0/24", "10.20.9.0/24"],
            id="not around another's",
        ),
        pytest.param(
            ["10.20.2.0/24", "10.20.3.0/24"], ["10.20.9.0/24"], ["10.20.2.0/23"], id="joined where they touch"
        ),
        pytest.param(["198.51.100.4/32", "198.51.100.5/32"], [], ["198.51.100.4/31"], id="public addresses"),
        pytest.param(["fd00:0:0:1::/64", "fd00:0:0:2::/64"], [], ["fd00::/62"], id="IPv6"),
    ],
)
def test_small_networks_become_those_that_a_person_writes(
    cells: list[str], foreign: list[str], expected: list[str]
) -> None:
    """Without taking in what is another's."""
    made = widened([ip_network(cell) for cell in cells], [ip_network(each) for each in foreign])

    assert [str(network) for network in made] == expected


def test_each_account_and_network_is_a_system(draft: Drafting) -> None:
    """With its region's country."""
    made = draft(line("10.20.0.5", "5.188.10.7"), line("10.30.0.5", "5.188.10.7", vpc="vpc-2"))

    assert [(system.id, networks(system), system.country) for system in made.systems] == [
        ("aws-111122223333-vpc-1", ["10.20.0.0/24"], "FR"),
        ("aws-111122223333-vpc-2", ["10.30.0.0/24"], "FR"),
    ]


def test_the_same_network_twice_has_scopes(draft: Drafting) -> None:
    """And is told."""
    made = draft(line("10.20.0.5", "5.188.10.7"), line("10.20.0.6", "5.188.10.7", vpc="vpc-2"))

    assert [system.scoped for system in made.systems] == [True, True]
    assert any("The same network occurs in several accounts" in warning for warning in made.warnings)


def test_an_account_without_network_is_folded_into_the_one_that_names_it(draft: Drafting) -> None:
    """Two logs of one network, of which one does not tell it."""
    made = draft(line("10.20.0.5", "5.188.10.7"), line("10.20.0.6", "5.188.10.7", vpc="-"))

    assert [system.id for system in made.systems] == ["aws-111122223333-vpc-1"]


def test_a_private_far_end_is_asked_about(draft: Drafting) -> None:
    """It may be a partner's."""
    made = draft(line("10.20.0.5", "10.99.0.7"))

    assert made.private_far == (("10.99.0.0/24", 1),)


def test_without_a_reporter_private_ends_are_ours(draft: Drafting) -> None:
    """Nothing else tells."""
    made = draft(line("10.20.0.5", "10.20.1.7", tail="- - - 5000"))

    assert (networks(made.systems[0]), made.private_far) == (["10.20.0.0/23"], ())


def test_a_public_address_at_our_interface_is_ours(draft: Drafting) -> None:
    """Of IPv6 its subnet, of IPv4 the address."""
    made = draft(line("5.188.10.7", "51.15.0.9", tail="- - ingress 5000"), line("2a00:1450::5", "2a01::1"))

    assert networks(made.systems[0]) == ["51.15.0.9/32", "2a00:1450::/64"]


def test_a_public_address_in_all_records_of_an_observer_is_its_own(draft: Drafting) -> None:
    """Where no record says whose interface reports."""
    made = draft(*(line("51.15.0.9", f"5.188.10.{host}", tail="- - - 5000") for host in (7, 8)))

    assert networks(made.systems[0]) == ["51.15.0.9/32"]


def test_a_lone_conversation_of_public_ends_tells_nothing(draft: Drafting) -> None:
    """Either may be ours."""
    made = draft(line("51.15.0.9", "5.188.10.7", tail="- - - 5000"))

    assert (made.systems, made.warnings[1][:57]) == ((), "In 1 of 1 records neither end could be told to be yours (")


def test_far_ends_come_by_operator_and_place(draft: Drafting) -> None:
    """The largest first, with an example."""
    made = draft(
        line("10.20.0.5", "52.213.180.42", tail="- - egress 9000"),
        line("10.20.0.5", "52.213.180.43", tail="- - egress 1000"),
        line("10.20.0.5", "5.188.10.7", tail="- - egress 5"),
    )

    assert [(far.operator, far.octets, far.addresses, far.example) for far in made.far][:1] == [
        ("aws", 10_000, 2, "52.213.180.42")
    ]
    assert len(made.far) == 2


def test_an_interface_that_carries_others_packets_is_asked_about(draft: Drafting) -> None:
    """It may be a NAT gateway."""
    made = draft(line("10.20.0.220", "5.188.10.7", tail="10.20.0.5 5.188.10.7 egress 5000"))

    assert made.gateways == (("10.20.0.220", 1),)


@pytest.mark.parametrize(
    ("cloud", "account", "written"),
    [
        ("aws", "111122223333", "aws:111122223333"),
        ("aws", "unknown", None),
        ("azure", "aaaa0a0a", "azure:aaaa0a0a"),
        (None, "site", None),
        ("gcp", None, None),
    ],
)
def test_an_account_is_written_as_an_inventory_takes_it(
    cloud: str | None, account: str | None, written: str | None
) -> None:
    """Or not at all."""
    assert account_of(DraftSystem("a", cloud, account, None, (), 1)) == written


def test_the_order_of_the_records_changes_nothing(draft: Drafting) -> None:
    """The same records give the same draft."""
    lines = [line(f"10.20.{host}.5", f"5.188.{host}.7", vpc=f"vpc-{host % 3}") for host in range(9)]

    assert draft(*lines) == draft(*reversed(lines))


def test_a_source_without_accounts_is_a_site(draft: Drafting) -> None:
    """Of one's own."""
    made = draft("- - - sensor-1 10.20.0.5 5.188.10.7 - - - 5000", kind="zeek")

    assert [(system.id, system.operator) for system in made.systems] == [("site", None)]


NAMES = st.one_of(
    st.none(), st.text(max_size=6), st.sampled_from(["a", "b", "111122223333", "null", "~", " a", "a\nb"])
)


@given(
    st.lists(st.tuples(st.sampled_from(["aws_vpc", "gcp_vpc", "zeek"]), NAMES, NAMES, st.integers(0, 3)), min_size=1)
)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_names_give_an_inventory_in_order(
    draft_from: Callable[[Seen], Draft], records: list[tuple[str, str | None, str | None, int]]
) -> None:
    """Accounts and networks are named by people, and the same network may be anybody's."""
    seen = Seen()
    (flows,) = AwsVpcDecoder().decode(Piece(f"{FIELDS}\n{line('10.20.0.5', '5.188.10.7')}\n".encode(), 1, 0)).flows
    for kind, account, network_id, place in records:
        frame = flows.frame.with_columns(
            pl.lit(account, dtype=pl.String).alias("account"), pl.lit(network_id, dtype=pl.String).alias("network_id")
        )
        seen.add(kind, Flows(frame, parse_addresses(pl.Series([f"10.20.{place}.5", "5.188.10.7"]))))
    made = draft_from(seen)
    text = "".join(f"{each}\n" for each in draft_lines(made, 1, seen.records))
    data = read_yaml(text).data
    problems: list[Problem] = []
    assert isinstance(data, dict)
    fit_inventory(Document("inventory.yaml", text, data), problems, Surroundings(timezone=ZoneInfo("UTC")))

    assert [str(problem) for problem in problems] == []
