"""What a person reads in a cell."""

from __future__ import annotations

import pytest

from monitor.report.figures import figures
from monitor.report.in_words import InWords
from monitor.report.page_cells import Cell, Cells, shown_columns
from tests.monitor.report.months import given_month


@pytest.fixture
def cells() -> Cells:
    """English cells with one operator's name."""
    report = figures(given_month(names={"aws": "Amazon Web Services"}))
    return Cells.of(report, InWords.of("en", "Europe/Paris"))


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        ("operator", "aws", "Amazon Web Services"),
        ("operator", "as64500", "AS64500 (not listed)"),
        ("operator", "asbestos", "asbestos"),
        ("operator", "aws+salesforce", "Amazon Web Services + salesforce"),
        ("operator", None, "unknown"),
        ("importer", "A+B Health", "A+B Health"),
        ("importer", "aws", "Amazon Web Services"),
        ("importer", "<b>", "<b>"),
        ("hosting_operator", None, "own premises or not stated"),
        ("system", None, "no system"),
        ("place", "US", "United States"),
        ("control_country", "several", "several"),
        ("place_verdict", "uncovered", "no ground known"),
        ("laws", "US_X US_Y", "US_X, US_Y"),
        ("laws", "", "none"),
        ("mechanism", "2000/518/EC", "2000/518/EC"),
    ],
)
def test_value_in_words(cells: Cells, column: str, value: str | None, text: str) -> None:
    """By the column that it stands in."""
    assert cells.value(column, value) == Cell(text)


def test_data_class_stands_with_its_system(cells: Cells) -> None:
    """One column instead of two."""
    by = {"system": "warehouse", "data_class": "health", "place": "US"}

    assert [cell.text for cell in cells.values(by)] == ["warehouse (health)", "United States"]
    assert shown_columns(tuple(by)) == ("system", "place")


def test_octets_keep_the_exact_number(cells: Cells) -> None:
    """Behind the rounded one."""
    cell = cells.octets(1_234_567)

    assert (cell.text, cell.exact, cell.title) == ("1.23\u00a0MB", 1_234_567, "1\u202f234\u202f567 B")


def test_only_long_words_are_broken_anywhere() -> None:
    """A long name of short words is not."""
    assert (Cell("x" * 40).unwieldy, Cell("a name of many short words").unwieldy) == (True, False)
