"""Longest matching network, against the definition."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import TypeAlias

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from monitor.address import parse_addresses
from monitor.prefixes import PrefixIndex, search_within

IPNetwork: TypeAlias = IPv4Network | IPv6Network

# Numbers near each other, so that networks nest, touch and repeat.
_fours = st.one_of(st.integers(0, 600), st.integers(2**32 - 600, 2**32 - 1), st.integers(0, 2**32 - 1))
_sixes = st.builds(
    lambda high, low: (high << 64) | low,
    st.sampled_from([0x2A00 << 48, (0x2A00 << 48) + 1, 2**64 - 1]),
    st.one_of(st.integers(0, 9), st.integers(2**64 - 9, 2**64 - 1), st.integers(0, 2**64 - 1)),
)
networks = st.one_of(
    st.builds(lambda number, length: IPv4Network((number, length), strict=False), _fours, st.integers(0, 32)),
    st.builds(lambda number, length: IPv6Network((number, length), strict=False), _sixes, st.integers(0, 128)),
)


def lookup(given_networks: list[IPNetwork], *addresses: str) -> list[int]:
    """Positions that the index gives."""
    found: list[int] = PrefixIndex.of(given_networks).lookup(parse_addresses(pl.Series(addresses))).tolist()
    return found


@given(st.lists(networks, max_size=20), st.lists(st.one_of(_fours.map(IPv4Address), _sixes.map(IPv6Address))))
def test_it_finds_the_longest_network(given_networks: list[IPNetwork], drawn: list[IPv4Address | IPv6Address]) -> None:
    """At the edges of every network and anywhere; of a repeated network the first position."""
    addresses = drawn[:]
    for network in given_networks:
        for number in (int(network[0]) - 1, int(network[0]), int(network[-1]), int(network[-1]) + 1):
            if 0 <= number < 2**network.max_prefixlen:
                addresses.append(IPv4Address(number) if network.version == 4 else IPv6Address(number))
    expected = [
        -max(
            ((network.prefixlen, -place) for place, network in enumerate(given_networks) if address in network),
            default=(0, 1),
        )[1]
        for address in addresses
    ]

    assert lookup(given_networks, *map(str, addresses)) == expected


def test_no_networks_hold_nothing() -> None:
    """An inventory may be empty."""
    assert lookup([], "192.0.2.1", "2001:db8::1", "x") == [-1, -1, -1]


def test_what_is_no_address_is_in_no_network() -> None:
    """Not even in the one that holds everything."""
    assert lookup([ip_network("0.0.0.0/0"), ip_network("::/0")], "x", "192.0.2.1", "::") == [-1, 0, 1]


def test_each_row_searches_its_own_stretch() -> None:
    """The last key that is at most the wanted one; one before the stretch where there is none."""
    keys = np.array([0, 10, 20, 0, 5, 7], np.uint64)
    start, stop = np.array([0, 0, 3, 3, 1, 2]), np.array([3, 3, 6, 6, 3, 2])
    wanted = np.array([9, 20, 6, 2**64 - 1, 3, 9], np.uint64)

    assert search_within(keys, start, stop, wanted).tolist() == [0, 2, 4, 5, 0, 1]
