"""Number the distinct combinations of several columns, so that work is done once for each and spread by index.

A batch holds hundreds of thousands of rows but few distinct things to decide; every per-thing stage uses this.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

# A table of flags up to this many entries is quicker than sorting the rows.
_TABLE_PER_ROW = 8
_TABLE_AT_LEAST = 1 << 16
# Combined numbers stay below this, so that they never wrap around.
_MOST = 2**62
# Slots of the table that stands in for sorting, and odd factors that spread numbers over it (Knuth, The Art of Computer
# Programming 6.4: multiplication by the golden ratio and by other irrational-looking constants).
_SLOTS_PER_ROW = 4
_FEWEST_SLOT_BITS = 10
_FACTORS = tuple(map(np.uint64, (0x9E37_79B9_7F4A_7C15, 0xC2B2_AE3D_27D4_EB4F, 0x1656_67B1_9E37_79F9)))


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
        codes, low = column, int(column.min())
        span = int(column.max()) - low + 1
        if size * span > _MOST:
            ids, size = _dense(ids, size, limit)
        if size * span > _MOST:
            (codes, span), low = _dense_by_hash(column.astype(np.int64)), 0
        ids = ids * span
        ids += codes
        ids -= low
        size *= span
    return _numbered(*_dense(ids, size, limit))


def _numbered(ids: NDArray[np.int64], size: int) -> Combinations:
    row_of = np.empty(size, dtype=np.intp)
    row_of[ids] = np.arange(len(ids))
    return Combinations(ids.astype(np.intp, copy=False), row_of)


def distinct_texts(column: pl.Series) -> Combinations:
    """Distinct texts of a column; null is one of them. Quicker than a table of categories, and nothing stays of it."""
    column = column.rechunk()
    if not len(column):
        return combinations([np.zeros(0, dtype=np.int64)])
    found = _numbered(*_dense_by_hash(column.hash().to_numpy().view(np.int64)))
    if column[pl.Series(found.row_of[found.ids])].eq_missing(column).all():
        return found
    # Two texts of one hash, which is chance or malice: compared as they are.
    rows = column.to_frame("text").with_row_index("row")
    distinct = rows.unique("text", keep="first").select("text", of="row", number=pl.int_range(pl.len()))
    joined = rows.join(distinct, on="text", how="left", nulls_equal=True, maintain_order="left")
    return Combinations(joined["number"].cast(pl.Int64).to_numpy(), distinct["of"].cast(pl.Int64).to_numpy())


def _dense(ids: NDArray[np.int64], size: int, limit: int) -> tuple[NDArray[np.int64], int]:
    """Number what occurs of the numbers 0 to `size` less one without gaps."""
    if size > limit:
        return _dense_by_hash(ids)
    seen = np.zeros(size, dtype=np.bool_)
    seen[ids] = True
    present = np.flatnonzero(seen)
    number = np.empty(size, dtype=np.int64)
    number[present] = np.arange(len(present))
    return number[ids], len(present)


def _dense_by_hash(ids: NDArray[np.int64]) -> tuple[NDArray[np.int64], int]:
    """The same for numbers of any size, without sorting: rows of one number find the same row in a table of slots.

    Numbers that share a slot try again with another factor; what an input has chosen to share many is sorted.
    """
    rows = len(ids)
    shift = np.uint64(64 - max(_FEWEST_SLOT_BITS, (_SLOTS_PER_ROW * rows).bit_length()))
    slots = np.empty(1 << (64 - int(shift)), dtype=np.int64)
    stands_for = np.empty(rows, dtype=np.int64)
    left = np.arange(rows)
    for factor in _FACTORS:
        of_left = ids[left]
        slot = ((of_left.view(np.uint64) * factor) >> shift).view(np.int64)  # signed positions are quicker
        slots[slot] = left
        found = slots[slot]
        stands_for[left] = found
        left = left[ids[found] != of_left]
        if not len(left):
            break
    else:
        _, first, inverse = np.unique(ids[left], return_index=True, return_inverse=True)
        stands_for[left] = left[first[inverse]]
    is_first = np.zeros(rows, dtype=np.bool_)
    is_first[stands_for] = True
    number = np.cumsum(is_first) - 1
    return number[stands_for], int(number[-1]) + 1
