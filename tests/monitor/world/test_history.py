"""Months below a directory are the world that `generate` gives, day by day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from monitor.world.generate import generate
from monitor.world.history import History, write_history
from monitor.world.site import site_files

if TYPE_CHECKING:
    from pathlib import Path

START = date(2026, 10, 10)


def _octets(directory: Path) -> dict[str, bytes]:
    logs = (directory / "flow-logs").rglob("*.log*")
    return {str(path.relative_to(directory)): path.read_bytes() for path in logs}


def test_files_are_those_of_the_world_in_memory(tmp_path: Path) -> None:
    """Over the boundary of a week: the same names and octets."""
    write_history(tmp_path, 1, START, 4, 0.02)

    assert _octets(tmp_path) == {file.path: file.content for file in generate(1, START, 4, 0.02).files}


def test_parts_equal_the_whole(tmp_path: Path) -> None:
    """Written in one call or in three, the directory is the same."""
    write_history(tmp_path / "whole", 1, START, 6, 0.02)
    for first, days in ((10, 1), (11, 3), (14, 2)):
        write_history(tmp_path / "parts", 1, date(2026, 10, first), days, 0.02)

    assert _octets(tmp_path / "parts") == _octets(tmp_path / "whole")


def test_the_site_lies_beside_the_logs(tmp_path: Path) -> None:
    """Its four files."""
    write_history(tmp_path, 1, START, 1, 0.02)

    assert {path.name for path in tmp_path.glob("*.yaml")} == set(site_files())


def test_the_summary_counts_what_was_written(tmp_path: Path) -> None:
    """Files, lines without headers, octets, days."""
    written = write_history(tmp_path, 1, START, 3, 0.02)
    world = generate(1, START, 3, 0.02)

    assert written == History(
        files=24,
        lines=world.truth.height,
        octets=sum(len(file.content) for file in world.files),
        first_day=START,
        last_day=date(2026, 10, 12),
    )


def test_the_caller_hears_of_every_day(tmp_path: Path) -> None:
    """What has been written so far, last what is returned."""
    heard: list[History] = []
    written = write_history(tmp_path, 1, START, 3, 0.02, heard.append)

    assert [(told.last_day.day, told.files) for told in heard] == [(10, 8), (11, 16), (12, 24)]
    assert heard[-1] == written


def test_two_calendar_months_are_the_default(tmp_path: Path) -> None:
    """October and November, each day with its eight files."""
    written = write_history(tmp_path, 1, scale=0.005)

    assert (written.first_day, written.last_day, written.files) == (date(2026, 10, 1), date(2026, 11, 30), 488)


def test_days_that_the_scenario_is_not_stated_for_are_refused(tmp_path: Path) -> None:
    """Before anything is written."""
    with pytest.raises(ValueError, match="2026-12-30"):
        write_history(tmp_path / "none", 1, date(2026, 12, 1), 31)

    assert not (tmp_path / "none").exists()
