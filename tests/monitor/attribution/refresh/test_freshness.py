"""Which day of a source counts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from monitor.attribution.refresh.bundle import open_bundle
from monitor.attribution.refresh.fetch import Transport
from monitor.attribution.refresh.freshness import Freshness, freshness_of, was_failure
from monitor.attribution.refresh.store import INPUTS, State, read_state
from monitor.attribution.refresh.taking import Offer
from monitor.attribution.refresh.wanted import Upkeep
from tests.monitor.attribution.refresh.small import GOOD, NOW, refreshed, wanted

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.attribution.refresh.wanted import Wanted
    from tests.monitor.attribution.refresh.server import Server

LATER = NOW + timedelta(days=46)


def fresh(folder: Path, source: Wanted) -> Freshness:
    """What is known of one source."""
    (found,) = freshness_of([source], read_state(folder), Upkeep())
    return found


@pytest.mark.parametrize(("body", "age"), [(b"@2026-11-01\n" + GOOD, 70), (GOOD, 0)], ids=["with a day", "without one"])
def test_what_has_no_day_is_of_the_last_day_on_which_it_was_the_same(
    body: bytes, age: int, server: Server, tmp_path: Path
) -> None:
    """A mirror that stands still is found by the day of what it serves."""
    source = wanted("feed", server.give("/feed", body))
    refreshed(tmp_path, source)
    refreshed(tmp_path, source, now=LATER)

    found = fresh(tmp_path, source)
    assert (found.age_days(LATER.date()), found.is_stale(LATER.date())) == (age, age > 45)


def test_a_source_has_its_own_bound(server: Server, tmp_path: Path) -> None:
    """A list that changes once a year."""
    source = wanted("feed", server.give("/feed", b"@2026-11-01\n" + GOOD), stale_after_days=70)
    refreshed(tmp_path, source)

    assert [fresh(tmp_path, source).is_stale(LATER.date() + timedelta(days=more)) for more in (0, 1)] == [False, True]


def test_what_came_in_a_bundle_is_of_the_day_that_the_bundle_says(server: Server, tmp_path: Path) -> None:
    """However often the same bundle is given."""
    source = wanted("feed", server.give("/feed", GOOD))
    refreshed(tmp_path / "outside", source)
    with open_bundle(tmp_path / "outside" / INPUTS) as bundle:
        refreshed(tmp_path / "inside", source, now=LATER, offer=Offer(Transport(), bundle))

    assert fresh(tmp_path / "inside", source).age_days(LATER.date()) == 46


def test_what_is_not_there_is_too_old(tmp_path: Path) -> None:
    """It has no age."""
    found = fresh(tmp_path, wanted("feed"))

    assert (found.day, found.age_days(NOW.date()), found.is_stale(NOW.date())) == (None, None, True)


def test_a_failure_is_one_of_a_source_or_of_the_building(server: Server, tmp_path: Path) -> None:
    """Either makes an update a failed one."""
    refreshed(tmp_path, wanted("feed", server.url("/absent")))

    assert [was_failure(state) for state in (State(), State(build_failure="x"), read_state(tmp_path))] == [
        False,
        True,
        True,
    ]
