"""Turn the databases of an atlas into layers: one fact about every address, as disjoint ranges.

Decides what a sound input is; everything in it is checked before it becomes an array. Codes stay as the source has
them, pseudo codes included. A provider's own feed is no database: see `monitor.attribution.stated`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from monitor.address import IPV4, IPV6, parse_addresses
from monitor.attribution.mmdb_tree import UnsoundMmdbError, read_networks
from monitor.attribution.ranges import Ranges, Steps, in_order
from monitor.problem import Problem, ProblemsFound

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from monitor.address import ParsedAddresses
    from monitor.attribution.archives import Input
    from monitor.attribution.mmdb_tree import MmdbNetworks

    _Halves = tuple[NDArray[np.uint64], NDArray[np.uint64]]

ANYCAST: Final = 1 << 16
"""Set in a place value when the database calls the network anycast; the lower 16 bits are the code's two letters."""
CODE: Final = 0xFFFF

_CODE: Final = re.compile("[A-Z][A-Z0-9]")
_IPV4_SPACE: Final = 2**32
_SIX_BITS: Final = 128
_HALF_BITS: Final = 64
_CSV: Final = {"first": pl.String, "last": pl.String, "number": pl.UInt32, "name": pl.String}
_REMEDY: Final = "Fetch the file again; when its publisher changed its form, take another version."


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One fact about the address space; 0 where its source says nothing."""

    four: Ranges
    six: Ranges


def country_layer(source: Input) -> Layer:
    """Read the country of every network of an MMDB file; a value is the code's two ASCII octets, and ANYCAST.

    Raises:
        ProblemsFound: the file is no MMDB, or a network's record is not one of a country.
    """
    name = source.names[0]
    try:
        networks = read_networks(source.contents[0])
    except UnsoundMmdbError as error:
        raise unsound(name, f"it cannot be read as MMDB: {error}.") from error
    values = np.array([_place_value(record) for record in networks.records] or [0], np.int64)
    bad = np.flatnonzero(values < 0)
    if len(bad):
        first = int(np.flatnonzero(np.isin(networks.record, bad))[0])
        raise unsound(name, f"{_shown(networks, first)} has no country code of two capital letters.")
    value = values[networks.record] if len(networks.record) else np.zeros(0, np.int64)
    start, after = _edges(networks)
    four = networks.version == IPV4
    return Layer(*(_chosen(start, after, value, mask & (value != 0)) for mask in (four, ~four)))


def _chosen(start: _Halves, after: _Halves, value: NDArray[np.int64], mask: NDArray[np.bool_]) -> Ranges:
    first, behind = (Steps(high[mask], low[mask]) for high, low in (start, after))
    return in_order(Ranges(first, behind, value[mask].astype(np.uint64)))


def _place_value(record: Any) -> int:  # noqa: ANN401 - whatever a file holds
    """Value of a record: 0 where it names no country, -1 where it is none of the known forms."""
    if not isinstance(record, dict):
        return -1
    country = record.get("country", record.get("country_code"))
    code = country.get("iso_code") if isinstance(country, dict) else country
    traits = record.get("traits")
    anycast = record.get("is_anycast") or (isinstance(traits, dict) and traits.get("is_anycast"))
    flag = ANYCAST if anycast is True or anycast == "true" else 0
    if code is None or code == "":
        known = {"country", "continent", "registered_country", "traits", "is_anycast", "represented_country"}
        return flag if "country_code" in record or known & record.keys() else -1
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        return -1
    return int.from_bytes(code.encode(), "big") | flag


def _edges(networks: MmdbNetworks) -> tuple[_Halves, _Halves]:
    """Give first addresses and those after the last, as `monitor.attribution.ranges` has them."""
    four = networks.version == IPV4
    length = networks.length.astype(np.int64)
    size = _power(32 - length)
    after_four = (networks.low + size) % np.uint64(_IPV4_SPACE)
    carried = networks.low + _power(_SIX_BITS - length)
    over = (length <= _HALF_BITS) | (carried < networks.low)
    step = np.where(length <= _HALF_BITS, _power(_HALF_BITS - length), over.astype(np.uint64))
    zero = np.zeros_like(networks.low)
    first = np.where(four, networks.low, networks.high), np.where(four, zero, networks.low)
    after_low = np.where(length <= _HALF_BITS, networks.low, carried)
    after = np.where(four, after_four, networks.high + step), np.where(four, zero, after_low)
    return first, after


def _power(exponent: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Two to a power; 0 outside of 64 bits, as the sum with it wraps around."""
    fits = (exponent >= 0) & (exponent < _HALF_BITS)
    return np.where(fits, np.uint64(1) << np.where(fits, exponent, 0).astype(np.uint64), np.uint64(0))


