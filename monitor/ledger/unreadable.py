"""Inputs that could not be read: each is in the ledger once, as long as nobody could read it.

Decides how one is known again. By its first octets as they lie there, because after decompression it may have none,
and where these were fewer than now by its path too; where not even these can be read, by its path and what it looks
like. One that is read after all was not lost: its row goes. Its records have no time that anybody knows, so that it
stands in the hour in which it was last written.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

import polars as pl
from sqlalchemy import func, select, tuple_
from sqlalchemy.dialects.sqlite import insert

from monitor import kept
from monitor.ledger.seconds import as_times, seconds
from monitor.ledger.tables import UNREADABLE
from monitor.schema import frame_schema

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from monitor.schema import Column

_HOUR_SECONDS: Final = 3_600


@dataclass(frozen=True, slots=True)
class Looks:
    """What an input is known by that cannot be read; `first`: its first octets, empty where they cannot be had.

    `hint`: what it looks like where it lies. `written`: seconds since 1970.
    """

    path: str
    first: bytes
    hint: str
    written: int

    def known_by(self, length: int) -> tuple[int, str]:
        """Length and digest of what it is known by, of as many of its first octets."""
        known = self.first[:length] or f"{self.path} {self.hint}".encode()
        return len(self.first[:length]), sha256(known).hexdigest()


def add_unreadable(connection: Connection, source: str, reason: str, looks: Looks, retain_until: int) -> bool:
    """Keep that an input could not be read; false where the ledger has it already."""
    if _rows_of(connection, looks):
        return False
    length, digest = looks.known_by(len(looks.first))
    row = {
        "source": source,
        "reason": reason,
        "length": length,
        "sha256": digest,
        "time": looks.written,
        "path": looks.path,
        "retain_until": retain_until,
    }
    return bool(connection.execute(insert(UNREADABLE).values(row).on_conflict_do_nothing()).rowcount)


def is_any_unreadable(connection: Connection) -> bool:
    """Whether there is one at all."""
    return connection.execute(select(UNREADABLE.c.id).limit(1)).first() is not None


def is_unreadable(connection: Connection, looks: Looks) -> bool:
    """Whether the ledger has it as one that could not be read."""
    return bool(_rows_of(connection, looks))


def remove_unreadable(connection: Connection, looks: Looks) -> None:
    """Forget one that was read after all."""
    connection.execute(UNREADABLE.delete().where(UNREADABLE.c.id.in_(_rows_of(connection, looks))))


def _rows_of(connection: Connection, looks: Looks) -> list[int]:
    """Rows of this input: it may be known by fewer octets than it has now, or by none.

    By fewer only where it lay then: many files begin with the same few, such as the header of gzip.
    """
    has = len(looks.first)
    lengths = connection.execute(select(UNREADABLE.c.length).distinct()).scalars()
    ways = {looks.known_by(length) for length in lengths if length <= has}
    same = tuple_(UNREADABLE.c.length, UNREADABLE.c.sha256).in_(ways)
    lies = (UNREADABLE.c.length == has) | (UNREADABLE.c.path == looks.path)
    return list(connection.execute(select(UNREADABLE.c.id).where(same, lies)).scalars()) if ways else []


def unreadable_coverage(connection: Connection, begins: datetime, ends: datetime) -> pl.DataFrame:
    """The inputs of those hours by source. Columns out: `kept.COVERAGE`; `statements` counts them."""
    hour = UNREADABLE.c.time - UNREADABLE.c.time % _HOUR_SECONDS
    wanted = (
        select(hour, UNREADABLE.c.source, func.count(), func.min(UNREADABLE.c.time), func.max(UNREADABLE.c.time))
        .where(UNREADABLE.c.time >= seconds(begins), UNREADABLE.c.time < seconds(ends))
        .group_by(hour, UNREADABLE.c.source)
    )
    rows = [
        (begin, source, None, kept.UNREADABLE, inputs, 0, 0, 0, 0, first, last)
        for begin, source, inputs, first, last in connection.execute(wanted)
    ]
    return _frame(rows, kept.COVERAGE)


def unreadable_outcomes(connection: Connection, begins: datetime, ends: datetime) -> pl.DataFrame:
    """The inputs of those hours, each with its reason. Columns out: `kept.OUTCOMES`; their numbers are negative."""
    wanted = select(UNREADABLE).where(UNREADABLE.c.time >= seconds(begins), UNREADABLE.c.time < seconds(ends))
    rows = [
        (-row.id, row.source, row.time, row.time, kept.UNREADABLE, row.reason, 0, 0)
        for row in connection.execute(wanted)
    ]
    return _frame(rows, kept.OUTCOMES)


def _frame(rows: Sequence[tuple[object, ...]], columns: Sequence[Column]) -> pl.DataFrame:
    schema = frame_schema(columns)
    times = [name for name in ("hour", "first_time", "last_time") if name in schema]
    plain = schema | dict.fromkeys(times, pl.Int64())
    return pl.DataFrame(rows, schema=plain, orient="row").with_columns(as_times(*times))
