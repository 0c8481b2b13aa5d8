"""The invented world is judged exactly as it is true, and no octet of it is lost on the way."""

from __future__ import annotations

import subprocess
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

from collectors.files import ReadLimits
from monitor import schema
from monitor.app import build_pipeline, open_site
from monitor.inputs import find_inputs
from monitor.replay import Replay
from monitor.sums import Summation
from monitor.tally import Tally
from monitor.world.generate import DEFAULT_START, World, generate, write_world
from monitor.world.truth import EVENT_COLUMNS, JUDGED_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable

    from collectors.contract import Batch
    from monitor.app import Knowledge
    from monitor.inputs import Input

_SPANS = {
    "seed_1": (1, DEFAULT_START, 7, 1.0),
    "seed_20": (20, DEFAULT_START, 7, 1.0),
    "seed_4711": (4711, DEFAULT_START, 7, 1.0),
    "first_days": (2, date(2026, 10, 1), 4, 0.3),
    "week_of_the_silence": (3, date(2026, 11, 16), 7, 0.3),
    "last_days": (4, date(2026, 12, 25), 6, 0.3),
}
_TOLD = (*EVENT_COLUMNS, *JUDGED_COLUMNS)
# Octets of a log: of all its lines, and of those whose numbers stand in `bad`. A header, or the default order,
# says which field holds them; `-` holds none.
_AWK = """
BEGIN { column = 10; split(bad, numbers, " "); for (n in numbers) is_bad[numbers[n]] = 1 }
$1 == "version" {
  for (n = 1; n <= NF; n++) if ($n == "bytes") column = n
  next
}
$column ~ /^[0-9]+$/ {
  all += $column
  if (NR in is_bad) broken += $column
}
END { printf "%.0f %.0f", all, broken }
"""


@dataclass(frozen=True, slots=True)
class Replayed:
    """A world, and what a replay of its files gave."""

    world: World
    directory: Path
    rows: pl.DataFrame
    tally: Tally
    bad_lines: dict[Path, list[int]]


def _replay(directory: Path, knowledge: Knowledge) -> Callable[[Path], tuple[list[Input], Replay]]:
    site = open_site(directory / "transferwatch.yaml", knowledge.operators)
    replay = Replay(build_pipeline(site, knowledge), Summation.of(site))
    return lambda path: (find_inputs([path], "auto", site).inputs, replay)


@pytest.fixture(scope="module", params=_SPANS.values(), ids=list(_SPANS))
def replayed(
    request: pytest.FixtureRequest, knowledge: Knowledge, tmp_path_factory: pytest.TempPathFactory
) -> Replayed:
    """A span of the world, written, read back and judged."""
    seed, start, days, scale = request.param
    world = generate(seed, start, days, scale)
    directory = tmp_path_factory.mktemp("world")
    write_world(world, directory)
    inputs, replay = _replay(directory, knowledge)(directory / "flow-logs")
    tally = Tally()
    bad_lines: dict[Path, list[int]] = defaultdict(list)

    def remember(input_: Input, batch: Batch) -> None:
        bad_lines[Path(str(input_.path))] += [bad.line for bad in batch.bad]

    frames = list(replace(replay, told=remember).frames(inputs, tally))
    return Replayed(world, directory, pl.concat(frames), tally, bad_lines)


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """The columns that the truth states, as text where they are words."""
    lists = pl.selectors.list()
    words = pl.selectors.categorical() | pl.selectors.enum()
    return frame.select(_TOLD).with_columns(words.cast(pl.String), lists.cast(pl.List(pl.String)))


def test_every_judged_row_is_as_the_truth_says(replayed: Replayed) -> None:
    """Every column of every row, in the order of the files and their lines."""
    told = _plain(replayed.rows)
    true = _plain(replayed.world.truth.filter(pl.col("outcome") == "judged")).cast(told.schema)

    different = [name for name in _TOLD if not told[name].equals(true[name], null_equal=True)]
    assert (told.height, different) == (true.height, [])


