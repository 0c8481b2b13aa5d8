"""Open a ledger: the database, its form, its file mode, and how a transaction begins.

Decides which ledgers are refused: of a newer form, of another program, or on a database that this version does not
write. A transaction that writes holds the lock from its first statement, so that what it reads stays true.
"""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from sqlalchemy import create_engine, event, inspect, select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import NullPool

from monitor.ledger.tables import METADATA, SCHEMA, SCHEMA_VERSION
from monitor.problem import Problem, ProblemsFound

if TYPE_CHECKING:
    from collections.abc import Iterator
    from sqlite3 import Connection as SqliteConnection

    from sqlalchemy import Connection, Engine

_SQLITE: Final = re.compile(r"sqlite:///(?P<path>.+)")
_MODE: Final = 0o600
_BUSY_MILLISECONDS: Final = 60_000
_CACHE_KIBIOCTETS: Final = 32_768
_PRAGMAS: Final = (
    f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    f"PRAGMA cache_size=-{_CACHE_KIBIOCTETS}",
    "PRAGMA foreign_keys=ON",
)


class LedgerError(ProblemsFound):
    """A ledger cannot be used; the problem says why and what to write instead."""

    def __init__(self, path: Path | str, what: str, remedy: str = "") -> None:
        super().__init__([Problem(str(path), 0, 0, "", what, remedy)])


@dataclass(frozen=True, slots=True)
class Ledger:
    """An open ledger. Reading sees one moment of it; writing is one transaction, or nothing."""

    url: str
    path: Path
    engine: Engine

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Read one moment of the ledger."""
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Write all or nothing; waits for another writer up to a minute."""
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[Connection]:
        try:
            with self.engine.connect().execution_options(transferwatch_begin=begin) as connection, connection.begin():
                yield connection
        except DatabaseError as error:
            raise LedgerError(self.path, *_reason(error)) from error

    def close(self) -> None:
        """Give the database back."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def open_ledger(url: str, *, create: bool = False) -> Ledger:
    """Open the ledger behind a URL; with `create`, make it where there is none.

    Raises:
        LedgerError: there is none, or it cannot be used.
    """
    path = ledger_path(url)
    if not path.exists():
        if not create:
            remedy = f"Write: transferwatch replay -c FILE --ledger {url} PATH"
            raise LedgerError(path, "there is no ledger yet.", remedy)
        if not path.parent.is_dir():
            raise LedgerError(path, f"there is no folder {path.parent}.", "Make it, or name another place.")
    elif not path.is_file():
        raise LedgerError(path, "it is no file.", "Name a file: sqlite:///ledger.db.")
    try:
        # The store is personal data: nobody but its owner reads it, from its first octet on. What SQLite puts beside
        # it takes the same mode.
        os.close(os.open(path, os.O_RDWR | (os.O_CREAT if create else 0), _MODE))
        if path.stat().st_uid == os.geteuid():
            path.chmod(_MODE)
    except OSError as error:
        raise LedgerError(path, f"it cannot be opened: {error.strerror}.") from error
    ledger = Ledger(url, path, _engine(path))
    try:
        _check_form(ledger, create=create)
    except LedgerError:
        ledger.close()
        raise
    return ledger


def ledger_path(url: str) -> Path:
    """File of a ledger.

    Raises:
        LedgerError: this version does not write to such a database.
    """
    found = _SQLITE.fullmatch(url)
    if found is None:
        # The URL is not repeated: it may hold a password.
        raise LedgerError("--ledger", "this version keeps ledgers in SQLite only.", "Write sqlite:///ledger.db.")
    return Path(found["path"])


def _engine(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def _connected(connection: SqliteConnection, record: object) -> None:
        del record
        connection.isolation_level = None  # transactions begin where we say
        for pragma in _PRAGMAS:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options()["transferwatch_begin"])

    return engine


def _check_form(ledger: Ledger, *, create: bool) -> None:
    with ledger.reading() as connection:
        tables = set(inspect(connection).get_table_names())
        versions = connection.execute(select(SCHEMA.c.version)).scalars().all() if SCHEMA.name in tables else []
    if versions:
        if max(versions) > SCHEMA_VERSION:
            newer = f"a newer transferwatch wrote it: it has the form {max(versions)}, this one knows {SCHEMA_VERSION}."
            raise LedgerError(ledger.path, newer, "Upgrade transferwatch, or name another ledger.")
        return
    if tables:
        raise LedgerError(ledger.path, "it is a database of another program.", "Name another file.")
    if not create:
        raise LedgerError(ledger.path, "it is empty, not a ledger.", "Name the ledger that a replay wrote.")
    with ledger.writing() as connection:
        # Another process may have made it meanwhile: the lock is ours now, so look again.
        METADATA.create_all(connection)
        if connection.execute(select(SCHEMA.c.version)).first() is None:
            connection.execute(SCHEMA.insert().values(version=SCHEMA_VERSION))


def _reason(error: DatabaseError) -> tuple[str, str]:
    what = str(error.orig)
    if "locked" in what:
        return "another process has held it for a minute.", "Try again when that one is done."
    if "not a database" in what:
        return "it is no ledger and no SQLite database.", "Name another file."
    return f"{what}.", ""
