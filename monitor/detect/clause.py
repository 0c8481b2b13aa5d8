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
    from collections.abc import Callable, Mapping, Sequence

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


def all_of(clauses: Sequence[Clause]) -> Clause:
    """Where each holds."""
    if len(clauses) == 1:
        return clauses[0]
    left, right = _halves(clauses, all_of)
    return Clause(left.exact & right.exact, left.least & right.least, left.most & right.most)


def any_of(clauses: Sequence[Clause]) -> Clause:
    """Where one holds or several."""
    if len(clauses) == 1:
        return clauses[0]
    left, right = _halves(clauses, any_of)
    return Clause(left.exact | right.exact, left.least | right.least, left.most | right.most)


def _halves(clauses: Sequence[Clause], join: Callable[[Sequence[Clause]], Clause]) -> tuple[Clause, Clause]:
    """Both halves, each joined: a list of thousands of values is a low tree, not a deep one."""
    middle = len(clauses) // 2
    return join(clauses[:middle]), join(clauses[middle:])
