"""Columns of words: one look at each distinct word of a batch, and what it means for all rows.

Columns in: `Categorical` of the batch's reader.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from monitor.address import ParsedAddresses, parse_addresses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

NOWHERE = np.uint32(0xFFFF_FFFF)


def meant(words: pl.Series, meaning: Callable[[str], Any], dtype: pl.DataType) -> pl.Series:
    """Replace words by what each means; null stays null."""
    codes = codes_of(words)
    row_of = np.full(int(codes.max(initial=-1)) + 2, -1, np.int64)
    row_of[codes] = np.arange(len(codes))
    row_of[-1] = -1  # where null has written
    distinct = np.flatnonzero(row_of >= 0)
    texts = words[pl.Series(row_of[distinct].astype(np.uint32))].cast(pl.String).to_list()
    table = np.full(len(row_of), len(distinct), np.uint32)
    table[distinct] = np.arange(len(distinct))
    return pl.Series([*map(meaning, texts), None], dtype=dtype)[pl.Series(table[codes])]


def codes_of(words: pl.Series) -> NDArray[np.int64]:
    """Codes of words, -1 where there is none."""
    physical = words.to_physical()
    if physical.null_count():
        physical = physical.cast(pl.Int64).fill_null(-1)
    return physical.to_numpy().astype(np.int64, copy=False)


def address_book(columns: Iterable[pl.Series]) -> ParsedAddresses:
    """Addresses of a batch, each at the code of its word; what is no address has version 0."""
    distinct = [column.unique().drop_nulls() for column in columns if len(column)]
    words = pl.concat(distinct).unique() if distinct else pl.Series([], dtype=pl.Categorical)
    codes = words.to_physical().to_numpy()
    texts = pl.Series([None], dtype=pl.String).new_from_index(0, int(codes.max(initial=0)) + 1)
    if len(codes):
        texts = texts.scatter(codes, words.cast(pl.String))
    return parse_addresses(texts)


def positions(words: pl.Series, book: ParsedAddresses) -> tuple[pl.Series, NDArray[np.bool_]]:
    """Positions in the book, null where there is no address; and the rows in which there is another text."""
    codes = codes_of(words)
    is_address = book.version[codes] != 0
    there = codes >= 0
    wrong = there & ~is_address
    places = pl.Series(codes.astype(np.uint32))
    known = there & is_address
    if not known.all():
        places = pl.select(pl.when(pl.Series(known)).then(places)).to_series()
    return places, wrong
