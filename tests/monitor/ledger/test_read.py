"""What a ledger gives back: the frames of `kept`, of the hours that are asked for."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import polars as pl
import pytest

from monitor import kept
from monitor.ledger import read
from monitor.ledger.read import (
    bases,
    coverage_of,
    first_and_last_hour,
    last_record,
    month_and_course,
    networks_of,
    outcomes_of,
    probes_of,
    sums_and_words,
    transfers_of,
)
from monitor.schema import departures
from tests.judging import HEADER, NOON, OURS, PORTAL, line
from tests.monitor.ledger.keepers import FROM, UNTIL, rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Connection

    from monitor.ledger.store import Ledger
    from monitor.schema import Column
    from tests.monitor.ledger.keepers import Keeper

    Reading = Callable[[Connection, datetime, datetime], pl.DataFrame]


def month_of(connection: Connection, begins: datetime, ends: datetime) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A month as the report reads it."""
    return month_and_course(*sums_and_words(connection, begins, ends))


_ABROAD = "5.188.10.7"
_HOUR: Final = timedelta(hours=1)
_FRAMES: Final[dict[str, tuple[Reading, tuple[Column, ...]]]] = {
    "transfers": (transfers_of, kept.TRANSFERS),
    "probes": (probes_of, kept.PROBES),
    "coverage": (coverage_of, kept.COVERAGE),
    "outcomes": (outcomes_of, kept.OUTCOMES),
    "networks": (networks_of, kept.NETWORKS),
    "month": (lambda *asked: month_of(*asked)[0], kept.MONTH),
    "course": (lambda *asked: month_of(*asked)[1], kept.COURSE),
    "bases": (lambda connection, *_: bases(connection), kept.BASES),
}


@pytest.fixture
def full(keeper: Keeper, ledger: Ledger, tmp_path: Path) -> Ledger:
    """A ledger with three hours of every kind of row."""
    texts = [HEADER]
    for hour in range(3):
        at = NOON + hour * _HOUR
        texts += [line(OURS, _ABROAD, at=at, octets=1_000 + hour), line(PORTAL, "13.38.0.1", at=at)]
        texts += [line(_ABROAD, OURS, at=at, action="REJECT"), line("192.0.2.1", "192.0.2.2", at=at)]
        texts += [line(OURS, _ABROAD, at=at, log_status="NODATA"), "broken"]
    log = tmp_path / "flow.log"
    log.write_text("\n".join([*texts, ""]))
    keeper.keep_in(ledger, log)
    return ledger


@pytest.mark.parametrize("name", _FRAMES)
def test_a_frame_has_the_columns_of_its_table(full: Ledger, name: str) -> None:
    """Their types, and nulls only where they may be."""
    reading, columns = _FRAMES[name]
    with full.reading() as connection:
        frame = reading(connection, FROM, UNTIL)

    assert (departures(frame, columns), frame.height > 0) == ([], True)


@pytest.mark.parametrize("name", _FRAMES)
def test_an_empty_ledger_gives_empty_frames_of_the_same_types(ledger: Ledger, name: str) -> None:
    """So that what reads the one reads the other."""
    reading, columns = _FRAMES[name]
    with ledger.reading() as connection:
        assert reading(connection, FROM, UNTIL).equals(kept.empty(columns))


@pytest.mark.parametrize("name", ["transfers", "probes", "coverage"])
def test_hours_from_the_begin_on_and_before_the_end(full: Ledger, name: str) -> None:
    """The first belongs to it, the last does not."""
    reading, _ = _FRAMES[name]
    with full.reading() as connection:
        frame = reading(connection, NOON + _HOUR, NOON + 2 * _HOUR)

    assert frame["hour"].unique().to_list() == [NOON + _HOUR]


@pytest.mark.parametrize("name", ["transfers", "probes", "coverage"])
def test_rows_come_in_pieces_as_at_once(full: Ledger, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A month of a million rows does not stand in memory as Python objects."""
    reading, _ = _FRAMES[name]
    with full.reading() as connection:
        whole = rows(reading(connection, FROM, UNTIL))
        monkeypatch.setattr(read, "_ROWS_AT_ONCE", 2)
        assert rows(reading(connection, FROM, UNTIL)) == whole


def test_a_month_is_the_sum_of_its_hours(full: Ledger) -> None:
    """By key, and by hour and verdict."""
    with full.reading() as connection:
        transfers = transfers_of(connection, FROM, UNTIL)
        month, course = month_of(connection, FROM, UNTIL)
    by = ("hour", "place_verdict", "control_verdict", "counted", "basis")

    assert rows(month) == rows(
        transfers.group_by(*(name for name in month.columns if name not in kept.MEASURE_NAMES)).agg(
            pl.col(kept.MEASURE_NAMES).sum()
        )
    )
    assert rows(course) == rows(transfers.group_by(by).agg(pl.col(kept.MEASURE_NAMES).sum()))


def test_what_a_key_stands_for_is_what_the_judge_said(keeper: Keeper, full: Ledger, tmp_path: Path) -> None:
    """Lists, unknowns and all: the words come back as they were summed."""
    from monitor.inputs import find_inputs  # noqa: PLC0415 - only here
    from monitor.replay import Replay, decoded  # noqa: PLC0415 - as above

    (input_,) = find_inputs([tmp_path / "flow.log"], "aws_vpc", keeper.site).inputs
    (batch,) = decoded(input_)
    summed = Replay(keeper.pipeline, keeper.summation).judge(input_, batch.flows[0])[1].transfers
    with full.reading() as connection:
        assert rows(transfers_of(connection, FROM, UNTIL)) == rows(summed)


def test_outcomes_are_those_of_inputs_that_touch_the_time(full: Ledger) -> None:
    """An input that ends before it, or begins after it, is not of it."""
    spans = [(-2, -1), (-1, 0), (0, 1), (2, 3), (3, 4)]
    with full.reading() as connection:
        found = [outcomes_of(connection, NOON + begin * _HOUR, NOON + end * _HOUR) for begin, end in spans]

    assert [frame["records"].to_list() for frame in found] == [[], [], [3], [3], []]


def test_an_input_without_any_time_is_of_every_month(keeper: Keeper, ledger: Ledger, tmp_path: Path) -> None:
    """Nobody can say of which it is."""
    log = tmp_path / "flow.log"
    log.write_text(f"{HEADER}\nbroken\n")
    keeper.keep_in(ledger, log)
    with ledger.reading() as connection:
        found = outcomes_of(connection, NOON, NOON + _HOUR)

    assert found.select("outcome", "records", "first_time").rows() == [("broken", 1, None)]


def test_the_newest_record_and_the_hours_are_told(full: Ledger) -> None:
    """Of all that was read."""
    with full.reading() as connection:
        told = last_record(connection), first_and_last_hour(connection)

    assert told == (NOON + 2 * _HOUR, (NOON, NOON + 2 * _HOUR))


def test_an_empty_ledger_has_no_newest_record_and_no_hours(ledger: Ledger) -> None:
    """Unknown is null."""
    with ledger.reading() as connection:
        assert (last_record(connection), first_and_last_hour(connection)) == (None, None)


def test_the_basis_of_the_rows_is_told_with_its_parts(keeper: Keeper, full: Ledger) -> None:
    """Hashes of all that a verdict was made from."""
    with full.reading() as connection:
        (row,) = bases(connection).to_dicts()

    assert (row["basis"], row["register"]) == (keeper.pipeline.basis, keeper.site.register.digest)
