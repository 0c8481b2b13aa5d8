"""A flow has the name that another log tells of it, whatever the order, the paths, the batches and the readers."""

from __future__ import annotations

import itertools
import json
import random
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import polars as pl
import pytest

from collectors.files import ReadLimits
from monitor.inputs import find_inputs
from monitor.joining import JoinSettings
from monitor.keeping import Findings
from monitor.ledger.names_held import names_in
from monitor.ledger.store import open_ledger
from monitor.replay import Replay
from monitor.tally import Tally
from tests.cases.small_world import KeepingChild
from tests.cases.zeek_sensor import Sensor, tsv_text
from tests.judging import Site
from tests.monitor.ledger.keepers import Contents, Keeper, contents

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from monitor.app import Knowledge

_SIZES = (1, 17, 100)
_KILLS = 6


@pytest.fixture(scope="module")
def sensor() -> Sensor:
    """Two hours of a sensor."""
    return Sensor.of(5, 120)


@pytest.fixture(scope="module")
def keeper(tmp_path_factory: pytest.TempPathFactory, knowledge: Knowledge) -> Keeper:
    """A site whose logs these are."""
    config = Site().write(tmp_path_factory.mktemp("site"))
    text = config.read_text(encoding="utf-8")
    config.write_text(text.partition("sources:")[0] + 'sources: [{type: zeek, path: "*.log"}]\n', encoding="utf-8")
    return Keeper.of(config, knowledge)


