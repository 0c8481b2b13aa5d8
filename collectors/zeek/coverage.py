"""What Zeek says about its own seeing: octets that it missed within a connection, and its measure of lost packets.

Decides that a gap in a connection is a drop of the sensor: Zeek saw it acknowledged, so it was there to be seen.

Source: Zeek, base/protocols/conn/main.zeek (`missed_bytes`) and policy/misc/capture-loss.zeek, read 2026-11.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from collectors.zeek.origin import attributes, origin
from collectors.zeek.table import as_time
from monitor import schema

if TYPE_CHECKING:
    from collectors.zeek.table import Table

_OF_LOSS: Final = frozenset({"ts", "ts_delta", "peer", "percent_lost"})


def missed_octets(table: Table) -> pl.DataFrame | None:
    """A statement for every connection in which octets were missed; None where none was."""
    missed = table.column("missed_bytes", pl.Int64)
    gaps = (missed > 0).fill_null(value=False)
    if not gaps.any():
        return None
    some = table.where(gaps)
    start = some.column("ts", schema.TIME)
    end = as_time(start.to_physical() + some.column("duration", pl.Int64).fill_null(0))
    detail = pl.select(pl.concat_str(pl.lit("missed_bytes "), some.column("missed_bytes", pl.Int64))).to_series()
    told = some.column("uid", pl.String)
    kept = attributes(some, frozenset(some.frame.columns), {"uid": told})
    return _statements(some, (start, end), some.constant("state", "dropped", schema.STATES), detail, kept)


def capture_loss(table: Table) -> pl.DataFrame:
    """Statements of capture_loss.log: `dropped` where a worker has missed anything, else `ok`."""
    end = table.column("ts", schema.TIME)
    start = as_time(end.to_physical() - table.column("ts_delta", pl.Int64).fill_null(0))
    lost = table.text("percent_lost")
    share = lost.cast(pl.Float64, strict=False)
    none = lost.is_null() | (share == 0).fill_null(value=False)
    state = pl.select(pl.when(none).then(pl.lit("ok")).otherwise(pl.lit("dropped"))).to_series()
    detail = pl.select(pl.concat_str(pl.lit("percent_lost "), pl.coalesce(share.cast(pl.String), lost))).to_series()
    return _statements(table, (start, end), state.cast(schema.STATES), detail, attributes(table, _OF_LOSS), "peer")


def _statements(
    table: Table,
    span: tuple[pl.Series, pl.Series],
    state: pl.Series,
    detail: pl.Series,
    kept: pl.Series,
    observer: str = "_system_name",
) -> pl.DataFrame:
    return pl.DataFrame(
        [
            table.number_of_line(),
            span[0].alias("start_time"),
            span[1].alias("end_time"),
            state.alias("state"),
            table.nulls("records", pl.Int64),
            detail.alias("detail"),
            *origin(table, observer),
            kept.alias("attributes"),
        ]
    )
