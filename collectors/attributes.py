"""What a source says beyond the schema: a flat text-to-text map for each record, held as JSON text.

The map is made once for each distinct combination of values; a batch has few.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from monitor.combinations import combinations

if TYPE_CHECKING:
    from collections.abc import Mapping

# What a JSON text may not hold as it is. Source: RFC 8259 section 7.
_ESCAPED: Final = r'["\\\x00-\x1f]'


def attribute_objects(columns: Mapping[str, pl.Series], height: int, absent: str) -> pl.Series:
    """One JSON object a row, with the columns' names as keys and without nulls and `absent` values.

    Columns in: `Categorical` of one length, `height`. Out: `String`.
    """
    if not columns or not height:
        return pl.Series("attributes", ["{}"], dtype=pl.String).new_from_index(0, height)
    codes = [column.to_physical().cast(pl.Int64).fill_null(-1).to_numpy() for column in columns.values()]
    distinct = combinations(codes)
    rows = pl.Series(distinct.row_of.astype(np.uint32))
    pairs = [_pair(name, column.gather(rows).cast(pl.String), absent) for name, column in columns.items()]
    body = pl.concat_str(pairs, ignore_nulls=True)
    objects = pl.select(pl.concat_str(pl.lit("{"), body.str.strip_prefix(","), pl.lit("}"))).to_series()
    return objects.gather(pl.Series(distinct.ids.astype(np.uint32)))


def _pair(name: str, values: pl.Series, absent: str | None) -> pl.Expr:
    """`,"name":"value"` with the value escaped by the JSON writer; null where there is none."""
    quoted = pl.DataFrame({name: values}).select(pl.struct(name).struct.json_encode()).to_series()
    inner = quoted.str.strip_prefix("{").str.strip_suffix("}")
    there = values.is_not_null() if absent is None else values.is_not_null() & (values != absent)
    return pl.when(there).then(pl.concat_str(pl.lit(","), pl.lit(inner)))


def with_members(objects: pl.Series, columns: Mapping[str, pl.Series]) -> pl.Series:
    """JSON objects with more members, for values that differ from row to row: one text each, without nulls.

    Columns in: `objects` as `attribute_objects` gives them; the others `String` or integers, of the same length.
    """
    if not columns or not len(objects):
        return objects
    members = [_member(name, column) for name, column in columns.items()]
    named = pl.DataFrame([objects.alias("objects"), *(column.alias(name) for name, column in columns.items())])
    tail = pl.concat_str([*members, pl.lit("}")], ignore_nulls=True)
    head = pl.col("objects").str.strip_suffix("}")
    if (objects == "{}").any():  # nothing stands before the first comma
        tail = pl.when(pl.col("objects") == "{}").then(tail.str.strip_prefix(",")).otherwise(tail)
    return named.select(pl.concat_str(head, tail)).to_series().alias(objects.name)


def _member(name: str, values: pl.Series) -> pl.Expr:
    """As `_pair`, of a column of that name; text that needs no escape is put between quotation marks as it is."""
    if values.dtype == pl.String and values.str.contains(_ESCAPED).any():
        return _pair(name, values, None)
    opening = pl.DataFrame({name: [""]}).select(pl.struct(name).struct.json_encode()).item()
    opening = opening.removeprefix("{").removesuffix('"}')
    return pl.concat_str(pl.lit(f",{opening}"), pl.col(name).cast(pl.String), pl.lit('"'))