def _shown(networks: MmdbNetworks, place: int) -> str:
    address = int(networks.high[place]) << _HALF_BITS | int(networks.low[place])
    kind = IPv4Network if networks.version[place] == IPV4 else IPv6Network
    return str(kind((address, int(networks.length[place]))))


def network_layer(source: Input) -> tuple[Layer, dict[int, str]]:
    """Read ranges of AS numbers, and the name of each AS: the one that most ranges give, of equals the first by code.

    Raises:
        ProblemsFound: a file is not CSV of first address, last address, number, name, or a range ends before it begins.
    """
    frames = [_read_csv(content, name) for content, name in zip(source.contents, source.names, strict=True)]
    four, six = (
        _csv_ranges(frame, name, version)
        for frame, name, version in zip(frames, source.names, (IPV4, IPV6), strict=True)
    )
    named = pl.concat(frames).filter(pl.col("name").is_not_null()).group_by("number", "name").len()
    named = named.sort(["number", "len", "name"], descending=[False, True, False]).unique("number", keep="first")
    return Layer(four, six), dict(zip(named["number"].to_list(), named["name"].to_list(), strict=True))


def _read_csv(content: bytes, name: str) -> pl.DataFrame:
    try:
        return pl.read_csv(content, has_header=False, schema=_CSV)
    except pl.exceptions.PolarsError as error:
        reason = str(error).partition("\n")[0]
        raise unsound(name, f"it is not CSV of first, last, number and name: {reason}.") from error


def _csv_ranges(frame: pl.DataFrame, name: str, version: int) -> Ranges:
    first, last = parse_addresses(frame["first"]), parse_addresses(frame["last"])
    number = frame["number"].fill_null(0).to_numpy().astype(np.uint64)
    bad = (first.version != version) | (last.version != version) | (number == 0)
    if bad.any():
        raise unsound(name, "a row does not hold two addresses and an AS number.", int(bad.argmax()) + 1)
    try:
        return in_order(Ranges(_steps(first), _after(last), number))
    except ValueError as error:
        raise unsound(name, f"{error}.") from error


def _steps(parsed: ParsedAddresses) -> Steps:
    """Give addresses of one version as `monitor.attribution.ranges` has them."""
    four = bool((parsed.version == IPV4).all())
    return Steps(parsed.low, np.zeros_like(parsed.low)) if four else Steps(parsed.high, parsed.low)


def _after(parsed: ParsedAddresses) -> Steps:
    """Give the addresses that follow; 0 after the last of the address space."""
    one = np.uint64(1)
    if bool((parsed.version == IPV4).all()):
        return Steps((parsed.low + one) % np.uint64(_IPV4_SPACE), np.zeros_like(parsed.low))
    low = parsed.low + one
    return Steps(parsed.high + (low == 0), low)


def unsound(name: str, what: str, line: int = 0, remedy: str = _REMEDY) -> ProblemsFound:
    """Say that an input is not what it should be."""
    return ProblemsFound([Problem(name, line, 0, "", what, remedy)])
