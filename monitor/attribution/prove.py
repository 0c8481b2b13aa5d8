"""Hold an atlas to its sources: the same answer as each input's own reader, at every edge of every range.

Decides nothing; it asks both and compares. The reader of an MMDB file is maxminddb, one question per address; that
of a CSV file is a bisection over its rows as written. Addresses that carry an IPv4 address are compared by it, and
where the atlas sets a block aside (`::/32`, Teredo) the right answer is "nothing".
"""

from __future__ import annotations

import csv
from bisect import bisect_right
from dataclasses import dataclass
from io import BytesIO, StringIO
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING, Final

import maxminddb
import numpy as np

from monitor.address import IPV4, IPV6, AddressKind, embedded_ipv4, format_addresses, kind_of, parse_addresses
from monitor.attribution.archives import Manifest, read_archives

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    import polars as pl

    from monitor.attribution.archives import Source
    from monitor.attribution.atlas import Atlas, Looked

_ROWS_AT_A_TIME: Final = 250_000
_DIFFERENCES_SHOWN: Final = 20
_IPV4_SPACE: Final = 2**32
_IPV6_SPACE: Final = 2**128

Answer = str | int | None


@dataclass(frozen=True, slots=True)
class Difference:
    """One address for which atlas and source do not agree."""

    address: str
    layer: str
    atlas: Answer
    source: Answer


@dataclass(frozen=True, slots=True)
class Proof:
    """How many addresses were compared per layer, and the first of those that differ."""

    ranges: Mapping[str, int]
    compared: Mapping[str, int]
    different: int
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class _Reference:
    """A source's own reader: an answer per address, and the first and last address of every range."""

    answer: Callable[[str], Answer]
    edges: tuple[tuple[int, int, int], ...]  # version, first, last


def prove(atlas: Atlas, manifest: Manifest, directory: Path, *, random_addresses: int = 1_000_000) -> Proof:
    """Compare first, last and both neighbours of every range of every layer, then random addresses on all layers.

    Raises:
        ProblemsFound: an archive is missing or not the pinned one.
    """
    members = read_archives(manifest, directory)
    ranges: dict[str, int] = {}
    compared: dict[str, int] = {}
    differences: list[Difference] = []
    different = 0
    drawn = _random(random_addresses)
    for source in manifest.sources:
        reference = _country_reference(members, source) if source.mmdb else _network_reference(members, source)
        ranges[source.layer] = len(reference.edges)
        asked = 0
        for text in (*_edges(reference), *drawn):
            found = _compare(atlas, source.layer, reference, text)
            asked += len(text)
            different += len(found)
            differences += found[: max(0, _DIFFERENCES_SHOWN - len(differences))]
        compared[source.layer] = asked
    return Proof(ranges=ranges, compared=compared, different=different, differences=tuple(differences))


def _compare(atlas: Atlas, layer: str, reference: _Reference, text: pl.Series) -> list[Difference]:
    parsed = parse_addresses(text)
    inner = embedded_ipv4(parsed)
    asked = format_addresses(inner.version, inner.high, inner.low).to_list()
    set_aside = (kind_of(inner) == AddressKind.unattributable) | ((inner.version == IPV6) & (inner.high < _IPV4_SPACE))
    answer = reference.answer
    expected = [None if aside else answer(address) for address, aside in zip(asked, set_aside.tolist(), strict=True)]
    actual = _layer(atlas.lookup(parsed), layer)
    return [
        Difference(address, layer, ours, theirs)
        for address, ours, theirs in zip(text.to_list(), actual, expected, strict=True)
        if ours != theirs
    ]


def _layer(looked: Looked, layer: str) -> list[Answer]:
    columns = {
        "place": looked.place_country,
        "network": looked.as_numbers,
        "registration": looked.registration_country,
    }
    answers: list[Answer] = columns[layer]().to_list()
    return answers


def _edges(reference: _Reference) -> Iterator[pl.Series]:
    """Yield first, last and both neighbours of every range, as far as they exist."""
    for start in range(0, len(reference.edges), _ROWS_AT_A_TIME // 4):
        yield _spelled(
            (version, address)
            for version, first, last in reference.edges[start : start + _ROWS_AT_A_TIME // 4]
            for address in (first - 1, first, last, last + 1)
            if 0 <= address < (_IPV4_SPACE if version == IPV4 else _IPV6_SPACE)
        )


def _random(count: int) -> list[pl.Series]:
    """Draw addresses, the same ones each time: two thirds IPv4, a third IPv6 in and around global unicast."""
    draw = np.random.default_rng(37)
    series: list[pl.Series] = []
    for start in range(0, count, _ROWS_AT_A_TIME):
        rows = min(_ROWS_AT_A_TIME, count - start)
        version = np.where(draw.random(rows) < 1 / 3, np.uint8(IPV6), np.uint8(IPV4))
        low = draw.integers(0, 2**64, rows, np.uint64)
        high = draw.integers(0, 2**64, rows, np.uint64)
        populated = draw.choice(
            np.array([0x2001, 0x2400, 0x2600, 0x2800, 0x2A00, 0x2A02, 0x2A0E, 0x2C0F], np.uint64), rows
        )
        near = draw.random(rows) < 0.9  # noqa: PLR2004 - the rest anywhere
        high = np.where(near, (populated << np.uint64(48)) | (high >> np.uint64(16)), high)
        four = version == IPV4
        high[four] = 0
        low[four] >>= np.uint64(32)
        series.append(format_addresses(version, high, low))
    return series


def _spelled(addresses: Iterator[tuple[int, int]]) -> pl.Series:
    rows = list(addresses)
    version = np.array([version for version, _ in rows], np.uint8)
    high = np.array([address >> 64 for _, address in rows], np.uint64)
    low = np.array([address & (2**64 - 1) for _, address in rows], np.uint64)
    return format_addresses(version, high, low)


def _country_reference(members: Mapping[str, bytes], source: Source) -> _Reference:
    reader = maxminddb.open_database(BytesIO(members[source.mmdb or ""]), maxminddb.MODE_FD)
    get = reader.get

    def answer(address: str) -> Answer:
        record = get(address)
        code = record.get("country_code") if isinstance(record, dict) else None
        return code if isinstance(code, str) else None

    edges = tuple(
        (network.version, int(network.network_address), int(network.broadcast_address)) for network, _ in reader
    )
    return _Reference(answer, edges)


def _network_reference(members: Mapping[str, bytes], source: Source) -> _Reference:
    rows: dict[int, list[tuple[int, int, int]]] = {IPV4: [], IPV6: []}
    for name in (source.ipv4_csv, source.ipv6_csv):
        for first, last, number, *_ in csv.reader(StringIO(members[name or ""].decode())):
            start = ip_address(first)
            rows[start.version].append((int(start), int(ip_address(last)), int(number)))
    starts = {version: [first for first, _, _ in ranges] for version, ranges in rows.items()}

    def answer(address: str) -> Answer:
        parsed: IPv4Address | IPv6Address = ip_address(address)
        place = bisect_right(starts[parsed.version], int(parsed)) - 1
        while place >= 0:  # of ranges that overlap the one that begins later speaks
            first, last, number = rows[parsed.version][place]
            if first <= int(parsed) <= last:
                return number
            if place == 0 or rows[parsed.version][place - 1][1] < first:
                return None
            place -= 1
        return None

    edges = tuple((version, first, last) for version, ranges in rows.items() for first, last, _ in ranges)
    return _Reference(answer, edges)
