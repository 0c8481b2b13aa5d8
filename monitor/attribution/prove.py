"""Hold an atlas to its sources: the same answer as each input's own reader, at every edge of every range.

Decides nothing; it asks both and compares. The reader of an MMDB file is maxminddb, one question per address; that
of a CSV file is a bisection over its rows as written; feeds and overrides are asked network by network, the narrowest
first. Addresses that carry an IPv4 address are compared by it, and where the atlas sets a block aside (`::/32`, Teredo)
the right answer is "nothing". What the words of several sources add up to is `monitor.attribution.precedence`.
"""

from __future__ import annotations

import csv
from bisect import bisect_right
from dataclasses import dataclass
from io import BytesIO, StringIO
from ipaddress import IPv4Address, IPv6Address, ip_address, summarize_address_range
from typing import TYPE_CHECKING, Final

import maxminddb
import numpy as np
import polars as pl

from monitor.address import IPV4, IPV6, AddressKind, embedded_ipv4, format_addresses, kind_of, parse_addresses
from monitor.attribution.archives import read_inputs
from monitor.attribution.build import frames_of, read_sources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from monitor.attribution.archives import Input
    from monitor.attribution.atlas import Atlas
    from monitor.attribution.declared import Kind, SourceList

_ROWS_AT_A_TIME: Final = 250_000
_DIFFERENCES_SHOWN: Final = 20
_IPV4_SPACE: Final = 2**32
_IPV6_SPACE: Final = 2**128

Answer = str | int | tuple[tuple[str, str], ...] | None
_UNTOLD: Final = "in a region that nobody can place"
_KINDS: Final[tuple[Kind, ...]] = ("override", "stated")


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


def prove(atlas: Atlas, listed: SourceList, directory: Path, *, random_addresses: int = 1_000_000) -> Proof:
    """Compare first, last and both neighbours of every range of every source, then random addresses on all of them.

    Raises:
        ProblemsFound: an input is missing, not the pinned one, or not what it should be.
    """
    ranges: dict[str, int] = {}
    compared: dict[str, int] = {}
    differences: list[Difference] = []
    different = 0
    drawn = _random(random_addresses)
    for layer, reference, of_combination in _layers(atlas, listed, read_inputs(listed, directory)):
        ranges[layer] = len(reference.edges)
        asked = 0
        for text in (*_edges(reference), *drawn):
            found = _compare(atlas, layer, reference, of_combination, text)
            asked += len(text)
            different += len(found)
            differences += found[: max(0, _DIFFERENCES_SHOWN - len(differences))]
        compared[layer] = asked
    return Proof(ranges=ranges, compared=compared, different=different, differences=tuple(differences))


def _layers(
    atlas: Atlas, listed: SourceList, inputs: Mapping[str, Input]
) -> Iterator[tuple[str, _Reference, list[Answer]]]:
    """Each layer with its reference, and what the atlas says by combination."""
    for source in listed.of("place"):
        yield source.id, _country_reference(inputs[source.id]), _said_by(atlas, source.id)
    networks = [_network_reference(inputs[source.id]) for source in listed.of("network")]
    numbers: list[Answer] = [number or None for number in atlas.combination_as_number.tolist()]
    yield "network", _first_of(networks), numbers
    registrations = [_country_reference(inputs[source.id]) for source in listed.of("registration")]
    countries = atlas.countries.gather(pl.Series(atlas.combination_registration)).to_list()
    yield "registration", _first_of(registrations), countries
    read = read_sources(listed.only(*_KINDS), inputs)
    told = {kind: frames_of(listed, read, kind) for kind in _KINDS}
    for kind, frames in told.items():
        if frames:
            yield f"{kind} places", _places_reference(frames), _placed_by(atlas, set(frames))
    if any(told.values()):
        owners = [None if owner is None else owner.operator for owner in map(atlas.owner_at, _combinations(atlas))]
        yield "stated operators", _owners_reference(told), list(owners)


def _combinations(atlas: Atlas) -> range:
    return range(len(atlas.combination_as_number))


def _placed_by(atlas: Atlas, sources: set[str]) -> list[Answer]:
    """What some feeds or overrides say of each combination: their ids with the country, empty for no one place."""
    return [
        tuple(sorted((word.source.id, word.country or "") for word in words if word.source.id in sources)) or None
        for words in map(atlas.said_at, _combinations(atlas))
    ]


def _said_by(atlas: Atlas, source: str) -> list[Answer]:
    """What one database says of each combination."""
    by_answer: dict[int, Answer] = {}
    for combination, answer in enumerate(atlas.combination_answer.tolist()):
        if answer not in by_answer:
            words = (word.country for word in atlas.said_at(combination) if word.source.id == source)
            by_answer[answer] = next(words, None)
    return [by_answer[answer] for answer in atlas.combination_answer.tolist()]


