"""Days of operator files: midnight in Brussels begins them, and `to` is the first day without."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.attribution.dated import Dated


def at(text: str) -> datetime:
    """An instant."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "holds"),
    [
        ("2026-03-28T22:59:59", False),
        ("2026-03-28T23:00:00", True),
        ("2026-03-29T21:59:59", True),
        ("2026-03-29T22:00:00", False),
    ],
)
def test_a_day_is_a_day_in_brussels(moment: str, *, holds: bool) -> None:
    """Also the one of 23 hours."""
    assert Dated.model_validate({"from": "2026-03-29", "to": "2026-03-30"}).holds(at(moment)) is holds


def test_without_days_it_holds_always_and_has_no_edges() -> None:
    """From the beginning of time to its end."""
    always = Dated()

    assert (always.holds(datetime.min.replace(tzinfo=UTC)), always.edges()) == (True, frozenset())


def test_its_edges_are_the_instants_of_its_days() -> None:
    """Those that are written."""
    assert Dated.model_validate({"from": "2026-01-01"}).edges() == {at("2025-12-31T23:00:00")}
