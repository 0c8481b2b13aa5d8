"""What a ledger needs from time to time: hours closed, rows deleted whose time has come.

Decides who closes hours: the last reader that is done. As long as another one reads, rows of the same hour may still
come, and what an hour keeps must not depend on which file was read first.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from monitor.ledger.evidence import closable_hours, close_hour
from monitor.ledger.findings import delete_expired_findings
from monitor.ledger.rules_held import delete_expired_held
from monitor.ledger.tables import COVERAGE, EVIDENCE, NAMES_HELD, NETWORKS, PROBES, TRANSFERS, UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.ledger.store import Ledger

_LOCK_SUFFIX: Final = ".readers"
_MODE: Final = 0o600


@dataclass(frozen=True, slots=True)
class Deleted:
    """Rows whose time had come."""

    sums: int
    evidence: int


@contextmanager
def reader(ledger: Ledger) -> Iterator[None]:
    """Be one of the readers that fill a ledger; the last one that is done closes the hours that are over."""
    lock = os.open(f"{ledger.path}{_LOCK_SUFFIX}", os.O_RDWR | os.O_CREAT, _MODE)
    try:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield
        fcntl.flock(lock, fcntl.LOCK_UN)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return  # another reader is at work, or closes
        close_hours(ledger)
    finally:
        os.close(lock)


def close_hours(ledger: Ledger) -> int:
    """Close every hour that is over, each in a transaction of its own, and count them."""
    with ledger.reading() as connection:
        hours = closable_hours(connection)
    for hour in hours:
        with ledger.writing() as connection:
            close_hour(connection, hour)
    return len(hours)


def delete_expired(ledger: Ledger, now: int) -> Deleted:
    """Delete the rows whose `retain_until` lies before `now` (seconds since 1970).

    What keys stand for stays: it holds no address, and another process may be about to use it.
    """
    with ledger.writing() as connection:
        sums = sum(
            connection.execute(table.delete().where(table.c.retain_until < now)).rowcount
            for table in (TRANSFERS, PROBES, COVERAGE, NETWORKS, UNREADABLE)
        )
        connection.execute(NAMES_HELD.delete().where(NAMES_HELD.c.retain_until < now))
        delete_expired_findings(connection, now)
        delete_expired_held(connection, now)
        over = EVIDENCE.c.retain_until < now
        rows = connection.execute(select(EVIDENCE.c.rows).where(over)).scalars().all()
        connection.execute(EVIDENCE.delete().where(over))
    return Deleted(sums, sum(rows))
