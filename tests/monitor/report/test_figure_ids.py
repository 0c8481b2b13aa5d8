"""Ids of figures: the same for the same values, and the way back to the rows."""

from __future__ import annotations

import pytest

from monitor.report.figure_ids import UnknownFigureError, assumed_mark, figure_id, parse_figure_id, rows_behind
from monitor.report.figures import figures
from tests.monitor.report.months import assumed_month, full_month, given_month


def test_id_of_a_line_is_frozen() -> None:
    """Reports that are filed name it: a change of its making needs a new form."""
    assert figure_id("2026-10", "left-country", ["US"]) == "2026-10.left-country.mm4lt6ssjh"


def test_id_of_a_total_says_so() -> None:
    """It needs no digest."""
    assert figure_id("2026-10", "no-ground") == "2026-10.no-ground.total"


def test_unknown_and_the_text_of_unknown_have_different_ids() -> None:
    """Null is not a name."""
    assert figure_id("2026-10", "left-importer", [None]) != figure_id("2026-10", "left-importer", ["null"])


def test_rows_behind_a_line_are_its_rows() -> None:
    """All of them, unchanged."""
    given = given_month({"key": 1}, {"key": 2, "place_country": "IN"}, {"key": 3, "importer": "X"})
    behind = rows_behind(figure_id("2026-10", "left-country", ["US"]), given.transfers)

    assert behind.equals(given.transfers[[0, 2]])


def test_rows_behind_every_line_add_up_to_it() -> None:
    """To the byte, and the total as well."""
    report = figures(full_month())
    for table in report.tables.values():
        for line in [*table.lines.to_dicts(), {"id": table.id, **table.total.as_dict()}]:
            behind = rows_behind(line["id"], report.given.transfers)
            assert behind["octets_out"].sum() == line["octets_out"], line["id"]
            assert behind["records"].sum() == line["records"], line["id"]


def test_rows_behind_a_register_entry_are_all_that_it_matches() -> None:
    """Once each, also where two entries match."""
    given = given_month({"key": 1, "register_entries": ["T-1", "T-2"]}, {"key": 2, "register_entries": ["T-2"]})
    behind = rows_behind(figure_id("2026-10", "register", ["T-2"]), given.transfers)

    assert behind["key"].to_list() == [1, 2]


@pytest.mark.parametrize("text", ["", "2026-10", "2026-10.no-ground", "2026-13.no-ground.total", "left.2026-10.aaaa"])
def test_other_forms_are_refused_with_what_to_write(text: str) -> None:
    """With an example."""
    with pytest.raises(UnknownFigureError, match=r"such as 2026-10\.no-ground\.total"):
        parse_figure_id(text)


def test_misspelt_section_names_the_nearest() -> None:
    """In the words of the report."""
    with pytest.raises(UnknownFigureError, match="Did you mean left-country"):
        parse_figure_id("2026-10.left-contry.total")


def test_id_of_no_row_says_what_to_write() -> None:
    """It may be of another ledger."""
    with pytest.raises(UnknownFigureError, match=r"2026-10\.left-country\.total stands for all of that table"):
        rows_behind("2026-10.left-country.aaaaaaaaaa", given_month({}).transfers)


def test_ids_under_an_assumed_law_are_told_from_real_ones() -> None:
    """Every id of the report carries the mark, and asking for the rows behind one says why there are none."""
    report = figures(assumed_month({}, {"place_country": "IN"}))
    ids = [id_ for table in report.tables.values() for id_ in (table.id, *table.lines["id"])]

    assert [id_ for id_ in ids if not id_.startswith("2026-10.if-abcdef.")] == []
    with pytest.raises(UnknownFigureError, match="under an assumed law"):
        parse_figure_id(ids[0])


def test_the_mark_is_that_of_the_law() -> None:
    """Frozen; another law has another one."""
    assert (assumed_mark("law"), assumed_mark("law") == assumed_mark("another")) == ("if-r4pxjl", False)
