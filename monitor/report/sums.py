"""Add measures up without ever wrapping around, and give shares as two exact numbers.

Decides which measures a figure has. Text for people is made elsewhere: here a share is a part and a whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from monitor.kept import MEASURE_NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping

# Two rows at the ledger's bound do not fit 64 bits.
WIDE: Final = pl.Int128()


@dataclass(frozen=True, slots=True)
class Sums:
    """The measures of `kept.MEASURES`, added up."""

    records: int = 0
    octets_out: int = 0
    octets_in: int = 0
    packets_out: int = 0
    packets_in: int = 0
    records_without_octets: int = 0
    packets_observed: int = 0
    octets_without_name: int = 0

    @property
    def octets(self) -> int:
        """Octets both ways."""
        return self.octets_out + self.octets_in

    def as_dict(self) -> Mapping[str, int]:
        """Measures by name, in the order of the ledger."""
        return {name: getattr(self, name) for name in MEASURE_NAMES}


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole; of nothing there is no share."""

    part: int
    whole: int


def summed(frame: pl.DataFrame) -> Sums:
    """The sums of a frame that has the measures."""
    row = frame.select(pl.col(MEASURE_NAMES).cast(WIDE).sum()).row(0, named=True)
    return Sums(**{name: int(value or 0) for name, value in row.items()})


def both_ways() -> pl.Expr:
    """Octets out and in, wide enough."""
    return pl.col("octets_out").cast(WIDE) + pl.col("octets_in").cast(WIDE)
