"""Read what the ledger keeps, as the frames of `monitor.kept`.

Decides how rows come out of SQL: in pieces, so that a month of a million rows does not stand in memory as Python
objects. A month is summed by key in the database.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl
from sqlalchemy import Text, cast, func, select

from monitor import kept
from monitor.ledger.seconds import as_times, moment, seconds
from monitor.ledger.tables import (
    ATLASES,
    BASES,
    COVERAGE,
    INPUTS,
    JUDGEMENT_WORDS,
    JUDGEMENTS,
    NETWORKS,
    OUTCOMES,
    PROBES,
    TRANSFER_KEYS,
    TRANSFERS,
)
from monitor.ledger.unreadable import unreadable_coverage, unreadable_outcomes
from monitor.schema import Column, frame_schema
from monitor.totals import sums_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Select


_ROWS_AT_ONCE: Final = 50_000
_TIMES: Final = frozenset({"hour", "first_time", "last_time"})
_COURSE_WORDS: Final = ("place_verdict", "control_verdict", "counted", "basis")
_KEY_WORDS: Final = tuple(column for column in kept.TRANSFERS if column.name not in {"hour", *kept.MEASURE_NAMES})
_JUDGEMENT: Final = Column("judgement", pl.Int64(), nullable=False, meaning="number of what the judge said")
_KEYS: Final = (*(column for column in _KEY_WORDS if column.name not in JUDGEMENT_WORDS), _JUDGEMENT)
_JUDGEMENTS: Final = (*(column for column in _KEY_WORDS if column.name in JUDGEMENT_WORDS), _JUDGEMENT)


def transfers_of(connection: Connection, begins: datetime, ends: datetime) -> pl.DataFrame:
    """Transfer rows of the hours from `begins` on and before `ends`. Columns out: `kept.TRANSFERS`."""
    narrow, words = sums_and_words(connection, begins, ends)
    return narrow.join(words, on="key", how="left").select(column.name for column in kept.TRANSFERS)


def sums_and_words(connection: Connection, begins: datetime, ends: datetime) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows of those hours, and apart from them what their keys stand for: a million rows share few thousand keys.

    Columns out: `hour`, `key` and the measures; `key`, those of `kept.KEY` and `place_country`.
    """
    return _sums_by_hour(connection, begins, ends), _keys_between(connection, begins, ends)


