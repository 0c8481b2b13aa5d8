"""Other laws than the shipped one, written as files and loaded as the shipped ones are.

Nothing of the shipped law is changed in memory: its values remember their spans, and a copy would remember them too.
"""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import yaml

from monitor.law.regimes import load_regimes
from monitor.law.territories import load_territories
from monitor.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from monitor.app import Knowledge

_FILES: Final = ("adequacy.yaml", "frameworks.yaml", "reach_laws.yaml", "territories.yaml")
_ENDS: Final = ("ends_before", "last_day")


@dataclass(frozen=True, slots=True)
class Change:
    """What is written otherwise than in the shipped files; days are days in Brussels.

    `ending` and `laws_ending` name a decision by id and a law by code, and the first day without it; `beginning` holds
    new decisions as (country, framework, first day); `laws_beginning` moves the first day of a law; `standing` gives a
    country one status from a day on.
    """

    ending: Mapping[str, date] = field(default_factory=dict)
    beginning: tuple[tuple[str, str | None, date], ...] = ()
    laws_ending: Mapping[str, date] = field(default_factory=dict)
    laws_beginning: Mapping[str, date] = field(default_factory=dict)
    standing: Mapping[str, tuple[str, date]] = field(default_factory=dict)


class Laws:
    """The shipped law as plain data, and a folder to write others to."""

    def __init__(self, knowledge: Knowledge, directory: Path) -> None:
        self._knowledge = knowledge
        self._directory = directory
        self._data: dict[str, dict[str, Any]] = {
            name: yaml.safe_load((shipped("rules/law") / name).read_text(encoding="utf-8")) for name in _FILES
        }

    def changed(self, change: Change) -> Knowledge:
        """The shipped knowledge under a law that says something else."""
        data = deepcopy(self._data)
        decisions, laws = data["adequacy.yaml"]["decisions"], data["reach_laws.yaml"]["laws"]
        for entry in decisions:
            _end(entry, change.ending.get(entry["id"]))
        decisions += [_decision(number, *new) for number, new in enumerate(change.beginning)]
        for entry in laws:
            if entry["code"] in change.laws_beginning:
                entry["in_force_from"] = change.laws_beginning[entry["code"]]
                _end(entry, None, keep=False)
            _end(entry, change.laws_ending.get(entry["code"]))
        territories = data["territories.yaml"]
        others = [entry for entry in territories["territories"] if entry["code"] not in change.standing]
        territories["territories"] = others + [_territory(code, *how) for code, how in change.standing.items()]
        for name, content in data.items():
            (self._directory / name).write_text(json.dumps(content, default=str), encoding="utf-8")
        return replace(
            self._knowledge,
            regimes=load_regimes(self._directory),
            territories=load_territories(self._directory / "territories.yaml"),
        )


def _end(entry: dict[str, Any], day: date | None, *, keep: bool = True) -> None:
    """Let an entry end before a day, if it has begun by then."""
    if (day is None and keep) or (day is not None and day <= entry["in_force_from"]):
        return
    for name in _ENDS:
        entry.pop(name, None)
    if day is not None:
        entry["ends_before"] = day
        if entry.get("usable_from", day) >= day:
            entry.pop("usable_from", None)


def _decision(number: int, country: str, framework: str | None, day: date) -> dict[str, Any]:
    return {
        "id": f"new_{number}",
        "country": country,
        "number": f"(EU) 2099/{number}",
        "title": "invented",
        "adopted": day,
        "in_force_from": day,
        "framework": framework,
        "legal_basis": "gdpr_45",
        "scope": "invented",
        "source": "invented",
        "verified": True,
    }


def _territory(code: str, status: str, day: date) -> dict[str, Any]:
    period = {"status": status, "from": day, "source": "invented", "verified": True}
    return {"code": code, "class": "overseas_territory", "periods": [period]}
