"""Judged records to matches: what is not spelled out would not have matched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl
import pytest

from monitor.app import build_pipeline, open_site, rules_of
from monitor.detect.detection import Detection
from monitor.detect.matches import MATCHES
from monitor.detecting import Detecting
from monitor.inputs import find_inputs
from monitor.kept import TRANSFERS, empty
from monitor.pipeline import SourceSettings, parts_of
from monitor.replay import decoded
from monitor.rows import rows
from monitor.sums import Summation
from monitor.unjudged import part_sums
from monitor.world.generate import DEFAULT_START, generate, write_world

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.app import Knowledge
    from monitor.detect.rules import RuleSet
    from monitor.kept import Sums
    from monitor.pipeline import Judged


@dataclass(frozen=True, slots=True)
class Day:
    """Judged parts of a Saturday of the invented world, with their sums."""

    rules: RuleSet
    parts: list[tuple[Judged, Sums]]


@pytest.fixture(scope="module")
def day(knowledge: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> Day:
    """A week in little."""
    directory: Path = tmp_path_factory.mktemp("world")
    write_world(generate(7, DEFAULT_START, 7, 0.02), directory)
    site = open_site(directory / "transferwatch.yaml", knowledge.operators)
    pipeline, summation = build_pipeline(site, knowledge), Summation.of(site)
    parts = []
    for input_ in find_inputs([directory / "flow-logs"], "auto", site).inputs:
        settings = SourceSettings(input_.kind.name, input_.count_at_forwarders, input_.source_name)
        for batch in decoded(input_):
            judged = [pipeline.run(part, settings) for part in parts_of(batch)]
            parts += [(each, part_sums(summation, each)) for each in judged]
    return Day(rules_of(site), parts)


def test_nothing_that_would_match_is_left_out(day: Day) -> None:
    """Among the candidates are the matches of all rows."""
    detecting, plain = Detecting.of(day.rules), Detection(day.rules)
    found = pl.concat(plain.detect(detecting.candidates(judged)) for judged, _ in day.parts)
    whole = pl.concat(plain.detect(rows(judged)) for judged, _ in day.parts)
    order = [column.name for column in MATCHES if not isinstance(column.dtype, pl.List)]
    assert found.sort(order).equals(whole.sort(order))


def test_most_rows_are_not_spelled_out(day: Day) -> None:
    """They stay inside, or are probes."""
    detecting = Detecting.of(day.rules)
    candidates = sum(detecting.candidates(judged).height for judged, _ in day.parts)
    assert candidates < sum(judged.oriented.frame.height for judged, _ in day.parts) / 2


def test_what_was_committed_is_remembered(day: Day) -> None:
    """As a memory of all transfers would."""
    detecting = Detecting.of(day.rules)
    for judged, sums in day.parts:
        _, detecting = detecting.committing(detecting.candidates(judged), sums)
    transfers = pl.concat([sums.transfers for _, sums in day.parts])
    assert detecting.memory.systems.sort("system").equals(
        Detecting.of(day.rules).memory.after(transfers).systems.sort("system")
    )


def test_octets_that_were_taken_are_not_added_again(day: Day) -> None:
    """A row finds its own octets once in the hour."""
    detecting = Detecting.of(day.rules)
    judged, sums = next(part for part in day.parts if detecting.candidates(part[0]).height)
    candidates = detecting.candidates(judged)
    memory = detecting.memory.after(sums.transfers, candidates)
    told = memory.remember(candidates, is_taken=True)
    pair = sums.transfers.filter("counted").group_by("system", "operator", "place_country", "hour")
    most = pair.agg(pl.col("octets_out").sum())["octets_out"].max()
    assert told["octets_out_hour"].max() <= most  # type: ignore[operator]


def test_no_records_are_no_matches(day: Day) -> None:
    """A part of which no end is ours."""
    detecting = Detecting.of(day.rules)
    judged, sums = day.parts[0]
    none = detecting.candidates(judged).clear()
    assert empty(TRANSFERS).height == detecting.committing(none, sums)[0].height


def test_what_is_kept_after_each_part_is_what_is_remembered(day: Day) -> None:
    """Matches that correlations hold and octets by remote address; what transfers tell is not kept twice."""
    detecting = Detecting.of(day.rules)
    kept: dict[str, list[pl.DataFrame]] = {"matches": [], "remotes": []}
    for judged, sums in day.parts:
        before = detecting
        _, detecting = before.committing(before.candidates(judged), sums)
        for name, rows_ in detecting.changes_since(before).items():
            kept[name].append(rows_)
    resumed = Detecting.of(day.rules, detecting.memory, kept)
    assert resumed.held["matches"].sort("number").equals(detecting.held["matches"].sort("number"))
    newest = resumed.held["remotes"].join(detecting.held["remotes"], on=detecting.held["remotes"].columns, how="semi")
    assert newest.height == detecting.held["remotes"].height
