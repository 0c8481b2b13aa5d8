"""The assumption in the JSON form."""

from __future__ import annotations

from typing import Any

from monitor.report.assumption_json import GROUP_NAMES, assumption_document
from monitor.report.effect import GROUPS
from monitor.report.figures import figures
from tests.monitor.report.months import assumed_month, full_month

_FALLEN: dict[str, Any] = {"was_place_verdict": "adequate", "was_place_reason": None, "was_mechanism": "(EU) 2023/1795"}


def _said(*rows: dict[str, Any]) -> dict[str, Any]:
    found = assumption_document(figures(assumed_month(*rows)))
    assert found is not None
    return found


def test_a_real_report_has_none() -> None:
    """Null, not an empty one."""
    assert assumption_document(figures(full_month())) is None


def test_every_line_is_there_in_fields_and_in_both_languages() -> None:
    """As the file says it."""
    line = _said({})["lines"][0]

    assert [line[name] for name in ("about", "number", "framework", "ends_before", "last_day")] == [
        "decision", "(EU) 2023/1795", "us_dpf", "2026-10-02", None,
    ]  # fmt: skip
    assert list(line["sentences"]) == ["en", "fr"]


def test_what_becomes_uncovered_is_told_by_who_is_concerned() -> None:
    """Places are lists, as everywhere in the file."""
    line = _said(_FALLEN)["place"]["becomes_uncovered"][0]

    assert [line[name] for name in ("system", "place", "was_mechanism", "octets_out")] == [
        "warehouse", ["US"], "(EU) 2023/1795", 100,
    ]  # fmt: skip


def test_every_group_has_its_name() -> None:
    """On both axes."""
    said = _said({})

    assert [sorted(names) for names in GROUP_NAMES.values()] == [sorted(GROUPS)] * 2
    assert [list(said[axis]["groups"]) for axis in ("place", "control")] == [
        ["becomes_uncovered", "otherwise", "reason_only", "same"],
        ["becomes_exposed", "otherwise", "reason_only", "same"],
    ]
