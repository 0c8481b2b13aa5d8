"""Open a ledger: the database, its form, its file mode, and how a transaction begins.

Decides which ledgers are refused: of a newer form, of another program, or on a database that this version does not
write; what is refused is left as it was. A transaction that writes holds the lock from its first statement, so that
what it reads stays true.
"""

from __future__ import annotations

import fcntl
import os
import re
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from sqlalchemy import create_engine, event, inspect, select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import QueuePool

from monitor.ledger.finding_tables import FINDING_TABLES
from monitor.ledger.tables import ATLASES, METADATA, NETWORKS, SCHEMA, SCHEMA_VERSION, UNREADABLE
from monitor.problem import Problem, ProblemsFound

if TYPE_CHECKING:
    from collections.abc import Iterator
    from sqlite3 import Connection as SqliteConnection

    from sqlalchemy import Connection, Engine

_SQLITE: Final = re.compile(r"sqlite:///(?P<path>.+)")
_MODE: Final = 0o600
_BESIDE: Final = ("-wal", "-shm")
_BUSY_MILLISECONDS: Final = 60_000
_CACHE_KIBIOCTETS: Final = 32_768
# Evidence is written in blobs of some hundred kilobytes: of large pages fewer are written. A ledger keeps its size.
_PAGE_OCTETS: Final = 16_384
# Pages of changes after which they are moved into the database: 64 MiB, so that a page that changes often moves once.
_LOG_PAGES: Final = 4_096
_CONNECTIONS: Final = 4
# Told to the file, once; SQLite waits for nobody here, so it happens while nobody else opens a ledger of the folder.
_WAL: Final = "PRAGMA journal_mode=WAL"
_PRAGMAS: Final = (
    f"PRAGMA page_size={_PAGE_OCTETS}",
    f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}",
    "PRAGMA synchronous=FULL",
    f"PRAGMA cache_size=-{_CACHE_KIBIOCTETS}",
    f"PRAGMA wal_autocheckpoint={_LOG_PAGES}",
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
    ledger = Ledger(url, path, _engine(path))
    try:
        with _alone_in(path.parent):
            if not path.exists():
                # The store is personal data: nobody but its owner reads it, from its first octet on. An existing file
                # is opened by SQLite alone, whose locks would end when another handle of this process is closed.
                os.close(os.open(path, os.O_RDWR | os.O_CREAT, _MODE))
            is_new = _check_form(ledger, create=create)
            _close_to_others(path)
            with ledger._transaction(_WAL):  # noqa: SLF001 - no transaction of its callers
                pass
            if is_new:
                _make(ledger)
            else:
                _add_tables(ledger)
    except OSError as error:
        ledger.close()
        raise LedgerError(path, f"it cannot be opened: {error.strerror}.") from error
    except LedgerError:
        ledger.close()
        raise
    return ledger


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Be the only process that opens or makes a ledger in a folder, for these few milliseconds."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _close_to_others(path: Path) -> None:
    """Take the file, and what SQLite has put beside it, from everyone but its owner; new files take its mode."""
    for each in (path, *(path.with_name(path.name + suffix) for suffix in _BESIDE)):
        with suppress(FileNotFoundError):
            if each.stat().st_uid == os.geteuid():
                each.chmod(_MODE)


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
    # Connections stay open: the last one that closes would write the whole log of changes into the database.
    engine = create_engine(f"sqlite:///{path}", poolclass=QueuePool, pool_size=_CONNECTIONS)

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


def _check_form(ledger: Ledger, *, create: bool) -> bool:
    """Refuse what is no ledger of a known form; whether it is empty and to be made one."""
    with ledger.reading() as connection:
        found = inspect(connection)
        tables = found.get_table_names()
        # Other programs have a table of that name too.
        is_ledger = SCHEMA.name in tables and [each["name"] for each in found.get_columns(SCHEMA.name)] == ["version"]
        versions = connection.execute(select(SCHEMA.c.version)).scalars().all() if is_ledger else []
    if versions:
        if max(versions) > SCHEMA_VERSION:
            newer = f"a newer transferwatch wrote it: it has the form {max(versions)}, this one knows {SCHEMA_VERSION}."
            raise LedgerError(ledger.path, newer, "Upgrade transferwatch, or name another ledger.")
        if max(versions) < SCHEMA_VERSION:
            older = (
                f"an older transferwatch wrote it: it has the form {max(versions)}, this one knows {SCHEMA_VERSION}."
            )
            raise LedgerError(ledger.path, older, "Replay the logs into a new ledger.")
        return False
    if tables:
        raise LedgerError(ledger.path, "it is a database of another program.", "Name another file.")
    if not create:
        raise LedgerError(ledger.path, "it is empty, not a ledger.", "Name the ledger that a replay wrote.")
    return True


def _make(ledger: Ledger) -> None:
    with ledger.writing() as connection:
        METADATA.create_all(connection)
        connection.execute(SCHEMA.insert().values(version=SCHEMA_VERSION))


def _add_tables(ledger: Ledger) -> None:
    """Give a ledger of before them the tables that say more where something is known, and are empty until then."""
    later = (ATLASES, NETWORKS, UNREADABLE, *FINDING_TABLES)
    with ledger.reading() as connection:
        has = set(inspect(connection).get_table_names())
    if not has.issuperset(table.name for table in later):
        with ledger.writing() as connection:
            METADATA.create_all(connection, later)


def _reason(error: DatabaseError) -> tuple[str, str]:
    what = str(error.orig)
    if "locked" in what:
        return "another process has held it for a minute.", "Try again when that one is done."
    if "not a database" in what:
        return "it is no ledger and no SQLite database.", "Name another file."
    return f"{what}.", ""
