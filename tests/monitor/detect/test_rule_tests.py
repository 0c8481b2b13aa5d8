"""Events of a rule's tests as frames, and when a test passes."""

from __future__ import annotations

import pytest

from monitor.detect.fields import FRAMES
from monitor.detect.load import load_rules
from monitor.detect.rule_tests import Outcome, event_frame, run_tests
from monitor.schema import departures


@pytest.mark.parametrize("category", [*FRAMES])
def test_an_event_that_says_nothing_is_a_whole_row(category: str) -> None:
    """Of the type and the nullability of its category."""
    assert departures(event_frame(({},), category), FRAMES[category]) == []


def test_an_event_that_says_nothing_is_no_finding_of_any_rule() -> None:
    """What is not told is harmless."""
    row = event_frame(({},), "flow").select("counted", "activity", "place_verdict", "control_verdict").row(0)
    assert row == (True, "data", "eea", "eea")


@pytest.mark.parametrize(
    ("expected", "found", "passed"), [(None, 1, True), (None, 0, False), (0, 0, True), (0, 1, False), (2, 2, True)]
)
def test_a_test_passes_when_the_rule_found_as_much(expected: int | None, found: int, passed: bool) -> None:  # noqa: FBT001
    """At least one, or as many as it says."""
    about = load_rules().about[0]
    assert Outcome(about, about.tests[0], expected, found).passed is passed


def test_every_test_of_every_rule_is_run() -> None:
    """None is passed over."""
    rules = load_rules()
    assert len(list(run_tests(rules))) == sum(len(each.tests) for each in rules.about)
