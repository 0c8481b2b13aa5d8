"""Waivers: what they cover, until when, and what is wrong with one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from monitor.alert.waivers import Waivers, fit_waivers, waived_between
from monitor.document import open_document
from monitor.fields import Surroundings
from tests.monitor.alert.matches import NOW, match
from tests.monitor.alert.pictures import alert, finding

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.alert.findings import Finding
    from monitor.problem import Problem

_AT = datetime(2026, 11, 26, 2, tzinfo=UTC)
_ONE = """waivers:
  - id: W-1
    match: {rules: [health_to_uncovered_country], systems: [warehouse]}
    owner: dpo@example.org
    reason: contract is being signed
    expires: 2026-12-31
"""


def _load(path: Path, text: str) -> tuple[Waivers | None, list[Problem]]:
    file = path / "waivers.yaml"
    file.write_text(text, encoding="utf-8")
    problems: list[Problem] = []
    document = open_document(file, problems, shown_as="waivers.yaml")
    assert document is not None
    known = Surroundings(systems=["warehouse", "archive"], operators=["aws"])
    return fit_waivers(document, problems, known), problems


def _waivers(path: Path, text: str = _ONE) -> Waivers:
    loaded, problems = _load(path, text)
    assert problems == []
    assert loaded is not None
    return loaded


def test_a_waiver_holds_for_what_it_names(tmp_path: Path) -> None:
    """Rule and system."""
    waiver = _waivers(tmp_path).holding(finding(), _AT)

    assert waiver is not None
    assert waiver.id == "W-1"


def test_a_waiver_holds_for_nothing_else(tmp_path: Path) -> None:
    """Another system is another decision."""
    assert _waivers(tmp_path).holding(finding(match(system="archive")), _AT) is None


def test_a_waived_finding_is_shown_as_waived(tmp_path: Path) -> None:
    """It is kept."""
    assert alert(waivers=_waivers(tmp_path)).state == "waived"


def test_the_last_day_is_included(tmp_path: Path) -> None:
    """And no more."""
    waivers = _waivers(tmp_path)
    ends = datetime(2027, 1, 1, tzinfo=UTC)
    found = [waivers.holding(finding(), at) is not None for at in (ends - timedelta(seconds=1), ends)]

    assert found == [True, False]


def test_one_that_ended_says_so_with_its_place(tmp_path: Path) -> None:
    """A warning: a restart at night must not fail of it."""
    waivers = _waivers(tmp_path)
    said = waivers.warnings(datetime(2027, 1, 2, tzinfo=UTC), {"health_to_uncovered_country"})

    assert [str(each) for each in said] == [
        (
            "waivers.yaml:6:14 waivers[0].expires: waiver W-1 ended on 2026-12-31; what it waived is sent again. "
            "Ask dpo@example.org for a later day, or remove it."
        )
    ]


def test_a_rule_that_is_not_there_is_told(tmp_path: Path) -> None:
    """A waiver for a misspelt rule waives nothing."""
    said = _waivers(tmp_path).warnings(_AT, {"health_to_uncovered_countries"})

    assert [each.remedy for each in said] == ["Did you mean health_to_uncovered_countries?"]


def test_owner_reason_and_expiry_are_required(tmp_path: Path) -> None:
    """Nobody waives for ever, or in nobody's name."""
    _, problems = _load(tmp_path, "waivers:\n  - {id: W-1, match: {rules: [a]}}\n")

    assert [problem.key for problem in sorted(problems)] == [
        "waivers[0].expires",
        "waivers[0].owner",
        "waivers[0].reason",
    ]


def test_an_unknown_key_is_refused_with_its_line(tmp_path: Path) -> None:
    """And the one that was meant."""
    _, problems = _load(tmp_path, _ONE.replace("reason", "reasons"))

    assert "waivers.yaml:5:5 waivers[0].reasons: this key is not known. Did you mean reason?" in map(str, problems)


def test_a_waiver_of_sources_needs_all_of_them(tmp_path: Path) -> None:
    """A second silent source is not waived along with the first."""
    text = _ONE.replace("{rules: [health_to_uncovered_country], systems: [warehouse]}",
                        "{rules: [source_silent], sources: [core]}")  # fmt: skip
    silent: dict[str, Any] = {"rule": "source_silent", "category": "coverage"}
    waivers = _waivers(tmp_path, text)
    one, two = finding(match(source="core", **silent)), finding(
        match(source="core", **silent), match(source="edge", **silent)
    )  # fmt: skip

    assert [waivers.holding(each, _AT) is not None for each in (one, two)] == [True, False]


def _listed(tmp_path: Path, begins: datetime, days: int, *found: Finding) -> list[tuple[str, tuple[str, ...]]]:
    """Waivers with what they waived, of a span of days."""
    listed = waived_between(_waivers(tmp_path), found, begins, begins + timedelta(days=days))
    return [(waiver.id, ids) for waiver, ids in listed]


def test_a_report_lists_each_waiver_with_what_it_waives(tmp_path: Path) -> None:
    """Exceptions are not hidden."""
    listed = _listed(tmp_path, NOW - timedelta(days=7), 14, finding(), finding(match(system="archive")))

    assert listed == [("W-1", ("f-q4duvwgag5",))]


def test_a_waiver_waived_nothing_before_a_finding_was_there_or_after_it_had_ended(tmp_path: Path) -> None:
    """A week before the finding, a week after it, and a week after the waiver."""
    begins = [NOW - timedelta(days=8), NOW + timedelta(days=1), NOW + timedelta(days=365)]

    assert [_listed(tmp_path, each, 7, finding()) for each in begins] == [[("W-1", ())]] * 3


@pytest.mark.parametrize(("owner", "why"), [("NAME", "WHY"), ("NOM", "MOTIF")])
def test_the_line_of_an_alert_is_no_waiver_before_it_is_filled_in(tmp_path: Path, owner: str, why: str) -> None:
    """In either language."""
    _, problems = _load(tmp_path, _ONE.replace("dpo@example.org", owner).replace("contract is being signed", why))
    told = "stands in the line of an alert for what you must write. Write who, and why."

    assert [str(problem) for problem in problems] == [
        f"waivers.yaml:4:12 waivers[0].owner: {owner} {told}",
        f"waivers.yaml:5:13 waivers[0].reason: {why} {told}",
    ]
