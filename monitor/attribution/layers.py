"""Read the sources of the atlas: an MMDB file of countries, CSV files of AS numbers.

Decides what a sound input is; everything in it is checked before it becomes an array. A mixed MMDB holds its IPv4
networks at `::/96`: the reader hands them out as IPv4 and skips the aliases that point there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Final

import maxminddb
import numpy as np
import polars as pl

from monitor.address import IPV4, IPV6, parse_addresses
from monitor.attribution.ranges import Ranges, Steps, in_order
from monitor.problem import Problem, ProblemsFound

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from monitor.address import ParsedAddresses
    from monitor.attribution.archives import Source

_CODE: Final = re.compile("[A-Z]{2}")
_HALF: Final = 2**64
_IPV4_SPACE: Final = 2**32
_CSV: Final = {"first": pl.String, "last": pl.String, "number": pl.UInt32, "name": pl.String}


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One fact about the address space; 0 where its source says nothing."""

    four: Ranges
    six: Ranges


def country_layer(members: Mapping[str, bytes], source: Source) -> Layer:
    """Read `country_code` of every network; the value is the code's two ASCII octets as a number.

    Raises:
        ProblemsFound: the file is no MMDB, or a network's record is not a country code.
    """
    name = source.mmdb or ""
    four: list[tuple[int, int, int]] = []
    six: list[tuple[int, int, int]] = []
    try:
        with maxminddb.open_database(BytesIO(members[name]), maxminddb.MODE_FD) as reader:
            for network, record in reader:
                code = record.get("country_code") if isinstance(record, dict) else None
                if not isinstance(code, str) or not _CODE.fullmatch(code):
                    raise _unsound(source, name, f"{network} has no country code of two capital letters.")
                end = int(network.broadcast_address) + 1
                ranges = four if network.version == IPV4 else six
                ranges.append((int(network.network_address), end, int.from_bytes(code.encode(), "big")))
        return Layer(in_order(_numbers(four)), in_order(_halves(six)))
    except (maxminddb.InvalidDatabaseError, ValueError) as error:
        raise _unsound(source, name, f"it cannot be read as MMDB: {error}.") from error


def network_layer(members: Mapping[str, bytes], source: Source) -> tuple[Layer, dict[int, str]]:
    """Read ranges of AS numbers, and the name of each AS: the one that most ranges give, of equals the first by code.

    Raises:
        ProblemsFound: a file is not CSV of first address, last address, number, name, or its ranges overlap.
    """
    frames = [_read_csv(members, source, name or "") for name in (source.ipv4_csv, source.ipv6_csv)]
    four, six = (
        _csv_ranges(frame, source, name or "", version)
        for frame, name, version in zip(frames, (source.ipv4_csv, source.ipv6_csv), (IPV4, IPV6), strict=True)
    )
    named = pl.concat(frames).filter(pl.col("name").is_not_null()).group_by("number", "name").len()
    named = named.sort(["number", "len", "name"], descending=[False, True, False]).unique("number", keep="first")
    return Layer(four, six), dict(zip(named["number"].to_list(), named["name"].to_list(), strict=True))


def _read_csv(members: Mapping[str, bytes], source: Source, name: str) -> pl.DataFrame:
    try:
        frame = pl.read_csv(members[name], has_header=False, schema=_CSV)
    except pl.exceptions.PolarsError as error:
        reason = str(error).partition("\n")[0]
        raise _unsound(source, name, f"it is not CSV of first, last, number and name: {reason}.") from error
    return frame


def _csv_ranges(frame: pl.DataFrame, source: Source, name: str, version: int) -> Ranges:
    first, last = parse_addresses(frame["first"]), parse_addresses(frame["last"])
    number = frame["number"].fill_null(0).to_numpy().astype(np.uint64)
    bad = (first.version != version) | (last.version != version) | (number == 0)
    if bad.any():
        raise _unsound(source, name, "a row does not hold two addresses and an AS number.", int(bad.argmax()) + 1)
    try:
        return in_order(Ranges(_steps(first), _after(last), number))
    except ValueError as error:
        raise _unsound(source, name, f"{error}.") from error


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


def _numbers(ranges: Sequence[tuple[int, int, int]]) -> Ranges:
    columns = np.array(ranges, np.uint64).reshape(-1, 3).T
    zero = np.zeros(len(ranges), np.uint64)
    return Ranges(Steps(columns[0], zero), Steps(columns[1] % np.uint64(_IPV4_SPACE), zero), columns[2])


def _halves(ranges: Sequence[tuple[int, int, int]]) -> Ranges:
    def steps(place: int) -> Steps:
        return Steps(
            np.array([row[place] // _HALF % _HALF for row in ranges], np.uint64),
            np.array([row[place] % _HALF for row in ranges], np.uint64),
        )

    value: NDArray[np.uint64] = np.array([row[2] for row in ranges], np.uint64)
    return Ranges(steps(0), steps(1), value)


def _unsound(source: Source, member: str, what: str, line: int = 0) -> ProblemsFound:
    remedy = "The archive is the pinned one, so the publisher's file has changed its form: pin another version."
    return ProblemsFound([Problem(f"{source.archive_name}/{member}", line, 0, "", what, remedy)])
