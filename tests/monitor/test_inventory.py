"""Which system an address and a day belong to, and what an inventory may not say."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from monitor.document import Document
from monitor.fields import Surroundings
from monitor.inventory import Inventory, fit_inventory
from monitor.yaml_text import read_yaml

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.problem import Problem

_PARIS = Surroundings(operators={"microsoft_azure", "scaleway"}, timezone=ZoneInfo("Europe/Paris"))
_WAREHOUSE = """
systems:
  - id: warehouse
    networks: [10.20.0.0/16, "2001:db8:20::/48"]
    data_class: health
    hosting:
      - {operator: microsoft_azure, country: FR, from: 2019-06-01}
      - {operator: scaleway, country: FR, keys: customer, networks: [10.20.128.0/17], from: 2026-09-01}
"""
_SYSTEM = "id: a, data_class: health, networks: [10.0.0.0/8], "
_HOST = "operator: scaleway, country: FR"


def _read(text: str) -> tuple[Inventory | None, list[Problem]]:
    data = read_yaml(text).data
    assert isinstance(data, dict)
    problems: list[Problem] = []
    return fit_inventory(Document("inventory.yaml", text, data), problems, _PARIS), problems


def _sound(text: str) -> Inventory:
    inventory, problems = _read(text)
    assert (inventory is None, problems) == (False, [])
    assert inventory is not None
    return inventory


@pytest.mark.parametrize(
    ("address", "moment", "operator"),
    [
        ("10.20.1.1", datetime(2026, 10, 1, tzinfo=UTC), "microsoft_azure"),
        ("10.20.128.1", datetime(2026, 10, 1, tzinfo=UTC), "scaleway"),
        ("10.20.128.1", datetime(2026, 8, 31, 21, 59, 59, tzinfo=UTC), "microsoft_azure"),
        ("10.20.128.1", datetime(2026, 8, 31, 22, tzinfo=UTC), "scaleway"),
        ("10.20.128.1", datetime(2019, 1, 1, tzinfo=UTC), None),
        ("2001:db8:20::1", datetime(2026, 10, 1, tzinfo=UTC), "microsoft_azure"),
        (None, datetime(2026, 10, 1, tzinfo=UTC), "microsoft_azure"),
    ],
)
def test_the_most_specific_network_in_force_hosts(address: str | None, moment: datetime, operator: str | None) -> None:
    """A hosting begins at midnight of the site, not of Greenwich."""
    inventory = _sound(_WAREHOUSE)
    hosting = inventory.hosting_at("warehouse", None if address is None else ip_address(address), moment)

    assert operator == (hosting.operator if hosting else None)


def test_the_latest_entry_for_the_same_networks_hosts() -> None:
    """A migration of the whole system needs no end date."""
    text = _WAREHOUSE.replace(", networks: [10.20.128.0/17]", "")
    hosting = _sound(text).hosting_at("warehouse", ip_address("10.20.1.1"), datetime(2026, 10, 1, tzinfo=UTC))

    assert (hosting.operator if hosting else None) == "scaleway"


def test_an_unknown_system_is_hosted_by_nobody() -> None:
    """A ledger may hold a system that the inventory no longer has."""
    assert _sound(_WAREHOUSE).hosting_at("gone", None, datetime(2026, 10, 1, tzinfo=UTC)) is None


def test_hosting_changes_at_midnight_of_the_site() -> None:
    """The instants at which figures must be cut."""
    expected = (datetime(2019, 5, 31, 22, tzinfo=UTC), datetime(2026, 8, 31, 22, tzinfo=UTC))

    assert expected == _sound(_WAREHOUSE).change_instants()


def test_one_hosting_needs_no_list() -> None:
    """The common case is one mapping."""
    text = f"systems: [{{{_SYSTEM}hosting: {{{_HOST}}}}}]"

    assert tuple(entry.operator for entry in _sound(text).systems[0].hosting) == ("scaleway",)


def test_a_forwarder_is_one_address() -> None:
    """It is kept as a host network, beside the others."""
    assert (ip_network("10.20.0.220/32"),) == _sound(_WAREHOUSE + "forwarders: [10.20.0.220]").forwarders


def test_the_digest_ignores_what_does_not_speak() -> None:
    """Comments, the order of keys and defaults written out are not content."""
    same = "# ours\nsystems: [{data_class: health, networks: [10.0.0.0/8], id: a, serves: staff}]\npeers:\n"

    assert _sound(same).digest == _sound("systems: [{id: a, networks: [10.0.0.0/8], data_class: health}]").digest


def test_the_digest_changes_with_a_key_holder() -> None:
    """Who holds the keys is the heart of the matter."""
    assert _sound(_WAREHOUSE).digest != _sound(_WAREHOUSE.replace("keys: customer", "keys: external")).digest


def test_the_digest_changes_with_the_zone() -> None:
    """The same days begin at other instants."""
    plain = read_yaml(_WAREHOUSE).data

    assert Inventory.model_validate(plain).digest != Inventory.model_validate(plain, context=_PARIS).digest


@pytest.mark.parametrize(
    ("system", "what"),
    [
        ("id: a, data_class: health", "nothing tells this system from others."),
        ("id: a b, data_class: health, networks: [10.0.0.0/8]", '"a b" cannot be an identifier.'),
        (_SYSTEM + "scope: {}", "the scope names nothing."),
        (_SYSTEM + f"hosting: {{{_HOST}, networks: [11.0.0.0/9]}}", "11.0.0.0/9 is not inside the system's networks."),
        (
            _SYSTEM + f"hosting: [{{{_HOST}}}, {{{_HOST}}}]",
            "hosting[0] already says who hosts this from that day on.",
        ),
    ],
)
def test_a_system_that_cannot_be_right_is_a_problem(system: str, what: str) -> None:
    """One sentence each."""
    assert [what] == [problem.what for problem in _read(f"systems: [{{{system}}}]")[1]]


def test_the_same_network_may_stand_in_two_scopes() -> None:
    """Cloud address spaces are reused."""
    systems = [
        f"{{id: {name}, networks: [10.0.0.0/8], data_class: health, scope: {{network_id: {name}}}}}" for name in "ab"
    ]

    assert _read(f"systems: [{', '.join(systems)}]")[1] == []


def test_the_same_network_in_two_systems_is_seen_beside_other_mistakes() -> None:
    """A wrong data class does not hide it."""
    text = "systems: [{id: a, networks: [10.0.0.0/8], data_class: A}, {id: b, networks: [10.0.0.0/8], data_class: B}]"

    assert "10.0.0.0/8 already belongs to the system a." in [problem.what for problem in _read(text)[1]]


def test_an_inventory_without_systems_is_a_problem() -> None:
    """Every record would be somebody else's."""
    assert [problem.what for problem in _read("systems:")[1]] == ["no system is listed, so nothing would be ours."]


