"""What an assumed law changes, as JSON: every line of the file in words, and every line of every table.

Decides the names of the groups: `becomes_uncovered` and `becomes_exposed` say what they are where no page is at hand.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from monitor.report.assumed_words import assumed_sentence
from monitor.report.in_words import LANGUAGES, InWords

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from monitor.report.effect import AxisEffect, ChangeTable
    from monitor.report.figures import Report
    from monitor.report.month import AssumedLine
    from monitor.report.sums import Sums

GROUP_NAMES: Final[Mapping[str, Mapping[str, str]]] = {
    "place": {
        "worse": "becomes_uncovered", "otherwise": "otherwise", "reason": "reason_only", "same": "same",
    },
    "control": {
        "worse": "becomes_exposed", "otherwise": "otherwise", "reason": "reason_only", "same": "same",
    },
}  # fmt: skip


def assumption_document(report: Report) -> dict[str, Any] | None:
    """The assumption and its effect as plain values; None in a report under the law in force."""
    effect, assumption = report.effect, report.given.assumption
    if effect is None or assumption is None:
        return None
    zone = ZoneInfo(report.given.timezone)
    last = (report.given.ends - timedelta(microseconds=1)).astimezone(zone).date()
    return {
        "file": assumption.file,
        "mark": assumption.mark,
        "same_versions": assumption.same_versions,
        "lines": [_line(line, report.given.timezone, last) for line in assumption.lines],
        "whole": effect.whole.as_dict(),
        **{name: _axis(name, axis) for name, axis in effect.axes.items()},
    }


def _line(line: AssumedLine, timezone: str, last_day: date) -> dict[str, Any]:
    return {
        "about": line.about,
        "number": line.number,
        "title": line.title,
        "country": line.country,
        "framework": line.framework,
        "in_force_from": _day(line.begins),
        "ends_before": _day(line.ends_before),
        "last_day": _day(line.last_day),
        "eea_efta_from": _day(line.eea_efta_from),
        "source": line.source,
        "verified": line.verified,
        "sentences": {
            language: assumed_sentence(line, InWords.of(language, timezone), last_day) for language in LANGUAGES
        },
    }


def _axis(name: str, axis: AxisEffect) -> dict[str, Any]:
    names = GROUP_NAMES[name]
    return {
        "groups": {names[group]: sums.as_dict() for group, sums in axis.groups.items()},
        "before": _sides(name, axis.before),
        "after": _sides(name, axis.after),
        names["worse"]: _lines(axis.worse),
        names["otherwise"]: _lines(axis.otherwise),
    }


def _sides(name: str, sums: Mapping[str, Sums]) -> list[dict[str, Any]]:
    return [{f"{name}_verdict": verdict, **each.as_dict()} for verdict, each in sums.items()]


def _lines(table: ChangeTable) -> list[dict[str, Any]]:
    lines = table.lines.to_dicts()
    for line in lines:
        line["place"] = [] if line["place"] is None else line["place"].split("/")
    return lines


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
