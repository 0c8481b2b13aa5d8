"""Where an address is, which AS announces it and whom a source names as its operator: one memory-mapped file.

Decides the place with its candidates, confidence and sources, the AS number, the registration country of the AS and the
stated operator, as they were chosen when the file was built; null where nobody says. Asked for whole columns. Refuses
to judge: pseudo codes (`EU`, `AP`) are handed on, and whether an address is private is for others. NAT64 and 6to4
addresses are looked up by the IPv4 address inside; Teredo, IPv4-compatible and all else in `::/32` have no place.

The form: IPv4 boundaries in one sorted array, the upper halves of IPv6 boundaries in another. Prefixes longer than
/64 exist, so a /64 that is not of one piece points into a third array, keyed by the lower half. A range has a
combination, a combination has an answer for the place, an AS, its registration and an owner.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from monitor.address import IPV4, IPV6, embedded_ipv4
from monitor.attribution.atlas_checks import CODE_OCTETS, SPLIT, fault_of
from monitor.attribution.atlas_file import damaged, read_atlas_file
from monitor.attribution.declared import BETWEEN_SOURCES
from monitor.attribution.ipv4_blocks import Ipv4Blocks
from monitor.prefixes import search_within
from monitor.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from monitor.address import ParsedAddresses

__all__ = [
    "NOTHING",
    "SET_ASIDE",
    "SHIPPED_ATLAS",
    "SPLIT",
    "Answers",
    "Atlas",
    "AtlasSource",
    "Looked",
    "StatedOwner",
    "Word",
]

SHIPPED_ATLAS: Final = "rules/atlas/atlas.twa"
NOTHING: Final = 0
"""The combination, the country code and the AS that stand for "no source says"."""

SET_ASIDE: Final = np.uint64(2**32)  # upper halves below this are ::/32
_TEREDO: Final = np.uint64(0x2001_0000)  # upper 32 bits of 2001::/32
_IPV4_SPACE: Final = 2**32
_IPV6_SPACE: Final = 2**128

ARRAYS: Final[Mapping[str, type[np.unsignedinteger[Any]]]] = {
    "four_from": np.uint32,  # first address of a range; the first is 0, each reaches to the next
    "four_value": np.uint32,  # its combination
    "six_from": np.uint64,  # upper half of the first address of a range; the first is 0
    "six_value": np.uint32,  # its combination, or SPLIT and a group
    "group_from": np.uint32,  # where a group begins in the two arrays that follow; one more than there are groups
    "low_from": np.uint64,  # lower half of the first address of a range inside one /64; the first of a group is 0
    "low_value": np.uint32,  # its combination
    "combination_answer": np.uint32,  # place in the answers; combination 0 is "nothing known"
    "combination_owner": np.uint32,  # place in the owners
    "combination_as": np.uint32,  # place in `as_number`
    "combination_registration": np.uint16,  # place in `countries`
    "answer_candidate_from": np.uint32,  # where the candidates of an answer begin; one more than there are answers
    "answer_candidate": np.uint16,  # places in `countries`, ascending
    "answer_source_from": np.uint32,
    "answer_source": np.uint16,  # whose word counts; the place in the header's sources, from 1
    "answer_confidence": np.uint8,  # place in `precedence.CONFIDENCES`
    "answer_flags": np.uint8,  # of `precedence`: anycast, global, overridden
    "answer_region": np.uint32,  # place in `words`
    "said_source_from": np.uint32,  # everything that any source says of the place
    "said_source": np.uint16,
    "said_country": np.uint16,  # 0: that it is in no one place
    "owner_operator": np.uint32,  # place in `words`
    "owner_service": np.uint32,  # place in `words`
    "owner_source_from": np.uint32,
    "owner_source": np.uint16,
    "word_from": np.uint32,  # where a word begins in `words`; word 0 is empty
    "words": np.uint8,  # UTF-8
    "countries": np.uint8,  # two letters each, in the order of the letters; the first is two spaces, "none"
    "as_number": np.uint32,  # ascending; the first is 0, "none"
    "as_registration": np.uint16,  # place in `countries`
    "as_name_from": np.uint32,  # where the name begins in `names`; one more than there are AS
    "names": np.uint8,  # UTF-8
}


@dataclass(frozen=True, slots=True)
class AtlasSource:
    """One input of the atlas, as its header tells it; `package` and `version` of an archive, `file` of a file."""

    id: str
    kind: str
    format: str
    family: str | None
    operator: str | None
    published: str
    licence: str
    attribution: str
    package: str | None
    version: str | None
    file: str | None
    sha256: str


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """What the atlas says of a column of addresses, row by row; code 0 of a country and AS number 0 mean null.

    `combination` numbers the distinct sets of all that is said; `answer` is a position in the atlas's answers, `place`
    the only candidate. What depends on the combination alone is best worked out once for each and gathered by it.
    """

    combination: NDArray[np.uint32]
    answer: NDArray[np.uint32]
    place: NDArray[np.uint16]
    as_number: NDArray[np.uint32]
    registration: NDArray[np.uint16]
    countries: pl.Series

    def place_country(self) -> pl.Series:
        """The only country that is a candidate for the place, null where there is none or several."""
        return self.countries.gather(self.place)

    def registration_country(self) -> pl.Series:
        """Country in which the announcing AS is registered, null where the source says nothing."""
        return self.countries.gather(self.registration)

    def as_numbers(self) -> pl.Series:
        """AS numbers, null where no AS is known to announce the address."""
        return pl.select(pl.when(pl.Series(self.as_number) != 0).then(pl.Series(self.as_number))).to_series()


@dataclass(frozen=True, slots=True)
class Word:
    """What one source says of a place: the code that it prints, None where it says that there is no one place."""

    source: AtlasSource
    country: str | None


@dataclass(frozen=True, slots=True)
class StatedOwner:
    """Who is stated to operate a network, for which service, and by whom."""

    operator: str
    service: str | None
    sources: tuple[AtlasSource, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """Every distinct answer for a place. Shape: one row each; the first says that nothing is known.

    `candidates` are positions in the atlas's countries, ascending; `source` joins the ids of those whose word counts.
    """

    candidates: tuple[tuple[int, ...], ...]
    confidence: NDArray[np.uint8]
    flags: NDArray[np.uint8]
    source: tuple[str | None, ...]
    region: tuple[str | None, ...]


@dataclass(frozen=True, eq=False)
class Atlas:
    """An opened atlas; `digest` is the SHA-256 of its file and names it in every `basis`."""

    digest: str
    sources: tuple[AtlasSource, ...]
    countries: pl.Series
    combination_as_number: NDArray[np.uint32]
    combination_place: NDArray[np.uint16]
    _arrays: Mapping[str, NDArray[Any]] = field(repr=False)

    @classmethod
    def open(cls, path: Path | None = None) -> Atlas:
        """Open an atlas, the shipped one by default.

        Raises:
            ProblemsFound: the file is missing, of another format, damaged, or does not hold together.
        """
        path = path if path is not None else shipped(SHIPPED_ATLAS)
        file = read_atlas_file(path)
        try:
            sources = tuple(AtlasSource(**source) for source in file.about["sources"])
            file.arrays["countries"].tobytes().decode("ascii")
        except (TypeError, KeyError, ValueError) as error:
            raise damaged(path, "its header or its country codes cannot be read.") from error
        fault = fault_of(file.arrays, ARRAYS, len(sources))
        if fault:
            raise damaged(path, fault)
        arrays = file.arrays
        letters = arrays["countries"].tobytes().decode("ascii")
        codes = [letters[start : start + CODE_OCTETS] for start in range(CODE_OCTETS, len(letters), CODE_OCTETS)]
        return cls(
            digest=file.digest,
            sources=sources,
            countries=pl.Series("country", [None, *codes], dtype=pl.String),
            combination_as_number=arrays["as_number"][arrays["combination_as"]],
            combination_place=_only_candidate(arrays)[arrays["combination_answer"]],
            _arrays=arrays,
        )

    def lookup(self, parsed: ParsedAddresses) -> Looked:
        """Look up a column of addresses; nothing is known of what is not one.

        Shape: as many rows as `parsed`, in its order.
        """
        inner = embedded_ipv4(parsed)
        combination = np.zeros(len(parsed), np.uint32)
        rows = np.flatnonzero(inner.version == IPV4)
        if len(rows):
            combination[rows] = self._four.lookup(inner.low[rows])
        rows = np.flatnonzero(inner.version == IPV6)
        if len(rows):
            combination[rows] = self._six(inner.high[rows], inner.low[rows])
        return Looked(
            combination=combination,
            answer=self.combination_answer[combination],
            place=self.combination_place[combination],
            as_number=self.combination_as_number[combination],
            registration=self.combination_registration[combination],
            countries=self.countries,
        )

    @property
    def combination_registration(self) -> NDArray[np.uint16]:
        """Position in `countries` of each combination's registration."""
        registration: NDArray[np.uint16] = self._arrays["combination_registration"]
        return registration

    @property
    def combination_answer(self) -> NDArray[np.uint32]:
        """Position in `answers` of each combination."""
        answer: NDArray[np.uint32] = self._arrays["combination_answer"]
        return answer

    @cached_property
    def answers(self) -> Answers:
        """Every distinct answer for a place, in the order of its number."""
        arrays = self._arrays
        ids = [source.id for source in self.sources]
        sources = _lists(arrays, "answer_source_from", "answer_source")
        return Answers(
            candidates=_lists(arrays, "answer_candidate_from", "answer_candidate"),
            confidence=arrays["answer_confidence"],
            flags=arrays["answer_flags"],
            source=tuple(BETWEEN_SOURCES.join(ids[place - 1] for place in each) or None for each in sources),
            region=tuple(self._words[place] for place in arrays["answer_region"].tolist()),
        )

    @cached_property
    def combination_operator(self) -> tuple[tuple[str | None, ...], NDArray[np.uint32]]:
        """Operators that sources state (the first is None, nobody), and which of them each combination has."""
        words, place = np.unique(np.append(0, self._arrays["owner_operator"]), return_inverse=True)
        names = tuple(self._words[word] for word in words.tolist())
        return names, place[1:][self._arrays["combination_owner"]].astype(np.uint32)

    def said_at(self, combination: int) -> tuple[Word, ...]:
        """Everything that any source says of the place of a combination, those whose word counts first."""
        arrays, answer = self._arrays, int(self.combination_answer[combination])
        start, end = arrays["said_source_from"][answer : answer + 2].tolist()
        said = zip(arrays["said_source"][start:end].tolist(), arrays["said_country"][start:end].tolist(), strict=True)
        return tuple(Word(self.sources[source - 1], self.countries[country]) for source, country in said)

    def owner_at(self, combination: int) -> StatedOwner | None:
        """Who is stated to operate the networks of a combination, None where nobody is."""
        arrays, owner = self._arrays, int(self._arrays["combination_owner"][combination])
        operator = self._words[int(arrays["owner_operator"][owner])]
        start, end = arrays["owner_source_from"][owner : owner + 2].tolist()
        if operator is None:
            return None
        sources = tuple(self.sources[place - 1] for place in arrays["owner_source"][start:end].tolist())
        return StatedOwner(operator, self._words[int(arrays["owner_service"][owner])], sources)

    @cached_property
    def _words(self) -> tuple[str | None, ...]:
        text = self._arrays["words"].tobytes()
        ends = self._arrays["word_from"].tolist()
        spelled = (text[start:end].decode("utf-8", "replace") for start, end in pairwise(ends))
        return tuple(word or None for word in spelled)

    def as_name(self, number: int) -> str | None:
        """Name of an AS as the AS source has it, None where it has none."""
        place = self._as_place(number)
        if place is None:
            return None
        start, end = self._arrays["as_name_from"][place : place + 2].tolist()
        return bytes(self._arrays["names"][start:end]).decode("utf-8", "replace") or None

    def as_registration(self, number: int) -> str | None:
        """Country in which most of the addresses that an AS announces are registered, None where unknown."""
        place = self._as_place(number)
        code: str | None = self.countries[int(self._arrays["as_registration"][place])] if place is not None else None
        return code

    def counts(self) -> dict[str, int]:
        """How much is inside: ranges, /64s of several pieces, combinations, answers, AS numbers, countries."""
        return {
            "ipv4_ranges": len(self._arrays["four_from"]),
            "ipv6_ranges": len(self._arrays["six_from"]),
            "split_64s": len(self._arrays["group_from"]) - 1,
            "ranges_in_split_64s": len(self._arrays["low_from"]),
            "combinations": len(self._arrays["combination_as"]),
            "answers": len(self._arrays["answer_flags"]),
            "as_numbers": len(self._arrays["as_number"]) - 1,
            "countries": len(self.countries) - 1,
        }

    def whole_ranges(self) -> tuple[tuple[int, int, list[int], NDArray[np.uint32]], ...]:
        """Give the ranges per IP version: version, size of its space, first addresses, combinations.

        Each range reaches to the next; those inside divided /64s are among them. For export and for tests.
        """
        arrays = self._arrays
        six = arrays["six_value"]
        whole = six < SPLIT
        group = np.repeat(np.flatnonzero(~whole), np.diff(arrays["group_from"]))
        high = np.concatenate([arrays["six_from"][whole], arrays["six_from"][group]])
        low = np.concatenate([np.zeros(int(whole.sum()), np.uint64), arrays["low_from"]])
        value = np.concatenate([six[whole], arrays["low_value"]])
        order = np.lexsort((low, high))
        starts = [upper << 64 | lower for upper, lower in zip(high[order].tolist(), low[order].tolist(), strict=True)]
        return (
            (IPV4, _IPV4_SPACE, arrays["four_from"].tolist(), arrays["four_value"]),
            (IPV6, _IPV6_SPACE, starts, value[order]),
        )

    def _as_place(self, number: int) -> int | None:
        numbers = self._arrays["as_number"]
        if not 0 < number < _IPV4_SPACE:
            return None
        place = int(np.searchsorted(numbers, np.uint32(number)))
        return place if place < len(numbers) and numbers[place] == number else None

    @cached_property
    def _four(self) -> Ipv4Blocks:
        return Ipv4Blocks.of(self._arrays["four_from"], self._arrays["four_value"])

    def _six(self, high: NDArray[np.uint64], low: NDArray[np.uint64]) -> NDArray[np.uint32]:
        # In ascending order neighbouring questions touch neighbouring memory: several times faster than as they come.
        order = np.argsort(high)
        place = np.empty(len(high), np.intp)
        place[order] = np.searchsorted(self._arrays["six_from"], high[order], side="right") - 1
        value: NDArray[np.uint32] = self._arrays["six_value"][place]
        split = np.flatnonzero(value >= SPLIT)
        if len(split):
            group = (value[split] - np.uint32(SPLIT)).astype(np.intp)
            bounds = self._arrays["group_from"].astype(np.intp)
            found = search_within(self._arrays["low_from"], bounds[group], bounds[group + 1], low[split])
            value[split] = self._arrays["low_value"][found]
        value[(high < SET_ASIDE) | (high >> np.uint64(32) == _TEREDO)] = NOTHING
        return value


def _only_candidate(arrays: Mapping[str, NDArray[Any]]) -> NDArray[np.uint16]:
    """The country of each answer that has one candidate, else NOTHING."""
    start = arrays["answer_candidate_from"]
    one = np.flatnonzero(np.diff(start) == 1)
    only = np.zeros(len(start) - 1, np.uint16)
    only[one] = arrays["answer_candidate"][start[one]]
    return only


def _lists(arrays: Mapping[str, NDArray[Any]], starts: str, values: str) -> tuple[tuple[int, ...], ...]:
    inside = arrays[values].tolist()
    return tuple(tuple(inside[start:end]) for start, end in pairwise(arrays[starts].tolist()))
