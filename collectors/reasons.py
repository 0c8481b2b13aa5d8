"""Why rows of a piece are no records: the first reason that is found of each stands.

Decides nothing of its own; keeps what a decoder found, column by column.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

_SHOWN: Final = 60


class Reasons:
    """Reasons of so many rows: none, until one is blamed."""

    def __init__(self, rows: int) -> None:
        """Begin with rows that are records."""
        self._code = np.zeros(rows, dtype=np.uint16)
        self._known: list[tuple[str, str]] = []

    def blame(self, mask: pl.Series | NDArray[np.bool_], reason: str, field: str) -> None:
        """Blame a field of the rows for which `mask` holds and that have no reason yet."""
        found = mask.fill_null(value=False).to_numpy() if isinstance(mask, pl.Series) else mask
        if found.any():
            self._known.append((reason, field))
            self._code[found & (self._code == 0)] = len(self._known)

    @property
    def any(self) -> bool:
        """Whether there is a row that is no record."""
        return bool(self._code.any())

    @property
    def none(self) -> pl.Series:
        """Which rows are records."""
        return pl.Series(self._code == 0)

    def counts(self) -> Counter[str]:
        """How many rows each reason has."""
        numbers = np.bincount(self._code, minlength=len(self._known) + 1).tolist()
        counted: Counter[str] = Counter()
        for (reason, _), number in zip(self._known, numbers[1:], strict=True):
            if number:
                counted[reason] += number
        return counted

    def sample(self, rows: int) -> Iterator[tuple[int, str, str]]:
        """Row, reason and field of the first rows that are no records."""
        for row in np.flatnonzero(self._code)[:rows].tolist():
            reason, field = self._known[self._code[row] - 1]
            yield row, reason, field


def shown(value: str) -> str:
    """Shorten text, and escape what a terminal would not print or would act on."""
    kept = value if len(value) <= _SHOWN else value[:_SHOWN] + "..."
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in kept)
