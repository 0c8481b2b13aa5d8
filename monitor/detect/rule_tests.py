"""The tests that stand in a rule's file: their events as frames, and whether the rules find what they say.

Decides what an event is where the test does not tell: an accepted, counted transfer of data from `warehouse` that stays
inside the EEA. Nothing here touches a network or a ledger.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from monitor.detect.correlate import Correlator
from monitor.detect.detection import Detection
from monitor.detect.fields import FRAMES, JUDGED
from monitor.detect.matches import KEY
from monitor.schema import frame_schema
from monitor.wording import choose, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from monitor.detect.rule_file import RuleFile, RuleTest
    from monitor.detect.rules import About, RuleSet
    from monitor.document import Document
    from monitor.problem import Problem
    from monitor.schema import Column

_AT: Final = "2026-11-25T12:00:00Z"
_DEFAULTS: Final[Mapping[str, Any]] = {
    "source": "aws_vpc", "attributes": "{}", "system": "warehouse", "data_class": "health", "activity": "data",
    "direction": "outbound", "counted": True, "control_countries": [], "reach_laws": [], "place_candidates": [],
    "place_confidence": "agreed", "place_verdict": "eea", "control_verdict": "eea", "basis": "test",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one test; `expected` None: at least one finding."""

    rule: About
    test: RuleTest
    expected: int | None
    found: int

    @property
    def passed(self) -> bool:
        """Whether the rule found as much as the test says."""
        return self.found > 0 if self.expected is None else self.found == self.expected


def event_findings(document: Document, written: RuleFile) -> Iterator[Problem]:
    """What is wrong with the events of a file's tests: fields that are not there, values that do not fit."""
    category = written.logsource.category if written.logsource else None
    types = {column.name: column.dtype for column in _columns(category)}
    for number, test in enumerate(written.transferwatch.tests):
        for place, event in enumerate(test.events):
            path = ("transferwatch", "tests", number, "events", place)
            for key, value in event.items():
                if key not in types:
                    what, remedy = f"events have no field {shown(key)}.", choose(key, types)
                    yield document.problem((*path, key), what, remedy)
                elif not _fits(value, types[key]):
                    yield document.problem(
                        (*path, key), f"{shown(value)} is no value of {key}.", "See docs/columns.md."
                    )


def run_tests(rules: RuleSet) -> Iterator[Outcome]:
    """Run every test of every rule, each test on its own."""
    detection = Detection(rules)
    for rule in rules.rules:
        for test in rule.about.tests:
            matches = _detected(detection, test, rule.category)
            yield _outcome(rule.about, test, matches)
    for correlation in rules.correlations:
        for test in correlation.about.tests:
            matches = Correlator((correlation,)).take(_detected(detection, test, None))
            yield _outcome(correlation.about, test, matches)


def _outcome(about: About, test: RuleTest, matches: pl.DataFrame) -> Outcome:
    found = matches.filter(pl.col("rule") == about.id).select(KEY).n_unique()
    return Outcome(about, test, test.expected, found)


def _detected(detection: Detection, test: RuleTest, category: str | None) -> pl.DataFrame:
    frame = event_frame(test.events, category)
    if category == "posture":
        return detection.posture(frame)
    return detection.coverage(frame) if category == "coverage" else detection.detect(frame)


def event_frame(events: tuple[Mapping[str, Any], ...], category: str | None) -> pl.DataFrame:
    """Events of a test as a frame of the category."""
    columns = _columns(category)
    rows = [_row(event, category, columns) for event in events]
    return pl.DataFrame(rows, schema=frame_schema(columns), orient="row")


def _row(event: Mapping[str, Any], category: str | None, columns: tuple[Column, ...]) -> list[Any]:
    whole = dict(event)
    if category in {"posture", "coverage"}:
        whole = {"time": _AT, "subject": "source", **whole}
    else:
        whole = {"event": category or "flow", **_DEFAULTS, **whole}
        whole.setdefault("end_time" if whole["event"] == "flow" else "time", _AT)
    return [_value(whole.get(column.name), column.dtype) for column in columns]


def _columns(category: str | None) -> tuple[Column, ...]:
    return JUDGED if category is None else FRAMES[category]


def _value(value: Any, dtype: pl.DataType) -> Any:  # noqa: ANN401 - a value of a file
    return datetime.fromisoformat(value) if dtype.is_temporal() and isinstance(value, str) else value


def _fits(value: Any, dtype: pl.DataType) -> bool:  # noqa: ANN401 - a value of a file
    try:
        pl.Series([_value(value, dtype)], dtype=dtype, strict=True)
    except (pl.exceptions.PolarsError, TypeError, ValueError, OverflowError):
        return False
    return True
