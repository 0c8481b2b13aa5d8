"""The memory of a site, worked out of its ledger: which contacts are known, and what is usual.

Decides that nothing of it is stored apart: the rows of transfers are enough, and they are written with the checkpoint
of their batch, so that after a kill memory and ledger cannot disagree.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from monitor.detect.memory import Memory
from monitor.ledger.read import first_and_last_hour, transfers_of

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

_PIECE: Final = timedelta(days=7)
_HOUR: Final = timedelta(hours=1)


def memory_of(connection: Connection, before: datetime | None = None) -> Memory:
    """What the ledger remembers of the hours before an instant, or of all; read a week at a time."""
    memory, span = Memory(), first_and_last_hour(connection)
    if span is None:
        return memory
    begins, ends = span[0], span[1] + _HOUR
    if before is not None:
        ends = min(ends, before)
    while begins < ends:
        memory = memory.after(transfers_of(connection, begins, min(begins + _PIECE, ends)))
        begins += _PIECE
    return memory