def month_and_course(narrow: pl.DataFrame, words: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Transfers by key, and the course of the hours.

    Columns in: as `sums_and_words` gives them. Columns out: `kept.MONTH` and `kept.COURSE`.
    """
    # The course needs four words of a key; beside a million rows they stand as one number.
    verdicts = words.select(_COURSE_WORDS).unique(maintain_order=True).with_row_index("verdict")
    number = words.join(verdicts, on=_COURSE_WORDS).select("key", "verdict")
    hourly = narrow.join(number, on="key").group_by("hour", "verdict").agg(sums_of(narrow, kept.MEASURE_NAMES))
    by_key = narrow.drop("hour").group_by("key").agg(sums_of(narrow, kept.MEASURE_NAMES))
    course = hourly.join(verdicts, on="verdict").sort("hour", *_COURSE_WORDS)
    month = by_key.join(words, on="key", how="left").sort("key")
    return month.select(column.name for column in kept.MONTH), course.select(column.name for column in kept.COURSE)


def _sums_by_hour(connection: Connection, begins: datetime, ends: datetime) -> pl.DataFrame:
    """The rows without what their keys stand for. Columns out: `hour`, `key` and the measures.

    The database writes each column of an hour as one text, and that is read at once: a million rows never become
    Python objects.
    """
    names = ("key", *kept.MEASURE_NAMES)
    columns = [func.aggregate_strings(cast(TRANSFERS.c[name], Text), ",") for name in names]
    within = (TRANSFERS.c.hour >= seconds(begins)) & (TRANSFERS.c.hour < seconds(ends))
    wanted = select(TRANSFERS.c.hour, *columns).where(within).group_by(TRANSFERS.c.hour).order_by(TRANSFERS.c.hour)
    hours = [pl.DataFrame(schema={"hour": pl.Int64(), **dict.fromkeys(names, pl.Int64())})]
    for hour, *texts in connection.execute(wanted, execution_options={"yield_per": 1}):
        numbers = {name: np.fromstring(text, np.int64, sep=",") for name, text in zip(names, texts, strict=True)}
        hours.append(pl.DataFrame(numbers).select(pl.lit(hour, pl.Int64).alias("hour"), pl.all()))
    return pl.concat(hours).with_columns(as_times("hour"))


def _keys_between(connection: Connection, begins: datetime, ends: datetime) -> pl.DataFrame:
    """What the keys of those hours stand for. Columns out: `key`, those of `kept.KEY`, `place_country`."""
    used = select(TRANSFERS.c.key).where(TRANSFERS.c.hour >= seconds(begins), TRANSFERS.c.hour < seconds(ends))
    # What the judge said is long, and the same for many keys: it is read once.
    keys = _frame(connection, select(TRANSFER_KEYS).where(TRANSFER_KEYS.c.key.in_(used)), _KEYS)
    said = _frame(connection, select(JUDGEMENTS), _JUDGEMENTS)
    return keys.join(said, on=_JUDGEMENT.name, how="left").select(column.name for column in _KEY_WORDS)


def probes_of(connection: Connection, begins: datetime, ends: datetime) -> pl.DataFrame:
    """Probes of those hours. Columns out: `kept.PROBES`."""
    wanted = select(PROBES).where(PROBES.c.hour >= seconds(begins), PROBES.c.hour < seconds(ends))
    return _frame(connection, wanted, kept.PROBES)


def coverage_of(connection: Connection, begins: datetime, ends: datetime) -> pl.DataFrame:
    """What sources saw of those hours, and what of them could not be read. Columns out: `kept.COVERAGE`."""
    wanted = select(COVERAGE).where(COVERAGE.c.hour >= seconds(begins), COVERAGE.c.hour < seconds(ends))
    return pl.concat([_frame(connection, wanted, kept.COVERAGE), unreadable_coverage(connection, begins, ends)])


def networks_of(connection: Connection, begins: datetime, ends: datetime) -> pl.DataFrame:
    """Which of our networks sources told of in those hours. Columns out: `kept.NETWORKS`."""
    wanted = select(NETWORKS).where(NETWORKS.c.hour >= seconds(begins), NETWORKS.c.hour < seconds(ends))
    return _frame(connection, wanted, kept.NETWORKS)


def outcomes_of(connection: Connection, begins: datetime, ends: datetime) -> pl.DataFrame:
    """Records in no hour, of the inputs whose records touch that time, and inputs that could not be read.

    Columns out: `kept.OUTCOMES`. An input that has no time at all belongs to no month and to all of them.
    """
    touches = (INPUTS.c.first_time < seconds(ends)) & (INPUTS.c.last_time >= seconds(begins))
    wanted = (
        select(OUTCOMES, INPUTS.c.source, INPUTS.c.first_time, INPUTS.c.last_time)
        .join(INPUTS, INPUTS.c.id == OUTCOMES.c.input)
        .where(touches | INPUTS.c.first_time.is_(None))
    )
    return pl.concat([_frame(connection, wanted, kept.OUTCOMES), unreadable_outcomes(connection, begins, ends)])


def bases(connection: Connection) -> pl.DataFrame:
    """Every basis that rows were judged by. Columns out: `kept.BASES`."""
    wanted = select(BASES, ATLASES.c.atlas_oldest, ATLASES.c.atlas_newest)
    return _frame(connection, wanted.outerjoin(ATLASES, ATLASES.c.atlas == BASES.c.atlas), kept.BASES)


def largest_operators(connection: Connection, since: datetime, count: int) -> list[str]:
    """The operators with the most octets both ways in counted transfers since then, the largest first."""
    octets = func.total(TRANSFERS.c.octets_out) + func.total(TRANSFERS.c.octets_in)
    operator = TRANSFER_KEYS.c.operator
    wanted = (
        select(operator)
        .join(TRANSFERS, TRANSFERS.c.key == TRANSFER_KEYS.c.key)
        .where(TRANSFERS.c.hour >= seconds(since), TRANSFER_KEYS.c.counted, operator.is_not(None))
        .group_by(operator)
        .order_by(octets.desc(), operator)
        .limit(count)
    )
    return list(connection.execute(wanted).scalars())


def last_record(connection: Connection) -> datetime | None:
    """The newest end of a record."""
    newest = connection.execute(select(func.max(INPUTS.c.last_time))).scalar()
    return None if newest is None else moment(newest)


def first_and_last_hour(connection: Connection) -> tuple[datetime, datetime] | None:
    """The first and the last hour of which something was read."""
    first, last = connection.execute(select(func.min(COVERAGE.c.hour), func.max(COVERAGE.c.hour))).one()
    return None if first is None else (moment(first), moment(last))


def _frame(connection: Connection, wanted: Select[Any], columns: Sequence[Column]) -> pl.DataFrame:
    """Rows as a frame of these columns, a piece at a time."""
    schema = frame_schema(columns)
    plain = {
        name: pl.Int64() if name in _TIMES else pl.String() if dtype == kept.TEXTS else dtype
        for name, dtype in schema.items()
    }
    cursor = connection.execute(wanted.with_only_columns(*(wanted.selected_columns[name] for name in schema)))
    pieces = [
        pl.DataFrame(list(zip(*rows, strict=True)), schema=plain, orient="col")
        for rows in cursor.partitions(_ROWS_AT_ONCE)
    ]
    lists = [name for name, dtype in schema.items() if dtype == kept.TEXTS]
    return pl.concat([pl.DataFrame(schema=plain), *pieces]).with_columns(
        *as_times(*(name for name in schema if name in _TIMES)),
        *(_words(name) for name in lists),
    )


def _words(name: str) -> pl.Expr:
    return pl.col(name).str.split(" ").list.filter(pl.element() != "").alias(name)
