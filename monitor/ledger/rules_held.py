"""Keep what rules remember between batches, in the transaction of the batch that made them remember it.

Decides that each batch adds only what is new to it, that the parts are put together from time to time, and that who
writes must stand on the newest part: another process that judges into the same ledger was else unknown to it. Refuses
to know what the frames mean; whoever reads them knows which rows replace which.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import polars as pl
from sqlalchemy import delete, func, insert, select

from monitor.ledger.finding_tables import RULES_HELD

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

NO_TOKEN: Final = 0
# Parts after which they are put together, and rows more than are needed: what is read at the start is bounded.
_MOST_PARTS: Final = 64
_SLACK_ROWS: Final = 8_192


class HeldElsewhereError(Exception):
    """Another process has added to what rules remember: what was found stands on an older moment."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a batch adds to what rules remember, by name. `whole`: all of it, with what is added.

    `stands_on`: token of the newest part that it knows of; `token`: that of the one which it adds.
    """

    stands_on: int
    token: int
    added: Mapping[str, pl.DataFrame]
    whole: Mapping[str, pl.DataFrame]


def hold(connection: Connection, held: Held, retain_until: int) -> None:
    """Add a part, or put all parts together into one.

    Raises:
        HeldElsewhereError: it does not stand on the newest part.
    """
    parts, rows = connection.execute(
        select(func.count(RULES_HELD.c.part.distinct()), func.coalesce(func.sum(RULES_HELD.c.rows), 0))
    ).one()
    newest = _newest(connection)
    if (newest.token if newest else NO_TOKEN) != held.stands_on:
        raise HeldElsewhereError
    added = held.added
    whole = sum(frame.height for frame in held.whole.values())
    if parts >= _MOST_PARTS or rows > 2 * whole + _SLACK_ROWS:
        connection.execute(delete(RULES_HELD))
        added = held.whole
    number = newest.part + 1 if newest else 1
    connection.execute(
        insert(RULES_HELD),
        [
            {
                "part": number,
                "name": name,
                "token": held.token,
                "rows": frame.height,
                "content": _packed(frame),
                "retain_until": retain_until,
            }
            for name, frame in added.items()
        ],
    )


def rules_held(connection: Connection) -> tuple[int, dict[str, Sequence[pl.DataFrame]]]:
    """Token of the newest part, and the frames by name, the oldest first."""
    newest, frames = _newest(connection), defaultdict(list)
    chosen = select(RULES_HELD.c.name, RULES_HELD.c.content).order_by(RULES_HELD.c.part)
    for row in connection.execute(chosen):
        frames[row.name].append(pl.read_ipc_stream(BytesIO(row.content)))
    return newest.token if newest else NO_TOKEN, dict(frames)


def delete_expired_held(connection: Connection, now: int) -> None:
    """Delete the parts whose time has come: they name addresses, as findings do."""
    connection.execute(delete(RULES_HELD).where(RULES_HELD.c.retain_until < now))


def _newest(connection: Connection) -> Any:  # noqa: ANN401 - a row or nothing
    return connection.execute(
        select(RULES_HELD.c.part, RULES_HELD.c.token).order_by(RULES_HELD.c.part.desc()).limit(1)
    ).first()


def _packed(frame: pl.DataFrame) -> bytes:
    content = BytesIO()
    frame.write_ipc_stream(content, compression="zstd")
    return content.getvalue()
