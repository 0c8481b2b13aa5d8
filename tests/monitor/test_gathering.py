"""Small inputs are kept together, and the ledger is the one of who reads each by itself."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from monitor.app import build_writer
from monitor.inputs import find_inputs
from monitor.keeping import Findings, Keeping
from monitor.ledger.store import open_ledger
from monitor.replay import Replay, decoded_piece
from monitor.tally import Tally
from tests.judging import HEADER, OURS, PORTAL, Site, line
from tests.monitor.ledger.keepers import TODAY, Keeper, contents, records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from collectors.contract import Batch, Decoder, Piece
    from monitor.app import Knowledge
    from monitor.inputs import Input
    from monitor.keeping import Committed

_ABROAD = "5.188.10.7"
_BIND = (
    "25-Nov-2026 10:00:0{n}.000 queries: info: client @0x7f 10.20.1.{n}#5{n}000 (a{n}.example): "
    "query: a{n}.example IN A + (9.9.9.9)\n"
)


@pytest.fixture
def keeper(tmp_path: Path, knowledge: Knowledge) -> Keeper:
    """A site of two systems."""
    return Keeper.of(Site().write(tmp_path), knowledge)


@pytest.fixture
def logs(tmp_path: Path) -> list[Path]:
    """Logs of few lines, of which each is odd in its own way."""
    bodies = [
        [line(OURS, _ABROAD, octets=1_000), line(PORTAL, "13.38.0.1")],
        [line(OURS, _ABROAD, octets=2_000), "broken"],
        [line(OURS, _ABROAD, end="-"), line(OURS, _ABROAD, log_status="NODATA")],
        [line("192.0.2.1", "192.0.2.2"), line(_ABROAD, OURS, action="REJECT")],
        [],
        ["broken"],
        [line(OURS, "37.146.0.1"), "3 x" + "y" * 70_000, line(OURS, "-", octets=7)],
    ]
    (tmp_path / "logs").mkdir()
    paths = [tmp_path / "logs" / f"{number}.log" for number in range(len(bodies))]
    for path, body in zip(paths, bodies, strict=True):
        path.write_text("\n".join([HEADER, *body, line(OURS, _ABROAD, octets=5)]), encoding="utf-8")
    return paths


def gather(
    keeper: Keeper,
    ledger: Path,
    *paths: Path,
    format_: str = "aws_vpc",
    committed: Callable[[Committed], None] | None = None,
    inputs: Iterable[Input] | None = None,
) -> tuple[Tally, Findings]:
    """Keep files as who does not want to see rows."""
    tally, findings = Tally(), Findings()
    with open_ledger(f"sqlite:///{ledger}", create=True) as opened:
        replay = Replay(keeper.pipeline, keeper.summation)
        keeping = Keeping(
            replay, build_writer(keeper.site, keeper.knowledge, opened, TODAY), keeper.commit_lines, committed
        )
        chosen = find_inputs(paths, format_, keeper.site).inputs if inputs is None else inputs
        for _ in keeping.keep(chosen, tally, findings):
            pass
    return tally, findings


def grow(paths: list[Path]) -> None:
    """End the last line of each file, and write two more."""
    for number, path in enumerate(paths):
        with path.open("a", encoding="utf-8") as file:
            file.write(f"\n{line(OURS, _ABROAD, octets=9_000 + number)}\n{line(OURS, _ABROAD, octets=90)}\n")


def test_the_ledger_is_that_of_who_reads_each_by_itself(keeper: Keeper, tmp_path: Path, logs: list[Path]) -> None:
    """Checkpoints, outcomes and sums, before and after the files have grown."""
    together, alone = tmp_path / "together.db", tmp_path / "alone.db"
    same = []
    for _ in range(2):
        gather(keeper, together, *logs)
        keeper.keep(alone, *logs)
        same.append(contents(together) == contents(alone))
        grow(logs)

    assert same == [True, True]


def test_names_are_kept_so_too(keeper: Keeper, tmp_path: Path) -> None:
    """Those of another kind of log."""
    logs = [tmp_path / f"{number}.query" for number in range(3)]
    for number, path in enumerate(logs):
        path.write_text(_BIND.format(n=number) * 2, encoding="utf-8")
    gather(keeper, tmp_path / "together.db", *logs, format_="dns_bind")
    keeper.keep(tmp_path / "alone.db", *logs, format_="dns_bind")

    assert contents(tmp_path / "together.db") == contents(tmp_path / "alone.db")


def test_what_is_read_is_told_as_of_each(keeper: Keeper, tmp_path: Path, logs: list[Path]) -> None:
    """Records, broken ones, files and what waits in them."""
    tally, findings = gather(keeper, tmp_path / "together.db", *logs)
    told = keeper.keep(tmp_path / "alone.db", *logs)

    assert (tally.inputs, tally.records, tally.broken, tally.no_time) == (
        keeper.tally.inputs, keeper.tally.records, keeper.tally.broken, keeper.tally.no_time,
    )  # fmt: skip
    assert (findings.read, findings.already) == (told.read, told.already)
    # Of a header alone nothing is missed: whether it waits, or is taken for a part of another, is the same.
    assert set(findings.waiting) - {logs[4]} == set(told.waiting)


def test_what_is_written_meanwhile_waits_for_the_next_look(
    keeper: Keeper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A log that grows with each line that is read has an end all the same: where it stood when it was looked at."""
    log = tmp_path / "flow.log"
    log.write_text(f"{HEADER}\n{line(OURS, _ABROAD)}\n", encoding="utf-8")
    pieces: list[int] = []

    def grow_on(decoder: Decoder, piece: Piece) -> Batch:
        pieces.append(len(piece.data))
        if len(pieces) < 5:
            with log.open("a", encoding="utf-8") as file:
                file.write(f"{line(OURS, _ABROAD)}\n")
        return decoded_piece(decoder, piece)

    monkeypatch.setattr("monitor.gathering.decoded_piece", grow_on)
    read = []
    for _ in range(2):
        gather(keeper, tmp_path / "ledger.db", log)
        read.append(len(pieces))

    assert read == [1, 2]


