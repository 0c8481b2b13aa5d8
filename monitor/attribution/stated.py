"""Lay what providers and sites state of their own networks over each other: the narrowest range speaks.

Decides which statements hold at an address: for the place the narrowest range that says where (`regional`, `global`),
for the operator the narrowest that names one. Statements of several sources about the very same range stand side by
side. Refuses to choose between them: `monitor.attribution.precedence` does.

Columns of a statement are those of `monitor.attribution.feeds.contract.STATED`.
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from monitor.address import IPV4, IPV6
from monitor.attribution.layers import Layer
from monitor.attribution.ranges import Ranges, Steps

if TYPE_CHECKING:
    from collections.abc import Mapping

UNTOLD: Final = "-"
_RANGE: Final = ("version", "first_high", "first_low", "last_high", "last_low")
_HALF: Final = 2**64
_IPV4_SPACE: Final = 2**32


@dataclass(frozen=True, slots=True, order=True)
class Placed:
    """One statement about a place: the source, the country and the region (empty: not told).

    `country` is empty where the network answers from many places, UNTOLD where it is in a region that nobody can place:
    the network around it is not its place then.
    """

    source: str
    country: str
    region: str


@dataclass(frozen=True, slots=True, order=True)
class Owned:
    """One statement about an operator: who, the source, and the service (empty: not told)."""

    operator: str
    source: str
    service: str


@dataclass(frozen=True, slots=True, eq=False)
class StatedLayers:
    """Ranges of both facts; a value is a position in the list of sets, 0 where nothing is stated."""

    place: Layer
    places: tuple[tuple[Placed, ...], ...]
    operator: Layer
    operators: tuple[tuple[Owned, ...], ...]


def stated_layers(frames: Mapping[str, pl.DataFrame]) -> StatedLayers:
    """Lay the frames of several sources over each other, by source id. The order of rows and frames never matters."""
    told = [
        frame.select(
            *(pl.col(name).cast(pl.UInt64) for name in _RANGE),
            *(pl.col(name).cast(pl.String).fill_null("") for name in ("operator", "service", "region", "country")),
            pl.col("scope").cast(pl.String),
            pl.lit(source).alias("source"),
        )
        for source, frame in frames.items()
        if frame.height
    ]
    if not told:
        nothing = Layer(_no_ranges(), _no_ranges())
        return StatedLayers(nothing, ((),), nothing, ((),))
    rows = pl.concat(told)
    everywhere = pl.col("scope") == "global"
    regional = (pl.col("scope") == "regional") & (pl.col("country") != "")
    untold = (pl.col("scope") == "whose") & (pl.col("region") != "")
    country = pl.when(everywhere).then(pl.lit("")).when(untold).then(pl.lit(UNTOLD)).otherwise("country")
    placed = rows.filter(everywhere | regional | untold).with_columns(country.alias("country"))
    place, place_sets = _flattened(placed, ("source", "country", "region"))
    operator, operator_sets = _flattened(rows.filter(pl.col("operator") != ""), ("operator", "source", "service"))
    return StatedLayers(
        place,
        tuple(tuple(Placed(*row) for row in each) for each in place_sets),
        operator,
        tuple(tuple(Owned(*row) for row in each) for each in operator_sets),
    )


def _flattened(rows: pl.DataFrame, said: tuple[str, ...]) -> tuple[Layer, list[tuple[tuple[str, ...], ...]]]:
    """Disjoint ranges, and the distinct sets of what is said: the narrowest range speaks, equal ones together."""
    gathered = rows.unique([*_RANGE, *said]).sort([*_RANGE, *said]).group_by(*_RANGE, maintain_order=True).agg(*said)
    sets = [tuple(zip(*row, strict=True)) for row in gathered.select(*said).iter_rows()]
    distinct = sorted(set(sets))
    number = {each: place for place, each in enumerate(distinct, start=1)}
    edges = gathered.select(
        "version", *(pl.concat_list(f"{edge}_high", f"{edge}_low").alias(edge) for edge in ("first", "last"))
    )
    ranges: dict[int, list[tuple[int, int, int]]] = {IPV4: [], IPV6: []}
    for (version, first, last), each in zip(edges.iter_rows(), sets, strict=True):
        ranges[version].append((first[0] * _HALF + first[1], last[0] * _HALF + last[1], number[each]))
    layer = Layer(_narrowest(ranges[IPV4], _HALF), _narrowest(ranges[IPV6], 1))
    return layer, [(), *distinct]


def _narrowest(ranges: list[tuple[int, int, int]], unit: int) -> Ranges:
    """Cut ranges (first, last, value) so that the narrowest speaks; an address is counted in units of 1/2**128.

    `unit`: what one address is worth (2**64 for IPv4, whose numbers lie in the upper half).
    """
    pieces: list[tuple[int, int, int]] = []
    waiting = sorted(ranges)
    edges = sorted({edge for first, last, _ in ranges for edge in (first, last + 1)})
    active: list[tuple[int, int, int, int]] = []  # (size, -first, value, last)
    following = 0
    for start, end in pairwise(edges):
        while following < len(waiting) and waiting[following][0] == start:
            first, last, value = waiting[following]
            heappush(active, (last - first, -first, value, last))
            following += 1
        while active and active[0][3] < start:
            heappop(active)
        if not active:
            continue
        value = active[0][2]
        if pieces and pieces[-1][1] == start and pieces[-1][2] == value:
            pieces[-1] = (pieces[-1][0], end, value)
        else:
            pieces.append((start, end, value))
    space = _HALF * _HALF if unit == 1 else _IPV4_SPACE
    return Ranges(
        _halved([first * unit for first, _, _ in pieces]),
        _halved([after % space * unit for _, after, _ in pieces]),
        np.array([value for _, _, value in pieces], np.uint64),
    )


def _halved(addresses: list[int]) -> Steps:
    return Steps(
        np.array([address // _HALF % _HALF for address in addresses], np.uint64),
        np.array([address % _HALF for address in addresses], np.uint64),
    )


def _no_ranges() -> Ranges:
    nothing = np.zeros(0, np.uint64)
    return Ranges(Steps(nothing, nothing), Steps(nothing, nothing), nothing)
