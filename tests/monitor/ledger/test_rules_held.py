"""What rules remember between batches lies in the ledger, part by part."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest
from sqlalchemy import func, select

from monitor.ledger.finding_tables import RULES_HELD
from monitor.ledger.rules_held import NO_TOKEN, Held, HeldElsewhereError, hold, rules_held
from monitor.ledger.store import open_ledger
from monitor.ledger.upkeep import delete_expired

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from monitor.ledger.store import Ledger

_UNTIL = 1_000


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """An empty ledger."""
    with open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}", create=True) as opened:
        yield opened


def _frame(*numbers: int) -> pl.DataFrame:
    return pl.DataFrame({"number": numbers}, schema={"number": pl.Int64()})


def _hold(ledger: Ledger, stands_on: int, token: int, *numbers: int) -> None:
    """Add numbers; the whole is told as all numbers up to the last."""
    whole = _frame(*range(1, max(numbers) + 1))
    with ledger.writing() as connection:
        hold(connection, Held(stands_on, token, {"matches": _frame(*numbers)}, {"matches": whole}), _UNTIL)


def _read(ledger: Ledger) -> tuple[int, list[list[int]]]:
    with ledger.reading() as connection:
        token, frames = rules_held(connection)
    return token, [frame["number"].to_list() for frame in frames.get("matches", ())]


def test_a_new_ledger_holds_nothing(ledger: Ledger) -> None:
    """And is stood on by that."""
    assert _read(ledger) == (NO_TOKEN, [])


def test_parts_come_back_the_oldest_first(ledger: Ledger) -> None:
    """With the token of the newest."""
    _hold(ledger, NO_TOKEN, 7, 1, 2)
    _hold(ledger, 7, 8, 2, 3)

    assert _read(ledger) == (8, [[1, 2], [2, 3]])


def test_who_does_not_stand_on_the_newest_part_writes_nothing(ledger: Ledger) -> None:
    """Another process was quicker."""
    _hold(ledger, NO_TOKEN, 7, 1)
    with pytest.raises(HeldElsewhereError):
        _hold(ledger, NO_TOKEN, 8, 2)

    assert _read(ledger) == (7, [[1]])


def test_many_parts_are_put_together(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """The third part is the whole."""
    monkeypatch.setattr("monitor.ledger.rules_held._MOST_PARTS", 2)
    for number in (1, 2, 3):
        _hold(ledger, number - 1, number, number)

    assert _read(ledger) == (3, [[1, 2, 3]])


def test_rows_that_are_over_do_not_pile_up(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Far more rows in parts than the whole has."""
    monkeypatch.setattr("monitor.ledger.rules_held._SLACK_ROWS", 0)
    _hold(ledger, NO_TOKEN, 1, 1, 1, 1)
    _hold(ledger, 1, 2, 1)

    assert _read(ledger) == (2, [[1]])


def test_parts_go_when_their_time_has_come(ledger: Ledger) -> None:
    """They name addresses."""
    _hold(ledger, NO_TOKEN, 7, 1)
    delete_expired(ledger, _UNTIL + 1)
    with ledger.reading() as connection:
        left = connection.execute(select(func.count()).select_from(RULES_HELD)).scalar_one()

    assert left == 0
