"""Add up counts that the input controls, without ever wrapping around.

One record may claim up to 2**63 - 1 octets; two of them do not fit a column's own type.
"""

from __future__ import annotations

import polars as pl


def total(counts: pl.Series) -> int:
    """Sum of a column of counts; nulls count nothing."""
    return int(counts.cast(pl.Int128).sum() or 0)
