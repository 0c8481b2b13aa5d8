"""How the posture is laid out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.report.figures import figures
from monitor.report.in_words import LANGUAGES, NONE, InWords
from monitor.report.month import OfferFacts, ReportInput, SystemFacts
from monitor.report.page import to_html
from monitor.report.page_cells import Cells
from monitor.report.page_posture import offers_sheet, posture_sentences, posture_sheet, posture_summary
from tests.monitor.report.months import full_month, given_month
from tests.monitor.report.test_posture_json import BARE, CANDIDATE, HOSTING, MOVING, SNC, TARGET


def given(offers: tuple[OfferFacts, ...] = (OfferFacts(TARGET, SNC),), system: SystemFacts = MOVING) -> ReportInput:
    """A month with a moving system and one without a host."""
    return replace(full_month(), systems=(system, BARE), offers=offers)


def texts(month: ReportInput, name: str, language: str = "en") -> list[list[str]]:
    """The cells of a sheet."""
    report = figures(month)
    cells = Cells.of(report, InWords.of(language, "Europe/Paris"))
    sheet = {"posture": posture_sheet, "summary": posture_summary, "offers": offers_sheet}[name](report, cells)
    return [[cell.text for cell in line.cells] for line in sheet.lines]


def test_a_line_reads_from_the_system_to_what_is_left() -> None:
    """A mark where the verdict rests on an unverified fact; candidatures are named as such."""
    first, bare = texts(given(), "posture")

    assert first[:6] == [
        "warehouse (health)",
        "Amazon Web Services, France",
        "exposed * (a law)",
        "the provider",
        "SecNumCloud",
        "scaleway: SecNumCloud (candidate, unverified)",
    ]
    assert bare[1:6] == ["own premises or not stated", NONE, NONE, NONE, "no move planned"]


def test_the_summary_counts_systems() -> None:
    """Six figures."""
    assert [line[1] for line in texts(given(), "summary")] == ["2", "1", "1", "0", "1", "1"]


def test_an_end_that_no_source_gives_is_not_known() -> None:
    """It is not without end."""
    contested = replace(CANDIDATE, status="contested")
    offers = texts(given(offers=(OfferFacts(TARGET, SNC), OfferFacts(TARGET, contested))), "offers")

    assert [line[2:6] for line in offers] == [
        ["IaaS", "qualified", "1 January 2025", "not known"],
        ["not named", "sources disagree", "known on 15 September 2026", "not known"],
    ]
    assert offers[1][7] == "a page (unverified)"


def test_who_holds_the_keys_is_explained_where_it_occurs() -> None:
    """Not for holders that nobody is."""
    report = figures(given(system=replace(MOVING, hosting=(replace(HOSTING, keys="customer"),))))
    said = posture_sentences(report, Cells.of(report, InWords.of("en", "Europe/Paris")))

    assert [sentence.partition(":")[0] for sentence in said][:1] == ["Keys held by ourselves"]
    assert len(said) == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_month_without_data_shows_the_posture_all_the_same(language: str) -> None:
    """Host, control, keys, qualification and offers are there; shares of nothing are dashes, not zeros."""
    html = to_html(figures(given_month(systems=(MOVING, BARE), offers=(OfferFacts(TARGET, SNC),))), language)
    section = html[html.index('<h2 id="posture">') : html.index('<h2 id="transition">')]

    assert "Amazon Web Services" in section
    assert "a page" in section
    assert LANGUAGES[language]["custody.provider"] in section
    assert LANGUAGES[language]["empty.no_data"] not in section
    assert "%" not in section


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_recommended(language: str) -> None:
    """The offers are a list."""
    text = to_html(figures(given()), language)

    assert LANGUAGES[language]["note.offers"] in text.replace("&#39;", "'")
