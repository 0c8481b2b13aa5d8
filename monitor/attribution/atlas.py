"""Where an address is registered to be and which AS announces it: one memory-mapped file, asked for whole columns.

Decides country of place, AS number and the registration country of the AS, each as its source says, null where it
says nothing. Refuses to judge: pseudo codes (`EU`, `AP`) are handed on, and whether an address is anycast or private
is for others. NAT64 and 6to4 addresses are looked up by the IPv4 address inside; Teredo, IPv4-compatible and all
else in `::/32` have no place.

The form: IPv4 boundaries in one sorted array, the upper halves of IPv6 boundaries in another. Prefixes longer than
/64 exist, so a /64 that is not of one piece points into a third array, keyed by the lower half.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from monitor.address import IPV4, IPV6, embedded_ipv4
from monitor.attribution.atlas_file import AtlasFile, damaged, read_atlas_file
from monitor.attribution.ipv4_blocks import Ipv4Blocks
from monitor.prefixes import search_within
from monitor.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from monitor.address import ParsedAddresses

SHIPPED_ATLAS: Final = "rules/atlas/atlas.twa"
SPLIT: Final = 2**31
"""A value of `six_value` with this bit set is the number of a group of the third array, not a combination."""
NOTHING: Final = 0
"""The combination, the country code and the AS that stand for "no source says"."""

SET_ASIDE: Final = np.uint64(2**32)  # upper halves below this are ::/32
_TEREDO: Final = np.uint64(0x2001_0000)  # upper 32 bits of 2001::/32
_IPV4_SPACE: Final = 2**32
_IPV6_SPACE: Final = 2**128
_CODE_OCTETS: Final = 2

ARRAYS: Final = {
    "four_from": np.uint32,  # first address of a range; the first is 0, each reaches to the next
    "four_value": np.uint32,  # its combination
    "six_from": np.uint64,  # upper half of the first address of a range; the first is 0
    "six_value": np.uint32,  # its combination, or SPLIT and a group
    "group_from": np.uint32,  # where a group begins in the two arrays that follow; one more than there are groups
    "low_from": np.uint64,  # lower half of the first address of a range inside one /64; the first of a group is 0
    "low_value": np.uint32,  # its combination
    "combination_place": np.uint16,  # place in `countries`; combination 0 is "nothing known"
    "combination_as": np.uint32,  # place in `as_number`
    "combination_registration": np.uint16,  # place in `countries`
    "countries": np.uint8,  # two letters each, in the order of the letters; the first is two spaces, "none"
    "as_number": np.uint32,  # ascending; the first is 0, "none"
    "as_registration": np.uint16,  # place in `countries`
    "as_name_from": np.uint32,  # where the name begins in `names`; one more than there are AS
    "names": np.uint8,  # UTF-8
}


@dataclass(frozen=True, slots=True)
class AtlasSource:
    """One input of the atlas, as its header tells it."""

    layer: str
    package: str
    version: str
    published: str
    licence: str
    attribution: str
    archive_sha256: str


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """What the atlas says of a column of addresses, row by row; code 0 of a country and AS number 0 mean null.

    `combination` numbers the distinct (place, AS, registration) triples: what depends on these alone is best
    worked out once per combination (`Atlas.combination_as_number`) and gathered by it.
    """

    combination: NDArray[np.uint32]
    place: NDArray[np.uint16]
    as_number: NDArray[np.uint32]
    registration: NDArray[np.uint16]
    countries: pl.Series

    def place_country(self) -> pl.Series:
        """Country of place, upper-case ISO 3166-1 alpha-2 as the source has it, null where it says nothing."""
        return self.countries.gather(self.place)

    def registration_country(self) -> pl.Series:
        """Country in which the announcing AS is registered, null where the source says nothing."""
        return self.countries.gather(self.registration)

    def as_numbers(self) -> pl.Series:
        """AS numbers, null where no AS is known to announce the address."""
        return pl.select(pl.when(pl.Series(self.as_number) != 0).then(pl.Series(self.as_number))).to_series()


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
        fault = _fault(file)
        if fault:
            raise damaged(path, fault)
        arrays = file.arrays
        letters = arrays["countries"].tobytes().decode("ascii")
        codes = [letters[start : start + _CODE_OCTETS] for start in range(_CODE_OCTETS, len(letters), _CODE_OCTETS)]
        return cls(
            digest=file.digest,
            sources=tuple(AtlasSource(**source) for source in file.about["sources"]),
            countries=pl.Series("country", [None, *codes], dtype=pl.String),
            combination_as_number=arrays["as_number"][arrays["combination_as"]],
            combination_place=arrays["combination_place"],
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
            place=self.combination_place[combination],
            as_number=self.combination_as_number[combination],
            registration=self._arrays["combination_registration"][combination],
            countries=self.countries,
        )

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
        """How much is inside: ranges, /64s of several pieces, combinations, AS numbers, countries."""
        return {
            "ipv4_ranges": len(self._arrays["four_from"]),
            "ipv6_ranges": len(self._arrays["six_from"]),
            "split_64s": len(self._arrays["group_from"]) - 1,
            "ranges_in_split_64s": len(self._arrays["low_from"]),
            "combinations": len(self._arrays["combination_as"]),
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


def _fault(file: AtlasFile) -> str | None:
    """Say what does not hold together, so that no lookup can read beyond an array."""
    arrays = file.arrays
    missing = [name for name, kind in ARRAYS.items() if name not in arrays or arrays[name].dtype != kind]
    if missing:
        return f"it lacks {', '.join(missing)}."
    try:
        [AtlasSource(**source) for source in file.about["sources"]]
        arrays["countries"].tobytes().decode("ascii")
    except (TypeError, KeyError, ValueError):
        return "its header or its country codes cannot be read."
    combinations, systems = len(arrays["combination_as"]), len(arrays["as_number"])
    codes = len(arrays["countries"]) // _CODE_OCTETS
    groups = len(arrays["group_from"]) - 1
    six = arrays["six_value"]
    whole = six[six < SPLIT]
    checks = {
        "the boundaries": all(_ascends(arrays[name]) for name in ("four_from", "six_from", "as_number")),
        "the lengths": (
            len(arrays["four_from"]) == len(arrays["four_value"])
            and len(arrays["six_from"]) == len(six)
            and len(arrays["low_from"]) == len(arrays["low_value"])
            and len(arrays["combination_place"]) == len(arrays["combination_registration"]) == combinations
            and len(arrays["as_registration"]) == systems == len(arrays["as_name_from"]) - 1
            and len(arrays["countries"]) == codes * _CODE_OCTETS
        ),
        "the combinations": all(
            _below(values, combinations) for values in (arrays["four_value"], whole, arrays["low_value"])
        ),
        "the divided /64s": _below(six[six >= SPLIT] - np.uint32(SPLIT), groups) and _groups_hold(arrays),
        "the countries": all(
            _below(arrays[name], codes) for name in ("combination_place", "combination_registration", "as_registration")
        ),
        "the AS numbers": _below(arrays["combination_as"], systems),
        "the names": _rises(arrays["as_name_from"], len(arrays["names"])),
    }
    wrong = [what for what, holds in checks.items() if not holds]
    return f"{', '.join(wrong)} in it do not hold together." if wrong else None


def _ascends(starts: NDArray[Any]) -> bool:
    return len(starts) > 0 and starts[0] == 0 and bool((starts[1:] > starts[:-1]).all())


def _below(values: NDArray[Any], limit: int) -> bool:
    return len(values) == 0 or int(values.max()) < limit


def _rises(starts: NDArray[Any], end: int) -> bool:
    return len(starts) > 0 and starts[0] == 0 and int(starts[-1]) == end and bool((starts[1:] >= starts[:-1]).all())


def _groups_hold(arrays: Mapping[str, NDArray[Any]]) -> bool:
    """Each group has ranges of its own, ascending from 0."""
    starts, low = arrays["group_from"], arrays["low_from"]
    if not _rises(starts, len(low)) or not (starts[1:] > starts[:-1]).all() or low[starts[:-1]].any():
        return False
    within = np.ones(len(low), np.bool_)
    within[starts[:-1]] = False
    return bool((low[1:] > low[:-1])[within[1:]].all())