def test_the_committed_example_holds_every_key(root: Path) -> None:
    """The exemplary site shows all there is."""
    text = (root / "tests" / "cases" / "site" / "inventory.yaml").read_text(encoding="utf-8")
    inventory = Inventory.model_validate(yaml_data(text))

    assert [system.id for system in inventory.systems] == [
        "warehouse",
        "portal",
        "research-a",
        "research-b",
        "on-premises",
    ]


def yaml_data(text: str) -> object:
    """Plain data of a sound text."""
    return read_yaml(text).data


_WORDS = st.sampled_from(
    [
        "health",
        "10.0.0.0/8",
        "10.0.0.1/8",
        "2001:db8::/32",
        "FR",
        "NO",
        "scaleway",
        "aws:1",
        "a",
        "2026-02-01",
        "[",
        "é",
    ]
)
_LEAVES = _WORDS | st.none() | st.booleans() | st.integers(-3, 3) | st.dates() | st.text(max_size=6)
_KEYS = st.sampled_from(
    [
        "systems",
        "forwarders",
        "peers",
        "staff",
        "id",
        "networks",
        "scope",
        "account",
        "network_id",
        "accounts",
        "serves",
        "data_class",
        "hosting",
        "operator",
        "country",
        "keys",
        "from",
        "transition",
        "target",
        "deadline",
        "title",
        "owner",
    ]
)
_TREES = st.dictionaries(
    _KEYS,
    st.recursive(
        _LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=5), max_leaves=25
    ),
    max_size=4,
)


@given(_TREES)
def test_any_mapping_is_an_inventory_or_problems(tree: dict[str, object]) -> None:
    """No shape of data raises."""
    inventory, problems = _read(yaml.safe_dump(tree, allow_unicode=True) if tree else "{}")

    assert (inventory is None) == bool(problems)
