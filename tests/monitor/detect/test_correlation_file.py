"""What a correlation asks: how many, of what, in which group."""

from __future__ import annotations

from typing import Any

import pytest
from sigma.correlations import SigmaCorrelationRule

from monitor.detect.correlation_file import correlation_of
from monitor.detect.rules import About, Correlation
from monitor.wording import Unfit

_ABOUT = About("often", "", "Often", "high", "often.yml")


def asked(**values: Any) -> Correlation:  # noqa: ANN401 - any key of Sigma
    """A correlation with these keys."""
    usual = {"type": "event_count", "rules": ["far", "near"], "timespan": "1h", "condition": {"gte": 2}}
    said = {key: value for key, value in (usual | values).items() if value is not None}
    rule = SigmaCorrelationRule.from_dict({"title": "Often", "correlation": said})
    for reference in rule.rules or ():
        reference.rule = rule  # as if it had been found
    return correlation_of(rule, _ABOUT, counts="condition" in said)


@pytest.mark.parametrize(("condition", "least"), [({"gte": 2}, 2), ({"gt": 2}, 3), ({"gte": 0}, 1)])
def test_the_least_count_is_told_by_gte_and_gt(condition: dict[str, int], least: int) -> None:
    """Nothing at all is never enough."""
    assert asked(condition=condition).least == least


@pytest.mark.parametrize("operator", ["lt", "lte", "eq", "neq"])
def test_what_more_events_can_make_false_is_refused(operator: str) -> None:
    """It could only be told when no more can come."""
    with pytest.raises(Unfit, match="can only be told when no more events can come"):
        asked(condition={operator: 2})


@pytest.mark.parametrize("kind", ["temporal_ordered", "value_sum", "value_avg", "value_percentile", "value_median"])
def test_other_kinds_are_refused(kind: str) -> None:
    """Three are known."""
    with pytest.raises(Unfit, match=f"correlations of the kind {kind} are not known here"):
        asked(type=kind, condition={"gte": 2, "field": "octets_out"})


def test_a_window_is_in_seconds() -> None:
    """As long as a month."""
    assert asked(timespan="2d").seconds == 2 * 86_400


def test_what_is_counted_is_a_field_of_matches() -> None:
    """Nothing else is remembered of one."""
    with pytest.raises(Unfit, match="matches have no field"):
        asked(type="value_count", condition={"gte": 2, "field": "src_port"})
