"""Hold a new atlas to a sample of its inputs: what a source says of a range, the atlas says that it says.

Decides which ranges can be asked about without knowing how sources are laid over each other: those that overlap no
other of their own file, outside of the blocks that the atlas sets aside. They are drawn evenly; first and last address
of each are asked. A source of which more than one address in a hundred gets another answer does not hold. The whole
proof, over every range and by readers of its own, is `monitor.attribution.prove`; it takes minutes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from monitor.address import IPV6, embedded_ipv4, format_addresses, parse_addresses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.attribution.atlas import Atlas
    from monitor.attribution.build import ReadSources
    from monitor.attribution.declared import SourceList

RANGES: Final = 5_000
MOST_DIFFERENT: Final = 0.01
_SET_ASIDE: Final = 2**32
_TEREDO: Final = np.uint64(0x2001_0000)
_HALF: Final = np.uint64(32)


@dataclass(frozen=True, slots=True)
class Held:
    """How a source was held: addresses asked, those with another answer, and one of them in words."""

    source: str
    asked: int
    different: int
    example: str = ""

    @property
    def holds(self) -> bool:
        """Whether the atlas says what the source says."""
        return self.different <= MOST_DIFFERENT * self.asked


def sampled(atlas: Atlas, listed: SourceList, read: ReadSources, *, ranges: int = RANGES) -> Iterator[Held]:
    """Hold the atlas to each source that says a place, and to the first that says AS numbers."""
    for source in listed.of("place", "stated", "override"):
        database, feed = read.databases.get(source.id), read.statements.get(source.id)
        if database is not None:
            one_place = ~(pl.col("anycast").fill_null(value=False) | pl.col("satellite").fill_null(value=False))
            frame = database.frame.with_columns(asked=one_place & pl.col("country").is_not_null())
        elif feed is not None:
            frame = feed.frame.with_columns(asked=pl.col("scope") == "regional")
        else:
            continue
        yield _held(source.id, frame, "country", _Said(atlas, source.id), ranges, silence_counts=database is not None)
    for source in listed.of("network")[:1]:
        frame = read.databases[source.id].frame.with_columns(asked=pl.col("as_number").is_not_null())
        yield _held(source.id, frame, "as_number", _Numbers(atlas), ranges, silence_counts=True)


class _Said:
    """The country that one source says, by address."""

    def __init__(self, atlas: Atlas, source: str) -> None:
        self._atlas = atlas
        self._source = source

    def of(self, addresses: pl.Series) -> list[str | int | None]:
        """Answers, row by row; null where the source says nothing there, or names no one place."""
        found = self._atlas.lookup(parse_addresses(addresses)).combination
        distinct, row = np.unique(found, return_inverse=True)
        said = [
            next((word.country for word in self._atlas.said_at(int(each)) if word.source.id == self._source), None)
            for each in distinct
        ]
        return [said[each] for each in row.tolist()]


class _Numbers:
    """The AS number, by address."""

    def __init__(self, atlas: Atlas) -> None:
        self._atlas = atlas

    def of(self, addresses: pl.Series) -> list[str | int | None]:
        """Answers, row by row; null where none is known."""
        return self._atlas.lookup(parse_addresses(addresses)).as_numbers().to_list()


def _held(
    source: str, frame: pl.DataFrame, column: str, said: _Said | _Numbers, ranges: int, *, silence_counts: bool
) -> Held:
    """Ask about some ranges. Of feeds a narrower range of another one may speak, so that silence says nothing there."""
    clean = _alone(frame)
    rows = clean.gather_every(max(1, -(-clean.height // ranges)))
    expected, addresses = [], []
    for edge in ("first", "last"):
        version, high, low = (rows[name].to_numpy() for name in ("version", f"{edge}_high", f"{edge}_low"))
        addresses.append(format_addresses(version, high, low))
        expected.append(rows[column])
    wanted, text = pl.concat(expected).to_list(), pl.concat(addresses)
    actual = said.of(text) if len(text) else []
    wrong = [
        (address, ours, theirs)
        for address, ours, theirs in zip(text.to_list(), actual, wanted, strict=True)
        if ours != theirs and (silence_counts or ours is not None)
    ]
    example = f"of {wrong[0][0]} it says {wrong[0][1]}, {source} says {wrong[0][2]}" if wrong else ""
    return Held(source, len(wanted), len(wrong), example)


def _alone(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows to ask about that overlap no other row, outside of the blocks that the atlas sets aside."""
    key = pl.when(pl.col("version") == IPV6)
    first, last = (key.then(f"{edge}_high").otherwise(f"{edge}_low") for edge in ("first", "last"))
    ordered = frame.with_columns(begins=first, ends=last).sort("version", "begins", "ends")
    before = pl.col("ends").cum_max().shift(1).over("version", order_by=["begins", "ends"])
    after = pl.col("begins").shift(-1).over("version", order_by=["begins", "ends"])
    alone = (before.is_null() | (pl.col("begins") > before)) & (after.is_null() | (pl.col("ends") < after))
    kept = ordered.with_columns(alone=alone).filter("alone", "asked")
    ends = [parse_addresses(format_addresses(*(kept[name].to_numpy() for name in names))) for names in _EDGES]
    reached = np.ones(kept.height, np.bool_)
    for parsed in ends:
        aside = (parsed.high < np.uint64(_SET_ASIDE)) | (parsed.high >> _HALF == _TEREDO)
        reached &= (embedded_ipv4(parsed).version == parsed.version) & ~((parsed.version == IPV6) & aside)
    return kept.filter(pl.Series(reached))


_EDGES: Final = tuple(("version", f"{edge}_high", f"{edge}_low") for edge in ("first", "last"))
