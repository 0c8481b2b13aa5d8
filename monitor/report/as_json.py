"""The report as JSON: every figure, exact, one line of text for each line of a table.

Decides the names and the order of the fields; `report.schema.json` describes each of them. Whole numbers are written
as they are: sums can pass 2**53 and even 2**63, so that a reader needs whole numbers without a bound. The same ledger
gives the same octets.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from monitor.atlas_days import FAR_DAYS
from monitor.kept import BASIS_PARTS, RESTS_ON
from monitor.ndjson import ndjson_objects
from monitor.report.assumption_json import assumption_document
from monitor.report.exceptions import waiver_values
from monitor.report.figure_ids import figure_id
from monitor.report.in_words import LANGUAGES
from monitor.report.posture_json import offer_values, posture_values

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.report.coverage import SourceCoverage
    from monitor.report.figures import Report
    from monitor.report.standing import DeclaredLine, HostingLine, TransitionLine
    from monitor.report.sums import Share, Sums
    from monitor.report.tables import Table

FORMAT: Final = "transferwatch-report/1"
SENTENCES: Final = ("traffic", "traffic_more", "no_ground", "out_in", "axes")
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(", ", ": "), allow_nan=False)
_INDENT: Final = "  "


def to_json(report: Report) -> str:
    """The report as one JSON document that conforms to `report.schema.json`."""
    return "".join(pretty(_contents(report))) + "\n"


def document(report: Report) -> dict[str, Any]:
    """The report as plain values, in the order of the page."""
    contents = _contents(report)
    for table in contents["tables"].values():
        table["lines"] = table["lines"].to_dicts()
    return contents


def _contents(report: Report) -> dict[str, Any]:
    """The report as plain values but for the lines of tables, which may be many and stay frames."""
    given = report.given
    return {
        "format": FORMAT,
        "sentences": {
            language: {name: words[f"sentence.{name}"] for name in SENTENCES} for language, words in LANGUAGES.items()
        },
        "site": given.site,
        "exporter": {"name": given.exporter.name, "country": given.exporter.country, "role": given.exporter.role},
        "timezone": given.timezone,
        "month": given.month,
        "begins": _instant(given.begins),
        "ends": _instant(given.ends),
        "hours": _hours(sum(day.hours for day in report.days)),
        "status": report.status,
        "newest_record": None if given.newest_record is None else _instant(given.newest_record),
        "assumption": assumption_document(report),
        "answer": _answer(report),
        "tables": {name: _table(table) for name, table in report.tables.items()},
        "days": [
            {
                "day": day.day.isoformat(),
                "hours": _hours(day.hours),
                "hours_seen": _hours(day.hours_seen),
                "groups": {name: sums.as_dict() for name, sums in day.groups.items()},
            }
            for day in report.course
        ],
        "hosting": [_hosting(line) for line in report.hosting],
        "transitions": [_transition(line) for line in report.transitions],
        "posture": posture_values(report.posture),
        "offers": [offer_values(offer) for offer in given.offers],
        "declared": [_declared(line) for line in report.declared],
        "waivers": [waiver_values(line) for line in report.waivers],
        "probes": {
            "records": report.probes.records,
            "uncounted": report.probes.uncounted,
            "lines": [
                {"system": line.system, "direction": line.direction, **line.sums.as_dict()}
                for line in report.probes.lines
            ],
        },
        "coverage": [_source(source) for source in report.coverage],
        "observers": [
            {
                "source": line.source,
                "observer": line.observer,
                "hours": line.hours,
                "records": line.records,
                "first_time": _instant(line.first_time),
                "last_time": _instant(line.last_time),
                "silent_since": line.silent_since and _instant(line.silent_since),
            }
            for line in report.observers
        ],
        "outcomes": [
            {
                "source": line.source,
                "outcome": line.outcome,
                "reason": line.reason,
                "inputs": line.inputs,
                "records": line.records,
                "octets": line.octets,
            }
            for line in report.outcomes
        ],
        "versions": [
            {
                "basis": line.basis,
                **{part: line.parts[part] for part in BASIS_PARTS},
                "rows": line.rows,
                **line.sums.as_dict(),
            }
            for line in report.versions
        ],
        "atlas": {
            "oldest": report.atlas.oldest and report.atlas.oldest.isoformat(),
            "newest": report.atlas.newest and report.atlas.newest.isoformat(),
            "most_days_apart": report.atlas.most_days,
            "far_from_days": FAR_DAYS,
            "whole": report.atlas.whole.as_dict(),
            "far": report.atlas.far.as_dict(),
            "not_known": report.atlas.not_known.as_dict(),
        },
    }


def _answer(report: Report) -> dict[str, Any]:
    answer, month = report.answer, report.given.label

    def figure(section: str, sums: Sums, share: Share | None = None) -> dict[str, Any]:
        return {"id": figure_id(month, section), **sums.as_dict(), **({"share": _share(share)} if share else {})}

    return {
        "outward": dict(answer.outward.as_dict()),
        "left": figure("left-verdict", answer.left),
        "no_ground": figure("no-ground", answer.no_ground, answer.no_ground_share),
        "undetermined": figure("open-place", answer.undetermined, answer.undetermined_share),
        "control_undetermined": figure("open-control", answer.control_undetermined, answer.control_undetermined_share),
        "unverified": figure("unverified", answer.unverified, answer.unverified_share),
        "other_versions": figure("other-versions", answer.other_versions),
        "exposed_inside": figure("exposed-eea", answer.exposed_inside, answer.exposed_inside_share),
        "administration": figure("admin-outside", answer.administration),
        "provider_access": figure("provider-access", answer.provider_access),
        "probes": answer.probes,
        "coverage": [
            {
                "source": source.source,
                "hours_seen": _hours(source.hours_seen),
                "hours_in_month": _hours(source.hours_in_month),
            }
            for source in report.coverage
        ],
        "without_name": _share(answer.without_name),
    }


def _table(table: Table) -> dict[str, Any]:
    lists = {"laws": " ", "place": "/", RESTS_ON: " "}
    lines = table.lines.with_columns(
        pl.col(name).fill_null("").str.split(between).list.filter(pl.element() != "")
        for name, between in lists.items()
        if name in table.section.by
    )
    return {"lines": lines, "total": {"id": table.id, **table.total.as_dict()}}


def _hosting(line: HostingLine) -> dict[str, Any]:
    hosting = line.hosting
    return {
        "system": line.system,
        "data_class": line.data_class,
        "operator": hosting.host.operator,
        "operator_name": hosting.host.name,
        "country": hosting.country,
        "keys": hosting.keys,
        "from": _day(hosting.from_day),
        "networks": list(hosting.networks),
        "current": line.current,
        "control_verdict": hosting.host.control_verdict,
        "control_reason": hosting.host.control_reason,
        "reach_laws": list(hosting.host.reach_laws),
    }


def _transition(line: TransitionLine) -> dict[str, Any]:
    return {
        "system": line.system,
        "target": line.target,
        "deadline": _day(line.deadline),
        "days_left": line.days_left,
        "octets": _share(line.octets),
        "records": _share(line.records),
        "id": line.id,
    }


def _declared(line: DeclaredLine) -> dict[str, Any]:
    entry = line.entry
    return {
        "entry": entry.id,
        "importer": entry.importer,
        "basis": entry.basis,
        "valid_from": _day(entry.valid_from),
        "valid_to": _day(entry.valid_to),
        "seen": line.seen,
        "id": line.id,
        **line.sums.as_dict(),
    }


def _source(source: SourceCoverage) -> dict[str, Any]:
    return {
        "source": source.source,
        "expected": source.expected,
        "every_seconds": source.every_seconds,
        "hours_in_month": _hours(source.hours_in_month),
        "hours_seen": _hours(source.hours_seen),
        "hours_quiet": _hours(source.hours_quiet),
        "hours_with_loss": _hours(source.hours_with_loss),
        "hours_silent": _hours(source.hours_silent),
        "hours_after_newest": _hours(source.hours_to_come),
        "records": source.records,
        "octets": source.octets,
        "not_ours_records": source.not_ours_records,
        "not_ours_octets": source.not_ours_octets,
        "gaps": [
            {"begins": _instant(gap.begins), "ends": _instant(gap.ends), "hours": _hours(gap.hours)}
            for gap in source.gaps
        ],
        "silent_networks": [
            {"system": each.system, "network": each.network, "silent_since": _instant(each.since)}
            for each in source.silent_networks
        ],
        "hours": [
            {"begins": _instant(hour.begins), "state": hour.state, "records": hour.records, "lost": hour.lost}
            for hour in source.hours
        ],
    }


def _share(share: Share) -> dict[str, int]:
    return {"part": share.part, "whole": share.whole}


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _hours(hours: float) -> int | float:
    return int(hours) if hours == int(hours) else hours


def pretty(value: Any, indent: str = "") -> Iterable[str]:  # noqa: ANN401 - any JSON value
    """Text of a value, a frame being a list of objects: containers of containers over several lines, else on one."""
    inner = indent + _INDENT
    if isinstance(value, pl.DataFrame):
        objects = f",\n{inner}".join(ndjson_objects(value)) if value.height else ""
        yield f"[\n{inner}{objects}\n{indent}]" if objects else "[]"
    elif isinstance(value, dict) and any(isinstance(each, dict | list) and each for each in value.values()):
        yield "{\n"
        yield from _members(((f"{_ENCODER.encode(key)}: ", each) for key, each in value.items()), inner)
        yield f"\n{indent}}}"
    elif isinstance(value, list) and any(isinstance(each, dict) for each in value):
        yield "[\n"
        yield from _members((("", each) for each in value), inner)
        yield f"\n{indent}]"
    else:
        yield _ENCODER.encode(value)


def _members(members: Iterable[tuple[str, Any]], indent: str) -> Iterable[str]:
    for number, (key, value) in enumerate(members):
        yield f",\n{indent}{key}" if number else f"{indent}{key}"
        yield from pretty(value, indent)
