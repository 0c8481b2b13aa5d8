"""Opening a ledger: who may read it, what is refused and in which words, how a transaction waits."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from contextlib import closing, suppress
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, text

from monitor.kept import BASIS_PARTS
from monitor.ledger.read import bases
from monitor.ledger.store import LedgerError, ledger_path, open_ledger
from monitor.ledger.tables import ATLASES, BASES, METADATA, SCHEMA, SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_OTHERS = "postgresql+psycopg://reporter:secret@db.example.org/ledger"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the ledger will be."""
    return tmp_path / "ledger.db"


@pytest.fixture
def url(path: Path) -> str:
    """How it is named."""
    return f"sqlite:///{path}"


def modes(folder: Path) -> dict[str, str]:
    """Modes of the files of a folder."""
    return {each.name: oct(each.stat().st_mode & 0o777) for each in folder.iterdir()}


# Modes


def test_nobody_else_may_read_a_ledger_or_what_lies_beside_it(url: str, path: Path) -> None:
    """Also while it is written."""
    with open_ledger(url, create=True) as ledger, ledger.writing() as connection:
        connection.execute(text("CREATE TABLE t (n)"))
        assert modes(path.parent) == dict.fromkeys(["ledger.db", "ledger.db-wal", "ledger.db-shm"], "0o600")


def test_a_ledger_that_others_may_read_is_taken_from_them(url: str, path: Path) -> None:
    """With what lies beside it, which a process that was killed has left there."""
    with open_ledger(url, create=True):
        pass
    code = (
        "import os, sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('CREATE TABLE t (n)'); c.commit();"
        " os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, path], check=False)
    for each in path.parent.iterdir():
        each.chmod(0o644)
    assert len(modes(path.parent)) == 3

    with open_ledger(url) as ledger, ledger.reading():
        assert set(modes(path.parent).values()) == {"0o600"}


# What is refused


def _newer(path: Path) -> None:
    with open_ledger(f"sqlite:///{path}", create=True) as ledger, ledger.writing() as connection:
        connection.execute(SCHEMA.update().values(version=SCHEMA_VERSION + 1))


def _older(path: Path) -> None:
    with open_ledger(f"sqlite:///{path}", create=True) as ledger, ledger.writing() as connection:
        connection.execute(SCHEMA.update().values(version=SCHEMA_VERSION - 1))


def _database(statement: str) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute(statement)
            connection.commit()

    return write


def _text(path: Path) -> None:
    path.write_text("2 123456789012 eni-1 10.20.0.5 8.8.4.4 40000 443 6 10 5000 1760000000 1760000060 ACCEPT OK\n" * 90)


_REFUSED = {
    "newer": (
        _newer,
        f"a newer transferwatch wrote it: it has the form {SCHEMA_VERSION + 1}, this one knows {SCHEMA_VERSION}.",
        "Upgrade transferwatch",
    ),
    "older": (
        _older,
        f"an older transferwatch wrote it: it has the form {SCHEMA_VERSION - 1}, this one knows {SCHEMA_VERSION}.",
        "Replay the logs into a new ledger.",
    ),
    "other program": (_database("CREATE TABLE t (n)"), "it is a database of another program.", "Name another file."),
    "other schema": (
        _database("CREATE TABLE schema_version (version TEXT, script TEXT)"),
        "it is a database of another program.",
        "Name another file.",
    ),
    "text": (_text, "it is no ledger and no SQLite database.", "Name another file."),
    "directory": (lambda path: path.mkdir(), "it is no file.", "Name a file: sqlite:///ledger.db."),
}


@pytest.mark.parametrize("name", _REFUSED)
def test_what_is_no_ledger_is_refused_in_words(name: str, url: str, path: Path) -> None:
    """With the file, why, and what to write instead."""
    make, why, remedy = _REFUSED[name]
    make(path)
    with pytest.raises(LedgerError) as refused:
        open_ledger(url, create=True)

    (problem,) = refused.value.problems
    assert str(problem).startswith(f"{path}: {why} {remedy}")


@pytest.mark.parametrize("name", ["other program", "other schema", "text"])
def test_what_is_refused_is_left_as_it_was(name: str, url: str, path: Path) -> None:
    """Its octets and its mode: it is somebody else's."""
    _REFUSED[name][0](path)
    path.chmod(0o644)
    before = path.read_bytes()
    with pytest.raises(LedgerError):
        open_ledger(url, create=True)

    assert (path.read_bytes(), modes(path.parent)) == (before, {"ledger.db": "0o644"})


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    """Nothing is made where nobody asked for it."""
    with pytest.raises(LedgerError, match=r"there is no folder .*none\. Make it, or name another place\."):
        open_ledger(f"sqlite:///{tmp_path}/none/ledger.db", create=True)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_ledger_is_only_made_where_it_is_asked_for(url: str, path: Path) -> None:
    """Whoever reads is told how to make one."""
    with pytest.raises(LedgerError, match=r"there is no ledger yet\. Write: transferwatch replay -c FILE --ledger"):
        open_ledger(url)
    assert not path.exists()


def test_an_empty_file_is_a_ledger_only_where_one_may_be_made(url: str, path: Path) -> None:
    """A process may have been killed before it wrote anything."""
    path.touch()
    with pytest.raises(LedgerError, match="it is empty, not a ledger"):
        open_ledger(url)
    with open_ledger(url, create=True) as ledger, ledger.reading() as connection:
        assert connection.execute(select(SCHEMA.c.version)).scalars().all() == [SCHEMA_VERSION]


@pytest.mark.parametrize("other", [_OTHERS, "sqlite://", "ledger.db", ""])
def test_another_database_is_refused_without_its_password(other: str) -> None:
    """The words name what to write, and never repeat the URL."""
    with pytest.raises(LedgerError) as refused:
        ledger_path(other)
    said = str(refused.value.problems[0])

    assert (said, "secret" in said) == (
        "--ledger: this version keeps ledgers in SQLite only. Write sqlite:///ledger.db.",
        False,
    )


# Transactions


@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("busy_timeout", 60_000), ("foreign_keys", 1)]
)
def test_a_connection_is_set_up(url: str, pragma: str, value: object) -> None:
    """For durability, and for waiting instead of failing."""
    with open_ledger(url, create=True) as ledger, ledger.reading() as connection:
        assert connection.execute(text(f"PRAGMA {pragma}")).scalar() == value


