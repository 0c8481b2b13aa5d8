"""Prefixes as text become ranges, or are no prefixes."""

from __future__ import annotations

import ipaddress

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.attribution.feeds.networks import BITS_BEYOND, EVERYTHING, NOT_A_NETWORK, read_networks

_NETWORKS = st.one_of(
    st.integers(0, 2**32 - 1).flatmap(
        lambda number: st.integers(1, 32).map(lambda length: ipaddress.ip_network((number, length), strict=False))
    ),
    st.integers(2**64, 2**128 - 1).flatmap(
        lambda number: st.integers(1, 128).map(lambda length: ipaddress.ip_network((number, length), strict=False))
    ),
)


@pytest.mark.parametrize(
    ("written", "network"),
    [
        ("192.0.2.0/24", "192.0.2.0/24"),
        (" 192.0.2.0/24\t", "192.0.2.0/24"),
        ("192.0.2.7", "192.0.2.7/32"),
        ("2001:DB8::/32", "2001:db8::/32"),
        ("2001:db8::7", "2001:db8::7/128"),
        ("2001:db8:0:1::/65", "2001:db8:0:1::/65"),
        ("::ffff:192.0.2.0/120", "192.0.2.0/24"),
    ],
)
def test_a_prefix_in_any_spelling(written: str, network: str) -> None:
    """It is spelled as RFC 5952 says; one address is its host prefix."""
    assert read_networks(pl.Series([written])).select("network", "fault").row(0) == (network, None)


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("192.0.2.1/24", BITS_BEYOND),
        ("2001:db8::1/64", BITS_BEYOND),
        ("2001:db8:0:0:8000::/64", BITS_BEYOND),
        ("0.0.0.0/0", EVERYTHING),
        ("::/0", EVERYTHING),
        ("192.0.2.0/33", NOT_A_NETWORK),
        ("2001:db8::/129", NOT_A_NETWORK),
        ("192.0.2.0/024", NOT_A_NETWORK),
        ("192.0.2.0/24/8", NOT_A_NETWORK),
        ("192.0.2.0/", NOT_A_NETWORK),
        ("192.0.2.0/-1", NOT_A_NETWORK),
        ("::ffff:192.0.2.0/24", NOT_A_NETWORK),
        ("fe80::%eth0/64", NOT_A_NETWORK),
        ("AU", NOT_A_NETWORK),
        ("", NOT_A_NETWORK),
        (None, NOT_A_NETWORK),
    ],
)
def test_what_is_no_prefix(written: str | None, fault: str) -> None:
    """Bits beyond the length are not cut off: which of the two is the mistake cannot be known."""
    assert read_networks(pl.Series([written], dtype=pl.String))["fault"].to_list() == [fault]


@given(st.lists(_NETWORKS, min_size=1, max_size=20))
def test_ranges_are_those_of_the_standard_library(
    networks: list[ipaddress.IPv4Network | ipaddress.IPv6Network],
) -> None:
    """First and last address, in halves."""
    expected = [
        (network.version, *divmod(int(network[0]), 2**64), *divmod(int(network[-1]), 2**64)) for network in networks
    ]

    found = read_networks(pl.Series([str(network) for network in networks]))

    assert found.select("version", "first_high", "first_low", "last_high", "last_low").rows() == expected


@given(st.lists(st.text(), max_size=20))
def test_any_text_is_read_or_is_at_fault(written: list[str]) -> None:
    """As many rows as there are texts."""
    assert read_networks(pl.Series(written, dtype=pl.String)).height == len(written)
