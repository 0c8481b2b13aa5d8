"""Each file is judged with the atlas of its time."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import polars as pl
import pytest

from monitor.at_event import first_day
from monitor.attribution.kept_atlases import stamp
from monitor.cli import main
from monitor.inputs import find_inputs
from tests.judging import HEADER, NOON, OURS, Site, line
from tests.monitor.attribution.dated import keep
from tests.monitor.ledger.keepers import Keeper, contents, records

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from monitor.app import Knowledge

    Run = Callable[..., tuple[int, str]]

_ABROAD = "5.188.10.7"
AUGUST, OCTOBER = date(2026, 8, 1), date(2026, 10, 7)


def written(path: Path, *ends: datetime) -> Path:
    """Write a log of records that end then."""
    texts = [line(OURS, _ABROAD, at=end, octets=1_000 + number) for number, end in enumerate(ends)]
    path.write_text("\n".join([HEADER, *texts, ""]))
    return path


@pytest.fixture
def replay(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command at a site that keeps atlases: `replay(*arguments)` gives its code and what it said."""
    config = Site().write(tmp_path)
    with config.open("a") as file:
        file.write("atlas: atlases\n")

    def run(*arguments: object) -> tuple[int, str]:
        words = ["transferwatch", "replay", "-c", config, "--atlas-at-event", *arguments]
        monkeypatch.setattr(sys, "argv", [str(word) for word in words])
        with pytest.raises(SystemExit) as ended:
            main()
        return int(str(ended.value.code or 0)), capfd.readouterr().err

    return run


def judged(path: Path) -> list[tuple[str, int]]:
    """Basis and age of the atlas, row by row."""
    return pl.read_parquet(path).select(pl.col("basis").cast(pl.String), "atlas_age_days").rows()


def test_each_file_has_the_atlas_of_its_first_record(replay: Run, tmp_path: Path) -> None:
    """Also where the file goes on beyond the day of the next atlas."""
    keep(tmp_path / "atlases", AUGUST, OCTOBER)
    before = written(tmp_path / "a.log", NOON - timedelta(days=1), NOON + timedelta(days=1))
    after = written(tmp_path / "b.log", NOON)

    replay("--judged", tmp_path / "out.parquet", before, after)

    rows = judged(tmp_path / "out.parquet")
    assert [age for _, age in rows] == [66, 68, 0]
    assert rows[0][0] == rows[1][0] != rows[2][0]


def test_a_file_older_than_every_atlas_is_told(replay: Run, tmp_path: Path) -> None:
    """It is judged with the oldest; `--strict` ends with 1."""
    keep(tmp_path / "atlases", OCTOBER, AUGUST)
    log = written(tmp_path / "a.log", datetime(2026, 1, 1, tzinfo=NOON.tzinfo))

    code, said = replay("--strict", "--judged", tmp_path / "out.parquet", log)

    assert (
        "its first record is of 2026-01-01, and no kept atlas is as old: judged with the oldest, of 2026-08-01" in said
    )
    assert (code, [age for _, age in judged(tmp_path / "out.parquet")]) == (1, [-212])


def test_a_ledger_holds_each_input_under_its_own_basis_once(replay: Run, tmp_path: Path) -> None:
    """A second run adds nothing and leaves nothing."""
    kept = keep(tmp_path / "atlases", AUGUST, OCTOBER)
    logs = [written(tmp_path / "a.log", NOON - timedelta(days=1)), written(tmp_path / "b.log", NOON)]
    ledger = tmp_path / "ledger.db"

    for _ in range(2):
        code, said = replay("--strict", "--ledger", f"sqlite:///{ledger}", *logs)
        assert (code, "nothing was done" in said) == (0, False)

    with closing(sqlite3.connect(ledger)) as connection:
        atlases = connection.execute("select atlas, atlas_oldest, atlas_newest from atlases order by 2").fetchall()
    assert records(ledger) == 2
    assert atlases == [(each.digest, str(each.oldest), str(each.newest)) for each in kept]


