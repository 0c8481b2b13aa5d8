"""Rows of evidence, as a judge would make them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import polars as pl

from monitor import kept
from monitor.ledger.seconds import seconds
from monitor.schema import frame_schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

HOUR: Final = datetime(2026, 10, 7, 12, tzinfo=UTC)
BEGIN: Final = seconds(HOUR)


def row(number: int, octets: int, *, key: int = 1, hour: datetime = HOUR) -> dict[str, object]:
    """One conversation with the far end of that number."""
    return {
        "hour": hour,
        "key": key,
        "remote_address": f"198.18.{number // 250}.{number % 250}",
        "local_address": "10.20.0.5",
        "protocol": 6,
        "name": None,
        "records": 1,
        "octets_out": octets,
        "octets_in": octets // 3,
        "packets_out": 2,
        "packets_in": 1,
        "records_without_octets": 0,
        "packets_observed": 3,
        "octets_without_name": 0,
        "first_seen": hour + timedelta(seconds=number % 3_000),
        "last_seen": hour + timedelta(seconds=number % 3_000 + 30),
        "folded": 0,
    }


def frame(rows: Iterable[dict[str, object]]) -> pl.DataFrame:
    """Rows as a frame of evidence."""
    return pl.DataFrame(list(rows), schema=frame_schema(kept.EVIDENCE))


def totals(rows: pl.DataFrame, by: Sequence[str] = ("hour", "key")) -> list[tuple[object, ...]]:
    """Sums of all measures, and how many rows they stand for."""
    stands_for = pl.when(pl.col("folded") == 0).then(1).otherwise("folded").sum().alias("rows")
    extremes = (pl.col("first_seen").min(), pl.col("last_seen").max())
    return rows.group_by(by).agg(pl.col(kept.MEASURE_NAMES).sum(), stands_for, *extremes).sort(by).rows()
