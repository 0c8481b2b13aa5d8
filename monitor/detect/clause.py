"""A part of a condition as an expression, and the most that it can be where only a few columns are known.

Decides which columns are few: closed lists, truth values, systems, countries and classes of data. Their combinations
are few in any batch, so that `most` tells of whole combinations, without a row, that a rule cannot hold of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from monitor import schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_SMALL: Final = (schema.SYSTEMS, schema.DATA_CLASSES, schema.COUNTRIES)


def is_small(dtype: pl.DataType) -> bool:
    """Whether a column of this type has few values in a batch."""
    return isinstance(dtype, pl.Enum) or dtype == pl.Boolean or dtype in _SMALL


@dataclass(frozen=True, slots=True)
class Clause:
    """`exact` says whether it holds; it holds nowhere that `most` does not, and everywhere that `least` does.

    `most` and `least` name only columns that `is_small`.
    """

    exact: pl.Expr
    least: pl.Expr
    most: pl.Expr

    @classmethod
    def of(cls, test: pl.Expr, types: Mapping[str, pl.DataType]) -> Clause:
        """A leaf."""
        if all(is_small(types[name]) for name in test.meta.root_names()):
            return cls(test, test, test)
        return cls(test, pl.lit(value=False), pl.lit(value=True))

    def __invert__(self) -> Clause:
        """Where it does not hold."""
        return Clause(~self.exact, ~self.most, ~self.least)


def all_of(clauses: Iterable[Clause]) -> Clause:
    """Where each holds."""
    first, *rest = clauses
    for each in rest:
        first = Clause(first.exact & each.exact, first.least & each.least, first.most & each.most)
    return first


def any_of(clauses: Iterable[Clause]) -> Clause:
    """Where one holds or several."""
    first, *rest = clauses
    for each in rest:
        first = Clause(first.exact | each.exact, first.least | each.least, first.most | each.most)
    return first
