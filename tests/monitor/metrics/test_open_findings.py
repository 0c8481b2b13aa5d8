"""Open findings as label sets: each is counted once, and what loses detail is the least severe."""

from __future__ import annotations

from typing import Any

from monitor.metrics.open_findings import LABEL_SETS, folded
from tests.monitor.metrics.sums import open_finding


def test_a_finding_is_a_label_set_of_its_own() -> None:
    """With the time of its first record."""
    labels = ("health_to_uncovered_country", "high", "s0", "aws", "US", "US", "no")
    assert folded([open_finding()]) == {labels: (1, 1_000)}


def test_what_is_unknown_is_none() -> None:
    """A coverage finding has no system and no far end."""
    nothing: dict[str, Any] = dict.fromkeys(("system", "operator", "place_country", "control_country"))
    ((labels, _),) = folded([open_finding(**nothing, is_waived=True)]).items()
    assert labels[2:] == ("none", "none", "none", "none", "yes")


def test_the_least_severe_lose_detail_first() -> None:
    """Of two label sets, one is left."""
    rows = [open_finding(1, severity="low"), open_finding(1, severity="critical", operator="ovh")]
    assert sorted((each[1], each[3]) for each in folded(rows, most=1)) == [("critical", "ovh"), ("low", "other")]


def test_the_oldest_of_those_that_are_counted_together_is_shown() -> None:
    """And how many they are."""
    rows = [open_finding(1, operator=f"op{place}", first_time=place, last_time=90 - place) for place in range(4)]
    assert sorted(folded(rows, most=1).values()) == [(1, 0), (3, 1)]


def test_ten_thousand_pairs_are_bounded_and_none_is_lost() -> None:
    """Systems go last; what is left are rules and levels."""
    sums = folded([open_finding(number, operator=f"op{number}") for number in range(10_000)])
    assert (sum(count for count, _ in sums.values()), len(sums) <= 2 * LABEL_SETS + 1) == (10_000, True)
