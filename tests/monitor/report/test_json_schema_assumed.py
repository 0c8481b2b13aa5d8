"""The schema of an assumption has a place for every table and group."""

from __future__ import annotations

import jsonschema

from monitor.report.assumption_json import assumption_document
from monitor.report.effect import BY
from monitor.report.figures import figures
from monitor.report.json_schema import report_schema
from monitor.report.json_schema_assumed import assumption_schema
from tests.monitor.report.months import assumed_month


def test_an_assumption_conforms_and_so_does_none() -> None:
    """With the shared forms of the whole schema."""
    schema = {**assumption_schema(), "$defs": report_schema()["$defs"]}
    rows = [{}, {"was_place_verdict": "adequate", "was_mechanism": "T-1"}, {"was_control_verdict": "eea"}]
    validator = jsonschema.Draft202012Validator(schema)

    assert [validator.is_valid(each) for each in (assumption_document(figures(assumed_month(*rows))), None)] == [
        True,
        True,
    ]


def test_the_columns_of_every_table_are_described() -> None:
    """Those of before say so."""
    place = assumption_schema()["properties"]["place"]["properties"]
    columns = place["becomes_uncovered"]["items"]["properties"]

    assert [name for name in BY["place-worse"] if name not in columns] == []
    assert columns["was_mechanism"]["description"].startswith("before: ")
