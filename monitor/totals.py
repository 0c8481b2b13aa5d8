"""Add up counts that the input controls, without ever wrapping around.

One record may claim up to 2**63 - 1 octets; two of them do not fit a column's own type. Where a sum must fit it all
the same, it stays at the largest number: adding so is still free of order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from monitor.kept import MOST

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

_EXACT_IN_FLOATS: Final = 2.0**53


def total(counts: pl.Series) -> int:
    """Sum of a column of counts; nulls count nothing."""
    return int(counts.cast(pl.Int128).sum() or 0)


def saturated(*names: str) -> list[pl.Expr]:
    """Sums of columns of counts, for `group_by`, that stay at MOST."""
    return [fitting(pl.col(name).cast(pl.Int128).sum()).alias(name) for name in names]


def fitting(sums: pl.Expr) -> pl.Expr:
    """Sums of any size as counts of a column, that stay at MOST."""
    return sums.clip(upper_bound=MOST).cast(pl.Int64)


def sums_of(frame: pl.DataFrame, names: Iterable[str]) -> list[pl.Expr]:
    """Sums of columns of non-negative counts, for `group_by` of this very frame, that stay at MOST.

    Most columns cannot reach it whatever is added, and are added as they are: half the memory, and quicker.
    """
    largest = frame.select(pl.col(names).max()).row(0, named=True)
    return [
        pl.col(name).sum() if (largest[name] or 0) * frame.height < MOST else saturated(name)[0] for name in largest
    ]


def sums_by(group: NDArray[np.intp], groups: int, counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Sum of non-negative counts by group number, 0 to `groups` less one; a sum stays at MOST."""
    if float(counts.sum(dtype=np.float64)) < _EXACT_IN_FLOATS:
        return np.bincount(group, weights=counts, minlength=groups).astype(np.int64)
    # What floating point would round is added as two halves, each exact.
    low, high = counts & 0x7FFF_FFFF, counts >> 31
    sums_low = np.bincount(group, weights=low, minlength=groups).astype(np.int64)
    sums_high = np.bincount(group, weights=high, minlength=groups).astype(np.int64) + (sums_low >> 31)
    fits = sums_high < 2**32
    return np.where(fits, (sums_high << 31) | (sums_low & 0x7FFF_FFFF), MOST)
