"""Octets and packets of oriented records by direction, seen from our end, scaled by sampling.

Decides what goes out and what comes in, and that a scaled count never wraps around: it stays at the largest number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from monitor.host_names import NO_NAME
from monitor.kept import MEASURE_NAMES, MOST

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from monitor.orient import Oriented


def by_direction(oriented: Oriented) -> dict[str, pl.Series]:
    """`octets_out octets_in packets_out packets_in` of each record; null where it does not count that way."""
    frame, local_is_src = oriented.frame, pl.Series(oriented.local_is_src)
    scale = pl.col("sampling_interval").fill_null(1).cast(pl.Int64)
    sampled = bool((frame["sampling_interval"].max() or 1) != 1)
    expressions = []
    for measure in ("octets", "packets"):
        forth, back = pl.col(measure), pl.col(f"reverse_{measure}")
        if sampled:
            forth, back = (_scaled(each, scale) for each in (forth, back))
        expressions.append(pl.when(local_is_src).then(forth).otherwise(back).alias(f"{measure}_out"))
        expressions.append(pl.when(local_is_src).then(back).otherwise(forth).alias(f"{measure}_in"))
    measured = frame.select(expressions)
    return {name: measured[name] for name in measured.columns}


def _scaled(count: pl.Expr, scale: pl.Expr) -> pl.Expr:
    return pl.when(count > MOST // scale).then(MOST).otherwise(count * scale)


def summable(oriented: Oriented) -> dict[str, NDArray[np.int64]]:
    """Every measure of `kept.MEASURES` for each record; what is not counted is 0."""
    frame = oriented.frame
    counted = {name: series.fill_null(0).to_numpy() for name, series in by_direction(oriented).items()}
    without = frame.select(pl.col("octets").is_null() & pl.col("reverse_octets").is_null()).to_series()
    packets = frame.select(pl.col("packets", "reverse_packets").fill_null(0))
    room = MOST - packets["packets"].to_numpy()
    out, back = counted["octets_out"], counted["octets_in"]
    unnamed = oriented.names.of_row == NO_NAME
    counted |= {
        "records": np.ones(frame.height, dtype=np.int64),
        "records_without_octets": without.cast(pl.Int64).to_numpy(),
        "octets_without_name": np.where(unnamed, out + np.minimum(back, MOST - out), 0),
        "packets_observed": packets["packets"].to_numpy() + np.minimum(packets["reverse_packets"].to_numpy(), room),
    }
    return {name: counted[name] for name in MEASURE_NAMES}