@pytest.fixture(scope="module")
def logs(sensor: Sensor, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Its logs, each in two files."""
    return sensor.write(tmp_path_factory.mktemp("logs"))


@pytest.fixture(scope="module")
def undisturbed(keeper: Keeper, logs: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Contents:
    """What a ledger says after one run."""
    ledger = tmp_path_factory.mktemp("undisturbed") / "ledger.db"
    keeper.keep(ledger, *logs, format_="zeek")
    return contents(ledger)


def names(
    keeper: Keeper, paths: Sequence[Path], limits: ReadLimits | None = None, kind: str = "zeek"
) -> dict[int, str | None]:
    """The name of each flow, by the port that it came from."""
    inputs = find_inputs(paths, kind, keeper.site).inputs
    frames = list(Replay(keeper.pipeline, keeper.summation, limits).frames(inputs, Tally()))
    flows = pl.concat(frames).filter(pl.col("event") == "flow")
    return dict(flows.select("src_port", "name").iter_rows())


def small(keeper: Keeper, size: int) -> Keeper:
    """The same, with small pieces and commits."""
    return Keeper(keeper.site, keeper.knowledge, keeper.pipeline, keeper.summation, ReadLimits(lines=size), size)


def test_every_flow_has_the_name_that_another_log_tells(sensor: Sensor, keeper: Keeper, logs: list[Path]) -> None:
    """However long the connection was open; the first of several hosts."""
    assert names(keeper, logs) == sensor.names


def test_json_logs_give_the_same_names(sensor: Sensor, keeper: Keeper, tmp_path: Path) -> None:
    """One form is as good as the other."""
    assert names(keeper, sensor.write(tmp_path, as_json=True)) == sensor.names


def test_one_file_of_all_logs_gives_the_same_names(sensor: Sensor, keeper: Keeper, tmp_path: Path) -> None:
    """As streaming writes them."""
    assert names(keeper, [sensor.write_together(tmp_path / "all.log")]) == sensor.names


@pytest.mark.parametrize("size", _SIZES)
def test_one_file_of_all_logs_in_any_pieces(sensor: Sensor, keeper: Keeper, tmp_path: Path, size: int) -> None:
    """A name that stands above the flow is known, in whichever piece."""
    path = sensor.write_together(tmp_path / "all.log")

    assert names(keeper, [path], ReadLimits(lines=size)) == sensor.names


def test_a_file_that_was_rotated_away_names_flows_of_the_next(sensor: Sensor, keeper: Keeper, tmp_path: Path) -> None:
    """All logs in one file, cut into three, given in any order."""
    lines = sensor.write_together(tmp_path / "all.log").read_bytes().splitlines(keepends=True)
    share = -(-len(lines) // 3)
    paths = [tmp_path / f"{part}.log" for part in range(3)]
    for part, path in enumerate(paths):
        path.write_bytes(b"".join(lines[part * share : (part + 1) * share]))
    found = [names(keeper, order, ReadLimits(lines=50)) for order in itertools.permutations(paths)]

    assert found == [sensor.names] * 6


@pytest.mark.parametrize("seed", range(6))
def test_neither_order_nor_pieces_change_a_name(sensor: Sensor, keeper: Keeper, logs: list[Path], seed: int) -> None:
    """The paths in any order, in pieces of any size."""
    chance = random.Random(seed)
    shuffled = chance.sample(logs, len(logs))

    assert names(keeper, shuffled, ReadLimits(lines=chance.choice([3, 17, 150]))) == sensor.names


@pytest.mark.parametrize("size", [5, 40])
def test_the_size_of_a_batch_changes_nothing_in_the_ledger(
    keeper: Keeper, logs: list[Path], undisturbed: Contents, tmp_path: Path, size: int
) -> None:
    """A commit may end anywhere between a flow and its name."""
    small(keeper, size).keep(tmp_path / "ledger.db", *logs, format_="zeek")

    assert contents(tmp_path / "ledger.db") == undisturbed


def test_the_order_of_the_paths_changes_nothing_in_the_ledger(
    keeper: Keeper, logs: list[Path], undisturbed: Contents, tmp_path: Path
) -> None:
    """Connections first, or last."""
    small(keeper, 20).keep(tmp_path / "ledger.db", *reversed(logs), format_="zeek")

    assert contents(tmp_path / "ledger.db") == undisturbed


def test_a_run_that_ends_at_any_commit_is_taken_up(
    keeper: Keeper, logs: list[Path], undisturbed: Contents, tmp_path: Path
) -> None:
    """What was held goes on in the ledger: each run makes one commit, and is gone."""
    ledger, runs, more = tmp_path / "ledger.db", 0, True
    while more:
        shuffled = random.Random(runs).sample(logs, len(logs))
        with open_ledger(f"sqlite:///{ledger}", create=True) as opened:
            steps = iter(small(keeper, 20).steps(opened, shuffled, Findings(), format_="zeek"))
            more = next(steps, None) is not None
            steps.close()  # type: ignore[attr-defined]
        runs += 1

    assert (runs > 10, contents(ledger)) == (True, undisturbed)


def test_two_readers_at_once_count_each_record_once(
    keeper: Keeper, logs: list[Path], undisturbed: Contents, tmp_path: Path
) -> None:
    """One commit each in turn, over the same files in another order: the names that the other has read are known."""
    ledger, chance = tmp_path / "ledger.db", random.Random(3)
    with open_ledger(f"sqlite:///{ledger}", create=True) as opened:
        readers = [
            iter(small(keeper, 20).steps(opened, chance.sample(logs, len(logs)), Findings(), format_="zeek"))
            for _ in range(2)
        ]
        while readers:
            turn = chance.choice(readers)
            if next(turn, None) is None:
                readers.remove(turn)

    assert contents(ledger) == undisturbed


def test_nothing_is_held_that_no_flow_can_ask_for(keeper: Keeper, sensor: Sensor, tmp_path: Path) -> None:
    """Names of a day ago go with the next commit; those of before that are still held."""
    later = [(at + 200_000, record | {"ts": record["ts"] + 200_000}) for at, record in sensor.written["ssl"]]
    (tmp_path / "a.log").write_text(tsv_text("ssl", (record for _, record in sensor.written["ssl"])), "utf-8")
    (tmp_path / "b.log").write_text(tsv_text("ssl", (record for _, record in later)), "utf-8")
    small(keeper, 20).keep(tmp_path / "ledger.db", tmp_path / "a.log", tmp_path / "b.log", format_="zeek")
    with open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}") as opened:
        held = names_in(opened)("zeek", None)

    assert held.height == len(later)


@dataclass(frozen=True, slots=True)
class _World:
    """What a child process is told."""

    config: Path
    logs: Path


def test_kills_leave_the_ledger_of_an_undisturbed_run(
    keeper: Keeper, logs: list[Path], undisturbed: Contents, tmp_path: Path
) -> None:
    """Killed with signal 9 at any moment, inside the join too."""
    chance, ledger = random.Random(10), tmp_path / "ledger.db"
    world = _World(keeper.site.directory / "transferwatch.yaml", logs[0].parent)
    kills, child = 0, KeepingChild(world, ledger, 8)
    while kills < _KILLS:
        following = KeepingChild(world, ledger, 8)  # makes itself ready meanwhile
        child.begin()
        for _ in range(chance.randint(0, 3)):
            assert child.hear() == "committed"
        time.sleep(chance.random() * 0.03)
        kills += child.kill()
        child = following
    child.begin()
    said = child.finish()

    assert (kills, said[-1]) == (_KILLS, "done")
    assert contents(ledger) == undisturbed


def test_suricata_names_are_joined_by_flow_id(keeper: Keeper, tmp_path: Path) -> None:
    """In the file itself; a name that was asked of a resolver is no name of that flow."""
    ends = {"src_ip": "10.20.0.5", "src_port": 50_000, "dest_ip": "140.82.121.4", "dest_port": 443, "proto": "TCP"}
    counts = {"pkts_toserver": 9, "pkts_toclient": 8, "bytes_toserver": 1_068, "bytes_toclient": 4_320}
    times = {"start": "2026-10-07T12:00:00.000000+0000", "end": "2026-10-07T12:00:05.000000+0000", "state": "closed"}
    said = [
        {"event_type": "tls", "flow_id": 1, **ends, "tls": {"sni": "api.github.com", "version": "TLS 1.3"}},
        {"event_type": "dns", "flow_id": 2, **ends, "dns": {"type": "query", "rrname": "a.example", "rrtype": "A"}},
        {"event_type": "flow", "flow_id": 1, **ends, "flow": counts | times},
        {"event_type": "flow", "flow_id": 2, **ends, "src_port": 50_001, "flow": counts | times},
    ]
    path = tmp_path / "eve.json"
    lines = [json.dumps({"timestamp": "2026-10-07T12:00:01.000000+0000"} | each) for each in said]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")

    assert names(keeper, [path], ReadLimits(lines=1), "suricata") == {50_000: "api.github.com", 50_001: None}


def test_names_beyond_the_bound_are_an_outcome(
    keeper: Keeper, logs: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And connections that ask for one of them stay without a name."""
    monkeypatch.setattr("monitor.interleaving.JoinSettings", partial(JoinSettings, most_names=5))
    small(keeper, 20).keep(tmp_path / "ledger.db", *logs, format_="zeek")
    evicted = [row for row in contents(tmp_path / "ledger.db")["outcomes"] if "evicted" in row]

    assert (bool(evicted), {row[-3] for row in evicted}) == (True, {"names_held"})
