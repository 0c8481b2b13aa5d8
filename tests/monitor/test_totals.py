"""Sums of counts that the input controls."""

from __future__ import annotations

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from monitor.kept import MOST
from monitor.totals import saturated, sums_by, total

_COUNTS = st.one_of(st.integers(0, 10), st.integers(0, 2**53 + 2), st.integers(MOST - 3, MOST))


def test_sum_does_not_wrap_around() -> None:
    """Two records may claim more than fits their column."""
    assert total(pl.Series([2**63 - 1, 2**63 - 1])) == 2**64 - 2


def test_nulls_count_nothing() -> None:
    """A record without octets adds none."""
    assert total(pl.Series([None, 5], dtype=pl.Int64)) == 5


def test_nothing_is_zero() -> None:
    """An empty column has a sum."""
    assert total(pl.Series([], dtype=pl.Int64)) == 0


def test_a_sum_in_a_column_stays_at_the_largest_number() -> None:
    """By group; a null counts nothing there either."""
    frame = pl.DataFrame({"group": [1, 1, 2, 2, 3], "octets": [MOST, MOST, 5, None, None]})
    summed = frame.group_by("group", maintain_order=True).agg(saturated("octets"))

    assert summed.rows() == [(1, MOST), (2, 5), (3, 0)]
    assert summed.schema["octets"] == pl.Int64


def test_sums_by_number_have_a_place_for_every_group() -> None:
    """Also for one that no row has."""
    found = sums_by(np.array([2, 0, 2]), 4, np.array([5, 7, 1], dtype=np.int64))

    assert (found.tolist(), found.dtype.name) == ([7, 0, 6, 0], "int64")


def test_sums_of_nothing_are_zero() -> None:
    """A part without rows has no groups, or some without rows."""
    none = np.array([], dtype=np.int64)

    assert [sums_by(none.astype(np.intp), groups, none).tolist() for groups in (0, 2)] == [[], [0, 0]]


def test_a_sum_beyond_what_floats_hold_is_exact() -> None:
    """To the last octet."""
    counts = np.array([2**53, 1, 1, 2**62, 3], dtype=np.int64)

    assert sums_by(np.array([0, 0, 0, 1, 1]), 2, counts).tolist() == [2**53 + 2, 2**62 + 3]


@given(st.lists(st.tuples(st.integers(0, 2), _COUNTS), max_size=12))
def test_sums_by_group_are_those_of_whole_numbers(rows: list[tuple[int, int]]) -> None:
    """Or the largest number, where they do not fit."""
    found = sums_by(np.array([group for group, _ in rows], dtype=np.intp), 3,
                    np.array([count for _, count in rows], dtype=np.int64))  # fmt: skip

    assert found.tolist() == [min(MOST, sum(count for of, count in rows if of == group)) for group in range(3)]


@given(st.lists(_COUNTS, max_size=8), st.lists(_COUNTS, max_size=8))
def test_adding_at_the_largest_number_is_free_of_order(some: list[int], others: list[int]) -> None:
    """Sums of parts, added, are the sum of the whole."""
    at_once = sums_by(np.zeros(len(some + others), dtype=np.intp), 1, np.array(some + others, dtype=np.int64))
    parts = [sums_by(np.zeros(len(part), dtype=np.intp), 1, np.array(part, dtype=np.int64)) for part in (some, others)]

    assert sums_by(np.zeros(2, dtype=np.intp), 1, np.concatenate(parts)).tolist() == at_once.tolist()
