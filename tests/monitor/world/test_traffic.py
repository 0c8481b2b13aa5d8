"""Exchanges keep to their day, their ports and their story."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from monitor.world.stories import STORIES
from monitor.world.traffic import exchanges, exchanges_by_day, exchanges_of

FIRST_SECOND = 1_791_158_400  # 2026-10-05T00:00:00Z
STORY = {story.id: story for story in STORIES}


@pytest.fixture(scope="module")
def week() -> pl.DataFrame:
    """A thin week."""
    return exchanges(1, 0, 0.02)


def test_nothing_begins_before_or_ends_after_its_week(week: pl.DataFrame) -> None:
    """Days are whole days of UTC."""
    assert (week["start"].to_numpy() >= FIRST_SECOND).all()
    assert (week["end"].to_numpy() < FIRST_SECOND + 7 * 86_400).all()


def test_nothing_ends_before_it_begins(week: pl.DataFrame) -> None:
    """Damage is added to lines, not to exchanges."""
    assert (week["end"].to_numpy() >= week["start"].to_numpy()).all()


def test_a_story_of_one_day_stays_in_it() -> None:
    """Support calls come on Friday."""
    support = exchanges_of(STORY["support_india_rdp"], 1, 0, 1.0)

    assert support is not None
    assert set((support["start"].to_numpy() - FIRST_SECOND) // 86_400) == {4}


def test_a_growing_story_is_absent_before_it_begins() -> None:
    """The new hosts say nothing in the default week."""
    assert exchanges_of(STORY["new_host_objects"], 1, 0, 1.0) is None


def test_a_growing_story_grows_by_a_twelfth_a_week() -> None:
    """Up to what it states, in the scenario's last week."""
    weeks = [exchanges_of(STORY["new_host_objects"], 1, week, 1.0) for week in (1, 2, 7, 12)]

    assert [week.height for week in weeks if week is not None] == [500, 1_000, 3_500, 6_000]


def test_no_week_copies_another() -> None:
    """Every week draws its own far ends, seconds and volumes, the one before the default week too."""
    weeks = [exchanges_of(STORY["patients_abroad"], 1, week, 0.1) for week in range(-1, 13)]
    drawn = {tuple(week["number"]) for week in weeks if week is not None}

    assert len(drawn) == 14
    assert len({number for numbers in drawn for number in numbers}) == 14 * 1_700


def test_an_exchange_lies_within_one_day(week: pl.DataFrame) -> None:
    """A day can be written without the days beside it."""
    assert week.filter(pl.col("start") // 86_400 != pl.col("end") // 86_400).height == 0


def test_the_days_of_a_week_are_the_week(week: pl.DataFrame) -> None:
    """Each exchange on its own day, none twice and none left out."""
    days = pl.concat(exchanges_by_day(1, date(2026, 10, 5), 7, 0.02))

    assert days.sort("order").equals(week.sort("order"))


def test_a_day_is_the_same_in_every_span() -> None:
    """A boundary within a week or between two of them changes nothing."""
    whole = list(exchanges_by_day(1, date(2026, 10, 1), 20, 0.02))
    parts = [
        *exchanges_by_day(1, date(2026, 10, 1), 2, 0.02),
        *exchanges_by_day(1, date(2026, 10, 3), 9, 0.02),
        *exchanges_by_day(1, date(2026, 10, 12), 9, 0.02),
    ]

    assert len(parts) == len(whole)
    assert all(part.equals(day) for part, day in zip(parts, whole, strict=True))


def test_clients_use_dynamic_ports_that_are_no_service() -> None:
    """49152 and above (RFC 6335), without those that are services by habit."""
    patients = exchanges_of(STORY["patients_abroad"], 1, 0, 1.0)

    assert patients is not None
    used = set(patients["remote_port"])
    assert min(used) >= 49_152
    assert used.isdisjoint({50_000, 51_820, 57_400})


def test_other_stories_do_not_move_a_story(week: pl.DataFrame) -> None:
    """Each draws from its own generator."""
    alone = exchanges_of(STORY["zurich_mirror"], 1, 0, 0.02)
    number = STORIES.index(STORY["zurich_mirror"])

    assert alone is not None
    assert alone.equals(week.filter(week["story"] == number))
