"""Write frames as NDJSON: one object a row, the schema's column names, unknown as null.

Times are RFC 3339 in UTC with exactly six fractional digits; `attributes` is an object.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator

_TIME_FORM: Final = "%Y-%m-%dT%H:%M:%S%.6fZ"
_ATTRIBUTES: Final = "attributes"
_ROWS_AT_A_TIME: Final = 50_000


def ndjson_lines(frame: pl.DataFrame) -> Iterator[str]:
    """Yield text of whole lines, some thousand rows at a time.

    Columns in: any table of `monitor.schema`; `attributes` holds JSON objects and goes last.
    """
    for part in frame.iter_slices(_ROWS_AT_A_TIME):
        objects = ndjson_objects(part)
        if len(objects):
            yield "\n".join(objects) + "\n"


def ndjson_objects(frame: pl.DataFrame) -> pl.Series:
    """JSON text of every row, in the order of the rows."""
    names = [name for name in frame.columns if name != _ATTRIBUTES]
    objects = frame.select(pl.struct(_plain(name, frame.schema[name]) for name in names).struct.json_encode())
    if _ATTRIBUTES not in frame.columns:
        return objects.to_series()
    body = pl.lit(objects.to_series()).str.strip_suffix("}")
    attributes = pl.lit(frame[_ATTRIBUTES])
    return pl.select(pl.concat_str(body, pl.lit(',"attributes":'), attributes, pl.lit("}"))).to_series()


def _plain(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if isinstance(dtype, pl.Datetime):
        return column.dt.strftime(_TIME_FORM)
    if isinstance(dtype, pl.List):
        return column.cast(pl.List(pl.String))
    return column.cast(pl.String) if isinstance(dtype, pl.Categorical | pl.Enum) else column
