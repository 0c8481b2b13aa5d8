"""The site's waivers against the month: who answers for what, until when, and which findings each kept from being sent.

Decides what a waiver is called at the month's end. A waiver is no legal ground: it enters no figure of the report.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from monitor.report.month import WaiverFacts

STATES: Final = ("holds", "ended", "to_come")


@dataclass(frozen=True, slots=True)
class WaiverLine:
    """A waiver; `state`, on the month's last day: it `holds`, has `ended`, or is `to_come`."""

    waiver: WaiverFacts
    state: str


def waivers_of(waivers: Iterable[WaiverFacts], last_day: date) -> tuple[WaiverLine, ...]:
    """Every waiver of the site's file, in its order."""
    return tuple(WaiverLine(each, _state(each, last_day)) for each in waivers)


def _state(waiver: WaiverFacts, last_day: date) -> str:
    if waiver.starts is not None and waiver.starts > last_day:
        return "to_come"
    return "holds" if waiver.expires >= last_day else "ended"


def waiver_values(line: WaiverLine) -> dict[str, Any]:
    """A waiver as plain values; `json_schema` describes them."""
    waiver = line.waiver
    return {
        "waiver": waiver.id,
        "rules": list(waiver.rules),
        "systems": list(waiver.systems),
        "operators": list(waiver.operators),
        "countries": list(waiver.countries),
        "sources": list(waiver.sources),
        "owner": waiver.owner,
        "reason": waiver.reason,
        "starts": None if waiver.starts is None else waiver.starts.isoformat(),
        "expires": waiver.expires.isoformat(),
        "state": line.state,
        "findings": list(waiver.findings),
    }
