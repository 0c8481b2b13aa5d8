"""Files grow line by line into what the world in memory holds."""

from __future__ import annotations

import gzip
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import polars as pl
import pytest

from monitor.world.generate import World, generate
from monitor.world.live import LIVE_END, LIVE_START, Live, Step

if TYPE_CHECKING:
    from pathlib import Path

SCALE = 0.02
MIDNIGHT = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def two_days() -> World:
    """What the first two live days come to."""
    return generate(1, LIVE_START, 2, SCALE)


def _final(world: World) -> dict[str, bytes]:
    """Plain octets by plain path."""
    return {
        file.path.removesuffix(".gz"): gzip.decompress(file.content) if file.path.endswith(".gz") else file.content
        for file in world.files
    }


def _grown(directory: Path) -> dict[str, bytes]:
    return {str(path.relative_to(directory)): path.read_bytes() for path in directory.rglob("*.log*")}


def test_files_grow_into_their_final_octets(tmp_path: Path, two_days: World) -> None:
    """In steps that are no whole part of anything, over the boundaries of files and days."""
    live = Live(tmp_path, 1, SCALE)
    moments = [MIDNIGHT + number * timedelta(minutes=97) for number in range(1, 30)]
    lines = sum(live.go_on(moment).lines for moment in [*moments, MIDNIGHT + timedelta(days=2, seconds=-1)])

    assert _grown(tmp_path) == _final(two_days)
    assert lines == two_days.truth.height


def test_a_file_only_ever_grows_at_its_end(tmp_path: Path, two_days: World) -> None:
    """At every moment it is the beginning of what it becomes, up to the end of a line."""
    live, final = Live(tmp_path, 1, SCALE), _final(two_days)
    for number in range(1, 40):
        live.go_on(MIDNIGHT + number * timedelta(minutes=53))
        for path, octets in _grown(tmp_path).items():
            assert final[path].startswith(octets)
            assert octets.endswith(b"\n")


def test_a_step_adds_the_lines_that_end_after_the_last_moment_and_not_after_this_one(
    tmp_path: Path, two_days: World
) -> None:
    """The moment itself belongs to the step that reaches it."""
    ends = two_days.truth.filter(pl.col("outcome") == "judged")["end_time"].sort()
    moment = ends[ends.len() // 3]
    second = timedelta(seconds=1)
    live = Live(tmp_path, 1, SCALE)
    live.go_on(moment - second)

    assert live.go_on(moment).lines >= ends.eq(moment).sum() > 0
    assert live.go_on(moment + second / 2).lines == 0


def test_a_file_appears_with_its_first_line(tmp_path: Path) -> None:
    """Nothing lies there at midnight, and no file of the afternoon in the morning."""
    live = Live(tmp_path, 1, SCALE)
    live.go_on(MIDNIGHT - timedelta(seconds=1))
    before = set(_grown(tmp_path))
    live.go_on(MIDNIGHT + timedelta(hours=7))

    assert before == set()
    assert {path.split("_")[-2] for path in _grown(tmp_path)} == {"20261201T0000Z", "20261201T0600Z"}


def test_a_second_run_takes_up_where_the_first_broke_off(tmp_path: Path, two_days: World) -> None:
    """Even in the middle of a line, as a kill may leave it."""
    Live(tmp_path, 1, SCALE).go_on(MIDNIGHT + timedelta(hours=20))
    torn = max((tmp_path / "flow-logs" / "core").iterdir())
    torn.write_bytes(torn.read_bytes()[:-30])
    step = Live(tmp_path, 1, SCALE).go_on(MIDNIGHT + timedelta(days=2, seconds=-1))

    assert _grown(tmp_path) == _final(two_days)
    assert 0 < step.lines < two_days.truth.height


def test_the_size_of_a_step_changes_nothing(tmp_path: Path, two_days: World) -> None:
    """One step over both days."""
    Live(tmp_path, 1, SCALE).go_on(MIDNIGHT + timedelta(days=2, seconds=-1))

    assert _grown(tmp_path) == _final(two_days)


def test_time_does_not_run_backwards(tmp_path: Path) -> None:
    """A moment that was reached already adds nothing and takes nothing."""
    live = Live(tmp_path, 1, SCALE)
    live.go_on(MIDNIGHT + timedelta(hours=30))
    before = _grown(tmp_path)

    assert live.go_on(MIDNIGHT + timedelta(hours=3)).lines == 0
    assert _grown(tmp_path) == before


def test_a_moment_is_the_same_in_every_time_zone(tmp_path: Path) -> None:
    """Paris in winter is an hour ahead."""
    moment = datetime(2026, 12, 1, 4, tzinfo=timezone(timedelta(hours=1)))

    assert Live(tmp_path, 1, SCALE).go_on(moment).until == MIDNIGHT + timedelta(hours=3)


def test_a_moment_without_a_time_zone_is_refused(tmp_path: Path) -> None:
    """It would mean another moment on another machine."""
    with pytest.raises(ValueError, match="time zone"):
        Live(tmp_path, 1, SCALE).go_on(datetime(2026, 12, 1))  # noqa: DTZ001 - what is refused


def test_the_world_ends_with_the_scenario(tmp_path: Path) -> None:
    """The last second of 2026-12-30 is not the end; the next is, and says so as often as it is asked."""
    live = Live(tmp_path, 1, SCALE, date(2026, 12, 30))
    last = live.go_on(LIVE_END - timedelta(seconds=1))
    files = _grown(tmp_path)

    assert (last.ended, last.lines) == (False, generate(1, date(2026, 12, 30), 1, SCALE).truth.height)
    assert live.go_on(LIVE_END) == Step(0, LIVE_END, ended=True)
    assert live.go_on(LIVE_END + timedelta(days=9)) == Step(0, LIVE_END, ended=True)
    assert _grown(tmp_path) == files
