"""Each record counts once: whatever the batches, the paths, the compression, the order and the readers."""

from __future__ import annotations

import gzip
import os
import random
import time
from typing import TYPE_CHECKING

import polars as pl
import pytest

from collectors.files import ReadLimits
from monitor.keeping import Findings
from monitor.ledger.evidence import evidence_of
from monitor.ledger.read import coverage_of, outcomes_of, probes_of, transfers_of
from monitor.ledger.seconds import seconds
from monitor.ledger.store import open_ledger
from tests.cases.small_world import KeepingChild, SmallWorld, split_octets
from tests.monitor.ledger.keepers import FROM, UNTIL, Contents, Keeper, contents, measures, rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from monitor.app import Knowledge

_KILLS = 20
_COMMIT_LINES = 50


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> SmallWorld:
    """A day with every kind of line: with and without a header, plain and compressed."""
    return SmallWorld.of(tmp_path_factory.mktemp("world"), scale=0.1)


@pytest.fixture(scope="module")
def keeper(world: SmallWorld, knowledge: Knowledge) -> Keeper:
    """What keeps that day."""
    return world.keeper(knowledge)


@pytest.fixture(scope="module")
def undisturbed(world: SmallWorld, keeper: Keeper, tmp_path_factory: pytest.TempPathFactory) -> Contents:
    """What a ledger says after one run."""
    ledger = tmp_path_factory.mktemp("undisturbed") / "ledger.db"
    keeper.keep(ledger, world.logs, format_="auto")
    return contents(ledger)


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """Where a ledger will be."""
    return tmp_path / "ledger.db"


@pytest.fixture
def plain(world: SmallWorld, tmp_path: Path) -> list[Path]:
    """The same logs, all as plain text, in one folder."""
    folder = tmp_path / "plain"
    folder.mkdir()
    for name, text in world.files():
        (folder / name).write_bytes(text)
    return sorted(folder.iterdir())


def test_twenty_kills_leave_the_ledger_of_an_undisturbed_run(
    world: SmallWorld, undisturbed: Contents, ledger: Path
) -> None:
    """Killed with signal 9 at any moment, each run takes up where the last commit was."""
    chance = random.Random(20)
    kills, child = 0, KeepingChild(world, ledger, _COMMIT_LINES)
    while kills < _KILLS:
        following = KeepingChild(world, ledger, _COMMIT_LINES)  # makes itself ready meanwhile
        child.begin()
        for _ in range(chance.randint(0, 2)):
            assert child.hear() == "committed"
        time.sleep(chance.random() * 0.03)
        kills += child.kill()
        child = following
    child.begin()
    said = child.finish()

    assert (kills, said[-1], len(said) > 1) == (_KILLS, "done", True)
    assert contents(ledger) == undisturbed


def test_two_processes_over_the_same_files_count_each_record_once(
    world: SmallWorld, undisturbed: Contents, ledger: Path
) -> None:
    """What both have judged, the first to commit has counted."""
    children = [KeepingChild(world, ledger, 100) for _ in range(2)]
    for child in children:
        child.begin()
    said = [child.finish() for child in children]

    assert [words[-1] for words in said] == ["done", "done"]
    assert contents(ledger) == undisturbed


@pytest.mark.parametrize(("size", "count"), [(1, 12), (7, 90), (10_000, 1_000_000)])
def test_the_size_of_a_batch_changes_nothing(keeper: Keeper, plain: list[Path], size: int, count: int) -> None:
    """Not of a piece that is judged, nor of a commit."""
    folder = plain[0].parent
    for path in plain:
        path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:count]))
    small = Keeper(keeper.site, keeper.knowledge, keeper.pipeline, keeper.summation, ReadLimits(lines=size), size)
    small.keep(folder.parent / "small.db", folder)
    keeper.keep(folder.parent / "whole.db", folder)

    assert contents(folder.parent / "small.db") == contents(folder.parent / "whole.db")


def _compressed(paths: list[Path]) -> list[Path]:
    return [_put(path.with_name(f"{path.name}.gz"), gzip.compress(path.read_bytes())) for path in paths]


def _renamed(paths: list[Path]) -> list[Path]:
    return [path.rename(path.with_name(f"{path.name}.1")) for path in paths]


