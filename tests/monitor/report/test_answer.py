"""The figures of a replay: what is summed with what, and what comes first."""

from __future__ import annotations

import polars as pl
import pytest

from monitor import kept
from monitor.report.answer import answer_of
from monitor.tally import KEYS, PROBE_KEYS, Tally

TYPES = {column.name: column.dtype for column in (*kept.TRANSFERS, *kept.PROBES)}
BASE: dict[str, object] = {
    "system": "warehouse",
    "peer_system": None,
    "data_class": "health",
    "activity": "data",
    "direction": "outbound",
    "counted": True,
    "importer": None,
    "operator": "aws",
    "control_countries": ["US"],
    "control_verdict": "exposed",
    "control_reason": "law",
    "place_country": "US",
    "place_verdict": "uncovered",
    "place_reason": "importer_unknown",
    "mechanism": None,
    "records": 1,
    "octets_out": 100,
    "octets_in": 10,
}


def tally_of(*rows: dict[str, object]) -> Tally:
    """A tally whose sums are these rows; those whose activity is `probe` are its probes."""
    whole = [{**BASE, **row} for row in rows]
    transfers = [row for row in whole if row["activity"] != "probe"]
    probes = [row for row in whole if row["activity"] == "probe"]
    return Tally(_parts=[_frame(transfers, KEYS)], _probes=[_frame(probes, PROBE_KEYS)])


def _frame(rows: list[dict[str, object]], keys: tuple[str, ...]) -> pl.DataFrame:
    names = (*keys, "records", "octets_out", "octets_in")
    chosen = [{name: row[name] for name in names} for row in rows]
    return pl.DataFrame(chosen, schema={name: TYPES[name] for name in names})


def test_uncovered_comes_before_more_octets_that_are_adequate() -> None:
    """What needs a person first, first."""
    answer = answer_of(
        tally_of(
            {"place_verdict": "adequate", "place_reason": None, "mechanism": "2000/518/EC", "octets_out": 10**9},
            {"octets_out": 5},
        )
    )

    assert answer.flows["place_verdict"].to_list() == ["uncovered", "adequate"]


def test_within_a_verdict_the_largest_comes_first() -> None:
    """By octets both ways."""
    answer = answer_of(tally_of({"operator": "ovh", "octets_in": 50}, {"operator": "aws", "octets_in": 5000}))

    assert answer.flows["recipient"].to_list() == ["aws", "ovh"]


def test_probes_are_a_number_and_no_octets() -> None:
    """They are in neither table."""
    answer = answer_of(tally_of({"activity": "probe", "records": 40}, {"records": 2}))

    assert (answer.probes, answer.flows["records"].to_list()) == (40, [2])
    assert answer.systems["probes"].to_list() == [40]


def test_system_of_probes_alone_has_its_row() -> None:
    """With figures in every column."""
    answer = answer_of(tally_of({"activity": "probe", "records": 3}))

    assert answer.systems.null_count().sum_horizontal().to_list() == [0]
    assert answer.systems.select("system", "probes", "outward").rows() == [("warehouse", 3, 0)]


def test_probe_that_is_counted_elsewhere_is_not_counted_here() -> None:
    """Only counted rows enter totals."""
    assert answer_of(tally_of({"activity": "probe", "counted": False})).probes == 0


def test_uncounted_records_are_in_no_octets() -> None:
    """Another record of the same conversation counts."""
    answer = answer_of(tally_of({"counted": False, "octets_out": 10**6}, {}))

    assert answer.flows["octets_out"].to_list() == [100]


def test_importer_is_named_before_the_operator() -> None:
    """Who receives, not whose network it crosses."""
    answer = answer_of(tally_of({"importer": "Example Analytics Inc."}))

    assert answer.flows["recipient"].to_list() == ["Example Analytics Inc."]


def test_mechanism_is_the_ground_where_there_is_one() -> None:
    """Else the reason why there is none."""
    answer = answer_of(tally_of({"mechanism": "T-1", "place_verdict": "safeguarded", "place_reason": None}, {}))

    assert answer.flows["ground"].to_list() == ["importer_unknown", "T-1"]


def test_exposure_inside_the_eea_has_a_table_of_its_own() -> None:
    """Place and control are two answers."""
    inside: dict[str, object] = {"place_verdict": "eea", "place_reason": None, "place_country": "FR"}
    answer = answer_of(tally_of(inside, {**inside, "control_verdict": "eea", "operator": "ovh"}))

    assert answer.exposed_inside["operator"].to_list() == ["aws"]
    assert answer.flows.height == 0


@pytest.mark.parametrize(
    ("verdict", "column"),
    [
        ("internal", "internal"),
        ("eea", "eea"),
        ("adequate", "covered"),
        ("safeguarded", "covered"),
        ("derogation", "covered"),
        ("uncovered", "uncovered"),
        ("undetermined", "undetermined"),
        ("not_a_transfer", "not_a_transfer"),
    ],
)
def test_every_verdict_has_its_column(verdict: str, column: str) -> None:
    """No octet of a system is lost between the columns."""
    answer = answer_of(tally_of({"place_verdict": verdict}))

    assert answer.systems[column].to_list() == [110]


def test_internal_octets_do_not_go_outside() -> None:
    """Shares are of what crosses the border of what is ours."""
    answer = answer_of(tally_of({"place_verdict": "internal", "control_verdict": "none"}, {}))

    assert answer.systems["outward"].to_list() == [110]


def test_empty_tally_gives_empty_tables() -> None:
    """Nothing read, nothing said."""
    answer = answer_of(Tally())

    assert (answer.flows.height, answer.systems.height, answer.probes) == (0, 0, 0)
