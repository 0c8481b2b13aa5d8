"""What every event of a Zeek log says beside its own columns: who saw it, and the fields that have no column.

Source: the streaming logs of corelight/json-streaming-logs add `_system_name` (which sensor), read 2026-11.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from collectors.attributes import attribute_objects, with_members

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from collectors.zeek.table import Table

_OBSERVER: Final = "_system_name"
# What says where a record was written, not what was seen.
_OF_THE_WRITER: Final = {_OBSERVER, "_path", "_write_ts"}
_NO_TEXT: Final = "\0"


def origin(table: Table, observer: str = _OBSERVER) -> list[pl.Series]:
    """The columns of `schema.ORIGIN` but for `source` and `attributes`."""
    others = ("account", "network_id", "region_hint", "service_hint")
    return [table.text(observer).alias("observer"), *(table.nulls(name, pl.String) for name in others)]


def attributes(table: Table, with_column: AbstractSet[str], more: Mapping[str, pl.Series] | None = None) -> pl.Series:
    """The `attributes` column: every field but those with a column, as the text that stands there."""
    words: dict[str, pl.Series] = {}
    texts: dict[str, pl.Series] = {}
    for column in table.frame.iter_columns():
        if column.name in with_column or column.name in _OF_THE_WRITER or column.null_count() == len(column):
            continue
        if isinstance(column.dtype, pl.Categorical):
            words[column.name] = column
        elif isinstance(column.dtype, pl.List):
            texts[column.name] = column.list.join(",")
        else:
            texts[column.name] = column
    for name, column in (more or {}).items():
        (words if isinstance(column.dtype, pl.Categorical) else texts)[name] = column
    return with_members(attribute_objects(words, table.height, absent=_NO_TEXT), texts).alias("attributes")
