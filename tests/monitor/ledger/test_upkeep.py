"""The last reader closes hours; rows go when their time has come."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from monitor.ledger.seconds import seconds
from monitor.ledger.store import open_ledger
from monitor.ledger.tables import COVERAGE, EVIDENCE, INPUTS, PROBES, TRANSFER_KEYS, TRANSFERS
from monitor.ledger.upkeep import Deleted, close_hours, delete_expired, reader
from tests.judging import HEADER, NOON, OURS, line
from tests.monitor.ledger.keepers import Keeper, measures

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.ledger.store import Ledger

_ABROAD = "5.188.10.7"
_DAY = 86_400


def put(path: Path, *texts: str) -> Path:
    """Write a log."""
    path.write_text("\n".join([HEADER, *texts, ""]))
    return path


def closed(ledger: Ledger) -> list[bool]:
    """Whether each part of each hour is closed."""
    with ledger.reading() as connection:
        return list(connection.execute(select(EVIDENCE.c.closed).order_by(EVIDENCE.c.hour)).scalars())


@pytest.fixture
def filled(keeper: Keeper, ledger: Ledger, tmp_path: Path) -> Ledger:
    """A ledger with one hour of evidence and one four hours later, none closed yet."""
    log = put(tmp_path / "a.log", line(OURS, _ABROAD), line(OURS, _ABROAD, at=NOON + timedelta(hours=4)))
    with reader(ledger):
        keeper.keep_in(ledger, log)
    return ledger


# Who closes


def test_a_reader_among_others_closes_nothing(filled: Ledger) -> None:
    """The other may still bring rows of that hour: here the one that `filled` holds."""
    with reader(filled), reader(filled):
        assert closed(filled) == [True, False]


def test_the_last_reader_closes_the_hours_that_are_over(keeper: Keeper, ledger: Ledger, tmp_path: Path) -> None:
    """Whichever began last."""
    log = put(tmp_path / "a.log", line(OURS, _ABROAD), line(OURS, _ABROAD, at=NOON + timedelta(hours=4)))
    first, last = reader(ledger), reader(ledger)
    first.__enter__()
    last.__enter__()
    keeper.keep_in(ledger, log)
    states = [closed(ledger)]
    for each in (first, last):
        each.__exit__(None, None, None)
        states.append(closed(ledger))

    assert states == [[False, False], [False, False], [True, False]]


def test_a_reader_that_fails_closes_nothing_and_blocks_nobody(keeper: Keeper, ledger: Ledger, tmp_path: Path) -> None:
    """The next one does."""
    log = put(tmp_path / "a.log", line(OURS, _ABROAD), line(OURS, _ABROAD, at=NOON + timedelta(hours=4)))
    with suppress(ZeroDivisionError), reader(ledger), reader(ledger):
        keeper.keep_in(ledger, log)
        raise ZeroDivisionError
    before = closed(ledger)
    with reader(ledger):
        pass

    assert (before, closed(ledger)) == ([False, False], [True, False])


def test_a_reader_that_was_killed_blocks_nobody(keeper: Keeper, ledger: Ledger, tmp_path: Path) -> None:
    """Its lock went with it."""
    code = (
        "import os, sys; from monitor.ledger.store import open_ledger; from monitor.ledger.upkeep import reader;"
        " r = reader(open_ledger(sys.argv[1])); r.__enter__(); print('reading', flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen([sys.executable, "-c", code, ledger.url], stdin=-1, stdout=-1, text=True)
    assert process.stdout
    assert process.stdout.readline() == "reading\n"
    log = put(tmp_path / "a.log", line(OURS, _ABROAD), line(OURS, _ABROAD, at=NOON + timedelta(hours=4)))
    keeper.keep_in(ledger, log)
    while_it_read = closed(ledger)
    process.kill()
    process.communicate()
    keeper.keep_in(ledger, log)

    assert (while_it_read, closed(ledger)) == ([False, False], [True, False])


def test_the_mark_of_a_reader_is_for_its_owner_alone(filled: Ledger) -> None:
    """As all that lies beside a ledger."""
    beside = filled.path.with_name("ledger.db.readers")
    assert oct(beside.stat().st_mode & 0o777) == "0o600"


# Which hours


@pytest.mark.parametrize(("later", "count"), [(timedelta(hours=3, seconds=-1), 0), (timedelta(hours=3), 1)])
def test_an_hour_is_over_two_hours_after_its_end(
    keeper: Keeper, ledger: Ledger, tmp_path: Path, later: timedelta, count: int
) -> None:
    """By the time of the records, not by any clock."""
    keeper.keep_in(ledger, put(tmp_path / "a.log", line(OURS, _ABROAD), line(OURS, _ABROAD, at=NOON + later)))
    assert closed(ledger).count(True) == count


def test_a_late_row_opens_its_hour_until_it_is_closed_again(keeper: Keeper, filled: Ledger, tmp_path: Path) -> None:
    """And no measure is lost."""
    with reader(filled):
        keeper.keep_in(filled, put(tmp_path / "b.log", line(OURS, "5.188.10.9", octets=77)))
        late = sorted(closed(filled))
    assert (late, closed(filled)) == ([False, False, True], [True, False])
    assert close_hours(filled) == 0


# Retention


def test_exactly_the_rows_whose_time_has_come_are_deleted(keeper: Keeper, ledger: Ledger, tmp_path: Path) -> None:
    """Of two days of writing, first the one, then the other; the second before is kept to its last second."""
    lines = [line(OURS, _ABROAD), line(_ABROAD, OURS, action="REJECT")]
    keeper.today = seconds(NOON) + 10 * _DAY
    keeper.keep_in(ledger, put(tmp_path / "a.log", *lines))
    keeper.today += 5 * _DAY
    later = NOON + timedelta(hours=1)
    keeper.keep_in(ledger, put(tmp_path / "b.log", line(OURS, _ABROAD, at=later, octets=77)))
    retention = keeper.site.retention
    first = seconds(NOON) + 10 * _DAY
    evidence, sums = first + retention.evidence_days * _DAY, first + retention.transfers_days * _DAY
    moments = [evidence, evidence + 1, sums, sums + 1, sums + 5 * _DAY + 1]
    found = [delete_expired(ledger, moment) for moment in moments]

    assert found == [Deleted(0, 0), Deleted(0, 1), Deleted(0, 1), Deleted(4, 0), Deleted(3, 0)]


def test_what_is_deleted_does_not_come_back(keeper: Keeper, filled: Ledger, tmp_path: Path) -> None:
    """Its input is still known, and what a key stands for stays."""
    delete_expired(filled, 2**40)
    keeper.keep_in(filled, tmp_path / "a.log")
    with filled.reading() as connection:
        left = [bool(connection.execute(select(table)).all()) for table in (TRANSFERS, PROBES, COVERAGE, EVIDENCE)]
        stays = [bool(connection.execute(select(table)).all()) for table in (TRANSFER_KEYS, INPUTS)]

    assert (left, stays) == ([False] * 4, [True, True])


def test_rows_of_a_deleted_hour_are_kept_when_they_are_new(keeper: Keeper, filled: Ledger, tmp_path: Path) -> None:
    """With the words of their key, also by a writer that wrote it before."""
    with open_ledger(filled.url) as other:
        delete_expired(other, 2**40)
    keeper.keep_in(filled, put(tmp_path / "b.log", line(OURS, _ABROAD, octets=77)))

    assert measures(filled.path)["octets_out"] == 77
