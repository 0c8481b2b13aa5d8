"""Tables as the page shows them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from monitor.report.figures import figures
from monitor.report.in_words import InWords
from monitor.report.page_cells import Cells
from monitor.report.page_tables import axes_of, sheet_of
from tests.monitor.report.months import given_month

if TYPE_CHECKING:
    from monitor.report.page_tables import Sheet


def sheet(section: str, *rows: dict[str, Any]) -> Sheet:
    """A section's sheet in English."""
    report = figures(given_month(*rows))
    return sheet_of(report.tables[section], Cells.of(report, InWords.of("en", "Europe/Paris")))


def operators(number: int) -> list[dict[str, Any]]:
    """Rows of so many operators, each smaller than the one before."""
    return [{"operator": f"op-{each:02}", "octets_out": 1000 - each, "octets_in": 1} for each in range(number)]


def test_long_table_says_how_many_lines_are_left_out_and_their_sums() -> None:
    """Shown lines and the rest are the total."""
    made = sheet("left-operator", *operators(20))

    assert made.rest is not None
    assert (len(made.lines), made.rest.cells[0].text, made.rest.cells[2].exact) == (12, "and 8 more", 8)
    assert made.total is not None
    assert (made.total.cells[1].exact, made.total.id) == (sum(range(981, 1001)), "2026-10.left-operator.total")


def test_a_single_line_is_not_left_out() -> None:
    """It needs no more room than the words that say so."""
    made = sheet("left-operator", *operators(13))

    assert (len(made.lines), made.rest) == (13, None)


def test_empty_table_has_no_total() -> None:
    """It says that there is nothing."""
    made = sheet("derogation", {})

    assert (made.lines, made.total) == ((), None)


def test_countries_of_an_undetermined_place_are_candidates() -> None:
    """Not places."""
    made = sheet(
        "open-place", {"place_verdict": "undetermined", "place_country": None, "place_candidates": ["US", "GB"]}
    )

    assert [heading.text for heading in made.headings][2] == "Candidates"
    assert made.lines[0].cells[2].text == "United Kingdom or United States"


def test_matrix_keeps_place_and_control_apart() -> None:
    """A line for each place, a column for each control verdict; each pair has the end of its id."""
    report = figures(
        given_month(
            {"octets_out": 5},
            {"place_verdict": "eea", "octets_out": 7},
            {"place_verdict": "eea", "control_verdict": "eea", "octets_out": 9},
            {"place_verdict": "internal", "control_verdict": "none"},
        )
    )
    made = axes_of(report.tables["axes"], Cells.of(report, InWords.of("en", "UTC")), "warehouse", "health", "Warehouse")

    assert made is not None
    assert [heading.text for heading in made.headings[1:]] == [
        "exposed", "undetermined", "adequate country", "EEA law alone", "Total",
    ]  # fmt: skip
    assert [[cell.exact for cell in line.cells[1:]] for line in made.lines] == [
        [5, None, None, None, 5],
        [7, None, None, 9, 16],
    ]
    assert re.fullmatch("[a-z2-7]{10}", made.lines[0].cells[1].id)


def test_system_with_internal_traffic_alone_has_no_matrix() -> None:
    """Nobody's law is asked."""
    report = figures(given_month({"place_verdict": "internal", "control_verdict": "none"}))
    cells = Cells.of(report, InWords.of("en", "UTC"))

    assert axes_of(report.tables["axes"], cells, "warehouse", "health", "Warehouse") is None
