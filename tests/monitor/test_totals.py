"""Sums of counts that the input controls."""

from __future__ import annotations

import polars as pl

from monitor.totals import total


def test_sum_does_not_wrap_around() -> None:
    """Two records may claim more than fits their column."""
    assert total(pl.Series([2**63 - 1, 2**63 - 1])) == 2**64 - 2


def test_nulls_count_nothing() -> None:
    """A record without octets adds none."""
    assert total(pl.Series([None, 5], dtype=pl.Int64)) == 5


def test_nothing_is_zero() -> None:
    """An empty column has a sum."""
    assert total(pl.Series([], dtype=pl.Int64)) == 0
