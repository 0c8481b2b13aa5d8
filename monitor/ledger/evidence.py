"""Keep who spoke with whom: every row while an hour is open, the largest rows of each key when it is closed.

Decides what stays when an hour is closed: of each transfer key its 100 largest rows by octets both ways, and one
remainder row that holds the sums of the others. The measures of a key are therefore exact always; only who the small
ones were is given up. Rows lie as columns, an hour at a time: half a million of them cost what one SQL row costs.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Final

import polars as pl
from sqlalchemy import func, select

from monitor import kept
from monitor.folding import EVIDENCE_KEY, folded_evidence
from monitor.kept import MEASURE_NAMES
from monitor.ledger.seconds import seconds
from monitor.ledger.tables import EVIDENCE, INPUTS
from monitor.totals import saturated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import Connection

LARGEST_ROWS: Final = 100
# An hour is closed when event time has gone two hours beyond its end.
_CLOSED_AFTER_SECONDS: Final = 3_600 + 2 * 3_600
# The last part of an open hour is filled up to so many rows before another begins.
_PART_ROWS: Final = 4_096
# An hour of more rows is closed share by share, so that memory stays bounded.
_ROWS_AT_ONCE: Final = 1_500_000


def add_evidence(connection: Connection, evidence: pl.DataFrame, keep_seconds: int, today: int) -> None:
    """Add rows to the open hours that they belong to; `today`: the second from which keeping counts at the earliest."""
    for (hour,), rows in evidence.group_by("hour", maintain_order=True):
        _add_to(connection, seconds(hour), rows, keep_seconds, today)


def _add_to(connection: Connection, hour: int, rows: pl.DataFrame, keep_seconds: int, today: int) -> None:
    last = (
        select(EVIDENCE.c.part, EVIDENCE.c.closed, EVIDENCE.c.rows, EVIDENCE.c.content)
        .where(EVIDENCE.c.hour == hour)
        .order_by(EVIDENCE.c.part.desc())
        .limit(1)
    )
    found = connection.execute(last).first()
    part = 0 if found is None else found.part + 1
    if found is not None and not found.closed and found.rows + rows.height <= _PART_ROWS:
        rows = folded_evidence([unpacked(found.content, hour), rows])
        part = found.part
        connection.execute(EVIDENCE.delete().where((EVIDENCE.c.hour == hour) & (EVIDENCE.c.part == part)))
    _write(connection, hour, part, rows, max(hour, today) + keep_seconds, closed=False)


def _write(connection: Connection, hour: int, part: int, rows: pl.DataFrame, until: int, *, closed: bool) -> None:
    row = {
        "hour": hour,
        "part": part,
        "closed": closed,
        "rows": rows.height,
        "content": packed(rows, hour, compressed=closed),
        "retain_until": until,
    }
    connection.execute(EVIDENCE.insert().values(row))


def closable_hours(connection: Connection) -> list[int]:
    """Hours that event time has left behind and that are not closed, oldest first."""
    newest = connection.execute(select(func.max(INPUTS.c.last_time))).scalar()
    if newest is None:
        return []
    over = (EVIDENCE.c.hour <= newest - _CLOSED_AFTER_SECONDS) & ~EVIDENCE.c.closed
    return list(connection.execute(select(EVIDENCE.c.hour).where(over).distinct().order_by("hour")).scalars())


def close_hour(connection: Connection, hour: int) -> None:
    """Keep what stays of an hour, as one part."""
    of_hour = EVIDENCE.c.hour == hour
    about = connection.execute(
        select(func.max(EVIDENCE.c.retain_until), func.sum(EVIDENCE.c.rows)).where(of_hour)
    ).one()
    shares = 1 + int(about[1]) // _ROWS_AT_ONCE
    kept_rows = [_largest(_share(_parts(connection, hour), share, shares)) for share in range(shares)]
    rows = _largest(pl.concat(kept_rows)) if shares > 1 else kept_rows[0]
    connection.execute(EVIDENCE.delete().where(of_hour))
    _write(connection, hour, 0, rows, int(about[0]), closed=True)


def _parts(connection: Connection, hour: int) -> Iterator[pl.DataFrame]:
    found = connection.execute(
        select(EVIDENCE.c.content).where(EVIDENCE.c.hour == hour).order_by(EVIDENCE.c.part),
        execution_options={"yield_per": 1},
    )
    return (unpacked(content, hour) for content in found.scalars())


def _share(parts: Iterable[pl.DataFrame], share: int, shares: int) -> pl.DataFrame:
    """One of several shares of the rows; rows that fold into one are of one share, remainder rows of the first."""
    if shares == 1:
        return pl.concat(parts)
    number = pl.struct(EVIDENCE_KEY).hash(seed=0) % shares
    mine = pl.when(pl.col("folded") > 0).then(0).otherwise(number) == share
    return pl.concat(part.filter(mine) for part in parts)


def _largest(rows: pl.DataFrame) -> pl.DataFrame:
    """The largest rows of each key in full, the others as one remainder row. Columns in and out: `kept.EVIDENCE`.

    Only keys with more rows than stay are looked at; the others are handed on as they are.
    """
    many = pl.len().over("hour", "key") > LARGEST_ROWS
    is_many = rows.select(many | (pl.col("folded") > 0)).to_series()
    whole = folded_evidence([rows.filter(is_many & (rows["folded"] == 0))])
    both = pl.col("octets_out").cast(pl.Float64) + pl.col("octets_in")
    # Whatever the order among equals, rows below the hundredth largest are out: only the rest is sorted.
    least = both.top_k(LARGEST_ROWS).min().over("hour", "key")
    near = whole.select(both >= least).to_series()
    exact = pl.col("octets_out").cast(pl.Int128) + pl.col("octets_in")
    ranked = whole.filter(near).with_columns(exact.alias("octets_both"))
    ranked = ranked.sort("octets_both", *EVIDENCE_KEY[2:], descending=[True, False, False, False, False])
    stays = ranked.select(pl.int_range(pl.len()).over("hour", "key") < LARGEST_ROWS).to_series()
    ranked = ranked.drop("octets_both")
    others = [ranked.filter(~stays), whole.filter(~near), rows.filter(pl.col("folded") > 0)]
    return pl.concat([rows.filter(~is_many), ranked.filter(stays), _remainders(others)])


def _remainders(others: Sequence[pl.DataFrame]) -> pl.DataFrame:
    whole = pl.concat(others)
    stands_for = pl.when(pl.col("folded") == 0).then(1).otherwise("folded")
    return (
        whole.with_columns(stands_for.alias("folded"))
        .group_by("hour", "key", maintain_order=True)
        .agg(
            *saturated(*MEASURE_NAMES, "folded"),
            pl.col("first_seen").min(),
            pl.col("last_seen").max(),
        )
        .with_columns(pl.lit(None, dtype=dtype).alias(name) for name, dtype in _NOBODY.items())
        .select(whole.columns)
    )


_NOBODY: Final = {
    column.name: column.dtype for column in kept.EVIDENCE if column.name in EVIDENCE_KEY and column.nullable
}


def evidence_of(connection: Connection, begins: int, ends: int, keys: pl.Series | None = None) -> pl.DataFrame:
    """Evidence of the hours from `begins` on and before `ends`, of some transfer keys or of all.

    Columns out: `kept.EVIDENCE`; an hour that is open is told as exactly as one that is closed.
    """
    within = (EVIDENCE.c.hour >= begins) & (EVIDENCE.c.hour < ends)
    found = connection.execute(
        select(EVIDENCE.c.content, EVIDENCE.c.hour).where(within).order_by(EVIDENCE.c.hour, EVIDENCE.c.part),
        execution_options={"yield_per": 1},
    )
    rows = (unpacked(each.content, each.hour) for each in found)
    chosen = [kept.empty(kept.EVIDENCE)]
    chosen += [part if keys is None else part.filter(pl.col("key").is_in(keys.implode())) for part in rows]
    whole = pl.concat(chosen)
    remainders = _remainders([whole.filter(pl.col("folded") > 0)])
    rows_of_open = folded_evidence([whole.filter(pl.col("folded") == 0)])
    return pl.concat([rows_of_open, remainders]).sort("hour", "key", "folded", *EVIDENCE_KEY[2:], nulls_last=True)


def packed(rows: pl.DataFrame, hour: int, *, compressed: bool) -> bytes:
    """Rows of one hour as an Arrow IPC file, without what `unpacked` knows: the hour, and columns of nothing.

    Numbers lie in the smallest type that holds them, times as microseconds from the hour on. An open hour is read again
    soon and is not compressed.
    """
    begins = hour * _MICROSECONDS
    times = [(pl.col(name).cast(pl.Int64) - begins).alias(name) for name in _TIMES]
    numbers = rows.drop("hour").with_columns(times)
    of_numbers = [name for name in numbers.columns if numbers.schema[name] == pl.Int64 and name != "key"]
    span = numbers.select(
        pl.col(of_numbers).min().name.prefix("least "), pl.col(of_numbers).max().name.prefix("most ")
    ).row(0, named=True)
    narrow = [pl.col(name).cast(_narrowest(span[f"least {name}"], span[f"most {name}"])) for name in of_numbers]
    nothing = [name for name in of_numbers if span[f"least {name}"] == span[f"most {name}"] == 0 and name not in _TIMES]
    nothing += [name for name in _NOBODY if rows[name].null_count() == rows.height]
    target = BytesIO()
    # The oldest layout of text: the newer one takes more room for text as short as an address.
    numbers.with_columns(narrow).drop(nothing).write_ipc(
        target, compression="lz4" if compressed else "uncompressed", compat_level=pl.CompatLevel.oldest()
    )
    return target.getvalue()


def _narrowest(least: int | None, most: int | None) -> pl.DataType:
    if least is None or most is None or least < 0:
        return pl.Int64()
    return next((dtype for limit, dtype in _NARROW.items() if most < limit), pl.Int64())


_NARROW: Final = {2**8: pl.UInt8(), 2**16: pl.UInt16(), 2**32: pl.UInt32()}
_TIMES: Final = ("first_seen", "last_seen")
_MICROSECONDS: Final = 1_000_000


def unpacked(content: bytes, hour: int) -> pl.DataFrame:
    """Rows of `packed`. Columns out: `kept.EVIDENCE`."""
    found = pl.read_ipc(BytesIO(content))
    begins = hour * _MICROSECONDS
    columns: list[pl.Expr] = []
    for column in kept.EVIDENCE:
        if column.name == "hour":
            columns.append(pl.lit(begins, pl.Int64).cast(column.dtype).alias(column.name))
        elif column.name not in found.columns:
            nothing = None if column.nullable else 0
            columns.append(pl.lit(nothing, column.dtype).alias(column.name))
        elif column.name in _TIMES:
            columns.append((pl.col(column.name).cast(pl.Int64) + begins).cast(column.dtype))
        else:
            columns.append(pl.col(column.name).cast(column.dtype))
    return found.select(columns)
