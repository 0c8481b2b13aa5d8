"""A finding as JSON: what a webhook and an MQTT topic are told.

Decides the names of the fields; those of a match keep theirs. Times are RFC 3339 in UTC.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from monitor.alert.text import clean

if TYPE_CHECKING:
    from monitor.alert.findings import End
    from monitor.alert.picture import Alert


def payload(alert: Alert, state: str) -> dict[str, Any]:
    """The object for one alert that is told as `state`."""
    finding = alert.finding
    return {
        "version": 1,
        "finding": finding.id,
        "state": "open" if state == "continued" else state,
        "test": alert.is_test,
        "site": alert.site,
        "rule": finding.rule,
        "severity": finding.level,
        "system": finding.system,
        "team": alert.team,
        "operator": finding.operator,
        "place_country": finding.place_country,
        "control_country": finding.control_country,
        "first_seen": instant(finding.first_time),
        "last_seen": instant(finding.last_time),
        "opened_at": instant(finding.opened_at) if finding.opened_at else None,
        "times_opened": finding.times_opened,
        "records": finding.records,
        "octets_out": finding.octets_out,
        "octets_in": finding.octets_in,
        "last_hour": {
            "records": finding.hour_records,
            "octets_out": finding.hour_octets_out,
            "octets_in": finding.hour_octets_in,
        },
        # `facts` is `detail` once more, for ourselves.
        "said": {name: value for name, value in finding.said.items() if value is not None and name != "facts"},
        "evidence": {kind: [_end(end) for end in ends] for kind, ends in sorted((finding.ends or {}).items())},
        "summary": alert.text.head,
        "description": alert.text.body,
        "runbook": alert.runbook,
        "evidence_url": alert.evidence_url,
        "waiver": None if alert.waiver is None else alert.waiver.id,
    }


def as_json(value: object) -> bytes:
    """One line of JSON without spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def instant(seconds: int) -> str:
    """RFC 3339, UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _end(end: End) -> dict[str, Any]:
    return {
        "value": clean(end.value, longest=255),
        "first_seen": instant(end.first_time),
        "last_seen": instant(end.last_time),
        "records": end.records,
        "octets": end.octets,
    }