def _copied(paths: list[Path]) -> list[Path]:
    return [_put(path.with_name(f"copy-of-{path.name}"), path.read_bytes()) for path in paths]


def _reversed(paths: list[Path]) -> list[Path]:
    return paths[::-1]


def _in_two_members(paths: list[Path]) -> list[Path]:
    """RFC 1952 section 2.2: a gzip file is a series of members."""
    return [
        _put(path.with_name(f"{path.name}.2.gz"), gzip.compress(text[:700]) + gzip.compress(text[700:]))
        for path in paths
        for text in (path.read_bytes(),)
    ]


def _put(path: Path, octets: bytes) -> Path:
    path.write_bytes(octets)
    return path


@pytest.mark.parametrize("change", [_compressed, _renamed, _copied, _reversed, _in_two_members])
def test_files_read_again_in_another_form_add_nothing(
    keeper: Keeper, plain: list[Path], ledger: Path, undisturbed: Contents, change: Callable[[list[Path]], list[Path]]
) -> None:
    """Compressed, renamed, copied or in another order, they are the inputs that they were."""
    keeper.keep(ledger, *plain)
    findings = keeper.keep(ledger, *change(plain))

    assert (findings.read, findings.already, findings.rewritten) == (0, len(plain), [])
    assert contents(ledger) == undisturbed


def test_files_of_other_forms_in_another_order_give_the_same_from_the_start(
    keeper: Keeper, plain: list[Path], ledger: Path, undisturbed: Contents
) -> None:
    """Every other file compressed, read last first, some of them twice."""
    mixed = [*_compressed(plain[::2]), *plain[1::2]]
    keeper.keep(ledger, *reversed(mixed), *_copied(plain[:3]))

    assert contents(ledger) == undisturbed


