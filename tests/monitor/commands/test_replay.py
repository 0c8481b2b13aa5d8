"""`replay --ledger`: what it keeps, what it tells, and what it refuses without a traceback."""

from __future__ import annotations

import fcntl
import gzip
import os
import signal
import sqlite3
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

import polars as pl
import pytest

from monitor.cli import main
from tests.forked import Command
from tests.judging import HEADER, OURS, Site, line
from tests.monitor.ledger.keepers import contents, records

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., "Ended"]

_ABROAD = "5.188.10.7"


class Ended(NamedTuple):
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str


def written(path: Path, count: int, first: int = 1_000) -> Path:
    """Write a log of so many records."""
    texts = [line(OURS, _ABROAD, octets=first + number) for number in range(count)]
    path.write_text("\n".join([HEADER, *texts, ""]))
    return path


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log of twelve records."""
    return written(tmp_path / "flow.log", 12)


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """Where the ledger will be."""
    return tmp_path / "ledger.db"


@pytest.fixture
def replay(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command at a site, as `main` does: `replay(ledger, path, ...)`."""
    config = Site().write(tmp_path)

    def run(ledger: object, *arguments: object) -> Ended:
        url = ledger if isinstance(ledger, str) else f"sqlite:///{ledger}"
        words = ["transferwatch", "replay", "-c", config, "--ledger", url, *arguments]
        monkeypatch.setattr(sys, "argv", [str(word) for word in words])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capfd.readouterr()
        return Ended(int(str(ended.value.code or 0)), said.out, said.err)

    return run


# What is kept and told


def test_a_log_is_kept_and_told(replay: Run, ledger: Path, log: Path) -> None:
    """With the answer, and how many files were read."""
    ended = replay(ledger, log)

    assert (ended.code, ended.err, records(ledger)) == (0, "", 12)
    assert f"1 file read into sqlite:///{ledger}, 0 files had nothing new.\n" in ended.out


def test_a_log_that_was_read_has_nothing_new(replay: Run, ledger: Path, log: Path) -> None:
    """No answer is printed: there is none."""
    replay(ledger, log)
    ended = replay(ledger, log)

    assert (ended.code, ended.out) == (0, f"0 files read into sqlite:///{ledger}, 1 file had nothing new.\n")


def test_a_log_that_has_grown_is_read_on(replay: Run, ledger: Path, log: Path) -> None:
    """Only what is new is in the answer and in the judged rows."""
    replay(ledger, log)
    written(log, 15)
    rows = log.with_name("rows.parquet")
    ended = replay(ledger, log, "--judged", rows)

    assert (ended.code, records(ledger), pl.read_parquet(rows)["octets"].to_list()) == (0, 15, [1_012, 1_013, 1_014])


def test_a_compressed_copy_has_nothing_new(replay: Run, ledger: Path, log: Path) -> None:
    """An input is known by its content."""
    replay(ledger, log)
    packed = log.with_name("flow.log.gz")
    packed.write_bytes(gzip.compress(log.read_bytes()))
    ended = replay(ledger, packed)

    assert (ended.code, "1 file had nothing new" in ended.out, records(ledger)) == (0, True, 12)


def test_a_truncated_and_rewritten_log_is_read_with_a_warning(replay: Run, ledger: Path, log: Path) -> None:
    """On standard error, with its path."""
    replay(ledger, log)
    written(log, 3, 5_000)
    ended = replay(ledger, log, "--strict")

    assert (ended.code, records(ledger)) == (0, 15)
    assert ended.err == f"{log}: was truncated and rewritten: read as a new input.\n"


def test_another_basis_is_told_and_nothing_is_done(replay: Run, ledger: Path, log: Path, tmp_path: Path) -> None:
    """With what to write instead; `--strict` ends with 1."""
    replay(ledger, log)
    before = contents(ledger)
    (tmp_path / "inventory.yaml").write_text("systems: [{id: other, networks: [10.20.0.0/16], data_class: health}]\n")
    codes = [replay(ledger, log, *strict).code for strict in ([], ["--strict"])]
    ended = replay(ledger, log)

    assert (codes, contents(ledger)) == ([0, 1], before)
    assert ended.err.startswith(f"{log}: is judged in this ledger already, on another basis")
    assert ended.err.endswith("nothing was done. To judge it afresh, name another --ledger.\n")


def test_a_partial_copy_is_told(replay: Run, ledger: Path, log: Path) -> None:
    """It adds nothing."""
    replay(ledger, log)
    copy = written(log.with_name("copy.log"), 4)
    ended = replay(ledger, copy)

    assert records(ledger) == 12
    assert ended.err == (
        f"{copy}: begins as a file does of which more was read, and was taken for a part of it: nothing was done.\n"
    )


def test_a_line_without_its_end_is_told(replay: Run, ledger: Path, log: Path) -> None:
    """It waits."""
    log.write_text(log.read_text()[:-1])
    ended = replay(ledger, log)

    assert (ended.err, records(ledger)) == (f"{log}: ends inside a line, which is read when it has its end.\n", 11)


