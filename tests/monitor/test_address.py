"""Addresses as columns: what is one, its standard spelling, and what it can reach."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address
from typing import TypeAlias

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.address import (
    AddressKind,
    embedded_ipv4,
    format_addresses,
    kind_of,
    parse_addresses,
    special_purpose_of,
)

Read: TypeAlias = tuple[int, int, int, str | None]

NO_ADDRESS: Read = (0, 0, 0, None)
PIECES = [
    *("0", "1", "00", "01", "9", "25", "255", "256", "1000", "f", "F", "ffff", "FFFF", "abcde", "0:0", "::ffff:"),
    *(":", "::", ".", "1.2.3.4", "%", "%eth0", "g", " ", "\n", "/", "\x00", '"', "é", "٣"),
]

texts = st.one_of(
    st.text(),
    st.lists(st.sampled_from(PIECES), max_size=14).map("".join),
    st.ip_addresses().map(str),
    st.ip_addresses().map(lambda address: address.exploded.upper()),
    st.ip_addresses(v=4).map(lambda address: f"::ffff:{address}"),
    st.ip_addresses(v=4).map(lambda address: f"64:ff9b::{address}"),
    st.tuples(st.ip_addresses().map(str), st.integers(0, 40), st.sampled_from(PIECES)).map(
        lambda spoilt: spoilt[0][: spoilt[1]] + spoilt[2] + spoilt[0][spoilt[1] :]
    ),
)
groups = st.lists(st.sampled_from([0, 0, 0, 1, 0xA, 0xFFFF]), min_size=8, max_size=8)


def read(*texts: str | None) -> list[Read]:
    """What the columns say of each text."""
    parsed = parse_addresses(pl.Series(texts, dtype=pl.String))
    columns = (parsed.version.tolist(), parsed.high.tolist(), parsed.low.tolist(), parsed.text.to_list())
    return list(zip(*columns, strict=True))


def expected(text: str | None) -> Read:
    """What the standard library says, with zones refused and mapped addresses as IPv4."""
    if text is None or "%" in text:
        return NO_ADDRESS
    try:
        address = ip_address(text)
    except ValueError:
        return NO_ADDRESS
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return address.version, int(address) >> 64, int(address) % 2**64, str(address)


@given(st.lists(st.one_of(st.none(), texts), max_size=40))
def test_it_is_as_strict_as_the_standard_library(column: list[str | None]) -> None:
    """Every text is read as `ipaddress` reads it, in any company."""
    assert read(*column) == [expected(text) for text in column]


@given(st.lists(groups, min_size=1, max_size=20))
def test_ipv6_is_spelled_as_the_standard_library_spells_it(rows: list[list[int]]) -> None:
    """Whatever the spelling read, the spelling given is the one of RFC 5952."""
    written = [":".join(f"{group:04X}" for group in row) for row in rows]

    assert read(*written) == [expected(text) for text in written]


@pytest.mark.parametrize(
    "text",
    [
        *("", ":", "::1::", ":::", "1:::2", ":1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:", "1:2:3:4:5:6:7:8:", "12345::"),
        *("1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2:3:4:5:6:7:8", "1:2:3:4:5:6:7::8:9", "::00001"),
        *("1.2.3", "1.2.3.4.5", "1..2.3", ".1.2.3", "1.2.3.", "01.2.3.4", "256.1.1.1", "1.2.3.a", "1.2.3.1000"),
        *("::1.2.3", "::1.2.3.4.5", "::1.2.3.04", "1.2.3.4::", "::1.2.3.4:1", "1:2:3:4:5:6:7:1.2.3.4", "ffff:1.2.3.4"),
        *("::1.2:3.4.5", "1.2.3.4\n", "1.2.3.4 ", " 1.2.3.4", "1.2.3.4/32", "fe80::1%eth0", "٣.1.1.1", "g::", "-"),
    ],
)
def test_it_is_no_address(text: str) -> None:
    """Forms that some readers let pass are refused."""
    assert read(text) == [NO_ADDRESS]


@pytest.mark.parametrize(
    ("text", "standard"),
    [
        ("2001:DB8::1", "2001:db8::1"),
        ("2001:0db8::1", "2001:db8::1"),
        ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
        ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
        ("2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
        ("1:0:0:2:0:0:0:3", "1:0:0:2::3"),
        ("0:0:0:0:0:0:0:0", "::"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("::FFFF:C000:201", "192.0.2.1"),
        ("::192.0.2.1", "::c000:201"),
        ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
        ("1:2:3:4:5:6:192.0.2.1", "1:2:3:4:5:6:c000:201"),
    ],
)
def test_the_spelling_is_the_standard_one(text: str, standard: str) -> None:
    """RFC 5952 section 4; mapped addresses are IPv4."""
    assert parse_addresses(pl.Series([text])).text.to_list() == [standard]


def test_standard_text_is_handed_back_untouched() -> None:
    """The normal path makes no new column of text."""
    text = pl.Series("remote", ["192.0.2.1", "2001:db8::1", "::"])

    assert parse_addresses(text).text is text


def test_the_name_of_the_column_stays() -> None:
    """Null for what is no address, the rest where it was."""
    parsed = parse_addresses(pl.Series("remote", ["x", "2001:DB8::1"]))

    assert (parsed.text.name, parsed.text.to_list()) == ("remote", [None, "2001:db8::1"])


def test_categorical_text_is_read() -> None:
    """A column of categories is a column of text."""
    assert parse_addresses(pl.Series(["192.0.2.1"], dtype=pl.Categorical)).version.tolist() == [4]


@pytest.mark.parametrize("dtype", [pl.String, pl.Categorical])
def test_no_rows_are_no_addresses(dtype: type[pl.DataType]) -> None:
    """An empty batch passes."""
    assert len(parse_addresses(pl.Series([], dtype=dtype))) == 0


def test_a_long_column_is_read_like_its_parts() -> None:
    """Where the work is cut into turns nothing is lost or mixed up."""
    text = [str(ip_address(number * 65_537 + (2**125 if number % 3 else 0))) for number in range(40_000)]

    assert read(*text) == [expected(each) for each in text]


def test_numbers_are_spelled_and_nothing_is_null() -> None:
    """`format_addresses` is the way back."""
    version = np.array([4, 0, 6, 6], np.uint8)
    high = np.array([0, 0, 0x2001_0DB8 << 32, 0], np.uint64)
    low = np.array([0xC000_0201, 0, 1, 0], np.uint64)

    assert format_addresses(version, high, low).to_list() == ["192.0.2.1", None, "2001:db8::1", "::"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("8.8.8.8", AddressKind.global_),
        ("2a00:1450::1", AddressKind.global_),
        ("192.31.196.1", AddressKind.global_),
        ("2001:4:112::1", AddressKind.global_),
        ("4000::1", AddressKind.global_),
        ("10.0.0.0", AddressKind.private),
        ("172.31.255.255", AddressKind.private),
        ("172.32.0.0", AddressKind.global_),
        ("192.168.1.1", AddressKind.private),
        ("100.64.0.1", AddressKind.private),
        ("100.128.0.0", AddressKind.global_),
        ("fd00::1", AddressKind.private),
        ("64:ff9b:1::1", AddressKind.private),
        ("0.0.0.1", AddressKind.confined),
        ("127.0.0.1", AddressKind.confined),
        ("169.254.169.254", AddressKind.confined),
        ("192.0.0.1", AddressKind.confined),
        ("192.0.2.1", AddressKind.confined),
        ("198.19.0.1", AddressKind.confined),
        ("198.51.100.1", AddressKind.confined),
        ("203.0.113.1", AddressKind.confined),
        ("224.0.0.1", AddressKind.confined),
        ("255.255.255.255", AddressKind.confined),
        ("::", AddressKind.confined),
        ("::1", AddressKind.confined),
        ("0:0:5::1", AddressKind.confined),
        ("100::1", AddressKind.confined),
        ("2001:db8::1", AddressKind.confined),
        ("3fff:fff::1", AddressKind.confined),
        ("5f00::1", AddressKind.confined),
        ("fe80::1", AddressKind.confined),
        ("ff02::1", AddressKind.confined),
        ("::2", AddressKind.unattributable),
        ("2001::1", AddressKind.unattributable),
        ("::ffff:8.8.8.8", AddressKind.global_),
        ("64:ff9b::8.8.8.8", AddressKind.global_),
        ("64:ff9b::10.0.0.1", AddressKind.private),
        ("2002:7f00:1::", AddressKind.confined),
        ("x", AddressKind.none),
    ],
)
def test_the_kind_follows_the_registries(text: str, kind: AddressKind) -> None:
    """IANA special-purpose registries; NAT64 and 6to4 by the address inside."""
    assert kind_of(parse_addresses(pl.Series([text]))).tolist() == [kind]


@given(st.lists(st.ip_addresses(v=4), min_size=1, max_size=10))
def test_what_is_private_in_the_standard_library_is_not_global_here(addresses: list[object]) -> None:
    """No special IPv4 block that Python knows is missing (the two anycast hosts of 192.0.0.0/24 stay confined)."""
    text = [str(address) for address in addresses]
    special = [not ip_address(each).is_global or ip_address(each).is_multicast for each in text]
    kinds = kind_of(parse_addresses(pl.Series(text)))

    assert [each for each, known, kind in zip(text, special, kinds, strict=True) if known and kind == 1] == []


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("64:ff9b::192.0.2.1", "192.0.2.1"),
        ("2002:c000:201::1", "192.0.2.1"),
        ("64:ff9b:0:0:1::", "64:ff9b:0:0:1::"),
        ("2001:db8::1", "2001:db8::1"),
        ("192.0.2.1", "192.0.2.1"),
    ],
)
def test_the_ipv4_address_inside_is_found(text: str, inside: str) -> None:
    """RFC 6052 well-known prefix and RFC 3056; nothing else is opened."""
    found = embedded_ipv4(parse_addresses(pl.Series([text])))

    assert format_addresses(found.version, found.high, found.low).to_list() == [inside]


@pytest.mark.parametrize(
    ("text", "block"),
    [
        ("10.0.0.1", ("10.0.0.0/8", "private use, RFC 1918")),
        ("64:ff9b::a00:1", ("10.0.0.0/8", "private use, RFC 1918")),
        ("2001:db8::1", ("2001:db8::/32", "documentation, RFC 3849")),
        ("8.8.8.8", None),
        ("nothing", None),
    ],
)
def test_a_special_purpose_is_named(text: str, block: tuple[str, str] | None) -> None:
    """The longest block of the registries, as a reader would look it up."""
    assert special_purpose_of(parse_addresses(pl.Series([text]))) == [block]
