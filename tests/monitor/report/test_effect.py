"""What an assumed law changes: groups by axis, and what tells their lines apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from monitor.report.effect import GROUPS, effect_of
from tests.monitor.report.months import changes_of

if TYPE_CHECKING:
    from monitor.report.effect import Effect

_ADEQUATE = {"was_place_verdict": "adequate", "was_place_reason": None, "was_mechanism": "(EU) 2023/1795"}


def _effect(*rows: dict[str, Any]) -> Effect:
    return effect_of(changes_of(*rows))


@pytest.mark.parametrize(
    ("row", "group"),
    [
        (_ADEQUATE, "worse"),
        ({"was_place_verdict": "undetermined"}, "worse"),
        ({"place_verdict": "adequate", "place_reason": None, "mechanism": "2026/9999"}, "otherwise"),
        ({**_ADEQUATE, "place_verdict": "safeguarded", "place_reason": None, "mechanism": "T-1"}, "otherwise"),
        ({**_ADEQUATE, "place_verdict": "adequate", "place_reason": None, "mechanism": "2026/9999"}, "otherwise"),
        ({"place_reason": "no_ground"}, "reason"),
        ({}, "same"),
        ({"control_verdict": "eea"}, "same"),
    ],
)
def test_a_record_is_in_one_group_of_the_place(row: dict[str, Any], group: str) -> None:
    """What its verdict is under the assumption is told from why."""
    groups = _effect(row).place.groups

    assert [name for name in GROUPS if groups[name].records] == [group]


@pytest.mark.parametrize(
    ("row", "group"),
    [
        ({"was_control_verdict": "adequate"}, "worse"),
        ({"control_verdict": "undetermined"}, "otherwise"),
        ({"reach_laws": ["US_CLOUD_ACT"]}, "reason"),
        ({"was_control_country": "several"}, "reason"),
        (_ADEQUATE, "same"),
    ],
)
def test_a_record_is_in_one_group_of_the_control(row: dict[str, Any], group: str) -> None:
    """Whatever becomes of its place."""
    groups = _effect(row).control.groups

    assert [name for name in GROUPS if groups[name].records] == [group]


def test_the_groups_add_up_to_traffic_beyond_our_own_systems() -> None:
    """Internal and uncounted records are in none."""
    internal = {"place_verdict": "internal", "place_reason": None, "control_verdict": "none"}
    effect = _effect({}, _ADEQUATE, {"counted": False}, internal, {"was_control_verdict": "eea", "octets_out": 7})

    assert effect.whole.octets_out == 207
    assert [sum(sums.octets_out for sums in axis.groups.values()) for axis in effect.axes.values()] == [207, 207]


def test_lines_are_told_apart_by_who_is_concerned_the_largest_first() -> None:
    """Two services of one system to one importer are one line."""
    rows: list[dict[str, Any]] = [
        {**_ADEQUATE, "importer": "zoom", "service": "tcp/443"},
        {**_ADEQUATE, "importer": "zoom", "service": "udp/443"},
        {**_ADEQUATE, "importer": "adobe", "octets_out": 150},
    ]
    lines = _effect(*rows).place.worse.lines

    assert lines.select("importer", "octets_out", "was_mechanism").rows() == [
        ("zoom", 200, "(EU) 2023/1795"),
        ("adobe", 150, "(EU) 2023/1795"),
    ]


def test_both_sides_are_told_by_verdict() -> None:
    """Before and after."""
    place = _effect({}, _ADEQUATE).place

    assert {name: sums.records for name, sums in place.before.items()} == {"uncovered": 1, "adequate": 1}
    assert {name: sums.records for name, sums in place.after.items()} == {"uncovered": 2}


def test_a_month_without_a_record_has_no_effect() -> None:
    """And no error."""
    effect = _effect()

    assert (effect.whole.records, effect.place.worse.lines.height, dict(effect.control.after)) == (0, 0, {})
