"""What a route is told, and what it is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.alert.picture import LastTold, Telling, Wants, due, told_as
from tests.monitor.alert.matches import NOW_SECONDS
from tests.monitor.alert.pictures import alert

_ID = "f-q4duvwgag5"


def _told(state: str, *, opened_at: int = NOW_SECONDS, told_at: int = NOW_SECONDS) -> dict[str, LastTold]:
    return {_ID: LastTold(state, opened_at, told_at)}


@pytest.mark.parametrize(
    ("state", "told", "expected"),
    [
        ("open", {}, True),
        ("open", _told("open"), False),
        ("open", _told("resolved"), True),
        ("open", _told("resolved", opened_at=NOW_SECONDS - 1), True),
        ("resolved", _told("open"), True),
        ("resolved", _told("resolved"), False),
        ("waived", {}, False),
        ("waived", _told("open"), True),
        ("waived", _told("resolved"), False),
        ("past", {}, False),
        ("resolved", {}, False),
        ("resolved", {"f-other": LastTold("open", 1, 1)}, True),
    ],
    ids=[
        "new", "known", "waiver ended", "came back", "over", "over and told", "waived from the start",
        "waived since", "waived and told", "old records only",
        "over before the route was there", "over while the route was away",
    ],
)  # fmt: skip
def test_a_route_that_sends(state: Telling, told: dict[str, LastTold], expected: bool) -> None:  # noqa: FBT001 - a parameter
    """Each change once; nothing that is waived or old."""
    made = replace(alert(), state=state)

    assert bool(due([made], told, Wants(), NOW_SECONDS)) is expected


@pytest.mark.parametrize("state", ["open", "waived", "resolved", "past"])
def test_the_file_records_everything(state: Telling) -> None:
    """What is waived or old is written down as well."""
    assert due([replace(alert(), state=state)], {}, Wants("informational", every=True), NOW_SECONDS) != []


def test_what_is_waived_is_over_for_a_route_that_sends() -> None:
    """An alert that was sent before ends."""
    assert told_as(replace(alert(), state="waived"), Wants()) == "resolved"


def test_what_is_open_is_told_again_after_its_time() -> None:
    """Not before."""
    wants = Wants(again_seconds=60)
    found = [bool(due([alert()], _told("open"), wants, NOW_SECONDS + later)) for later in (59, 60)]

    assert found == [False, True]


def test_what_is_too_light_is_not_sent() -> None:
    """A site decides what wakes whom."""
    assert due([alert()], {}, Wants("critical"), NOW_SECONDS) == []