def _compare(
    atlas: Atlas, layer: str, reference: _Reference, of_combination: list[Answer], text: pl.Series
) -> list[Difference]:
    parsed = parse_addresses(text)
    inner = embedded_ipv4(parsed)
    asked = format_addresses(inner.version, inner.high, inner.low).to_list()
    set_aside = (kind_of(inner) == AddressKind.unattributable) | ((inner.version == IPV6) & (inner.high < _IPV4_SPACE))
    answer = reference.answer
    expected = [None if aside else answer(address) for address, aside in zip(asked, set_aside.tolist(), strict=True)]
    actual = [of_combination[combination] for combination in atlas.lookup(parsed).combination.tolist()]
    return [
        Difference(address, layer, ours, theirs)
        for address, ours, theirs in zip(text.to_list(), actual, expected, strict=True)
        if ours != theirs
    ]


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


def _first_of(references: list[_Reference]) -> _Reference:
    """Of several sources the first in the list that knows speaks."""

    def answer(address: str) -> Answer:
        return next((said for each in references if (said := each.answer(address)) is not None), None)

    return _Reference(answer, tuple(edge for each in references for edge in each.edges))


def _country_reference(source: Input) -> _Reference:
    reader = maxminddb.open_database(BytesIO(source.contents[0]), maxminddb.MODE_FD)
    get = reader.get

    def answer(address: str) -> Answer:
        record = get(address)
        code = record.get("country", record.get("country_code")) if isinstance(record, dict) else None
        code = code.get("iso_code") if isinstance(code, dict) else code
        return code if isinstance(code, str) else None

    edges = tuple(
        (network.version, int(network.network_address), int(network.broadcast_address)) for network, _ in reader
    )
    return _Reference(answer, edges)


def _network_reference(source: Input) -> _Reference:
    rows: dict[int, list[tuple[int, int, int]]] = {IPV4: [], IPV6: []}
    for content in source.contents:
        for first, last, number, *_ in csv.reader(StringIO(content.decode())):
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


_Said = tuple[str, str]


class _Narrowest:
    """What is said of networks, asked from the longest prefix to the shortest; of equal ranges all that is said."""

    def __init__(self) -> None:
        self.edges: list[tuple[int, int, int]] = []
        self._said: dict[tuple[int, int], dict[int, tuple[int, set[_Said]]]] = {}

    def add(self, version: int, first: int, last: int, said: _Said) -> None:
        self.edges.append((version, first, last))
        kind = IPv4Address if version == IPV4 else IPv6Address
        for network in summarize_address_range(kind(first), kind(last)):
            here = self._said.setdefault((version, network.prefixlen), {})
            size, words = here.setdefault(int(network.network_address), (last - first, set()))
            if size == last - first:
                words.add(said)
            elif last - first < size:
                here[int(network.network_address)] = (last - first, {said})

    def at(self, address: str) -> set[_Said]:
        parsed = ip_address(address)
        bits = 32 if parsed.version == IPV4 else 128
        found: list[tuple[int, set[_Said]]] = []
        for (version, length), networks in self._said.items():
            if version == parsed.version and (here := networks.get(int(parsed) >> (bits - length) << (bits - length))):
                found.append(here)
        return min(found, key=lambda each: each[0])[1] if found else set()

    @classmethod
    def of(cls, frames: Mapping[str, pl.DataFrame], *, places: bool) -> _Narrowest:
        """Places with their country (empty: in no one place), or operators; each with the source that says it."""
        narrowest = cls()
        for source, frame in frames.items():
            for row in frame.iter_rows(named=True):
                if places:
                    said = {"regional": row["country"], "global": ""}.get(row["scope"], row["region"] and _UNTOLD)
                else:
                    said = row["operator"]
                if said is not None:
                    first, last = (row[f"{edge}_high"] << 64 | row[f"{edge}_low"] for edge in ("first", "last"))
                    narrowest.add(row["version"], first, last, (source, said))
        return narrowest


def _places_reference(frames: Mapping[str, pl.DataFrame]) -> _Reference:
    narrowest = _Narrowest.of(frames, places=True)

    def answer(address: str) -> Answer:
        return tuple(sorted(said for said in narrowest.at(address) if said[1] != _UNTOLD)) or None

    return _Reference(answer, tuple(narrowest.edges))


def _owners_reference(told: Mapping[Kind, Mapping[str, pl.DataFrame]]) -> _Reference:
    """The operator that overrides name, else the one that feeds name; nobody where one rank names several."""
    ranks = [_Narrowest.of(told[kind], places=False) for kind in _KINDS]

    def answer(address: str) -> Answer:
        for rank in ranks:
            operators = {operator for _, operator in rank.at(address)}
            if operators:
                return operators.pop() if len(operators) == 1 else None
        return None

    return _Reference(answer, tuple(edge for rank in ranks for edge in rank.edges))
