"""Parts of a condition, and the most that they can be where only a few columns are known."""

from __future__ import annotations

import polars as pl
import pytest

from monitor import schema
from monitor.detect.clause import Clause, all_of, any_of, is_small

_TYPES = {"verdict": schema.PLACE_VERDICTS, "octets": pl.Int64()}
_ROW = pl.DataFrame({"verdict": ["eea"], "octets": [5]}, schema=_TYPES)
_FAR = Clause.of(pl.col("verdict") == "uncovered", _TYPES)
_LARGE = Clause.of(pl.col("octets") > 9, _TYPES)


def told(clause: Clause) -> tuple[bool, bool, bool]:
    """What holds of the row: exactly, at least, at most."""
    row = _ROW.with_columns(exact=clause.exact, least=clause.least, most=clause.most)
    return row["exact"].item(), row["least"].item(), row["most"].item()


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        (_FAR, (False, False, False)),
        (_LARGE, (False, False, True)),
        (~_LARGE, (True, False, True)),
        (all_of([_FAR, _LARGE]), (False, False, False)),
        (any_of([~_FAR, _LARGE]), (True, True, True)),
        (~all_of([_FAR, _LARGE]), (True, True, True)),
        (any_of([_FAR, _LARGE]), (False, False, True)),
    ],
)
def test_a_clause_lies_between_its_least_and_its_most(clause: Clause, expected: tuple[bool, bool, bool]) -> None:
    """Octets are not known of a combination of words."""
    assert told(clause) == expected


@pytest.mark.parametrize(
    ("dtype", "small"),
    [(schema.PLACE_VERDICTS, True), (pl.Boolean(), True), (schema.SYSTEMS, True), (pl.String(), False),
     (schema.OPERATORS, False), (pl.Int64(), False), (schema.COUNTRY_LIST, False)],
)  # fmt: skip
def test_columns_of_few_words_are_small(dtype: pl.DataType, small: bool) -> None:  # noqa: FBT001 - a row of the table
    """Operators are thousands."""
    assert is_small(dtype) is small
