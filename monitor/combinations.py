"""Number the distinct combinations of several columns, so that work is done once for each and spread by index.

A batch holds hundreds of thousands of rows but few distinct things to decide; every per-thing stage uses this.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

# A table of flags up to this many entries is quicker than sorting the rows.
_TABLE_PER_ROW = 8
_TABLE_AT_LEAST = 1 << 16


@dataclass(frozen=True, slots=True)
class Combinations:
    """`ids` gives each row the number of its combination; `row_of` gives each combination one row that has it."""

    ids: NDArray[np.intp]
    row_of: NDArray[np.intp]

    def __len__(self) -> int:
        """How many distinct combinations there are."""
        return len(self.row_of)


def combinations(columns: Sequence[NDArray[np.integer]]) -> Combinations:
    """Distinct combinations of integer columns of one length.

    Columns in: non-negative integers; negative ones are allowed down to -1.
    Shape: ids are dense, 0 to the number of combinations less one, in no promised order.
    """
    rows = len(columns[0])
    ids: NDArray[np.int64] = np.zeros(rows, dtype=np.int64)
    if not rows:
        return Combinations(ids.astype(np.intp), np.zeros(0, dtype=np.intp))
    size = 1
    limit = max(_TABLE_AT_LEAST, _TABLE_PER_ROW * rows)
    for column in columns:
        codes = column.astype(np.int64)
        low = int(codes.min())
        span = int(codes.max()) - low + 1
        if size * span > limit:
            ids, size = _dense(ids, size, limit)
            if size * span > limit:
                codes, span = _dense(codes - low, span, limit)
                low = 0
        ids = ids * span + (codes - low)
        size *= span
    ids, size = _dense(ids, size, limit)
    row_of = np.empty(size, dtype=np.intp)
    row_of[ids] = np.arange(rows)
    return Combinations(ids.astype(np.intp, copy=False), row_of)


def _dense(ids: NDArray[np.int64], size: int, limit: int) -> tuple[NDArray[np.int64], int]:
    if size <= limit:
        seen = np.zeros(size, dtype=np.bool_)
        seen[ids] = True
        present = np.flatnonzero(seen)
        number = np.empty(size, dtype=np.int64)
        number[present] = np.arange(len(present))
        return number[ids], len(present)
    present, inverse = np.unique(ids, return_inverse=True)
    return inverse.astype(np.int64), len(present)