def test_of_many_files_some_are_named_and_the_rest_counted(replay: Run, ledger: Path, tmp_path: Path) -> None:
    """An archive of thousands does not scroll the answer away."""
    folder = tmp_path / "logs"
    folder.mkdir()
    for number in range(8):
        path = written(folder / f"{number}.log", 2, 100 * number)
        path.write_text(path.read_text()[:-1])
    said = replay(ledger, folder).err.splitlines()

    assert (len(said), said[-1]) == (6, "... and 3 files more of which the same holds.")


def test_a_folder_with_an_empty_and_a_header_only_log_is_in_order(replay: Run, ledger: Path, log: Path) -> None:
    """Both are usual where little happens; nobody hears of them as of something wrong."""
    folder = log.parent / "logs"
    folder.mkdir()
    written(folder / "a.log", 0)
    written(folder / "b.log", 3)
    codes = [replay(ledger, "--strict", folder).code for _ in range(2)]

    assert (codes, records(ledger)) == ([0, 0], 3)


def test_a_ledger_among_the_logs_is_not_read_as_one(replay: Run, ledger: Path, log: Path) -> None:
    """Nor what lies beside it, whatever format was asked for."""
    folder = log.parent / "logs"
    folder.mkdir()
    log.rename(folder / "flow.log")
    ledger = folder / "ledger.db"
    ended = [replay(ledger, "--strict", "--format", "aws_vpc", folder) for _ in range(2)]
    ended.append(replay(ledger, "--strict", folder))

    assert [(each.code, each.err) for each in ended] == [(0, "")] * 3
    assert [each.out.splitlines()[-1].partition(", ")[2] for each in ended] == [
        "0 files had nothing new.", "1 file had nothing new.", "1 file had nothing new."
    ]  # fmt: skip


# What is refused


def test_a_pipe_is_told_to_be_no_file(replay: Run, ledger: Path, tmp_path: Path) -> None:
    """What cannot be read again has no checkpoint; without a ledger it may be read."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with os.fdopen(os.open(pipe, os.O_RDWR), "wb"):
        ended = replay(ledger, "--format", "aws_vpc", "--strict", pipe)

    assert (ended.code, "is a pipe; what a ledger keeps is read from files" in " ".join(ended.out.split())) == (1, True)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql+psycopg://me:secret@host/db", "--ledger: this version keeps ledgers in SQLite only. Write sqlite"),
        ("ledger.db", "--ledger: this version keeps ledgers in SQLite only. Write sqlite:///ledger.db."),
        ("sqlite:///{folder}/none/ledger.db", "{folder}/none/ledger.db: there is no folder {folder}/none. Make it"),
        ("sqlite:///{folder}", "{folder}: it is no file. Name a file: sqlite:///ledger.db."),
        ("sqlite:///{folder}/flow.log", "{folder}/flow.log: it is no ledger and no SQLite database. Name another"),
    ],
    ids=["postgresql", "a path", "no folder", "a folder", "a log"],
)
def test_a_ledger_that_cannot_be_is_refused_in_words(
    replay: Run, log: Path, tmp_path: Path, url: str, said: str
) -> None:
    """With 1 and what to write, without a traceback or a password, before anything is judged."""
    before = log.read_bytes()
    ended = replay(url.format(folder=tmp_path), log)

    assert (ended.code, ended.out, log.read_bytes()) == (1, "", before)
    assert ended.err.startswith(said.format(folder=tmp_path))
    assert not {"Traceback", "secret"} & set(ended.err.replace(":", " ").split())


# Kills


def test_a_command_that_is_killed_is_taken_up_by_the_next(replay: Run, tmp_path: Path, ledger: Path) -> None:
    """By signal 9, at work and before it can commit: another one holds the ledger meanwhile."""
    log = written(tmp_path / "flow.log", 40)
    replay(ledger, log)
    written(log, 60)
    command = ["replay", "-c", str(tmp_path / "transferwatch.yaml"), "--ledger", f"sqlite:///{ledger}", str(log)]
    with closing(sqlite3.connect(ledger, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with closing(Command(command, tmp_path / "said", {})) as process:
            while not is_read_into(ledger):
                assert process.poll() is None
                time.sleep(0.01)
        other.execute("ROLLBACK")
    before = records(ledger)
    ended = replay(ledger, log)

    assert (process.returncode, before, ended.code, records(ledger)) == (-signal.SIGKILL, 40, 0, 60)


def is_read_into(ledger: Path) -> bool:
    """Whether a reader is at work: it shares a lock for as long."""
    with ledger.with_name(f"{ledger.name}.readers").open("rb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def test_rows_whose_time_has_come_are_deleted_and_told(replay: Run, ledger: Path, log: Path) -> None:
    """By the day of the run that comes after it; what keys stand for stays."""
    replay(ledger, log)
    with sqlite3.connect(ledger) as opened:
        opened.execute("UPDATE transfers SET retain_until = 1")
        opened.execute("UPDATE evidence SET retain_until = 1")
    opened.close()
    told = replay(ledger, log).err

    with sqlite3.connect(ledger) as opened:
        left = [opened.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in ("transfers", "evidence")]  # noqa: S608 - names of ours
        keys = opened.execute("SELECT count(*) FROM transfer_keys").fetchone()[0]
    opened.close()
    assert (left, keys > 0, "their time had come" in told) == ([0, 0], True, True)
