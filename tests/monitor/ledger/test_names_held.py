"""Names that flows to come may ask for are in the ledger as the checkpoints say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest
from sqlalchemy import func, select

from monitor.joining import HELD
from monitor.ledger.names_held import HeldNames, hold_names, names_in
from monitor.ledger.store import Ledger, open_ledger
from monitor.ledger.tables import BASES, INPUTS, NAMES_HELD
from monitor.ledger.upkeep import delete_expired

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_TODAY = 1_000_000


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """A ledger with two inputs."""
    with open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}", create=True) as opened:
        with opened.writing() as connection:
            names = {column.name: "x" for column in BASES.columns}
            connection.execute(BASES.insert().values(names))
            for number in (1, 2):
                row = {column.name: 0 if column.type.python_type is int else "x" for column in INPUTS.columns}
                connection.execute(INPUTS.insert().values(row | {"id": number, "generation": number}))
        yield opened


def names(clock: int, count: int = 1) -> pl.DataFrame:
    """Names as the join holds them."""
    row = {"reading": 5, "line": 1, "clock": clock, "time": clock, "join_key": "C1", "name": "a.example"}
    return pl.DataFrame([row | {"rank": 0, "shared": True}] * count, schema=HELD)


def hold(ledger: Ledger, input_id: int, start: int, part: pl.DataFrame, since: int | None = None) -> None:
    """Hold some in a transaction."""
    with ledger.writing() as connection:
        hold_names(connection, HeldNames([part], since), "tap", input_id, start, _TODAY)


def parts(ledger: Ledger) -> int:
    """Count the parts."""
    with ledger.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(NAMES_HELD)).scalar_one())


def test_names_come_back_with_the_number_of_their_input(ledger: Ledger) -> None:
    """Negative, so that it is no number of a run's own."""
    hold(ledger, 1, 0, names(10))
    hold(ledger, 2, 0, names(11))

    assert names_in(ledger)("tap", None).select("reading", "clock").rows() == [(-1, 10), (-2, 11)]
    assert names_in(ledger)("tap", 2)["reading"].to_list() == [-2]
    assert names_in(ledger)("another", None).schema == HELD


def test_small_parts_of_an_input_become_one(ledger: Ledger) -> None:
    """A log that grows line by line makes few parts."""
    for start in range(5):
        hold(ledger, 1, start, names(start))

    assert (parts(ledger), names_in(ledger)("tap", 1)["clock"].to_list()) == (1, [0, 1, 2, 3, 4])


def test_large_parts_stay_apart(ledger: Ledger) -> None:
    """What is written once is not written again."""
    for start in range(3):
        hold(ledger, 1, start, names(start, 5_000))

    assert parts(ledger) == 3


def test_parts_that_nothing_asks_for_any_more_go(ledger: Ledger) -> None:
    """As a whole, when their last name is too old."""
    hold(ledger, 1, 0, names(10))
    hold(ledger, 2, 0, names(20), since=15)

    assert names_in(ledger)("tap", None)["clock"].to_list() == [20]


def test_parts_go_after_two_days(ledger: Ledger) -> None:
    """Of the clock on the wall."""
    hold(ledger, 1, 0, names(10))
    delete_expired(ledger, _TODAY + 2 * 86_400)
    stayed = parts(ledger)
    delete_expired(ledger, _TODAY + 2 * 86_400 + 1)

    assert (stayed, parts(ledger)) == (1, 0)
