"""Who hosts our end: at that address and that moment, for whole columns."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.address import parse_addresses
from monitor.app import open_site
from monitor.hosting import OWN_PREMISES, Hosts
from tests.judging import Site

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.app import Knowledge
    from monitor.inventory import Inventory

_INVENTORY: Final = """
systems:
  - id: warehouse
    networks: [10.20.0.0/16, "2001:db8:20::/48"]
    data_class: health
    hosting:
      - {operator: microsoft_azure, country: FR, from: 2019-06-01}
      - {operator: ovh, country: FR, networks: [10.20.0.0/17], from: 2020-01-01}
      - {operator: scaleway, country: FR, networks: [10.20.64.0/18, "2001:db8:20:1::/64"], from: 2026-09-01}
      - {operator: aws, country: DE, networks: [10.20.64.0/18], from: 2026-10-01}
      - {operator: hetzner, country: DE, from: 2026-11-01}
  - {id: portal, networks: [10.30.0.0/16], data_class: identity, hosting: {operator: aws, country: FR}}
  - id: archive
    networks: [10.40.0.0/16]
    data_class: health
    hosting: {operator: ovh, country: FR, networks: [10.40.1.0/24], from: 2024-01-01}
  - {id: lab, networks: [10.50.0.0/16], data_class: health}
"""
_WAREHOUSE, _PORTAL, _ARCHIVE, _LAB = range(4)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ADDRESSES: Final = (
    "10.20.0.5", "10.20.64.5", "10.20.200.5", "2001:db8:20:1::5", "2001:db8:20:2::5", "10.30.0.5", "10.40.0.5",
    "10.40.1.5", "10.50.0.5",
)  # fmt: skip
# Paris: the day begins at 22:00 or 23:00 of the evening before.
_CUTS: Final = (
    datetime(2019, 5, 31, 22, tzinfo=UTC),
    datetime(2019, 12, 31, 23, tzinfo=UTC),
    datetime(2023, 12, 31, 23, tzinfo=UTC),
    datetime(2026, 8, 31, 22, tzinfo=UTC),
    datetime(2026, 9, 30, 22, tzinfo=UTC),
    datetime(2026, 10, 31, 23, tzinfo=UTC),
)


@pytest.fixture(scope="module")
def inventory(knowledge: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> Inventory:
    """Systems whose hosting changes by network and day."""
    directory: Path = tmp_path_factory.mktemp("site")
    return open_site(Site(inventory=_INVENTORY).write(directory), knowledge.operators).inventory


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _hosts(inventory: Inventory, *asked: tuple[int, str, datetime]) -> list[str | None]:
    """Hosting operators of (system, address, moment), asked for together."""
    hosts = Hosts.of(inventory)
    addresses = parse_addresses(pl.Series([address for _, address, _ in asked], dtype=pl.String))
    found = hosts.of_rows(
        np.array([system for system, _, _ in asked], dtype=np.int32),
        np.arange(len(asked), dtype=np.int64),
        np.array([_microseconds(moment) for _, _, moment in asked], dtype=np.int64),
        addresses,
    )
    return [None if number == OWN_PREMISES else hosts.operators[number] for number in found.tolist()]


def test_the_most_specific_network_wins(inventory: Inventory) -> None:
    """An entry without networks is for the rest of the system."""
    at = datetime(2026, 9, 15, tzinfo=UTC)
    asked = [(_WAREHOUSE, address, at) for address in ("10.20.64.5", "10.20.0.5", "10.20.200.5", "2001:db8:20:1::5")]

    assert _hosts(inventory, *asked) == ["scaleway", "ovh", "microsoft_azure", "scaleway"]


def test_of_one_network_the_latest_day_wins(inventory: Inventory) -> None:
    """And so it does of entries for the whole system; neither touches what is more specific."""
    at = datetime(2026, 11, 15, tzinfo=UTC)
    asked = [(_WAREHOUSE, address, at) for address in ("10.20.64.5", "10.20.0.5", "10.20.200.5")]

    assert _hosts(inventory, *asked) == ["aws", "ovh", "hetzner"]


def test_a_hosting_begins_with_its_day_in_the_zone_of_the_site(inventory: Inventory) -> None:
    """At 22:00 UTC of the day before; a microsecond earlier another hosts."""
    begins = datetime(2026, 8, 31, 22, tzinfo=UTC)
    asked = [(_WAREHOUSE, "10.20.64.5", at) for at in (begins - timedelta(microseconds=1), begins)]

    assert _hosts(inventory, *asked) == ["ovh", "scaleway"]


def test_records_before_the_only_day_are_on_own_premises(inventory: Inventory) -> None:
    """Also when they come in one batch with records after it."""
    begins = datetime(2023, 12, 31, 23, tzinfo=UTC)
    asked = [(_ARCHIVE, "10.40.1.5", at) for at in (begins - timedelta(seconds=1), begins)]

    assert _hosts(inventory, *asked) == [None, "ovh"]


def test_what_no_entry_is_for_is_on_own_premises(inventory: Inventory) -> None:
    """A system without hosting, a network without an entry, a forwarder outside every system."""
    at = datetime(2026, 10, 7, tzinfo=UTC)

    assert _hosts(inventory, (_LAB, "10.50.0.5", at), (_ARCHIVE, "10.40.0.5", at), (-1, "10.20.0.5", at)) == [None] * 3


def test_a_hosting_without_a_day_is_since_ever(inventory: Inventory) -> None:
    """Before 1970 too."""
    moments = (datetime(1901, 1, 1, tzinfo=UTC), datetime(2026, 10, 7, tzinfo=UTC))

    assert _hosts(inventory, *((_PORTAL, "10.30.0.5", at) for at in moments)) == ["aws", "aws"]


def test_no_rows_have_no_hosts(inventory: Inventory) -> None:
    """A batch in which nothing is ours."""
    assert _hosts(inventory) == []


@given(
    st.lists(
        st.tuples(
            st.sampled_from((-1, _WAREHOUSE, _PORTAL, _ARCHIVE, _LAB)),
            st.sampled_from(_ADDRESSES),
            st.builds(
                lambda cut, off: cut + timedelta(microseconds=off), st.sampled_from(_CUTS), st.sampled_from((-1, 0, 1))
            ),
        ),
        max_size=12,
    )
)
def test_whole_columns_say_what_the_inventory_says(
    inventory: Inventory, asked: list[tuple[int, str, datetime]]
) -> None:
    """Row by row, around every change, whatever stands beside it in the batch."""
    systems = ["", *(system.id for system in inventory.systems)]
    entries = [
        inventory.hosting_at(systems[system + 1], ip_address(address), moment) for system, address, moment in asked
    ]

    assert _hosts(inventory, *asked) == [entry.operator if entry else None for entry in entries]