def test_files_that_grow_between_runs_by_any_octets_count_once(
    keeper: Keeper, plain: list[Path], ledger: Path, undisturbed: Contents
) -> None:
    """In the middle of a line, of a header, of the octets that an input is known by."""
    chance = random.Random(3)
    texts = {path: path.read_bytes() for path in plain}
    reached = dict.fromkeys(plain, 0)
    steps = iter([1, 40, 90, 260, 300, 333, 50])
    while any(reached[path] < len(texts[path]) for path in plain):
        step = next(steps, None)
        for path, text in texts.items():
            reached[path] += step or chance.randint(1, len(text) // 3)
            path.write_bytes(text[: reached[path]])
        keeper.keep(ledger, *plain)
    said = contents(ledger)

    assert said == undisturbed


def test_files_that_grow_while_they_are_read_count_once(
    keeper: Keeper, plain: list[Path], ledger: Path, undisturbed: Contents
) -> None:
    """After each commit of a run, and between runs."""
    chance = random.Random(4)
    texts = {path: path.read_bytes() for path in plain}
    reached = dict.fromkeys(plain, 100)
    for path, text in texts.items():
        path.write_bytes(text[:100])

    def grow(path: Path) -> None:
        more = chance.randint(1, 20_000)
        with path.open("ab") as log:
            log.write(texts[path][reached[path] : reached[path] + more])
        reached[path] += more

    small = Keeper(keeper.site, keeper.knowledge, keeper.pipeline, keeper.summation, ReadLimits(9_000, lines=50), 60)
    while any(reached[path] < len(texts[path]) for path in plain):
        for path in plain:
            grow(path)
        with open_ledger(f"sqlite:///{ledger}", create=True) as opened:
            for _ in small.steps(opened, plain, findings := Findings()):
                grow(chance.choice(plain))
        assert (findings.rewritten, findings.shorter, findings.other_basis) == ([], [], [])
    small.keep(ledger, *plain)

    assert contents(ledger) == undisturbed


def test_a_folder_that_gains_files_counts_each_once(
    keeper: Keeper, plain: list[Path], ledger: Path, undisturbed: Contents
) -> None:
    """Newest first, and every run sees all that is there."""
    folder = plain[0].parent
    texts = {path: path.read_bytes() for path in plain}
    for path in plain:
        path.unlink()
    found = []
    for path, text in reversed(texts.items()):
        path.write_bytes(text)
        findings = keeper.keep(ledger, folder)
        found.append((findings.read, findings.already))

    assert found == [(1, before) for before in range(len(texts))]
    assert contents(ledger) == undisturbed


@pytest.mark.parametrize("seed", range(3))
def test_two_readers_step_by_step_over_growing_files_count_each_record_once(
    keeper: Keeper, plain: list[Path], ledger: Path, tmp_path: Path, seed: int
) -> None:
    """Whichever of them reads on next, and whatever is written in between."""
    chance = random.Random(seed)
    texts = {path: path.read_bytes()[:20_000] for path in plain[:4]}
    for path in texts:
        path.write_bytes(b"")
    small = Keeper(keeper.site, keeper.knowledge, keeper.pipeline, keeper.summation, ReadLimits(lines=9), 20)
    with open_ledger(f"sqlite:///{ledger}", create=True) as one, open_ledger(f"sqlite:///{ledger}") as other:
        while any(path.stat().st_size < len(text) for path, text in texts.items()):
            for path, text in texts.items():
                _grow(path, text, chance.randint(1, 12_000))
            order = chance.sample(list(texts), len(texts))
            runs = [iter(small.steps(one, order, Findings())), iter(small.steps(other, order[::-1], Findings()))]
            while runs:
                run = chance.choice(runs)
                if next(run, None) is None:
                    runs.remove(run)
                path = chance.choice(order)
                _grow(path, texts[path], chance.randint(0, 500))
        keeper.keep_in(one, *texts)
    for path, text in texts.items():
        _put(tmp_path / path.name, text)
    keeper.keep(tmp_path / "whole.db", *(tmp_path / path.name for path in texts))

    assert contents(ledger) == contents(tmp_path / "whole.db")


def _grow(path: Path, text: bytes, octets: int) -> None:
    reached = path.stat().st_size
    with path.open("ab") as log:
        log.write(text[reached : reached + octets])


def test_a_file_that_was_truncated_and_rewritten_is_a_new_input(
    keeper: Keeper, plain: list[Path], ledger: Path, undisturbed: Contents
) -> None:
    """What it held before stays counted, what it holds now is counted too, and a person hears of it."""
    first, second = plain[0], plain[1]
    later = second.read_bytes()
    second.unlink()
    keeper.keep(ledger, *plain[:1], *plain[2:])
    inode = first.stat().st_ino
    first.write_bytes(later)
    findings = keeper.keep(ledger, first)

    assert (first.stat().st_ino, findings.rewritten, findings.read) == (inode, [first], 1)
    assert contents(ledger) == undisturbed


# The sum of all octets


def test_no_octet_is_lost_or_counted_twice(world: SmallWorld, keeper: Keeper, ledger: Path) -> None:
    """Transfers, probes, what is not ours and what has no time: together what the files say, and what is true."""
    for _ in range(2):
        keeper.keep(ledger, world.logs, format_="auto")

    assert _octets_kept(ledger) == _octets_written(world) == _octets_true(world)


def _octets_kept(ledger: Path) -> int:
    with open_ledger(f"sqlite:///{ledger}") as opened, opened.reading() as connection:
        not_ours = int(coverage_of(connection, FROM, UNTIL)["not_ours_octets"].sum())
        outcomes = int(outcomes_of(connection, FROM, UNTIL)["octets"].sum())
    moved = [measures(ledger, table) for table in ("transfers", "probes")]
    return sum(each["octets_out"] + each["octets_in"] for each in moved) + not_ours + outcomes


def _octets_written(world: SmallWorld) -> int:
    broken = world.truth.filter(pl.col("outcome") == "broken")
    lines: dict[str, set[int]] = {}
    for file, line in broken.select("file", "line").iter_rows():
        lines.setdefault(os.path.basename(file).removesuffix(".gz"), set()).add(line)  # noqa: PTH119 - no path of a disk
    return sum(split_octets(text, without=frozenset(lines.get(name, ()))) for name, text in world.files())


def _octets_true(world: SmallWorld) -> int:
    return int(world.truth.filter(pl.col("outcome").is_in(["judged", "not_ours", "skipped"]))["octets"].sum())


# A whole week, with its hundred thousand probes


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> SmallWorld:
    """A week at its full size."""
    return SmallWorld.of(tmp_path_factory.mktemp("week"), scale=1.0, days=7)


@pytest.fixture(scope="module")
def of_week(week: SmallWorld, knowledge: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ledger of that week."""
    ledger = tmp_path_factory.mktemp("of-week") / "ledger.db"
    week.keeper(knowledge).keep(ledger, week.logs, format_="auto")
    return ledger


# What is true of a group of records, and what adds up
_GROUP = ("activity", "system", "peer_system", "data_class", "direction", "service", "importer", "operator",
    "place_verdict", "place_reason", "control_verdict", "control_reason", "mechanism", "counted",
)  # fmt: skip
_SUMS = ("records", "octets_out", "octets_in", "packets_out", "packets_in")


def _true_sums(truth: pl.DataFrame, by: tuple[str, ...]) -> list[tuple[object, ...]]:
    sums = (pl.col(name).sum().fill_null(0) for name in _SUMS if name != "records")
    grouped = truth.group_by(by).agg(pl.len().cast(pl.Int64).alias("records"), *sums)
    return rows(grouped.with_columns(pl.selectors.enum().cast(pl.String)))


def test_transfers_of_a_week_are_the_truth_and_no_probe_is_among_them(week: SmallWorld, of_week: Path) -> None:
    """Records, octets and packets of every group are those of the stories, to the octet."""
    judged = week.truth.filter(pl.col("outcome") == "judged", pl.col("activity") != "probe")
    with open_ledger(f"sqlite:///{of_week}") as opened, opened.reading() as connection:
        kept = transfers_of(connection, FROM, UNTIL)

    assert rows(kept.group_by(_GROUP).agg(pl.col(_SUMS).sum())) == _true_sums(judged, _GROUP)


def test_the_hundred_thousand_probes_of_a_week_are_a_number(week: SmallWorld, of_week: Path) -> None:
    """By system and by the point at which they count."""
    by = ("system", "peer_system", "data_class", "direction", "counted")
    probes = week.truth.filter(pl.col("outcome") == "judged", pl.col("activity") == "probe")
    with open_ledger(f"sqlite:///{of_week}") as opened, opened.reading() as connection:
        kept = probes_of(connection, FROM, UNTIL)

    assert probes.height == 100_000
    assert rows(kept.group_by(by).agg(pl.col(_SUMS).sum())) == _true_sums(probes, by)


def test_no_address_that_only_probes_name_is_in_the_evidence(week: SmallWorld, of_week: Path) -> None:
    """Nor one of records that are not counted."""
    counted = week.truth.filter(pl.col("activity") != "probe", pl.col("counted"))
    with open_ledger(f"sqlite:///{of_week}") as opened, opened.reading() as connection:
        evidence = evidence_of(connection, seconds(FROM), seconds(UNTIL))

    assert set(evidence["remote_address"].drop_nulls()) - set(counted["remote_address"]) == set()
    assert set(evidence["local_address"].drop_nulls()) - set(counted["local_address"]) == set()
    assert evidence.height > 0


def test_evidence_of_a_week_has_the_octets_of_its_transfers(of_week: Path) -> None:
    """Of each hour and key, though only the largest rows are kept."""
    with open_ledger(f"sqlite:///{of_week}") as opened, opened.reading() as connection:
        evidence = evidence_of(connection, seconds(FROM), seconds(UNTIL))
        transfers = transfers_of(connection, FROM, UNTIL)
    exposed = (pl.col("control_verdict") == "exposed") & (pl.col("data_class").fill_null("") != "public")
    unsettled = pl.col("place_verdict").is_in(["uncovered", "undetermined"])
    wanted = transfers.filter(pl.col("counted") & (unsettled | exposed))
    by = ("hour", "key")

    assert rows(evidence.group_by(by).agg(pl.col(_SUMS).sum())) == rows(wanted.select(*by, *_SUMS))


def test_no_octet_of_a_week_is_lost(week: SmallWorld, of_week: Path) -> None:
    """What is kept, what is written in the files, and what is true: one number."""
    assert _octets_kept(of_week) == _octets_written(week) == _octets_true(week)
