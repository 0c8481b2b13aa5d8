"""Columns, positions of addresses, and counts of what is broken."""

from __future__ import annotations

import numpy as np
import polars as pl

from collectors.zeek.table import Broken, Table, address_book, changed, more_addresses, shown


def _words(texts: list[str | None], words: pl.Categorical) -> pl.Series:
    return pl.Series("word", texts, dtype=words)


def test_columns_that_share_categories_share_one_book() -> None:
    """A text that is no address has the position of one of version 0."""
    words = pl.Categorical(pl.Categories.random())
    addresses, (one, other) = address_book([_words(["10.0.0.1", None, "x"], words), _words(["::1"] * 3, words)])

    assert addresses.text.gather(one).to_list() == ["10.0.0.1", None, None]
    assert addresses.text.gather(other).to_list() == ["::1"] * 3
    assert one.is_null().to_list() == [False, True, False]


def test_more_addresses_follow_those_that_are_there() -> None:
    """What is none has no position."""
    words = pl.Categorical(pl.Categories.random())
    first, (position,) = address_book([_words(["10.0.0.1"], words)])
    whole, more = more_addresses(first, pl.Series(["192.0.2.1", "b.example", None]))

    assert whole.text.gather(position).to_list() == ["10.0.0.1"]
    assert [None if at is None else whole.text[at] for at in more.to_list()] == ["192.0.2.1", None, None]


def test_all_broken_records_are_counted_and_the_first_described() -> None:
    """A hundred of a reason at most."""
    broken = Broken()
    broken.add(np.arange(150, dtype=np.uint64), "odd", lambda place: f"record {place}")
    broken.add(np.zeros(0, dtype=np.uint64), "none", lambda place: f"record {place}")

    assert (broken.by_reason, len(broken.sample), broken.sample[-1].what) == ({"odd": 150}, 100, "record 99")


def test_a_column_that_is_not_there_is_null() -> None:
    """Of the type that was asked for."""
    addresses, _ = address_book([])
    table = Table(pl.DataFrame({"a": [1, 2]}), np.array([1, 2], dtype=np.uint64), addresses)

    assert table.column("b", pl.UInt16).to_list() == [None, None]
    assert table.where(pl.Series([False, True])).number_of_line().to_list() == [2]
    assert table.where(pl.Series([True, True])) is table


def test_only_texts_with_the_mark_change() -> None:
    """The very same column where none has it."""
    column = pl.Series(["a-b", "c", None])

    assert changed(column, "-", str.upper).to_list() == ["A-B", "c", None]
    assert changed(column, "+", str.upper) is column


def test_a_value_is_shown_short_and_in_print() -> None:
    """For people."""
    assert (shown("a\tb"), shown("x" * 70)) == ("a?b", "x" * 60 + "...")
