"""The world as files: reproducible, complete, and in step with its truth."""

from __future__ import annotations

import gzip
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

import polars as pl
import pytest

from monitor.world.generate import World, generate, write_world
from monitor.world.stories import STORIES

if TYPE_CHECKING:
    from pathlib import Path


def _digest(world: World) -> str:
    digest = sha256()
    for file in world.files:
        digest.update(file.path.encode())
        digest.update(file.content)
    digest.update(world.truth.write_json().encode())
    return digest.hexdigest()


def _read(path: Path) -> list[str]:
    content = path.read_bytes()
    return (gzip.decompress(content) if path.suffix == ".gz" else content).decode().splitlines()


def _octets(line: str, column: int) -> int:
    fields = line.split(" ")
    return int(fields[column]) if len(fields) > column and fields[column].isdigit() else 0


def test_a_seed_gives_the_same_octets_and_truth_every_time(small: World) -> None:
    """Nothing but the arguments decides."""
    again = generate(1, scale=0.02)

    assert _digest(small) == _digest(again)


def test_three_seeds_give_three_worlds(small: World) -> None:
    """The seed reaches the files and the truth."""
    digests = {_digest(small), _digest(generate(2, scale=0.02)), _digest(generate(3, scale=0.02))}

    assert len(digests) == 3


def test_every_line_but_the_headers_has_one_row_of_truth(world: World, tmp_path: Path) -> None:
    """File by file, line number by line number."""
    write_world(world, tmp_path)
    written = {
        (file.path, number)
        for file in world.files
        for number, line in enumerate(_read(tmp_path / file.path), start=1)
        if not line.startswith("version ")
    }
    stated = set(world.truth.select("file", "line").iter_rows())

    assert stated == written
    assert len(stated) == world.truth.height


def test_rows_stand_in_file_order(small: World) -> None:
    """Sorted by path and line, and the files come in the same order."""
    assert small.truth.select("file", "line").equals(small.truth.select("file", "line").sort("file", "line"))
    assert [file.path for file in small.files] == small.truth["file"].unique(maintain_order=True).to_list()


def test_octets_of_the_files_are_those_of_the_truth(world: World, tmp_path: Path) -> None:
    """Summed by plain Python over the files as they lie on the disk."""
    write_world(world, tmp_path)
    summed = Counter[str]()
    for file in world.files:
        lines = _read(tmp_path / file.path)
        header = lines[0].split(" ") if lines[0].startswith("version ") else []
        column = header.index("bytes") if header else 9
        summed[file.path] = sum(_octets(line, column) for line in lines)
    stated = dict(world.truth.group_by("file").agg(pl.col("octets").sum()).iter_rows())

    assert dict(summed) == stated


def test_core_files_have_a_header_and_portal_files_have_none(small: World) -> None:
    """Both forms of delivery are in the world, plain and compressed."""
    heads = {
        (file.path.split("/")[1], file.path.endswith(".gz")): gzip.decompress(file.content)[:8]
        if file.path.endswith(".gz")
        else file.content[:8]
        for file in small.files
    }

    assert heads == {
        ("core", True): b"version ",
        ("core", False): b"version ",
        ("portal", True): b"2 210987",
        ("portal", False): b"2 210987",
    }


def test_compressed_files_carry_no_clock(small: World) -> None:
    """The modification time in a gzip head is zero (RFC 1952, bytes 4 to 7)."""
    stamps = {file.content[4:8] for file in small.files if file.path.endswith(".gz")}

    assert stamps == {b"\0\0\0\0"}


def test_the_site_has_its_four_files(small: World, tmp_path: Path) -> None:
    """They lie beside the logs."""
    write_world(small, tmp_path)

    assert sorted(path.name for path in tmp_path.glob("*.yaml")) == [
        "certifications.yaml",
        "inventory.yaml",
        "register.yaml",
        "transferwatch.yaml",
    ]


def test_a_single_day_holds_only_its_own_stories() -> None:
    """Stories of other days are absent on a Thursday, and those of growth before they begin."""
    stories = set(generate(1, date(2026, 10, 8), days=1, scale=0.3).truth["story"])

    assert stories - {story.id for story in STORIES if story.week[3] and not story.grows} == set()
    assert {"road_tokyo_ssh", "patients_abroad"} <= stories


def test_a_part_is_the_whole_of_its_days() -> None:
    """The same files with the same octets, and the same truth, wherever the span begins and ends."""
    whole = generate(1, date(2026, 10, 9), 6, 0.02)
    parts = [generate(1, date(2026, 10, 9), 2, 0.02), generate(1, date(2026, 10, 11), 4, 0.02)]

    assert {file.path: file.content for part in parts for file in part.files} == {
        file.path: file.content for file in whole.files
    }
    assert pl.concat(part.truth for part in parts).sort("file", "line").equals(whole.truth)


def test_weeks_differ() -> None:
    """A week is not the week before with other dates."""
    seen = []
    for monday in (date(2026, 10, 5), date(2026, 10, 12), date(2026, 11, 30)):
        judged = generate(1, monday, 7, 0.02).truth.filter(pl.col("story") == "patients_abroad")
        seen.append(set(judged.select("remote_address", "remote_port", "octets").iter_rows()))

    assert seen[0] & seen[1] == seen[0] & seen[2] == seen[1] & seen[2] == set()


def test_the_portal_is_silent_for_three_hours_of_a_november_night() -> None:
    """No line of the portal's files covers a second from 02:00 to 05:00, in what is otherwise its loudest day."""
    truth = generate(1, date(2026, 11, 17), 1, 0.3).truth.filter(pl.col("start_time").is_not_null())
    day = datetime(2026, 11, 17, tzinfo=UTC)
    covered = (pl.col("start_time") < day + timedelta(hours=5)) & (pl.col("end_time") >= day + timedelta(hours=2))
    portal = pl.col("file").str.contains("/portal/")
    hours = set(truth.filter(portal)["end_time"].dt.hour())

    assert truth.filter(portal & covered).height == 0
    assert truth.filter(~portal & covered).height > 0
    assert set(range(24)) - hours == {2, 3, 4}


def test_the_last_day_of_the_scenario_can_be_written() -> None:
    """2026-12-30, and not the day after."""
    assert generate(1, date(2026, 12, 30), 1, 0.02).truth.height > 0
    with pytest.raises(ValueError, match="2026-12-30"):
        generate(1, date(2026, 12, 30), 2, 0.02)


def test_days_that_the_scenario_is_not_stated_for_are_refused() -> None:
    """The register and the law would say something else."""
    with pytest.raises(ValueError, match="2026-10-01"):
        generate(1, start=date(2025, 1, 1))