def test_every_other_line_ends_where_the_truth_says(replayed: Replayed) -> None:
    """What is not judged is counted under its outcome."""
    tally = replayed.tally
    counted = {
        "judged": tally.judged,
        "not_ours": tally.not_ours,
        "skipped": tally.no_time,
        "broken": tally.broken_records,
        "coverage": sum(tally.coverage.values()),
    }

    true = dict(replayed.world.truth.group_by("outcome").len().iter_rows())
    assert (counted, tally.records) == (true, sum(true.values()))


def test_the_broken_lines_are_those_that_were_broken(replayed: Replayed) -> None:
    """By file and line number."""
    broken = replayed.world.truth.filter(pl.col("outcome") == "broken").select("file", "line").rows()

    told = [
        (str(path.relative_to(replayed.directory)), number)
        for path, numbers in replayed.bad_lines.items()
        for number in numbers
    ]
    assert sorted(told) == sorted(broken)


def test_no_octet_is_lost(replayed: Replayed) -> None:
    """Judged, uncounted, not ours, without times, broken: together they are what ten lines of awk find in the files."""
    raw = broken = 0
    for file in replayed.world.files:
        path = replayed.directory / file.path
        numbers = " ".join(str(number) for number in replayed.bad_lines.get(path, []))
        text = subprocess.run(["zcat", "-f", str(path)], check=True, capture_output=True).stdout  # noqa: S607 - on every Debian
        summed = subprocess.run(["awk", "-v", f"bad={numbers}", _AWK], input=text, check=True, capture_output=True)  # noqa: S607 - as above
        of_all, of_broken = summed.stdout.split()
        raw, broken = raw + int(of_all), broken + int(of_broken)

    tally = replayed.tally
    counted = int(replayed.rows.filter("counted")["octets"].sum())
    assert raw == counted + tally.uncounted_octets + tally.not_ours_octets + tally.no_time_octets + broken
    assert min(raw, counted, tally.uncounted_octets, tally.not_ours_octets, tally.no_time_octets, broken) > 0


def test_what_is_summed_for_people_is_what_was_judged(replayed: Replayed) -> None:
    """Records and octets of the sums are those of the rows, by what they count."""
    measures = ("counted", "records", "octets_out", "octets_in")
    sums = pl.concat([replayed.tally.sums().select(measures), replayed.tally.probes().select(measures)])
    rows = replayed.rows

    for counted in (True, False):
        of_rows = rows.filter(pl.col("counted") == counted)
        of_sums = sums.filter(pl.col("counted") == counted)
        assert of_sums["records"].sum() == of_rows.height
        assert sum(int(of_sums[name].sum()) for name in ("octets_out", "octets_in")) == of_rows["octets"].sum()


def test_every_judged_frame_is_as_the_schema_says(replayed: Replayed) -> None:
    """No column is missing, mistyped or wrongly null."""
    assert schema.departures(replayed.rows, schema.JUDGED) == []


# Batches


@pytest.fixture(scope="module")
def some_lines(
    knowledge: Knowledge, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Callable[[ReadLimits | None, int], pl.DataFrame], int]:
    """Judge the first lines of a core log in pieces of some size; and how many lines it has."""
    directory = tmp_path_factory.mktemp("slice")
    world = generate(7, days=1, scale=0.1)
    write_world(world, directory)
    prepare = _replay(directory, knowledge)
    log = next(directory / file.path for file in world.files if "core" in file.path and file.path.endswith(".log"))
    lines = log.read_bytes().splitlines(keepends=True)

    def judged(limits: ReadLimits | None, count: int) -> pl.DataFrame:
        log.write_bytes(b"".join(lines[:count]))
        inputs, replay = prepare(log)
        return pl.concat(replace(replay, limits=limits).frames(inputs, Tally()))

    return judged, len(lines)


@pytest.mark.parametrize(("size", "count"), [(1, 200), (7, 2_000), (10_000, 1_000_000)])
def test_the_size_of_a_batch_changes_nothing(
    some_lines: tuple[Callable[[ReadLimits | None, int], pl.DataFrame], int], size: int, count: int
) -> None:
    """The same rows in the same order, down to batches of one line."""
    judged, available = some_lines
    count = min(count, available)

    assert judged(ReadLimits(lines=size), count).equals(judged(None, count), null_equal=True)
