"""The JSON form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from monitor.kept import MOST
from monitor.report import as_json
from monitor.report.as_json import to_json
from monitor.report.figures import figures
from tests.monitor.report.months import assumed_month, full_month, given_month

if TYPE_CHECKING:
    from monitor.report.month import ReportInput

SCHEMA = json.loads(Path(as_json.__file__).with_name("report.schema.json").read_text("utf-8"))


@pytest.mark.parametrize(
    "given",
    [
        full_month(),
        given_month(),
        given_month({"basis": "lost"}, zone="Asia/Kolkata"),
        given_month({}, month="2026-03"),
    ],
    ids=["full", "no-data", "half-hours", "spring"],
)
def test_report_conforms_to_its_schema(given: ReportInput) -> None:
    """Every field is described, and none is beside."""
    jsonschema.validate(json.loads(to_json(figures(given))), SCHEMA, cls=jsonschema.Draft202012Validator)


def test_sums_are_exact_beyond_64_bits() -> None:
    """Written as whole numbers."""
    text = to_json(figures(given_month({"octets_out": MOST}, {"octets_out": MOST})))

    assert json.loads(text)["tables"]["verdict"]["total"]["octets_out"] == 2 * MOST
    assert f'"octets_out": {2 * MOST}' in text


def test_text_of_the_input_comes_back_as_it_was() -> None:
    """Whatever it holds."""
    name = 'a"b\\<script>\n\u2028\x00é'
    text = to_json(figures(given_month({"importer": name})))

    assert json.loads(text)["tables"]["left-importer"]["lines"][0]["importer"] == name


def test_every_line_of_a_table_is_a_line_of_the_text() -> None:
    """So that two reports can be compared with `diff`."""
    text = to_json(figures(given_month({}, {"place_country": "IN"})))

    assert len([line for line in text.splitlines() if "2026-10.left-country." in line]) == 3


def test_sentence_about_traffic_is_in_the_file() -> None:
    """In both languages."""
    sentences: dict[str, Any] = json.loads(to_json(figures(given_month())))["sentences"]

    assert {language: said["traffic"] for language, said in sentences.items()} == {
        "en": "Traffic is not proof of personal data.",
        "fr": "Le trafic n\u2019est pas une preuve de données personnelles.",
    }


@pytest.mark.parametrize("rows", [[], [{}], [{"was_place_verdict": "adequate", "was_mechanism": "2000/518/EC"}]])
def test_report_under_an_assumed_law_conforms_to_its_schema(rows: list[dict[str, Any]]) -> None:
    """Its ids too, which are not those of a real one."""
    found = json.loads(to_json(figures(assumed_month(*rows))))

    jsonschema.validate(found, SCHEMA, cls=jsonschema.Draft202012Validator)
    assert found["answer"]["no_ground"]["id"] == "2026-10.if-abcdef.no-ground.total"


def test_a_real_report_has_no_assumption() -> None:
    """The field is there and says so."""
    assert json.loads(to_json(figures(full_month())))["assumption"] is None
