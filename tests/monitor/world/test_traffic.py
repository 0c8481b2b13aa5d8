"""Exchanges keep to their day, their ports and their story."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from monitor.world.stories import STORIES
from monitor.world.traffic import exchanges, exchanges_of

if TYPE_CHECKING:
    import polars as pl

START = date(2026, 10, 5)
FIRST_SECOND = 1_791_158_400  # 2026-10-05T00:00:00Z
STORY = {story.id: story for story in STORIES}


@pytest.fixture(scope="module")
def week() -> pl.DataFrame:
    """A thin week."""
    return exchanges(1, START, 7, 0.02)


def test_nothing_begins_before_or_ends_after_the_world(week: pl.DataFrame) -> None:
    """Days are whole days of UTC."""
    assert (week["start"].to_numpy() >= FIRST_SECOND).all()
    assert (week["end"].to_numpy() < FIRST_SECOND + 7 * 86_400).all()


def test_nothing_ends_before_it_begins(week: pl.DataFrame) -> None:
    """Damage is added to lines, not to exchanges."""
    assert (week["end"].to_numpy() >= week["start"].to_numpy()).all()


def test_a_story_of_one_day_stays_in_it() -> None:
    """Support calls come on the world's fifth day."""
    support = exchanges_of(STORY["support_india_rdp"], 1, START, 7, 1.0)

    assert support is not None
    assert set((support["start"].to_numpy() - FIRST_SECOND) // 86_400) == {4}


def test_a_story_whose_day_is_not_in_the_world_is_absent() -> None:
    """A world of one day has no Friday."""
    assert exchanges_of(STORY["support_india_rdp"], 1, START, 1, 1.0) is None


def test_clients_use_dynamic_ports_that_are_no_service() -> None:
    """49152 and above (RFC 6335), without those that are services by habit."""
    patients = exchanges_of(STORY["patients_abroad"], 1, START, 7, 1.0)

    assert patients is not None
    used = set(patients["remote_port"])
    assert min(used) >= 49_152
    assert used.isdisjoint({50_000, 51_820, 57_400})


def test_other_stories_do_not_move_a_story(week: pl.DataFrame) -> None:
    """Each draws from its own generator."""
    alone = exchanges_of(STORY["zurich_mirror"], 1, START, 7, 0.02)
    number = STORIES.index(STORY["zurich_mirror"])

    assert alone is not None
    assert alone.equals(week.filter(week["story"] == number))
