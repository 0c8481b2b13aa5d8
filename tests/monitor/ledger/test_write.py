"""A commit is a batch with its checkpoint, or nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from sqlalchemy import event, func, select

from collectors.files import InputFile, ReadLimits
from monitor.app import build_writer
from monitor.ledger.checkpoints import Checkpoint, Origin, Overtaken
from monitor.ledger.seconds import seconds
from monitor.ledger.store import open_ledger
from monitor.ledger.tables import COVERAGE, EVIDENCE, INPUTS, METADATA, PROBES, SCHEMA, TRANSFERS
from monitor.ledger.write import LedgerBatch, Retention
from tests.judging import HEADER, NOON, OURS, line
from tests.monitor.ledger.keepers import TODAY, Keeper, contents, records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from monitor.ledger.store import Ledger

_ABROAD = "5.188.10.7"
_DAY = 86_400


class Crash(Exception):  # noqa: N818 - a power cut, not an error of ours
    """The process ends here."""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Every kind of line, in two hours, of which the first is over when the second is read."""
    early = [line(OURS, f"5.188.10.{number}") for number in range(1, 9)]
    probe = [line(_ABROAD, OURS, action="REJECT", packets=1, octets=40)]
    silent = [line(OURS, _ABROAD, log_status="NODATA"), line("192.0.2.1", "192.0.2.2"), "broken"]
    late = [line(OURS, _ABROAD, at=NOON.replace(hour=20), octets=7_000 + number) for number in range(4)]
    path = tmp_path / "flow.log"
    path.write_text("\n".join([HEADER, *early, *probe, *silent, *late, ""]))
    return path


def rows_of(ledger: Ledger) -> dict[str, int]:
    """How many rows each table has."""
    with ledger.reading() as connection:
        return {
            name: int(connection.execute(select(func.count()).select_from(table)).scalar_one())
            for name, table in METADATA.tables.items()
        }


def test_a_crash_at_any_statement_of_a_run_leaves_whole_commits_only(keeper: Keeper, log: Path, tmp_path: Path) -> None:
    """And the next run ends as an undisturbed one does."""
    keeper.limits, keeper.commit_lines = ReadLimits(lines=9), 9
    keeper.keep(tmp_path / "undisturbed.db", log)
    expected, crashes, whole = contents(tmp_path / "undisturbed.db"), 0, set()
    while True:
        path = tmp_path / f"{crashes}.db"
        with open_ledger(f"sqlite:///{path}", create=True) as ledger:
            event.listen(ledger.engine, "before_cursor_execute", _crash_at(crashes))
            try:
                keeper.keep_in(ledger, log)
            except Crash:
                whole.add(records(path))
            else:
                break
        keeper.keep(path, log)
        assert contents(path) == expected, f"after a crash at statement {crashes}"
        crashes += 1

    # Before the first commit, after it and after the second: never in between.
    assert whole == {0, 8, 13}
    assert crashes > 30


def _crash_at(number: int) -> Callable[..., None]:
    statements = iter(range(number + 1))

    def crash(*_: object) -> None:
        if next(statements, None) == number:
            raise Crash

    return crash


