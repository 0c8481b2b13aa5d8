"""Addresses as numbers: text to (version, high, low) and back, and what an address can reach.

Decides the standard spelling of an address and, from the IANA registries alone, whether it can be reached across
the internet at all. Refuses to know where an address is or whose it is: that is the inventory's and the atlas's.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from ipaddress import ip_network
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from monitor.address_text import IPV4, IPV6, read_text, spell
from monitor.prefixes import PrefixIndex

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "IPV4",
    "IPV6",
    "AddressKind",
    "ParsedAddresses",
    "embedded_ipv4",
    "format_addresses",
    "kind_of",
    "parse_addresses",
    "special_purpose_of",
]


class AddressKind(IntEnum):
    """What an address can reach, as the codes that `kind_of` returns."""

    none = 0  # not an address
    global_ = 1  # unicast across the internet
    private = 2  # inside some organisation's networks, which may lie in several countries
    confined = 3  # cannot leave the site: loopback, link-local, multicast, reserved, documentation
    unattributable = 4  # global in form, but its bits do not tell the far end: Teredo, IPv4-compatible


@dataclass(frozen=True, slots=True, eq=False)
class ParsedAddresses:
    """A column of addresses as numbers; `version` is 0 where the text is no address.

    IPv4: `high` is 0 and `low` the 32-bit number; `::ffff:0:0/96` is IPv4. IPv6: the two halves of its 128 bits.
    `text` is the RFC 5952 spelling, null where the text is no address.
    """

    text: pl.Series
    version: NDArray[np.uint8]
    high: NDArray[np.uint64]
    low: NDArray[np.uint64]

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.version)


def parse_addresses(text: pl.Series) -> ParsedAddresses:
    """Read a column of address text; what is not an address becomes version 0 and null text.

    Shape: as many rows as `text`, in its order. Text that is standard already is handed back untouched.
    Source: RFC 4291 section 2.2 (forms), RFC 5952 section 4 (spelling).
    """
    if text.dtype != pl.String:
        text = text.cast(pl.String)
    version, high, low, odd = read_text(text)
    if not version.all():
        text = pl.select(pl.when(pl.Series(version != 0)).then(text).alias(text.name)).to_series()
    if odd.any():
        text = text.clone().scatter(np.flatnonzero(odd), spell(version[odd], high[odd], low[odd]))
    return ParsedAddresses(text=text, version=version, high=high, low=low)


def format_addresses(version: NDArray[np.uint8], high: NDArray[np.uint64], low: NDArray[np.uint64]) -> pl.Series:
    """Spell addresses as RFC 5952 says: lower case, no leading zeros, the longest run of zero groups as `::`.

    Null where `version` is 0. Of equal runs the first is shortened, a single zero group never is.
    """
    return spell(version, high, low)


def embedded_ipv4(parsed: ParsedAddresses) -> ParsedAddresses:
    """Replace NAT64 (`64:ff9b::/96`) and 6to4 (`2002::/16`) addresses by the IPv4 address inside; text is kept.

    Source: RFC 6052 section 2.1 (well-known prefix), RFC 3056 section 2 (6to4).
    """
    nat64 = parsed.high == _NAT64_HIGH
    if nat64.any():
        nat64 &= parsed.low <= _LOW_32
    six_to_four = parsed.high >> np.uint64(48) == _SIX_TO_FOUR
    carries = nat64 | six_to_four
    if not carries.any():
        return parsed
    version, high, low = parsed.version.copy(), parsed.high.copy(), parsed.low.copy()
    low[six_to_four] = (high[six_to_four] >> np.uint64(16)) & _LOW_32
    version[carries] = IPV4
    high[carries] = 0
    return ParsedAddresses(text=parsed.text, version=version, high=high, low=low)


def kind_of(parsed: ParsedAddresses) -> NDArray[np.uint8]:
    """Tell what each address can reach, as `AddressKind` codes.

    NAT64 and 6to4 addresses are judged by the IPv4 address inside.
    """
    inner = embedded_ipv4(parsed)
    index, kinds = _special_purpose()
    return np.where(inner.version == 0, np.uint8(AddressKind.none), kinds[index.lookup(inner)])


def special_purpose_of(parsed: ParsedAddresses) -> list[tuple[str, str] | None]:
    """Name the special-purpose block of each address and what it is for; None for all other addresses.

    NAT64 and 6to4 addresses are told by the IPv4 address inside.
    """
    index, _ = _special_purpose()
    blocks = [(block, purpose) for block, (_, purpose) in _SPECIAL_PURPOSE.items()]
    positions = index.lookup(embedded_ipv4(parsed)).tolist()
    versions = parsed.version.tolist()
    return [
        blocks[position] if position >= 0 and version else None
        for position, version in zip(positions, versions, strict=True)
    ]


_LOW_32: Final = np.uint64(0xFFFF_FFFF)
_NAT64_HIGH: Final = np.uint64(0x0064_FF9B_0000_0000)
_SIX_TO_FOUR: Final = np.uint64(0x2002)

# IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890; https://www.iana.org/assignments/
# iana-ipv4-special-registry, iana-ipv6-special-registry), with the multicast and reserved blocks of the address
# space registries. The longest match decides. Blocks that the registries call globally reachable (AS112, AMT,
# drone remote identification) and unassigned space outside these are global: an atlas without them says so.
_SPECIAL_PURPOSE: Final = {
    "0.0.0.0/8": (AddressKind.confined, "this network, RFC 791 section 3.2"),
    "10.0.0.0/8": (AddressKind.private, "private use, RFC 1918"),
    "100.64.0.0/10": (AddressKind.private, "shared address space, RFC 6598"),
    "127.0.0.0/8": (AddressKind.confined, "loopback, RFC 1122 section 3.2.1.3"),
    "169.254.0.0/16": (AddressKind.confined, "link-local, RFC 3927"),
    "172.16.0.0/12": (AddressKind.private, "private use, RFC 1918"),
    "192.0.0.0/24": (AddressKind.confined, "IETF protocol assignments, RFC 6890 section 2.1"),
    "192.0.2.0/24": (AddressKind.confined, "documentation, RFC 5737"),
    "192.168.0.0/16": (AddressKind.private, "private use, RFC 1918"),
    "198.18.0.0/15": (AddressKind.confined, "benchmarking, RFC 2544"),
    "198.51.100.0/24": (AddressKind.confined, "documentation, RFC 5737"),
    "203.0.113.0/24": (AddressKind.confined, "documentation, RFC 5737"),
    "224.0.0.0/4": (AddressKind.confined, "multicast, RFC 5771"),
    "240.0.0.0/4": (AddressKind.confined, "reserved, and limited broadcast; RFC 1112 section 4, RFC 8190"),
    "::/32": (AddressKind.confined, "reserved, RFC 4291; holds unspecified, loopback and dead translation forms"),
    "::/96": (AddressKind.unattributable, "IPv4-compatible, deprecated by RFC 4291 section 2.5.5.1"),
    "::/128": (AddressKind.confined, "unspecified"),
    "::1/128": (AddressKind.confined, "loopback"),
    "64:ff9b:1::/48": (AddressKind.private, "translation of local choice, RFC 8215: the far end may be anywhere"),
    "100::/64": (AddressKind.confined, "discard only, RFC 6666"),
    "100:0:0:1::/64": (AddressKind.confined, "dummy prefix, RFC 9780"),
    "2001::/32": (AddressKind.unattributable, "Teredo, RFC 4380: names a relay and a mapped client"),
    "2001:2::/48": (AddressKind.confined, "benchmarking, RFC 5180"),
    "2001:10::/28": (AddressKind.confined, "ORCHID, RFC 4843: identifiers, never routed"),
    "2001:20::/28": (AddressKind.confined, "ORCHIDv2, RFC 7343: identifiers, never routed"),
    "2001:db8::/32": (AddressKind.confined, "documentation, RFC 3849"),
    "3fff::/20": (AddressKind.confined, "documentation, RFC 9637"),
    "5f00::/16": (AddressKind.confined, "segment identifiers, RFC 9602: inside one routing domain"),
    "fc00::/7": (AddressKind.private, "unique local, RFC 4193"),
    "fe80::/10": (AddressKind.confined, "link-local, RFC 4291 section 2.5.6"),
    "fec0::/10": (AddressKind.private, "site-local, deprecated by RFC 3879; routed like unique local"),
    "ff00::/8": (AddressKind.confined, "multicast, RFC 4291 section 2.7"),
}


@cache
def _special_purpose() -> tuple[PrefixIndex, NDArray[np.uint8]]:
    """Give the index of the special blocks and their kinds; the last kind (position -1) is for all others."""
    index = PrefixIndex.of([ip_network(block) for block in _SPECIAL_PURPOSE])
    kinds = [kind for kind, _ in _SPECIAL_PURPOSE.values()]
    return index, np.array([*kinds, AddressKind.global_], np.uint8)
