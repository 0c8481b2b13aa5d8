"""What was judged with an atlas of another time."""

from __future__ import annotations

from datetime import date, timedelta

from monitor.report.atlas_apart import AtlasApart
from monitor.report.figures import figures
from monitor.report.in_words import InWords
from monitor.report.page_cells import Cells
from monitor.report.page_standing import atlas_notes
from tests.monitor.report.months import NOON, given_month

DAY = NOON.date()


def apart(days: int, **row: object) -> AtlasApart:
    """A month of one hour whose atlas has one source, of so many days before."""
    of = (DAY - timedelta(days=days)).isoformat()
    return figures(given_month(course=[row], bases=[{"atlas_oldest": of, "atlas_newest": of}])).atlas


def test_over_180_days_is_far_either_way() -> None:
    """By the day of the hour."""
    assert [apart(days).far.records for days in (180, 181, -180, -181)] == [0, 1, 0, 1]


def test_the_farther_source_counts() -> None:
    """An atlas of several sources has two days."""
    old, new = (DAY - timedelta(days=300)).isoformat(), DAY.isoformat()
    atlas = figures(given_month(course=[{}], bases=[{"atlas_oldest": old, "atlas_newest": new}])).atlas

    assert (atlas.most_days, atlas.oldest, atlas.newest) == (300, DAY - timedelta(days=300), DAY)


def test_what_is_not_counted_or_ours_has_no_part() -> None:
    """Its place is not the atlas's."""
    assert apart(500, counted=False) == apart(500, place_verdict="internal") == AtlasApart()


def test_an_atlas_of_which_no_day_is_known_is_told() -> None:
    """A ledger of before this figure."""
    atlas = figures(given_month(course=[{}], bases=[{"atlas_oldest": None, "atlas_newest": None}])).atlas

    assert (atlas.not_known.records, atlas.far.records, atlas.most_days) == (1, 0, None)


def test_the_page_says_it_where_it_is_so() -> None:
    """And nothing where it is not."""

    def said(days: int, language: str) -> tuple[str, ...]:
        of = (DAY - timedelta(days=days)).isoformat()
        report = figures(given_month(course=[{}], bases=[{"atlas_oldest": of, "atlas_newest": of}]))
        return atlas_notes(report, Cells.of(report, InWords.of(language, "Europe/Paris")))

    assert said(100, "en") == ()
    assert "200 days at most" in said(200, "en")[0]
    assert "200 jours au plus" in said(200, "fr")[0]


def test_an_atlas_that_the_ledger_lost_is_told_on_the_page() -> None:
    """One sentence."""
    report = figures(given_month(course=[{"basis": "lost"}]))

    assert atlas_notes(report, Cells.of(report, InWords.of("en", "Europe/Paris"))) == (
        "For 110\u00a0B the ledger does not know of which day the atlas is.",
    )


def test_days_of_the_atlases_are_days() -> None:
    """Not text."""
    assert isinstance(apart(1).oldest, date)
