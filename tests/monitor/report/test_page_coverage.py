"""Coverage as the page shows it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.report.coverage import STATES
from monitor.report.figures import Report, figures
from monitor.report.in_words import InWords
from monitor.report.page_cells import Cells
from monitor.report.page_coverage import SIGNS, gaps_of, grids_of, observers_sheet, sources_sheet, unnamed_of
from tests.monitor.report.months import NOON, given_month

NOVEMBER = datetime(2026, 11, 1, tzinfo=UTC)


def of(report: Report) -> Cells:
    """English cells."""
    return Cells.of(report, InWords.of("en", report.given.timezone))


def test_every_state_has_a_sign_of_its_own() -> None:
    """The grid reads in black and white."""
    assert len(set(SIGNS.values())) == len(SIGNS)
    assert set(SIGNS) == {*STATES, "no_hour"}


def test_hour_that_comes_twice_has_two_signs_in_its_place() -> None:
    """2026-10-25, 02:00 in Paris."""
    report = figures(given_month(coverage=[{"hour": datetime(2026, 10, 25, 1, tzinfo=UTC)}], newest_record=NOVEMBER))
    day = grids_of(report, of(report))[0].lines[24]

    assert ([mark.sign for mark in day.marks[2]], day.note) == (["!", "■"], "25 h")


def test_hour_that_is_left_out_has_none() -> None:
    """2026-03-29, 02:00 in Paris."""
    march = datetime(2026, 3, 29, 12, tzinfo=UTC)
    report = figures(
        given_month(month="2026-03", coverage=[{"hour": march, "last_time": march}], newest_record=NOVEMBER)
    )
    day = grids_of(report, of(report))[0].lines[28]

    assert ([mark.state for mark in day.marks[2]], day.note) == (["no_hour"], "23 h")


def test_silences_are_said_in_words_the_longest_first() -> None:
    """In the time of the site."""
    report = figures(given_month(coverage=[{}], newest_record=NOVEMBER))

    assert grids_of(report, of(report))[0].gaps == (
        "No record from 5 October 2026, 15:00 (UTC+02:00) to 1 November 2026, 00:00 (UTC+01:00) (634 h).",
        "No record from 1 October 2026, 00:00 (UTC+02:00) to 5 October 2026, 14:00 (UTC+02:00) (110 h).",
    )


def test_expected_source_that_never_spoke_is_said_and_has_no_grid() -> None:
    """A grid of 745 silences says no more than a sentence."""
    report = figures(given_month(sources=("sshd",), newest_record=NOVEMBER))

    assert grids_of(report, of(report)) == ()
    assert sources_sheet(report, of(report)).lines[0].cells[0].text == "sshd (expected, never spoke)"
    assert gaps_of(report, of(report))[0].startswith("sshd: No record from 1 October 2026, 00:00")


def test_many_observers_are_cut() -> None:
    """With the records of the rest."""
    rows = [{"observer": f"eni-{number:02}", "records": 2} for number in range(15)]
    report = figures(given_month(coverage=rows, newest_record=NOON))
    rest = observers_sheet(report, of(report)).rest

    assert rest is not None
    assert (rest.cells[0].text, rest.cells[3].text) == ("and 3 more", "6")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_sources_that_tell_no_name_are_called_that(language: str) -> None:
    """As AWS flow logs: the share of such a month is no finding of the traffic."""
    report = figures(given_month({"octets_out": 60, "octets_in": 40, "octets_without_name": 100}))
    cells = Cells.of(report, InWords.of(language, report.given.timezone))

    assert unnamed_of(report, cells) == cells.inw.words["note.unnamed_all"]


def test_octets_without_a_name_are_a_share_of_all_with_far_ends() -> None:
    """Both ways together."""
    report = figures(given_month({"octets_out": 300, "octets_in": 100, "octets_without_name": 100}))

    assert unnamed_of(report, of(report)).startswith(
        "Without a host name: 25.0\u00a0% of the octets with far ends (100\u00a0B of 400\u00a0B)."
    )


def test_a_month_without_traffic_says_nothing_of_names() -> None:
    """Of nothing there is no share."""
    report = figures(given_month())

    assert unnamed_of(report, of(report)) == ""
