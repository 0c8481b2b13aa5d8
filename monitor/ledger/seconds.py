"""Times as the ledger holds them: whole seconds since 1970 in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

import polars as pl

from monitor.schema import TIME

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECONDS: Final = 1_000_000


def seconds(moment: datetime) -> int:
    """Whole seconds of an instant."""
    return (moment - _EPOCH) // timedelta(seconds=1)


def moment(number: int) -> datetime:
    """The instant of whole seconds."""
    return _EPOCH + timedelta(seconds=number)


def as_seconds(*names: str) -> list[pl.Expr]:
    """Columns of times as columns of whole seconds."""
    return [(pl.col(name).cast(pl.Int64) // _MICROSECONDS).alias(name) for name in names]


def as_times(*names: str) -> list[pl.Expr]:
    """Columns of whole seconds as columns of times."""
    return [(pl.col(name) * _MICROSECONDS).cast(TIME).alias(name) for name in names]
