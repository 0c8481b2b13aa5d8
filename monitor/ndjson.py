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
        objects = part.select(pl.struct(_plain(name, dtype) for name, dtype in part.schema.items() if name != _ATTRIBUTES))
        encoded = objects.to_series().struct.json_encode()
        if _ATTRIBUTES in part.columns:
            body = pl.lit(encoded).str.strip_suffix("}")
            encoded = pl.select(pl.concat_str(body, pl.lit(',"attributes":'), part[_ATTRIBUTES], pl.lit("}"))).to_series()
        if len(encoded):
            yield "\n".join(encoded) + "\n"


def _plain(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if isinstance(dtype, pl.Datetime):
        return column.dt.strftime(_TIME_FORM)
    if isinstance(dtype, pl.List):
        return column.cast(pl.List(pl.String))
    return column.cast(pl.String) if isinstance(dtype, pl.Categorical | pl.Enum) else column
