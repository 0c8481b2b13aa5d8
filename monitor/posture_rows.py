"""Rows for rules on posture: each of the site's systems at each of its hosts, under the law of an instant.

Decides which entry of the inventory holds (of equal networks the latest day) and how much traffic a host still carried
in the last 24 hours. Knows no rule.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from monitor.detect.fields import POSTURE
from monitor.law.control import unlisted
from monitor.law.territories import Status
from monitor.schema import frame_schema

if TYPE_CHECKING:
    from monitor.grounds import Grounds
    from monitor.inventory import Hosting, Inventory, System
    from monitor.law.control import Control

_DAY: Final = timedelta(days=1)
_ALWAYS: Final = datetime.min.replace(tzinfo=UTC)
_INSIDE: Final = frozenset({Status.EEA, Status.TRANSITION})


def posture_rows(
    inventory: Inventory, grounds: Grounds, moment: datetime, transfers: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Systems and hosts at an instant. Columns out: `fields.POSTURE`.

    `transfers`: `kept.TRANSFERS`, of which the hours of the last day are asked; without them nothing was carried.
    """
    carried = _carried(transfers, moment)
    rows = [
        _row(system, entry, grounds, moment, carried.get((system.id, entry.operator), (0, 0)))
        for system in inventory.systems
        for entry in _current(inventory, system, moment)
    ]
    return pl.DataFrame(rows, schema=frame_schema(POSTURE), orient="row")


def _current(inventory: Inventory, system: System, moment: datetime) -> list[Hosting]:
    """The entries that hold: of those for the same networks the latest that has begun."""
    begun = [(inventory.hosting_begins(entry) or _ALWAYS, entry) for entry in system.hosting]
    held: dict[tuple[str, ...], Hosting] = {}
    for begins, entry in sorted(begun, key=lambda each: each[0]):
        if begins <= moment:
            held[tuple(sorted(map(str, entry.networks)))] = entry
    return list(held.values())


def _carried(transfers: pl.DataFrame | None, moment: datetime) -> dict[tuple[str | None, str | None], tuple[int, int]]:
    """Records and octets of the last day by system and host."""
    if transfers is None:
        return {}
    recent = transfers.filter("counted", pl.col("hour") > moment - _DAY, pl.col("hour") <= moment)
    summed = recent.group_by("system", "hosting_operator").agg(
        pl.col("records").sum(), octets=pl.col("octets_out").sum() + pl.col("octets_in").sum()
    )
    return {(system, host): (records, octets) for system, host, records, octets in summed.iter_rows()}


def _row(
    system: System, entry: Hosting, grounds: Grounds, moment: datetime, carried: tuple[int, int]
) -> dict[str, Any]:
    control, place = _control(entry.operator, grounds, moment), _place(entry.country, grounds, moment)
    move = system.transition
    days_left = None if move is None else (move.deadline - moment.date()).days
    records, octets = carried
    detail = f"{system.id} is hosted by {entry.operator} in {entry.country}; keys: {entry.keys}"
    facts: dict[str, str | int | None] = {
        "system": system.id,
        "operator": entry.operator,
        "country": entry.country,
        "keys": entry.keys,
    }
    if move is not None:
        facts |= {"target": move.target, "deadline": move.deadline.isoformat(), "records": records}
        detail += f"; moves to {move.target} by {move.deadline.isoformat()}, {records} records in the last 24 hours"
    return {
        "time": moment,
        "system": system.id,
        "data_class": system.data_class,
        "serves": system.serves,
        "operator": entry.operator,
        "place_country": entry.country,
        "place_verdict": place,
        "control_country": control.country,
        "reach_laws": list(control.laws),
        "control_verdict": control.verdict,
        "control_reason": control.reason,
        "keys": entry.keys,
        "transition_target": None if move is None else move.target,
        "transition_days_left": days_left,
        "is_transition_target": None if move is None else entry.operator == move.target,
        "records_last_day": records,
        "octets_last_day": octets,
        "detail": f"{detail}.",
        "facts": json.dumps({"says": "hosted" if move is None else "moves", **facts}, ensure_ascii=False),
    }


def _control(operator: str, grounds: Grounds, moment: datetime) -> Control:
    position = grounds.operator_named(operator)
    if position is None:
        return unlisted(None)
    return grounds.controls[grounds.control(position, grounds.epochs.number_of(moment))]


def _place(country: str | None, grounds: Grounds, moment: datetime) -> str:
    if country is None:
        return "undetermined"
    if grounds.law.territories.status(country, moment) in _INSIDE:
        return "eea"
    return "uncovered" if grounds.law.regimes.decision(country, moment) is None else "adequate"
