"""What a day of flow records shows of our own side, added up: the first half of `inventory draft`.

Decides from the records alone which end of each is ours, never from an inventory. An end is ours where its interface
reports the record; where no record says that, a private address is. A record with two public ends tells nothing by
itself: an address that stands in every such record of one observer is the observer's own.

What is kept is bounded: own private addresses by network, far ends and all else up to a limit, the largest first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from monitor.address import IPV4, AddressKind, kind_of

if TYPE_CHECKING:
    from collectors.contract import Flows
    from monitor.address import ParsedAddresses

KEPT: Final = 200_000
"""Rows that each table keeps; far ends beyond are those with the fewest octets."""
_PRUNED_ABOVE: Final = 2 * KEPT
# Own private addresses count by networks of these lengths.
FOUR_BITS: Final = 24
SIX_BITS: Final = 64
_FOUR_MASK: Final = np.uint64(0xFFFF_FF00)
_SUMS: Final = ("records", "octets")
_SCOPE: Final = ("kind", "account", "network_id", "region_hint")
_ADDRESS: Final = ("version", "high", "low", "bits")
_NUMBERS: Final = {
    "version": pl.UInt8(),
    "high": pl.UInt64(),
    "low": pl.UInt64(),
    "bits": pl.UInt8(),
    **dict.fromkeys(_SUMS, pl.Int64()),
}


@dataclass(slots=True)
class Table:
    """Sums by key, bounded."""

    keys: tuple[str, ...]
    _parts: list[pl.DataFrame] = field(default_factory=list)
    _rows: int = 0
    dropped: bool = False

    def add(self, rows: pl.DataFrame) -> None:
        """Add rows that have the keys and the sums; what is too much goes, the fewest octets first."""
        if not rows.height:
            return
        self._parts.append(rows.select(*self.keys, *_SUMS))
        self._rows += rows.height
        if self._rows > _PRUNED_ABOVE:
            sums = self.sums()
            self.dropped |= sums.height > KEPT
            self._parts = [sums.head(KEPT)]
            self._rows = self._parts[0].height

    def sums(self) -> pl.DataFrame:
        """One row a key, the most octets first, in an order that depends on nothing else."""
        if not self._parts:
            return pl.DataFrame(schema={name: _NUMBERS.get(name, pl.String()) for name in (*self.keys, *_SUMS)})
        grouped = pl.concat(self._parts).group_by(self.keys).agg(pl.col(_SUMS).sum())
        down = [*[True] * len(_SUMS), *[False] * len(self.keys)]
        return grouped.sort("octets", "records", *self.keys, descending=down, nulls_last=True)


@dataclass(slots=True)
class Seen:
    """Everything that was seen so far.

    `own`: own ends, private ones by network and public ones by address; `private_far`: private addresses at the far
    end, by network; `far`: public far ends; `gateways`: addresses of interfaces that are not those of the packets;
    `public`: ends of records with two public ends, by observer, and `observers`: how many such records each has.
    """

    own: Table = field(default_factory=lambda: Table((*_SCOPE, *_ADDRESS)))
    private_far: Table = field(default_factory=lambda: Table(_ADDRESS))
    far: Table = field(default_factory=lambda: Table(_ADDRESS))
    gateways: Table = field(default_factory=lambda: Table((*_SCOPE, *_ADDRESS)))
    public: Table = field(default_factory=lambda: Table((*_SCOPE, "observer", *_ADDRESS)))
    observers: Table = field(default_factory=lambda: Table(("kind", "account", "network_id", "observer")))
    records: int = 0
    without_own: int = 0

    @property
    def dropped(self) -> bool:
        """Whether something did not fit."""
        tables = (self.own, self.private_far, self.far, self.gateways, self.public, self.observers)
        return any(table.dropped for table in tables)

    def add(self, kind: str, flows: Flows) -> None:
        """Add the flow records of a batch."""
        if not flows.frame.height:
            return
        self.records += flows.frame.height
        book = _book(flows.addresses)
        rows = _grouped(flows.frame).with_columns(pl.lit(kind).alias("kind"))
        src, dst = (_End.of(rows[name], book) for name in ("src_address", "dst_address"))
        reporter = rows["reporter"].to_physical().cast(pl.Int8).fill_null(-1).to_numpy()
        untold = reporter < 0
        src_ours = (reporter == 0) | (untold & src.is_private)
        dst_ours = (reporter == 1) | (untold & dst.is_private)
        both_public = untold & src.is_public & dst.is_public
        for end, ours, other in ((src, src_ours, dst_ours), (dst, dst_ours, src_ours)):
            reachable = end.is_private | end.is_public
            self.own.add(_at(rows, end, ours & reachable))
            self.far.add(_at(rows, end, end.is_public & other & ~ours))
            self.private_far.add(_at(rows, end, end.is_private & other & ~ours))
            self.public.add(_at(rows, end, both_public))
        self.observers.add(rows.filter(pl.Series(both_public)))
        self.without_own += int(rows.filter(pl.Series(~src_ours & ~dst_ours))["records"].sum())
        for name in ("interface_src", "interface_dst"):
            end = _End.of(rows[name], book, whole=True)
            self.gateways.add(_at(rows, end, end.is_private))

    def own_public(self) -> pl.DataFrame:
        """Addresses that stand in every record of an observer whose records have two public ends."""
        by = ("kind", "account", "network_id", "observer")
        totals = self.observers.sums().select(*by, pl.col("records").alias("total"))
        ends = self.public.sums()
        if not ends.height or not totals.height:
            return ends.head(0)
        counted = ends.join(totals, on=by, nulls_equal=True).filter(pl.col("records") == pl.col("total"))
        # Two such addresses are the ends of one lone conversation: which is ours is not told.
        lone = pl.len().over(*by) == 1
        return counted.filter(lone & pl.col("observer").is_not_null()).sort(*by, *_ADDRESS, nulls_last=True)


@dataclass(frozen=True, slots=True)
class _End:
    """One end of each row: what it can reach, and its network or address as numbers."""

    is_private: np.ndarray[tuple[int], np.dtype[np.bool_]]
    is_public: np.ndarray[tuple[int], np.dtype[np.bool_]]
    columns: pl.DataFrame

    @classmethod
    def of(cls, positions: pl.Series, book: pl.DataFrame, *, whole: bool = False) -> _End:
        """Look up an end; `whole`: as an address, also where it is private."""
        rows = book[positions.fill_null(book.height - 1)]
        kind = rows["reach"].to_numpy()
        private = kind == AddressKind.private
        low, bits = ("low", "whole_bits") if whole else ("network_low", "network_bits")
        columns = rows.select("version", "high", pl.col(low).alias("low"), pl.col(bits).alias("bits"))
        return cls(private, (kind == AddressKind.global_) | (kind == AddressKind.unattributable), columns)


def _book(addresses: ParsedAddresses) -> pl.DataFrame:
    """Each address of a batch as numbers, and the network that a private one counts by; the last row is none."""
    kind = kind_of(addresses)
    private = kind == AddressKind.private
    is_four = addresses.version == IPV4
    whole_bits = np.where(is_four, np.uint8(32), np.uint8(128))
    book = pl.DataFrame(
        {
            "version": addresses.version,
            "high": addresses.high,
            "low": addresses.low,
            "whole_bits": whole_bits,
            "network_low": np.where(
                private, np.where(is_four, addresses.low & _FOUR_MASK, np.uint64(0)), addresses.low
            ),
            "network_bits": np.where(private, np.where(is_four, np.uint8(FOUR_BITS), np.uint8(SIX_BITS)), whole_bits),
            "reach": kind,
        }
    )
    return pl.concat([book, pl.DataFrame([[0] * book.width], schema=book.schema, orient="row")])


def _grouped(frame: pl.DataFrame) -> pl.DataFrame:
    """Conversations of a batch: few where there are many records."""
    keys = [
        "account",
        "network_id",
        "region_hint",
        "observer",
        "reporter",
        "src_address",
        "dst_address",
        "interface_src",
        "interface_dst",
    ]
    octets = pl.col("octets").fill_null(0) + pl.col("reverse_octets").fill_null(0)
    # As a float in between: no sum of what a record claims may overflow.
    scaled = (octets.cast(pl.Float64) * pl.col("sampling_interval").fill_null(1)).sum().clip(0, 2.0**62)
    return frame.group_by(keys).agg(pl.len().cast(pl.Int64).alias("records"), scaled.cast(pl.Int64).alias("octets"))


def _at(rows: pl.DataFrame, end: _End, mask: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> pl.DataFrame:
    if not mask.any():
        return rows.head(0)
    chosen = pl.Series(mask)
    return pl.concat([rows.filter(chosen), end.columns.filter(chosen)], how="horizontal")
