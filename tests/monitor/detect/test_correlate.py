"""Correlations: windows in event time, whatever order and batches matches come in; bounded, and resumable."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.detect import correlate
from monitor.detect.correlate import Correlator
from monitor.detect.matches import MATCHES
from monitor.detect.rules import About, Correlation
from monitor.schema import frame_schema

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
_ABOUT = About("often", "", "Often", "high", "often.yml")


def correlation(
    kind: Literal["event_count", "value_count", "temporal"] = "event_count",
    least: int = 3,
    **values: Any,  # noqa: ANN401
) -> Correlation:
    """A correlation of the rules `far` and `near` within an hour, by system."""
    usual: dict[str, Any] = {"of": ("far", "near"), "seconds": 3_600, "group_by": ("system",), "least": least}
    return Correlation(_ABOUT, kind, **usual | values)


def matches(*rows: dict[str, Any]) -> pl.DataFrame:
    """Matches by minutes after noon."""
    schema = frame_schema(MATCHES)
    usual = {"rule": "far", "level": "low", "category": "flow", "records": 1, "system": "warehouse", "operator": "aws"}
    filled = []
    for row in rows:
        at = NOON + timedelta(minutes=row["at"])
        told = {name: value for name, value in row.items() if name != "at"}
        filled.append({**dict.fromkeys(schema), **usual, "time": at, "first_time": at, **told})
    return pl.DataFrame(filled, schema=schema, orient="row")


def answers(rule: Correlation, *batches: pl.DataFrame) -> list[int]:
    """Minutes after noon of the matches that the correlation answers at, in order of time."""
    correlator = Correlator((rule,))
    found = [correlator.take(batch).filter(pl.col("rule") == "often")["time"] for batch in batches]
    return [int((time - NOON).total_seconds() // 60) for time in pl.concat(found).sort()]


def test_the_third_match_within_the_window_answers() -> None:
    """Two are not enough."""
    assert answers(correlation(), matches({"at": 0}, {"at": 10}, {"at": 20})) == [20]


def test_a_window_has_passed_after_its_time() -> None:
    """The first is an hour old when the third comes: it does not count any more."""
    assert answers(correlation(), matches({"at": 0}, {"at": 10}, {"at": 60})) == []


def test_groups_are_counted_apart() -> None:
    """Two systems, two matches each."""
    rows = [{"at": minute, "system": system} for minute, system in enumerate(("a", "b", "a", "b"))]
    assert answers(correlation(), matches(*rows)) == []


def test_null_is_a_group_of_its_own() -> None:
    """A forwarder belongs to no system."""
    rows = [{"at": minute, "system": None} for minute in range(3)]
    assert answers(correlation(), matches(*rows)) == [2]


def test_distinct_values_are_counted_once_each() -> None:
    """Three operators, one of them twice; null is none."""
    rows = [{"at": at, "operator": each} for at, each in enumerate(("aws", "aws", None, "ovh", "gcp"))]
    assert answers(correlation("value_count", field="operator"), matches(*rows)) == [4]


def test_a_temporal_correlation_wants_every_rule_in_any_order() -> None:
    """The later of the two answers."""
    rows = [{"at": 0, "rule": "near"}, {"at": 5, "rule": "near"}, {"at": 9, "rule": "far"}]
    assert answers(correlation("temporal", 2), matches(*rows)) == [9]


def test_a_late_match_makes_an_earlier_window_whole() -> None:
    """The match that the window ends at answers then."""
    assert answers(correlation(), matches({"at": 0}, {"at": 20}), matches({"at": 10})) == [20]


def test_matches_of_its_rules_stand_for_themselves_when_it_says_so() -> None:
    """Else only the correlation is told."""
    told = [
        Correlator((correlation(generates=generates),)).take(matches({"at": 0})).height for generates in (True, False)
    ]
    assert told == [1, 0]


def test_what_is_not_grouped_by_does_not_tell_findings_apart() -> None:
    """Three operators are one finding of the system."""
    rows = [{"at": minute, "operator": each} for minute, each in enumerate(("aws", "ovh", "gcp"))]
    found = Correlator((correlation(),)).take(matches(*rows))
    assert found.select("rule", "system", "operator", "records").rows() == [("often", "warehouse", None, 3)]


def _kept(rule: Correlation, *batches: pl.DataFrame) -> list[pl.DataFrame]:
    """What is kept after each batch."""
    correlator, parts = Correlator((rule,)), []
    for batch in batches:
        before = replace(correlator)
        correlator.take(batch)
        parts.append(correlator.changed_since(before))
    return parts


def test_what_is_held_can_be_resumed() -> None:
    """After a restart the window goes on."""
    second = Correlator.resumed((correlation(),), _kept(correlation(), matches({"at": 0}), matches({"at": 10})))
    assert second.take(matches({"at": 20}))["rule"].to_list() == ["often"]


def test_what_answered_does_not_answer_again_after_a_restart() -> None:
    """A late match comes, of which no window becomes whole that was not."""
    parts = _kept(correlation(), matches({"at": 0}, {"at": 10}, {"at": 20}))
    second = Correlator.resumed((correlation(),), parts)
    assert second.take(matches({"at": -55}))["rule"].to_list() == []


def test_only_what_is_new_or_answered_since_is_kept() -> None:
    """The late match, and the one that answered because of it."""
    parts = _kept(correlation(), matches({"at": 0}, {"at": 20}), matches({"at": 10}))
    assert [part["number"].sort().to_list() for part in parts] == [[0, 1], [1, 2]]


def test_numbers_go_on_after_a_restart() -> None:
    """None is given twice."""
    second = Correlator.resumed((correlation(),), _kept(correlation(), matches({"at": 0}, {"at": 10})))
    second.take(matches({"at": 20}))
    assert second.held["number"].sort().to_list() == [0, 1, 2]


def test_what_belongs_to_no_correlation_any_more_is_forgotten() -> None:
    """The rule was taken away."""
    assert Correlator.resumed((), _kept(correlation(), matches({"at": 0}))).held.height == 0


def test_what_an_older_version_kept_lacks_columns() -> None:
    """They are null; what has no number is of another program."""
    (part,) = _kept(correlation(), matches({"at": 0}, {"at": 10}))
    second = Correlator.resumed((correlation(),), [pl.DataFrame({"x": [1]}), part.drop("target")])
    assert second.take(matches({"at": 20}))["rule"].to_list() == ["often"]


def test_what_no_window_can_reach_is_forgotten() -> None:
    """An hour of window and six of lateness."""
    correlator = Correlator((correlation(),))
    correlator.take(matches({"at": 0}))
    correlator.take(matches({"at": 8 * 60}))
    assert correlator.held.height == 1


def test_a_window_is_answered_over_thousands_that_are_held() -> None:
    """They lie in another piece of memory than what is new."""
    many = pl.concat([matches({"at": 0})] * 2_000)
    many = many.with_columns(time=pl.col("time") + pl.duration(milliseconds=pl.int_range(2_000)))
    correlator = Correlator((correlation(),))
    correlator.take(many)
    later = many.with_columns(time=pl.col("time") + pl.duration(seconds=2))
    assert correlator.take(later).height == 2_000


def test_memory_is_bounded_and_what_had_no_room_is_counted(monkeypatch: Any) -> None:  # noqa: ANN401 - pytest's
    """The newest stay."""
    monkeypatch.setattr(correlate, "MOST_ROWS", 5)
    correlator = Correlator((correlation(),))
    correlator.take(matches(*({"at": minute} for minute in range(8))))
    assert (correlator.held.height, correlator.dropped) == (5, 3)


_ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "at": st.integers(0, 150),
            "rule": st.sampled_from(["far", "near"]),
            "system": st.sampled_from(["a", "b"]),
            "operator": st.sampled_from(["aws", "ovh", "gcp", None]),
        }
    ),
    min_size=1,
    max_size=12,
)


def _plainly(rule: Correlation, rows: list[dict[str, Any]]) -> list[int]:
    """Count every window by hand."""
    found = []
    for row in rows:
        window = [each for each in rows if each["system"] == row["system"] and 0 <= row["at"] - each["at"] < 60]
        if rule.kind == "event_count":
            count = len(window)
        elif rule.kind == "temporal":
            count = len({each["rule"] for each in window})
        else:
            count = len({each["operator"] for each in window} - {None}) if row["operator"] else 0
        if count >= rule.least:
            found.append(row["at"])
    return sorted(found)


@given(_ROWS, st.sampled_from([("event_count", None), ("value_count", "operator"), ("temporal", None)]))
@settings(deadline=None, max_examples=60)
def test_every_window_holds_what_counting_by_hand_says(
    rows: list[dict[str, Any]], asked: tuple[Any, str | None]
) -> None:
    """All three kinds."""
    rule = correlation(asked[0], 2, field=asked[1])
    assert answers(rule, matches(*rows)) == _plainly(rule, rows)


@given(_ROWS, st.integers(0, 12), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=60)
def test_order_and_batches_change_nothing(rows: list[dict[str, Any]], cut: int, random: Any) -> None:  # noqa: ANN401
    """As long as they come within the lateness."""
    mixed = random.sample(rows, len(rows))
    parts = [matches(*part) for part in (mixed[:cut], mixed[cut:])]
    assert answers(correlation(), *parts) == answers(correlation(), matches(*rows))
