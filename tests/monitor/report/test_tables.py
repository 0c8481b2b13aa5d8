"""Tables: every octet once, the largest line first."""

from __future__ import annotations

from typing import Any

import polars as pl
from hypothesis import given as examples
from hypothesis import strategies as st

from monitor.kept import MEASURE_NAMES, MOST
from monitor.report.figure_ids import rows_behind
from monitor.report.sections import BY_NAME, SECTIONS
from monitor.report.tables import prepared, table_of
from tests.monitor.report.months import MONTH, given_month

_COUNTS = st.one_of(st.integers(0, 1000), st.integers(MOST - 2, MOST))
_ROWS = st.fixed_dictionaries(
    {
        "system": st.sampled_from(["warehouse", "portal", None]),
        "activity": st.sampled_from(["data", "admin", "web"]),
        "direction": st.sampled_from(["inbound", "outbound", "unknown"]),
        "importer": st.sampled_from([None, "Harbor Lab", "<script>", "warehouse"]),
        "operator": st.sampled_from([None, "aws", "as64500"]),
        "place_country": st.sampled_from([None, "US", "IN"]),
        "place_candidates": st.sampled_from([[], ["US"], ["US", "IN"]]),
        "place_verdict": st.sampled_from(
            ["internal", "eea", "adequate", "safeguarded", "derogation", "not_a_transfer", "uncovered", "undetermined"]
        ),
        "control_verdict": st.sampled_from(["none", "eea", "exposed", "undetermined"]),
        "control_country": st.sampled_from([None, "US", "several"]),
        "reach_laws": st.sampled_from([[], ["A", "B"], ["B", "A"]]),
        "register_entries": st.sampled_from([[], ["T-1"], ["T-1", "T-2"]]),
        "counted": st.booleans(),
        "records": st.integers(1, 9),
        "octets_out": _COUNTS,
        "octets_in": _COUNTS,
    }
)


@examples(st.lists(_ROWS, max_size=30))
def test_lines_partition_the_rows_of_their_section(rows: list[dict[str, Any]]) -> None:
    """Each row of the section is in exactly one line, to the byte; lines of register entries may overlap."""
    given = given_month(*rows)
    ready = prepared(given.transfers)
    for section in SECTIONS:
        table = table_of(section, MONTH, ready)
        taken = ready.filter(section.rows)
        if section.entries:
            continue
        lines = table.lines.select(pl.col(MEASURE_NAMES).sum()).row(0) if section.by else None
        wanted = taken.select(pl.col(MEASURE_NAMES).sum()).row(0)
        assert tuple(table.total.as_dict().values()) == wanted
        assert lines is None or lines == wanted


@examples(st.lists(_ROWS, max_size=12))
def test_counted_octets_are_in_every_whole_table(rows: list[dict[str, Any]]) -> None:
    """Verdicts and axes each divide all that was counted."""
    ready = prepared(given_month(*rows).transfers)
    counted = sum(row["octets_out"] for row in rows if row["counted"])

    assert [table_of(BY_NAME[name], MONTH, ready).total.octets_out for name in ("verdict", "axes", "hosted")] == [
        counted
    ] * 3


@examples(st.lists(_ROWS, min_size=1, max_size=8))
def test_rows_behind_a_line_are_exactly_its_own(rows: list[dict[str, Any]]) -> None:
    """No row too many, none too few."""
    given = given_month(*rows)
    ready = prepared(given.transfers)
    for section in SECTIONS:
        for line in table_of(section, MONTH, ready).lines.iter_rows(named=True):
            behind = rows_behind(line["id"], given.transfers)
            assert behind["octets_in"].cast(pl.Int128).sum() == line["octets_in"]
            assert behind["records"].sum() == line["records"]


def test_largest_line_comes_first_and_equal_lines_in_the_order_of_the_letters() -> None:
    """Whatever the order of the rows."""
    rows = [{"place_country": code, "octets_out": octets} for code, octets in (("JP", 5), ("IN", 9), ("AU", 5))]
    orders = [
        table_of(BY_NAME["left-country"], MONTH, prepared(given_month(*each).transfers)).lines["place"].to_list()
        for each in (rows, rows[::-1])
    ]

    assert orders == [["IN", "AU", "JP"]] * 2


def test_ids_do_not_depend_on_the_other_rows() -> None:
    """A line keeps its id when the month goes on."""
    early = table_of(BY_NAME["left-country"], MONTH, prepared(given_month({}).transfers)).lines["id"]
    late = table_of(BY_NAME["left-country"], MONTH, prepared(given_month({"place_country": "IN"}, {}).transfers)).lines

    assert early[0] in late["id"].to_list()
