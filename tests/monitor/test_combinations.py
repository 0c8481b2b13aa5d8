"""Distinct combinations are numbered once each."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import combinations as module
from monitor.combinations import combinations, distinct_texts

COLUMNS = st.integers(1, 4).flatmap(
    lambda width: st.lists(
        st.lists(st.one_of(st.integers(-1, 3), st.integers(-1, 2**31)), min_size=width, max_size=width),
        min_size=1,
        max_size=30,
    )
)


@given(COLUMNS)
def test_equal_rows_and_only_those_share_a_number(rows: list[list[int]]) -> None:
    """The numbers are dense, and each names a row that has the combination."""
    columns = [np.array(column) for column in zip(*rows, strict=True)]

    found = combinations(columns)

    assert sorted(set(found.ids.tolist())) == list(range(len(found)))
    assert len(found) == len({tuple(row) for row in rows})
    assert [rows[row] for row in found.row_of[found.ids].tolist()] == rows


@given(COLUMNS)
def test_sorting_numbers_as_a_table_does(rows: list[list[int]]) -> None:
    """Where the values spread too far for a table of flags."""
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_TABLE_AT_LEAST", 1)
        patch.setattr(module, "_TABLE_PER_ROW", 0)

        found = combinations(columns)

    assert [rows[row] for row in found.row_of[found.ids].tolist()] == rows
    assert len(found) == len({tuple(row) for row in rows})


@given(COLUMNS, st.integers(0, 2))
def test_numbers_that_share_a_slot_stay_apart(rows: list[list[int]], rounds: int) -> None:
    """However many of them an input has chosen to: they try other slots, and are sorted in the end."""
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_TABLE_AT_LEAST", 1)
        patch.setattr(module, "_TABLE_PER_ROW", 0)
        patch.setattr(module, "_FACTORS", (np.uint64(0),) * rounds)

        found = combinations(columns)

    assert [rows[row] for row in found.row_of[found.ids].tolist()] == rows
    assert len(found) == len({tuple(row) for row in rows})


@given(st.lists(st.tuples(st.integers(-1, 2**63 - 1), st.integers(-1, 2**63 - 1)), min_size=1, max_size=20))
def test_numbers_of_any_size_combine(rows: list[tuple[int, int]]) -> None:
    """Digests of 63 bits, side by side."""
    found = combinations([np.array(column) for column in zip(*rows, strict=True)])

    assert [rows[row] for row in found.row_of[found.ids].tolist()] == rows
    assert len(found) == len(set(rows))


def test_no_rows_have_no_combinations() -> None:
    """An empty batch stays empty."""
    found = combinations([np.array([], np.int64), np.array([], np.int64)])

    assert (found.ids.tolist(), found.row_of.tolist(), len(found)) == ([], [], 0)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.uint32, np.int32, np.int64])
def test_columns_of_any_width_combine(dtype: type[np.integer]) -> None:
    """A small type does not overflow."""
    found = combinations([np.array([200, 100, 200], np.uint8), np.array([120, 1, 120], dtype)])

    assert (len(found), int(found.ids[0] == found.ids[2])) == (2, 1)


TEXTS = st.lists(st.one_of(st.none(), st.text(max_size=3)), max_size=30)


@given(TEXTS)
def test_equal_texts_and_only_those_share_a_number(texts: list[str | None]) -> None:
    """An unknown one is a text of its own."""
    found = distinct_texts(pl.Series(texts, dtype=pl.String))

    assert len(found) == len(set(texts))
    assert [texts[row] for row in found.row_of[found.ids].tolist()] == texts


@given(TEXTS)
def test_texts_of_one_hash_stay_apart(texts: list[str | None]) -> None:
    """They are compared as they are."""
    column = pl.Series(texts, dtype=pl.String)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pl.Series, "hash", lambda self: pl.Series([0] * len(self), dtype=pl.UInt64))

        found = distinct_texts(column)

    assert len(found) == len(set(texts))
    assert [texts[row] for row in found.row_of[found.ids].tolist()] == texts
