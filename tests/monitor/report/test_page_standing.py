"""What the site's own files say, as the page shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from monitor.report.figures import Report, figures
from monitor.report.in_words import InWords
from monitor.report.page_cells import Cells
from monitor.report.page_standing import (
    days_sheet,
    declared_sheet,
    hosting_sheet,
    outcomes_sheet,
    probes_sheet,
    rest_sheet,
    transition_sheet,
    version_sheets,
)
from tests.monitor.report.months import full_month, given_month

if TYPE_CHECKING:
    from monitor.report.page_tables import Sheet


@pytest.fixture
def report() -> Report:
    """A month in which everything has something to say."""
    return figures(full_month())


@pytest.fixture
def cells(report: Report) -> Cells:
    """English cells."""
    return Cells.of(report, InWords.of("en", "Europe/Paris"))


def texts(sheet: Sheet) -> list[list[str]]:
    """The texts of a sheet, with plain spaces."""
    return [[cell.text.replace("\u00a0", " ") for cell in line.cells] for line in sheet.lines]


def test_hosting_says_who_holds_the_keys_and_whose_law_reaches_the_host(report: Report, cells: Cells) -> None:
    """One line for each entry."""
    ours = ["warehouse", "health"]

    assert texts(hosting_sheet(report, cells)) == [
        [*ours, "Scaleway", "France", "ourselves", "1 September 2026", "10.0.0.0/8", "EEA law alone", "none"],
        [*ours, "Amazon Web Services", "France", "the provider", "1 June 2019", "whole system", "exposed", "US_X"],
    ]


def test_transition_says_what_is_left(report: Report, cells: Cells) -> None:
    """In days, and in shares of octets and records."""
    assert texts(transition_sheet(report, cells)) == [
        ["warehouse", "scaleway", "30 June 2027", "242", "14.0 %", "14.3 %"]
    ]


def test_declared_and_not_seen_comes_first(report: Report, cells: Cells) -> None:
    """Without figures."""
    assert texts(declared_sheet(report, cells))[0] == [
        "T-3", "Nobody", "standard clauses (SCC)", "always to 1 October 2026", "not seen", "\u2013", "\u2013", "\u2013",
    ]  # fmt: skip


def test_what_is_in_no_total_is_named(report: Report, cells: Cells) -> None:
    """Internal, uncounted, probes."""
    assert [(line[1], line[3]) for line in texts(rest_sheet(report, cells))] == [
        ("100 B", "1"),
        ("77 B", "1"),
        ("", "9"),
        ("", "4"),
    ]


def test_records_without_octets_are_named_although_they_are_in_the_totals(cells: Cells) -> None:
    """Nothing was counted of them."""
    report = figures(given_month({"records_without_octets": 3}))

    assert texts(rest_sheet(report, cells))[-1][3] == "3"


def test_probes_and_outcomes(report: Report, cells: Cells) -> None:
    """Numbers, with their reasons in words."""
    assert texts(probes_sheet(report, cells)) == [["portal", "the far end", "9"]]
    assert texts(outcomes_sheet(report, cells)) == [
        ["aws_vpc", "broken", "not a number", "1", "1", "0 B"],
        ["aws_vpc", "without a time", "the record has no time", "1", "1", "60 B"],
    ]


def test_many_sets_of_versions_are_laid_side_by_side(cells: Cells) -> None:
    """Three to a table."""
    report = figures(given_month(*({"basis": f"b{number}"} for number in range(4))))

    assert [(len(sheet.headings), sheet.caption) for sheet in version_sheets(report, cells)] == [
        (4, "Versions 1\u20133 of 4"),
        (2, "Versions 4 of 4"),
    ]


def test_day_without_a_word_has_no_figures(report: Report, cells: Cells) -> None:
    """A zero would be a claim."""
    days = texts(days_sheet(report, cells))

    assert (days[0][1:3], days[6][1:3]) == (["0 / 24", "\u2013"], ["1 / 24", "0 B"])
