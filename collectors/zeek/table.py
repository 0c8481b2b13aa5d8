"""Records of one log as columns, whatever form they were written in.

Decides how a column is asked for: typed, null where it is unset or where the log has no such field.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from collectors.contract import SAMPLED_BAD_RECORDS, BadRecord
from monitor import schema
from monitor.address import ParsedAddresses, parse_addresses

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

LAST_SECOND: Final = 253_402_300_799  # 9999-12-31T23:59:59Z, the last that RFC 3339 can write
MICROSECONDS: Final = 1_000_000

_SHOWN: Final = 60

# Why a record cannot be read.
NO_HEADER: Final = "no_header"
TOO_FEW: Final = "too_few_fields"
TOO_MANY: Final = "too_many_fields"
NOT_A_NUMBER: Final = "not_a_number"
NOT_A_TIME: Final = "not_a_time"
OUT_OF_RANGE: Final = "out_of_range"
NOT_AN_ADDRESS: Final = "not_an_address"


@dataclass(slots=True)
class Broken:
    """Records that cannot be read: all are counted, the first few are described."""

    by_reason: Counter[str] = field(default_factory=Counter)
    sample: list[BadRecord] = field(default_factory=list)

    def add(self, lines: NDArray[np.uint64], reason: str, what: Callable[[int], str]) -> None:
        """Count records; `what` describes the one at a position of `lines`."""
        if not len(lines):
            return
        self.by_reason[reason] += len(lines)
        for place, line in enumerate(lines[:SAMPLED_BAD_RECORDS].tolist()):
            self.sample.append(BadRecord(line, reason, what(place)))


@dataclass(frozen=True, slots=True)
class Table:
    """Records of one log. `lines` tells where each stood; addresses are positions in `addresses`.

    Times are `schema.TIME`, intervals Int64 microseconds, counts Int64, ports UInt16, addresses UInt32, lists
    List(String) with their elements as they are spelled, words Categorical, all else String. `containers` are fields
    of several values that are not lists here: their text has commas between.
    """

    frame: pl.DataFrame
    lines: NDArray[np.uint64]
    addresses: ParsedAddresses

    @property
    def height(self) -> int:
        """How many records."""
        return len(self.lines)

    def column(self, name: str, dtype: pl.DataType | type[pl.DataType]) -> pl.Series:
        """A typed column, all null where the log has no such field."""
        if name in self.frame.columns:
            return self.frame[name]
        return self.nulls(name, dtype)

    def text(self, name: str) -> pl.Series:
        """A column as text."""
        return self.column(name, pl.String).cast(pl.String)

    def nulls(self, name: str, dtype: pl.DataType | type[pl.DataType]) -> pl.Series:
        """A column without values."""
        return pl.Series(name, [None], dtype=dtype).new_from_index(0, self.height)

    def constant(self, name: str, value: object, dtype: pl.DataType | type[pl.DataType]) -> pl.Series:
        """A column of one value."""
        return pl.Series(name, [value], dtype=dtype).new_from_index(0, self.height)

    def where(self, mask: pl.Series) -> Table:
        """Only the records for which `mask` holds."""
        if mask.all():
            return self
        return Table(self.frame.filter(mask), self.lines[mask.to_numpy()], self.addresses)

    def number_of_line(self) -> pl.Series:
        """The `line` column."""
        return pl.Series("line", self.lines, dtype=pl.UInt64)


def address_book(columns: Sequence[pl.Series]) -> tuple[ParsedAddresses, list[pl.Series]]:
    """Read columns of address texts that share their categories.

    Returns: the addresses, and each column as positions, null where there is no text; a text that is no address has
    the position of one of version 0.
    """
    if not columns:
        return parse_addresses(pl.Series([], dtype=pl.String)), []
    texts = pl.concat([column.unique().drop_nulls() for column in columns]).unique()
    physical = texts.to_physical()
    size = int(physical.to_numpy().max(initial=0)) + 1 if len(physical) else 0
    book = pl.Series("address", [""], dtype=pl.String).new_from_index(0, size)
    if size:
        book = book.scatter(physical, texts.cast(pl.String))
    return parse_addresses(book), [column.to_physical().cast(pl.UInt32) for column in columns]


def more_addresses(addresses: ParsedAddresses, texts: pl.Series) -> tuple[ParsedAddresses, pl.Series]:
    """Addresses and those among some texts besides; the position of each text's, null where it is none."""
    more, (positions,) = address_book([texts.cast(pl.Categorical(pl.Categories.random()))])
    first = len(addresses)
    whole = ParsedAddresses(
        text=pl.concat([addresses.text.rename("address"), more.text.rename("address")]),
        version=np.concatenate([addresses.version, more.version]),
        high=np.concatenate([addresses.high, more.high]),
        low=np.concatenate([addresses.low, more.low]),
    )
    valid = pl.Series(np.append(more.version != 0, False)).gather(positions.fill_null(len(more)))
    return whole, pl.select(pl.when(valid).then(positions + first)).to_series().cast(pl.UInt32)


def as_time(microseconds: pl.Series) -> pl.Series:
    """Microseconds since 1970 as a column of times."""
    return microseconds.cast(pl.Int64).cast(schema.TIME)


def shown(text: str) -> str:
    """A value for people: short, and without what does not print."""
    short = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
    return "".join(each if each.isprintable() else "?" for each in short)


def changed(column: pl.Series, mark: str, change: Callable[[str], str | None]) -> pl.Series:
    """Change the distinct texts that hold a mark."""
    distinct = column.unique().cast(pl.String).drop_nulls()
    found = distinct.filter(distinct.str.contains(mark, literal=True)).to_list()
    if not found:
        return column
    others = pl.Series([change(each) for each in found], dtype=pl.String)
    return column.cast(pl.String).replace(pl.Series(found), others).cast(column.dtype)
