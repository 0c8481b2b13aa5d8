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
    distinct = words.unique().drop_nulls()
    codes = distinct.to_physical().to_numpy()
    table = np.full(int(codes.max(initial=0)) + 1, len(codes), np.uint32)
    table[codes] = np.arange(len(codes))
    meanings = pl.Series([*(meaning(word) for word in distinct.cast(pl.String).to_list()), None], dtype=dtype)
    physical = words.to_physical()
    places = table[physical.fill_null(0).to_numpy()]
    if physical.null_count():
        places = np.where(physical.is_null().to_numpy(), len(codes), places)
    return meanings.gather(pl.Series(places.astype(np.uint32)))


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
    codes = words.to_physical()
    there = codes.is_not_null().to_numpy()
    is_address = book.version[codes.fill_null(0).to_numpy()] != 0
    places = codes.cast(pl.UInt32)
    wrong = there & ~is_address
    if wrong.any():
        places = pl.select(pl.when(pl.Series(~wrong)).then(places)).to_series()
    return places, wrong