def test_a_batch_that_fails_halfway_leaves_nothing(
    keeper: Keeper, ledger: Ledger, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even the words of its keys."""

    def fail(*_: object) -> None:
        raise Crash

    monkeypatch.setattr("monitor.ledger.write.add_evidence", fail)
    with pytest.raises(Crash):
        keeper.keep_in(ledger, log)

    assert {name: rows for name, rows in rows_of(ledger).items() if rows} == {SCHEMA.name: 1}


def test_keys_of_a_batch_that_failed_are_written_with_the_next(
    keeper: Keeper, ledger: Ledger, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a writer remembers as written is in the ledger."""
    writer = build_writer(keeper.site, keeper.knowledge, ledger, TODAY)
    sums = [_sums(keeper, log)]
    batch = LedgerBatch(0, Checkpoint(offset=10), sums, 4, None)
    with InputFile.open(log) as file, monkeypatch.context() as patched:
        patched.setattr("monitor.ledger.write.add_evidence", _fail)
        with pytest.raises(Crash):
            writer.write(batch, _ORIGIN, file, None)
    with InputFile.open(log) as file:
        writer.write(batch, _ORIGIN, file, None)

    assert rows_of(ledger)["transfer_keys"] == sums[0].transfers["key"].n_unique()


def test_keys_that_are_known_cost_nothing(keeper: Keeper, ledger: Ledger, log: Path) -> None:
    """However many a writer remembers, a batch asks for its own, and writes none of them again."""
    known = _Known(_sums(keeper, log).transfers["key"].to_list())
    writer = replace(build_writer(keeper.site, keeper.knowledge, ledger, TODAY), _written_keys=known)
    with InputFile.open(log) as file:
        writer.write(LedgerBatch(0, Checkpoint(offset=10), [_sums(keeper, log)], 4, None), _ORIGIN, file, None)

    assert (known.times_walked, rows_of(ledger)["transfer_keys"]) == (0, 0)


class _Known(set[int]):
    """Keys, and how often somebody went through all of them."""

    times_walked = 0

    def __iter__(self) -> Iterator[int]:
        """Go through them."""
        self.times_walked += 1
        return super().__iter__()


_ORIGIN = Origin("aws_vpc", "flow.log", "1:2")


def _fail(*_: object) -> None:
    raise Crash


def _sums(keeper: Keeper, log: Path) -> Any:  # noqa: ANN401 - `kept.Sums`
    from monitor.inputs import find_inputs  # noqa: PLC0415 - only here
    from monitor.replay import Replay, decoded  # noqa: PLC0415 - as above

    (input_,) = find_inputs([log], "aws_vpc", keeper.site).inputs
    (batch,) = decoded(input_)
    return Replay(keeper.pipeline, keeper.summation).judge(input_, batch.flows[0])[1]


def test_a_batch_of_an_input_that_has_moved_is_thrown_away(keeper: Keeper, ledger: Ledger, log: Path) -> None:
    """Whole: its sums are in the ledger already."""
    writer = build_writer(keeper.site, keeper.knowledge, ledger, TODAY)
    batch = LedgerBatch(0, Checkpoint(offset=10), [_sums(keeper, log)], 4, None)
    with InputFile.open(log) as file:
        number = writer.write(batch, _ORIGIN, file, None)
        before = rows_of(ledger)
        with pytest.raises(Overtaken):
            writer.write(batch, _ORIGIN, file, number)

    assert (rows_of(ledger), records(ledger.path)) == (before, 13)


def test_an_input_keeps_its_number(keeper: Keeper, ledger: Ledger, log: Path) -> None:
    """From one batch to the next."""
    writer = build_writer(keeper.site, keeper.knowledge, ledger, TODAY)
    with InputFile.open(log) as file:
        number = writer.write(LedgerBatch(0, Checkpoint(offset=10), [_sums(keeper, log)], 4, None), _ORIGIN, file, None)
        later = LedgerBatch(10, Checkpoint(offset=20), [_sums(keeper, log)], 4, None)

        assert writer.write(later, _ORIGIN, file, number) == number


def test_records_and_the_span_of_an_input_are_kept(keeper: Keeper, ledger: Ledger, log: Path) -> None:
    """By the ends of the records that were judged."""
    keeper.keep_in(ledger, log)
    with ledger.reading() as connection:
        row = connection.execute(select(INPUTS)).one()

    assert (row.records, row.first_time, row.last_time) == (16, seconds(NOON), seconds(NOON.replace(hour=20)))
    assert (row.source, row.path, row.offset) == ("aws_vpc", str(log), log.stat().st_size)


@pytest.mark.parametrize("days", [-400, 0, 400])
def test_every_row_says_until_when_it_is_kept(keeper: Keeper, ledger: Ledger, log: Path, days: int) -> None:
    """From its hour or from the day of writing, whichever is later."""
    keeper.today = seconds(NOON) + days * _DAY
    keeper.keep_in(ledger, log)
    retention = keeper.site.retention
    keep = dict.fromkeys((TRANSFERS, PROBES, COVERAGE), retention.transfers_days)
    keep[EVIDENCE] = retention.evidence_days
    with ledger.reading() as connection:
        for table, kept_days in keep.items():
            found = connection.execute(select(table.c.hour, table.c.retain_until)).all()
            assert found
            assert {row.retain_until - max(row.hour, keeper.today) for row in found} == {kept_days * _DAY}


def test_the_day_until_which_a_row_is_kept_is_a_whole_number() -> None:
    """As an expression over the hour."""
    frame = pl.DataFrame({"hour": [0, 500]}).with_columns(Retention(2, 1, 100).until())
    assert frame["retain_until"].to_list() == [100 + 2 * _DAY, 500 + 2 * _DAY]


def test_hostile_counts_stay_at_the_largest_number(keeper: Keeper, ledger: Ledger, tmp_path: Path) -> None:
    """In one batch and over several."""
    path = tmp_path / "hostile.log"
    path.write_text("\n".join([HEADER, *[line(OURS, _ABROAD, octets=2**63 - 1)] * 5, ""]))
    keeper.limits, keeper.commit_lines = ReadLimits(lines=2), 2
    keeper.keep_in(ledger, path)
    with ledger.reading() as connection:
        octets = [connection.execute(select(table)).one() for table in (TRANSFERS, COVERAGE)]

    assert (octets[0].octets_out, octets[1].octets, octets[0].records) == (2**63 - 1, 2**63 - 1, 5)