def test_a_ledger_has_all_its_tables(url: str) -> None:
    """Made in one transaction."""
    with open_ledger(url, create=True) as ledger, ledger.reading() as connection:
        found = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
    assert set(found) == set(METADATA.tables)


def test_a_ledger_of_before_gets_the_days_of_atlases(url: str) -> None:
    """It is opened as any other; of what it holds nothing is known but the hash."""
    with open_ledger(url, create=True) as ledger, ledger.writing() as connection:
        ATLASES.drop(connection)
        connection.execute(BASES.insert().values(basis="b", **dict.fromkeys(BASIS_PARTS, "x")))

    with open_ledger(url) as ledger, ledger.reading() as connection:
        assert bases(connection).select("atlas", "atlas_oldest", "atlas_newest").rows() == [("x", None, None)]


def test_a_second_writer_waits_for_the_first(url: str) -> None:
    """It has the lock from its first statement, so what it reads is what the first has left."""
    begun, order = threading.Event(), []

    def second() -> None:
        with open_ledger(url) as other:
            begun.set()
            with other.writing() as connection:
                order.append(connection.execute(select(SCHEMA.c.version)).scalar())

    with open_ledger(url, create=True) as ledger:
        with ledger.writing() as connection:
            thread = threading.Thread(target=second)
            thread.start()
            begun.wait()
            connection.execute(SCHEMA.update().values(version=0))
            order.append("first")
        thread.join()

    assert order == ["first", 0]


def test_a_reader_sees_one_moment_while_another_writes(url: str) -> None:
    """Nobody waits for a reader, and what it sees does not change under it."""
    with open_ledger(url, create=True) as ledger, ledger.reading() as reading:
        before = reading.execute(select(SCHEMA.c.version)).scalar()
        with ledger.writing() as writing:
            writing.execute(SCHEMA.update().values(version=0))
        assert (before, reading.execute(select(SCHEMA.c.version)).scalar()) == (SCHEMA_VERSION, SCHEMA_VERSION)


def test_a_transaction_that_fails_leaves_nothing(url: str) -> None:
    """Neither rows nor a lock."""
    with open_ledger(url, create=True) as ledger:
        with suppress(ZeroDivisionError), ledger.writing() as connection:
            connection.execute(SCHEMA.update().values(version=0))
            raise ZeroDivisionError
        with ledger.writing() as connection:
            assert connection.execute(select(SCHEMA.c.version)).scalar() == SCHEMA_VERSION


def test_an_error_of_the_database_is_told_as_a_problem_of_the_ledger(url: str, path: Path) -> None:
    """In its words, with the file."""
    with open_ledger(url, create=True) as ledger, pytest.raises(LedgerError) as refused, ledger.reading() as connection:
        connection.execute(text("SELECT * FROM none"))
    assert str(refused.value.problems[0]).strip() == f"{path}: no such table: none."


def test_a_ledger_is_opened_while_this_process_writes_to_it_without_taking_its_locks(url: str, path: Path) -> None:
    """POSIX: closing any handle of a file gives up every lock that the process has on it."""
    code = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], timeout=0);"
        " print(c.execute('PRAGMA journal_mode=DELETE').fetchone()[0])"
    )
    with open_ledger(url, create=True) as ledger, ledger.reading() as connection:
        connection.execute(select(SCHEMA)).all()
        open_ledger(url).close()
        # Another process may leave the mode only where it is alone with the file.
        other = subprocess.run([sys.executable, "-c", code, path], check=False, capture_output=True, text=True)
    assert "database is locked" in other.stderr


def test_many_processes_may_make_a_ledger_at_once(url: str) -> None:
    """Each finds it made, or makes it."""
    code = (
        "import sys; from monitor.ledger.store import open_ledger; print(flush=True); sys.stdin.readline();"
        " open_ledger(sys.argv[1], create=True).close()"
    )
    arguments = [sys.executable, "-c", code, url]
    processes = [subprocess.Popen(arguments, stdin=-1, stdout=-1, stderr=-1, text=True) for _ in range(4)]
    for process in processes:
        assert process.stdout
        process.stdout.readline()
    for process in processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    assert [process.communicate()[1] for process in processes] == [""] * 4