def test_many_inputs_are_one_commit(keeper: Keeper, tmp_path: Path, logs: list[Path]) -> None:
    """Of all records of theirs."""
    heard: list[Committed] = []
    gather(keeper, tmp_path / "ledger.db", *logs, committed=heard.append)
    tally, _ = gather(keeper, tmp_path / "another.db", *logs)

    assert [each.records for each in heard] == [tally.records]


def test_the_same_content_twice_counts_once(keeper: Keeper, tmp_path: Path, logs: list[Path]) -> None:
    """What another reader has, too: nothing of the batch is written, and each is read by itself."""
    copies = [path.with_suffix(".copy") for path in logs]
    for path, copy in zip(logs, copies, strict=True):
        shutil.copy(path, copy)
    gather(keeper, tmp_path / "ledger.db", *logs, *copies)
    keeper.keep(tmp_path / "alone.db", *logs)

    assert contents(tmp_path / "ledger.db") == contents(tmp_path / "alone.db")


def test_a_kill_between_two_batches_loses_nothing(
    keeper: Keeper, tmp_path: Path, logs: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor counts anything twice."""
    monkeypatch.setattr("monitor.gathering._MOST_INPUTS", 2)
    ledger = tmp_path / "ledger.db"

    def kill(batch: Committed) -> None:
        raise KeyboardInterrupt(batch.records)

    kills = 0
    for _ in logs:
        try:
            gather(keeper, ledger, *logs, committed=kill)
        except KeyboardInterrupt:
            kills += 1
    keeper.keep(tmp_path / "alone.db", *logs)

    assert (kills > 2, contents(ledger) == contents(tmp_path / "alone.db")) == (True, True)


def test_what_is_not_small_is_read_by_itself(keeper: Keeper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In its place among the others."""
    monkeypatch.setattr("monitor.gathering._SMALL_OCTETS", 500)
    logs = [tmp_path / f"{number}.log" for number in range(4)]
    for number, path in enumerate(logs):
        text = "".join(f"{line(OURS, _ABROAD, octets=number * 100 + each)}\n" for each in range(1 + 9 * (number % 2)))
        path.write_text(f"{HEADER}\n{text}", encoding="utf-8")
    heard: list[Committed] = []
    gather(keeper, tmp_path / "ledger.db", *logs, committed=heard.append)

    assert (sorted(each.records for each in heard), records(tmp_path / "ledger.db")) == ([2, 10, 10], 22)


@pytest.mark.parametrize("named", ["nothing", "another"])
def test_a_log_that_is_rotated_while_it_is_held_is_kept(
    keeper: Keeper, tmp_path: Path, logs: list[Path], named: str
) -> None:
    """Whether its name then stands for nothing or for another file: what it had gained was read, and is written."""
    ledger = tmp_path / "ledger.db"
    gather(keeper, ledger, *logs[:2])
    grow(logs[:2])

    def rotating() -> Iterator[Input]:
        for input_ in find_inputs(logs[:2], "aws_vpc", keeper.site).inputs:
            yield input_
            if logs[0].exists():
                logs[0].replace(tmp_path / "0.log.1")
        if named == "another":
            logs[0].write_text(f"{HEADER}\n{line(OURS, _ABROAD, octets=77)}\n", encoding="utf-8")

    gather(keeper, ledger, inputs=rotating())
    keeper.keep(tmp_path / "alone.db", tmp_path / "0.log.1", logs[1])

    assert records(ledger) == records(tmp_path / "alone.db")


def test_an_empty_line_alone_is_passed_by(keeper: Keeper, tmp_path: Path) -> None:
    """There is nothing to add up, and the checkpoint moves."""
    log, ledger = tmp_path / "query.log", tmp_path / "ledger.db"
    log.write_text(_BIND.format(n=1), encoding="utf-8")
    gather(keeper, ledger, log, format_="dns_bind")
    with log.open("a", encoding="utf-8") as file:
        file.write("\n")
    _, first = gather(keeper, ledger, log, format_="dns_bind")
    _, second = gather(keeper, ledger, log, format_="dns_bind")

    assert (first.read, second.already) == (1, 1)
