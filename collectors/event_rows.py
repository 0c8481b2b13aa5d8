"""Events from columns of text: the frame and the addresses that the seam wants.

Decides that an address stands once, whatever its column. Knows nothing of any log.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from collectors.attributes import attribute_objects
from collectors.contract import Admins, Names
from monitor import schema
from monitor.address import parse_addresses

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from monitor.address import ParsedAddresses

_NAME_ENDS: Final = ("client_address", "address", "resolver_address")
_ADMIN_ENDS: Final = ("actor_address", "target_address")


def dns_names(rows: pl.DataFrame, attributes: Mapping[str, pl.Series]) -> Names:
    """Names of a DNS log.

    *Columns in*: `line`, and as text or null those of `schema.NAME` that the log tells, addresses as they are written;
    each of `attributes` is as long. What is no address becomes null.
    """
    dtypes = {column.name: column.dtype for column in schema.NAME if column.name not in {"event", "source"}}
    rows = rows.with_columns(pl.lit("dns").alias("via"))
    frame, addresses = _finished(rows, dtypes, _NAME_ENDS, attributes)
    return Names(frame, addresses)


def admin_rows(rows: pl.DataFrame, attributes: Mapping[str, pl.Series]) -> Admins:
    """Actions of administrators.

    *Columns in*: as `dns_names`, of `schema.ADMIN`, with `target_address` and `access`.
    """
    dtypes = {column.name: column.dtype for column in schema.ADMIN if column.name not in {"event", "source"}}
    dtypes |= {"target_address": pl.String(), "access": pl.Boolean()}
    frame, addresses = _finished(rows, dtypes, _ADMIN_ENDS, attributes)
    return Admins(frame, addresses)


def _finished(
    rows: pl.DataFrame, dtypes: Mapping[str, pl.DataType], ends: Sequence[str], attributes: Mapping[str, pl.Series]
) -> tuple[pl.DataFrame, ParsedAddresses]:
    height = rows.height
    categories = pl.Categorical(pl.Categories.random())
    written = {name: column.cast(categories) for name, column in attributes.items() if column.null_count() < height}
    columns = [rows["line"].cast(pl.UInt64)]
    for name, dtype in dtypes.items():
        if name == "attributes":
            columns.append(attribute_objects(written, height, absent="").alias(name))
        elif name in rows.columns:
            columns.append(rows[name].cast(dtype))
        else:
            columns.append(pl.Series(name, [None], dtype=dtype).new_from_index(0, height))
    frame = pl.DataFrame(columns)
    return positions(frame, ends)


def positions(frame: pl.DataFrame, ends: Sequence[str]) -> tuple[pl.DataFrame, ParsedAddresses]:
    """Put the positions of addresses in the place of their text, and give the addresses."""
    texts = pl.concat([frame[name].rename("text") for name in ends])
    codes, distinct = _coded(texts)
    addresses = parse_addresses(distinct)
    known = addresses.version != 0
    present = codes >= 0
    present[present] = known[codes[present]]
    found = pl.Series("position", np.where(present, codes, 0).astype(np.uint32))
    found = found.zip_with(pl.Series(present), pl.Series([None], dtype=pl.UInt32).new_from_index(0, len(found)))
    height = frame.height
    return frame.with_columns(found.slice(n * height, height).alias(name) for n, name in enumerate(ends)), addresses


def readable(text: pl.Series) -> pl.Series:
    """Whether each text is an address; null is none."""
    codes, distinct = _coded(text)
    known = np.append(parse_addresses(distinct).version != 0, False)
    return pl.Series(known[codes], dtype=pl.Boolean)


def _coded(text: pl.Series) -> tuple[NDArray[np.int64], pl.Series]:
    """The number of each text among the distinct ones, -1 for null, and those."""
    coded = text.cast(pl.Categorical(pl.Categories.random()))
    distinct = coded.unique().drop_nulls()
    physical = distinct.to_physical().to_numpy()
    beyond = int(physical.max()) + 1 if len(physical) else 0
    number = np.full(beyond + 1, -1, dtype=np.int64)
    number[physical] = np.arange(len(physical))
    return number[coded.to_physical().fill_null(beyond).to_numpy()], distinct.cast(pl.String)