def test_an_update_between_two_runs_loses_nothing_and_counts_nothing_twice(replay: Run, tmp_path: Path) -> None:
    """A file that was begun goes on under its basis; one that comes later has the new atlas."""
    log, ledger = tmp_path / "a.log", f"sqlite:///{tmp_path}/ledger.db"
    keep(tmp_path / "atlases", AUGUST)
    written(log, NOON)
    replay("--ledger", ledger, log)
    keep(tmp_path / "atlases", AUGUST, OCTOBER + timedelta(days=1))
    written(log, NOON, NOON + timedelta(days=2))
    later = written(tmp_path / "b.log", NOON + timedelta(days=2), NOON + timedelta(days=3))

    replay("--strict", "--ledger", ledger, log, later)

    assert records(tmp_path / "ledger.db") == 4


def test_a_reader_that_switches_between_inputs_loses_nothing(tmp_path: Path, knowledge: Knowledge) -> None:
    """What was begun is left alone by the new stages, and finished by those that it was begun with."""
    config, ledger, folder = Site().write(tmp_path), tmp_path / "ledger.db", tmp_path / "atlases"
    with config.open("a") as file:
        file.write("atlas: atlases\n")
    keep(folder, AUGUST)
    before, seen = Keeper.of(config, knowledge), stamp(folder)
    begun = written(tmp_path / "a.log", NOON)
    before.keep(ledger, begun)
    keep(folder, AUGUST, OCTOBER)
    after = Keeper.of(config, knowledge)
    written(begun, NOON, NOON + timedelta(hours=1))
    later = written(tmp_path / "b.log", NOON + timedelta(hours=2))

    left = after.keep(ledger, begun, later).other_basis
    finished = before.keep(ledger, begun).read

    assert (seen == stamp(folder), left, finished, records(ledger)) == (False, [begun], 1, 3)


def test_the_ledger_is_the_same_in_any_order(replay: Run, tmp_path: Path) -> None:
    """More atlases than are open at once."""
    keep(tmp_path / "atlases", *(AUGUST + timedelta(days=number) for number in range(5)))
    ends = [datetime(2026, 8, 1, 12, tzinfo=NOON.tzinfo) + timedelta(days=number) for number in range(5)]
    logs = [written(tmp_path / f"{number}.log", end) for number, end in enumerate(ends)]

    replay("--ledger", f"sqlite:///{tmp_path}/first.db", *logs)
    replay("--ledger", f"sqlite:///{tmp_path}/second.db", *logs[::-2], *logs[-2::-2])

    assert contents(tmp_path / "first.db") == contents(tmp_path / "second.db")


def test_a_site_without_kept_atlases_is_refused(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what to write."""
    log = written(tmp_path / "a.log", NOON)
    monkeypatch.setattr(sys, "argv", ["transferwatch", "replay", "--atlas-at-event", str(log)])

    with pytest.raises(SystemExit) as ended:
        main()

    assert (ended.value.code, "Write `atlas: FOLDER`" in capfd.readouterr().err) == (2, True)


def test_the_first_day_is_that_of_the_first_record_with_a_time(tmp_path: Path) -> None:
    """Records without one stand before it."""
    nothing = line("-", "-", log_status="NODATA", action="-")
    (tmp_path / "a.log").write_text("\n".join([HEADER, nothing, line(OURS, _ABROAD), ""]))

    (input_,) = find_inputs([tmp_path / "a.log"], "aws_vpc", None).inputs

    assert first_day(input_) == NOON.date()


def test_a_file_without_records_has_no_day(tmp_path: Path) -> None:
    """It gets the atlas in use."""
    (tmp_path / "a.log").write_text(f"{HEADER}\n")

    (input_,) = find_inputs([tmp_path / "a.log"], "aws_vpc", None).inputs

    assert first_day(input_) is None
