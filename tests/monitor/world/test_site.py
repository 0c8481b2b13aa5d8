"""The site's files say what the scenario relies on."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from monitor.world.far_ends import NAMED
from monitor.world.scenario import HOSTS, SYSTEMS
from monitor.world.site import site_files, write_site
from monitor.world.stories import STORIES

if TYPE_CHECKING:
    from pathlib import Path

INVENTORY: dict[str, Any] = yaml.safe_load(site_files()["inventory.yaml"])
REGISTER: dict[str, Any] = yaml.safe_load(site_files()["register.yaml"])


@pytest.mark.parametrize("host", HOSTS, ids=lambda host: host.v4)
def test_a_host_lies_in_its_system_by_the_longest_network(host: Any) -> None:  # noqa: ANN401 - a parametrised row
    """In IPv4 and in IPv6; a neighbour lies in none."""
    networks = [(ip_network(text), system["id"]) for system in INVENTORY["systems"] for text in system["networks"]]
    for text in filter(None, (host.v4, host.v6)):
        holding = [(network.prefixlen, system) for network, system in networks if ip_address(text) in network]

        assert (max(holding)[1] if holding else None) == host.system


def test_data_classes_are_those_of_the_scenario() -> None:
    """System by system."""
    assert {system["id"]: system["data_class"] for system in INVENTORY["systems"]} == {
        system.id: system.data_class for system in SYSTEMS.values()
    }


def test_far_ends_placed_by_the_inventory_are_in_it() -> None:
    """Peers and staff, with their country."""
    stated = {
        (network, entry["country"])
        for key in ("peers", "staff")
        for entry in INVENTORY[key]
        for network in entry["networks"]
    }
    relied_on = {(far.v4, far.country) for far in NAMED if far.stated_by == "inventory" and far.id != "lab_montreal"}

    assert relied_on <= stated
    assert ("10.98.0.0/16", "CA") in stated


def test_mechanisms_of_the_stories_are_entries_of_the_register() -> None:
    """An id and the importer that the entry names."""
    entries = {entry["id"]: entry["importer"] for entry in REGISTER["transfers"]}
    used = {
        story.place.mechanism: story.importer for story in STORIES if story.place and story.place.mechanism in entries
    }

    assert used == {name: entries[name] for name in used}
    assert set(used) == {"T-2026-001", "T-2026-003", "T-2026-004", "T-2026-006", "T-2026-007"}


def test_files_are_written_as_they_are_stated(tmp_path: Path) -> None:
    """In UTF-8, in a directory that need not exist."""
    write_site(site_files(), tmp_path / "site")

    assert {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "site").iterdir()} == site_files()
