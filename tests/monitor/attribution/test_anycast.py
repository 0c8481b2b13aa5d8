"""The list of anycast networks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from monitor.address import AddressKind, kind_of, parse_addresses
from monitor.attribution.anycast import Anycast, load_anycast
from monitor.problem import ProblemsFound

if TYPE_CHECKING:
    from pathlib import Path

ENTRY = """
  - {{id: {id}, name: A, operator: a, what: resolver, prefixes: {prefixes},
     source: s, read: 2026-11-24, verified: true}}
"""


@pytest.fixture(scope="module")
def anycast() -> Anycast:
    """The shipped list."""
    return load_anycast()


def listed(path: Path, *entries: tuple[str, str]) -> Path:
    """A list of entries, each an id and its prefixes."""
    text = "anycast:" + "".join(ENTRY.format(id=name, prefixes=prefixes) for name, prefixes in entries)
    (path / "anycast.yaml").write_text(text)
    return path / "anycast.yaml"


def found(anycast: Anycast, *addresses: str) -> list[str | None]:
    """Id of the entry of each address."""
    positions = anycast.index.lookup(parse_addresses(pl.Series(addresses))).tolist()
    return [anycast.entry_at(position).id if position >= 0 else None for position in positions]


def test_public_resolvers_are_anycast(anycast: Anycast) -> None:
    """IPv4 and IPv6."""
    addresses = ("8.8.8.8", "2620:fe::fe", "1.1.1.1", "2001:4860:4860::8844", "86.54.11.100", "45.90.28.7")

    assert found(anycast, *addresses) == [
        "google_public_dns",
        "quad9",
        "cloudflare_resolver",
        "google_public_dns",
        "dns4eu",
        "nextdns",
    ]


def test_all_thirteen_root_servers_are_anycast(anycast: Anycast) -> None:
    """Each by an IPv4 and an IPv6 network."""
    roots = {entry.id: [network.version for network in entry.prefixes] for entry in anycast.entries}

    assert {name: roots[name] for name in roots if name.startswith("root_")} == {
        f"root_{letter}": [4, 6] for letter in "abcdefghijklm"
    }


def test_content_networks_are_anycast(anycast: Anycast) -> None:
    """From their own lists."""
    assert found(anycast, "104.16.0.1", "151.101.1.1", "34.120.0.1") == [
        "cloudflare_network",
        "fastly_network",
        "google_cloud_global",
    ]


def test_a_host_in_one_place_is_not(anycast: Anycast) -> None:
    """What is not listed is not anycast here."""
    assert found(anycast, "193.0.6.139", "2a00:1450::1", "x") == [None, None, None]


def test_of_nested_networks_the_narrower_speaks(anycast: Anycast) -> None:
    """The resolver inside the content network."""
    assert found(anycast, "2606:4700:4700::1111", "2606:4700:10::1") == ["cloudflare_resolver", "cloudflare_network"]


def test_every_network_is_global(anycast: Anycast) -> None:
    """A private or reserved network here would hide a mistake."""
    text = [str(network[0]) for entry in anycast.entries for network in entry.prefixes]
    kinds = kind_of(parse_addresses(pl.Series(text))).tolist()

    assert [each for each, kind in zip(text, kinds, strict=True) if kind != AddressKind.global_] == []


def test_an_entry_listed_twice_is_a_problem(tmp_path: Path) -> None:
    """With its place."""
    with pytest.raises(ProblemsFound, match="twin is listed twice"):
        load_anycast(listed(tmp_path, ("twin", "[8.8.8.0/24]"), ("twin", "[8.8.4.0/24]")))


def test_a_network_of_two_entries_is_a_problem(tmp_path: Path) -> None:
    """It would depend on their order."""
    with pytest.raises(ProblemsFound, match=r"8\.8\.8\.0/24 belongs to first already"):
        load_anycast(listed(tmp_path, ("first", "[8.8.8.0/24]"), ("second", "[8.8.8.0/24]")))


def test_an_entry_without_networks_is_a_problem(tmp_path: Path) -> None:
    """It says nothing."""
    with pytest.raises(ProblemsFound, match="there is no network here"):
        load_anycast(listed(tmp_path, ("empty", "[]")))


def test_the_digest_follows_the_content(tmp_path: Path) -> None:
    """Evidence names the list by it."""
    one = load_anycast(listed(tmp_path, ("one", "[8.8.8.0/24]"))).digest
    two = load_anycast(listed(tmp_path, ("one", "[8.8.4.0/24]"))).digest

    assert one != two
