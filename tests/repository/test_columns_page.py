"""docs/columns.md says of every column what monitor/schema.py says; TRANSFERWATCH_REGENERATE=docs writes it anew."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import polars as pl

from monitor import schema

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

HEAD = """# Columns

Every column of every event (`decode`) and of every judged row (`replay --judged`). This page is written from
`monitor/schema.py`; a test holds the two together.

In NDJSON unknown is `null`, times are RFC 3339 in UTC with six fractional digits, `attributes` is an object. In Parquet
`attributes` is the same object as JSON text, because the form has no map of free keys that every reader knows.
"""

ONE_SHAPE = """
A judged row has every column of `flow`, `name` and `admin` once, whatever its event: `event` tells which it is, columns
that the event has not are null, and `action` is text. A flow is judged at its `end_time`, the others at their `time`.
"""


def _type(dtype: pl.DataType) -> str:
    if isinstance(dtype, pl.List):
        return "list of text"
    if isinstance(dtype, pl.Enum):
        return "one of " + ", ".join(f"`{word}`" for word in dtype.categories)
    if isinstance(dtype, pl.Datetime):
        return "time, UTC"
    if isinstance(dtype, pl.Boolean):
        return "true or false"
    return "text" if isinstance(dtype, pl.String | pl.Categorical) else "whole number"


def _table(title: str, columns: Sequence[schema.Column], more: str = "") -> str:
    rows = [
        f"| `{column.name}` | {_type(column.dtype)} | {'may be null' if column.nullable else ''} | {column.meaning} |"
        for column in columns
    ]
    return "\n".join([f"\n## {title}\n{more}", "| column | type | | meaning |", "|---|---|---|---|", *rows, ""])


def page() -> str:
    """The page as it should be."""
    beyond = [column for column in schema.JUDGED if column not in schema.SAID]
    return (
        HEAD
        + _table("`flow` events", schema.FLOW)
        + _table("`name` events", schema.NAME)
        + _table("`admin` events", schema.ADMIN)
        + _table("`coverage` events", schema.COVERAGE)
        + _table("Judged rows: the columns of the three events, and these", beyond, ONE_SHAPE)
    )


def test_page_says_what_the_schema_says(root: Path) -> None:
    """No column is missing and none is invented."""
    path = root / "docs" / "columns.md"
    if os.environ.get("TRANSFERWATCH_REGENERATE") == "docs":
        path.write_text(page(), encoding="utf-8")

    assert path.read_text(encoding="utf-8") == page()
