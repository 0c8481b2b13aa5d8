"""The atlases of a folder: the one in use, the one of an event, and those that stay."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import polars as pl
import pytest

from monitor.address import parse_addresses
from monitor.atlas_days import AtlasDays
from monitor.attribution.build import build_atlas
from monitor.attribution.kept_atlases import (
    INDEX,
    KeptAtlas,
    at_event,
    atlas_days,
    closest_after,
    kept_atlases,
    kept_on,
    open_atlas,
    open_newest,
    source_days,
    spelled_index,
    stamp,
)
from monitor.attribution.refresh.store import write_whole
from monitor.problem import ProblemsFound
from tests.monitor.attribution.dated import keep
from tests.monitor.attribution.small_archives import write_archives

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 25, tzinfo=UTC)


def atlas(number: int, newest: date, built_at: datetime | None = None) -> KeptAtlas:
    """A kept atlas of a day, built at its end."""
    built = built_at or datetime(newest.year, newest.month, newest.day, tzinfo=UTC)
    name = f"atlas-{number:016x}.twa"
    oldest = newest - timedelta(days=10)
    return KeptAtlas(file=name, digest=f"{number:064x}", built_at=built, oldest=oldest, newest=newest, made_of="x")


JUNE, JULY, AUGUST = (atlas(month, date(2026, month, 10)) for month in (6, 7, 8))


@pytest.mark.parametrize(
    ("day", "chosen"),
    [
        (date(2026, 6, 9), None),
        (date(2026, 6, 10), JUNE),
        (date(2026, 8, 9), JULY),
        (date(2026, 8, 10), AUGUST),
        (date(2030, 1, 1), AUGUST),
    ],
)
def test_the_atlas_of_an_event_is_not_younger(day: date, chosen: KeptAtlas | None) -> None:
    """The newest of those of which no source is of a later day."""
    assert at_event([AUGUST, JUNE, JULY], day) == chosen


def test_of_one_day_the_one_that_was_built_last() -> None:
    """A corrected list."""
    again = atlas(9, date(2026, 7, 10), NOW)

    assert at_event([JULY, again, JUNE], date(2026, 7, 30)) == again


def test_what_is_closest_to_an_older_event() -> None:
    """The oldest of all."""
    assert (closest_after([AUGUST, JUNE, JULY]), closest_after([])) == (JUNE, None)


def test_the_last_and_one_of_each_month_stay() -> None:
    """Daily atlases of three months: eight, and the last ones of the two months before."""
    days = [date(2026, 9, 1) + timedelta(days=number) for number in range(86)]
    atlases = [atlas(number, day) for number, day in enumerate(days)]

    kept = kept_on(atlases, NOW, keep=8, keep_days=800)

    assert [each.newest for each in kept] == [date(2026, 9, 30), date(2026, 10, 31), *days[-8:]]


def test_a_month_is_given_up_when_its_time_has_come() -> None:
    """The days count from when another atlas came into use."""
    atlases = [atlas(1, date(2024, 1, 1)), atlas(2, date(2024, 6, 1)), atlas(3, date(2026, 11, 1))]

    assert kept_on(atlases, NOW, keep=1, keep_days=30) == (atlases[1], atlases[2])


def test_the_index_is_read_back(tmp_path: Path) -> None:
    """In its order."""
    write_whole(tmp_path / INDEX, spelled_index([JULY, JUNE]))

    assert kept_atlases(tmp_path) == (JULY, JUNE)


@pytest.mark.parametrize(
    "text", ["", "[]", '{"atlases": [{}]}', spelled_index([JUNE]).decode().replace("atlas-0", "../x/atlas-0")]
)
def test_a_damaged_index_is_told(text: str, tmp_path: Path) -> None:
    """And no file outside of the folder is ever opened."""
    (tmp_path / INDEX).write_text(text, encoding="utf-8")

    with pytest.raises(ProblemsFound, match="the index is damaged"):
        kept_atlases(tmp_path)


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    """With what to write."""
    with pytest.raises(ProblemsFound, match=r"no atlas is kept there\. Write: transferwatch geodata update"):
        open_newest(tmp_path)


def test_a_reader_sees_the_change_and_loses_nothing(tmp_path: Path) -> None:
    """The stamp changes with the index; the atlas that was open answers on after its file is gone."""
    (june,) = keep(tmp_path, date(2026, 6, 10))
    before, opened = stamp(tmp_path), open_newest(tmp_path)
    asked = parse_addresses(pl.Series(["8.8.8.8", "5.188.10.7", "2001:4860:4860::8888"]))
    answered = opened.lookup(asked).combination.tolist()

    (july,) = keep(tmp_path, date(2026, 7, 10))
    (tmp_path / june.file).unlink()

    assert (before == stamp(tmp_path), stamp(tmp_path / "absent")) == (False, None)
    assert (opened.digest, opened.lookup(asked).combination.tolist()) == (june.digest, answered)
    assert (open_newest(tmp_path).digest, open_atlas(tmp_path).digest) == (july.digest, july.digest)


def test_the_days_of_an_atlas_are_those_of_its_sources(tmp_path: Path) -> None:
    """As its header says."""
    (kept,) = keep(tmp_path, date(2026, 6, 10))

    assert atlas_days(open_atlas(tmp_path / kept.file)) == kept.days


def test_an_atlas_is_as_old_as_its_databases(tmp_path: Path) -> None:
    """A feed that did not change for a year makes no place doubtful; for the choice of an atlas every source counts."""
    small = write_archives(tmp_path)
    build_atlas(small.changed("feed", published=date(2025, 1, 1)).listed, tmp_path, tmp_path / "atlas.twa")
    atlas = open_atlas(tmp_path / "atlas.twa")

    assert atlas_days(atlas) == AtlasDays(date(2026, 6, 17), date(2026, 6, 17))
    assert source_days(atlas) == AtlasDays(date(2025, 1, 1), date(2026, 6, 17))
