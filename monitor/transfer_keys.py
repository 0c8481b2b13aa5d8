"""Number what rows stand for: a digest of their words, so that every ledger and every process gives the same number.

Decides which text stands for a row. Two of a million keys share a number with a chance of one in ten million; what an
input can choose of a key (a service, an operator among those that exist) is too little to search for such a pair.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final

import polars as pl

from monitor.kept import KEY_NAMES, TEXTS

_OCTETS: Final = 8
_BETWEEN: Final = "\x1f"
_NULL: Final = "\x00"
_WITHOUT_SIGN: Final = 2**63 - 1
# Keys remembered, some hundred octets each; beyond it they are worked out again.
_REMEMBERED: Final = 300_000


@dataclass(frozen=True, slots=True)
class KeyNumbers:
    """Numbers of transfer keys, each worked out once as long as it is remembered."""

    _numbers: dict[str, int] = field(default_factory=dict)

    def of(self, keys: pl.DataFrame) -> pl.Series:
        """Number of each row. Columns in: those of `kept.KEY`."""
        if len(self._numbers) > _REMEMBERED:
            self._numbers.clear()
        known = self._numbers
        texts = _texts(keys.select(KEY_NAMES))
        numbers = [known.get(text) or known.setdefault(text, _number(text)) for text in texts]
        return pl.Series("key", numbers, dtype=pl.Int64)


def number_rows(words: pl.DataFrame) -> pl.Series:
    """Number of each row, by all of its columns in their order."""
    return pl.Series("key", [_number(text) for text in _texts(words)], dtype=pl.Int64)


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
