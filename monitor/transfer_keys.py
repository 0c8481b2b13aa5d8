"""Number what rows stand for: a digest of their words, so that every ledger and every process gives the same number.

Decides which text stands for a row. Two of a million keys share a number with a chance of one in ten million; what an
input can choose of a key (a service, an operator among those that exist) is too little to search for such a pair.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from monitor.kept import JUDGEMENT_KEY, KEY_NAMES, TEXTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

_OCTETS: Final = 8
_BETWEEN: Final = "\x1f"
_NULL: Final = "\x00"
_WITHOUT_SIGN: Final = 2**63 - 1
# Keys remembered, some hundred octets each; beyond it they are worked out again.
_REMEMBERED: Final = 300_000
_REST: Final = tuple(name for name in KEY_NAMES if name not in JUDGEMENT_KEY)


@dataclass(frozen=True, slots=True)
class KeyNumbers:
    """Numbers of transfer keys, each worked out once as long as it is remembered.

    A key is numbered in two steps, because what the judge said is long and few keys differ in it: the judgement first,
    then that number with the rest.
    """

    _numbers: dict[str, int] = field(default_factory=dict)

    def of(self, keys: pl.DataFrame, judgement: NDArray[np.int64] | None = None) -> pl.Series:
        """Number of each row. Columns in: those of `kept.KEY`.

        `judgement`: numbers of the caller's own; rows with equal ones are equal in `kept.JUDGEMENT_KEY`.
        """
        own = np.arange(keys.height) if judgement is None else judgement
        _, first, of_row = np.unique(own, return_index=True, return_inverse=True)
        judgements = self._of(keys.select(pl.col(JUDGEMENT_KEY).gather(pl.Series(first))))
        number = pl.Series("judgement", judgements, dtype=pl.Int64)[pl.Series(of_row)]
        return pl.Series("key", self._of(keys.select(number, *_REST)), dtype=pl.Int64)

    def _of(self, words: pl.DataFrame) -> list[int]:
        if len(self._numbers) > _REMEMBERED:
            self._numbers.clear()
        known = self._numbers
        return [known.get(text) or known.setdefault(text, _number(text)) for text in _texts(words)]


def number_rows(words: pl.DataFrame) -> pl.Series:
    """Number of each row, by all of its columns in their order."""
    distinct = words.unique()
    numbers = pl.Series("key", [_number(text) for text in _texts(distinct)], dtype=pl.Int64)
    numbered = distinct.with_columns(numbers)
    return words.join(numbered, on=words.columns, how="left", nulls_equal=True, maintain_order="left")["key"]


def _texts(words: pl.DataFrame) -> list[str]:
    if not words.height:
        return []
    columns = [
        pl.col(name).list.join(" ") if dtype == TEXTS else pl.col(name).cast(pl.String).fill_null(_NULL)
        for name, dtype in words.schema.items()
    ]
    return words.select(pl.concat_str(columns, separator=_BETWEEN)).to_series().to_list()


def _number(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=_OCTETS).digest()) & _WITHOUT_SIGN
