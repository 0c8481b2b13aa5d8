"""Keep the names that flows still to come may ask for, so that a kill loses none.

Decides that they are written in the transaction that moves the checkpoint of the input that gave them: what is there
is what the checkpoints say was read. It is never more than a copy of what the inputs hold, and goes after two days.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Final

import polars as pl
from sqlalchemy import select

from monitor.ledger.tables import NAMES_HELD

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection

    from monitor.ledger.store import Ledger

_KEPT_SECONDS: Final = 2 * 86_400
# The last part of an input is filled up to so many names before another begins: a log that grows makes few parts.
_PART_ROWS: Final = 4_096
_COLUMNS: Final = {
    "line": pl.UInt64(),
    "clock": pl.Int64(),
    "time": pl.Int64(),
    "join_key": pl.String(),
    "name": pl.String(),
    "rank": pl.UInt8(),
    "shared": pl.Boolean(),
}


@dataclass(frozen=True, slots=True)
class HeldNames:
    """The names that a range of an input gave; of older ones none is asked for whose clock lies before `since`."""

    parts: Sequence[pl.DataFrame]
    since: int | None


def hold_names(connection: Connection, names: HeldNames, source: str, input_id: int, start: int, today: int) -> None:
    """Write the names of a range that begins at `start`, and delete what nothing asks for any more."""
    if names.since is not None:
        over = (NAMES_HELD.c.source == source) & (NAMES_HELD.c.last_clock < names.since)
        connection.execute(NAMES_HELD.delete().where(over))
    if not names.parts:
        return
    parts = list(names.parts)
    last = select(NAMES_HELD).where(NAMES_HELD.c.input == input_id).order_by(NAMES_HELD.c.start.desc()).limit(1)
    found = connection.execute(last).first()
    if found is not None and found.rows < _PART_ROWS:
        parts.insert(0, pl.read_ipc_stream(BytesIO(found.content)))
        start = found.start
        connection.execute(NAMES_HELD.delete().where(NAMES_HELD.c.input == input_id, NAMES_HELD.c.start == start))
    frame = pl.concat(part.select(list(_COLUMNS)) for part in parts)
    content = BytesIO()
    frame.write_ipc_stream(content, compression="zstd")
    row = {
        "input": input_id,
        "start": start,
        "source": source,
        "last_clock": frame["clock"].max(),
        "rows": frame.height,
        "content": content.getvalue(),
        "retain_until": today + _KEPT_SECONDS,
    }
    connection.execute(NAMES_HELD.insert().values(row))


def names_in(ledger: Ledger) -> Callable[[str, int | None], pl.DataFrame]:
    """How to ask a ledger for the names of a source, or of one of its inputs."""

    def of(source: str, input_id: int | None) -> pl.DataFrame:
        with ledger.reading() as connection:
            return names_held(connection, source, input_id)

    return of


def names_held(connection: Connection, source: str, input_id: int | None = None) -> pl.DataFrame:
    """The names of a source, with `reading`: the number of their input, negative."""
    wanted = NAMES_HELD.c.source == source if input_id is None else NAMES_HELD.c.input == input_id
    chosen = select(NAMES_HELD.c.input, NAMES_HELD.c.content).where(wanted)
    parts = [
        pl.read_ipc_stream(BytesIO(row.content)).select(pl.lit(-row.input, pl.Int64).alias("reading"), *_COLUMNS)
        for row in connection.execute(chosen.order_by(NAMES_HELD.c.input, NAMES_HELD.c.start))
    ]
    return pl.concat(parts) if parts else pl.DataFrame(schema={"reading": pl.Int64(), **_COLUMNS})
