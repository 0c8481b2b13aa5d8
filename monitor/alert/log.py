"""Append every change of a finding to a file that a SIEM reads, one JSON object a line, in Elastic Common Schema.

Decides the fields (docs/alerts.md lists them) and how the file is written: opened anew each time, so that a rotation by
renaming is followed; a line is whole or, after a crash, ended before the next one. A change may stand twice after a
crash, with the same `event.id`; none is left out.

Source: Elastic Common Schema 8.17, elastic.co/guide/en/ecs/8.17.
"""

from __future__ import annotations

import asyncio
import hashlib
import ipaddress
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from monitor.alert.delivery import Answer
from monitor.alert.payload import as_json, instant
from monitor.alert.picture import LEVELS, Wants
from monitor.alert.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from monitor.alert.findings import Finding
    from monitor.alert.picture import Alert

ECS_VERSION: Final = "8.17.0"
RECORDER: Final = "findings file"
_AGAIN_SECONDS: Final = 3_600
_MODE: Final = 0o640
_CATEGORIES: Final = {"admin": "iam", "posture": "configuration", "coverage": "configuration"}
_ACTIONS: Final = {"past": "recorded", "open": "opened"}


@dataclass(frozen=True, slots=True)
class FindingsFile:
    """Appends to one file."""

    path: Path

    @property
    def name(self) -> str:
        """The same whatever the path: a file that is moved is not told everything again."""
        return RECORDER

    @property
    def wants(self) -> Wants:
        """Everything, and each hour what is open."""
        return Wants("informational", again_seconds=_AGAIN_SECONDS, every=True)

    async def tell(self, alerts: Sequence[tuple[Alert, str]], now: int) -> Answer:
        """Append one line for each, off the event loop."""
        lines = b"".join(as_json(event(alert, state, now)) + b"\n" for alert, state in alerts)
        try:
            await asyncio.to_thread(self._append, lines)
        except OSError as error:
            return Answer(frozenset(), "", f"the file cannot be written: {error.strerror}")
        return Answer(frozenset(alert.finding.id for alert, _ in alerts), "written")

    def _append(self, lines: bytes) -> None:
        handle = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, _MODE)
        try:
            size = os.fstat(handle).st_size
            if size and os.pread(handle, 1, size - 1) != b"\n":
                lines = b"\n" + lines
            view = memoryview(lines)
            while view:
                view = view[os.write(handle, view) :]
            os.fsync(handle)
        finally:
            os.close(handle)


def event(alert: Alert, state: str, now: int) -> dict[str, Any]:
    """One change in the field names of the Elastic Common Schema, nested; what is unknown is left out."""
    finding, said = alert.finding, alert.finding.said
    action = "tested" if alert.is_test else _ACTIONS.get(state, state)
    # What an hour has in common: a line that is written twice after a crash is known by it.
    mark = f"{finding.id} {alert.opened_at} {action} {now // _AGAIN_SECONDS if state == 'continued' else ''}"
    return _known(
        {
            "@timestamp": instant(now),
            "ecs": {"version": ECS_VERSION},
            "message": alert.text.head,
            "event": {
                "id": hashlib.sha256(mark.encode()).hexdigest()[:20],
                "kind": "alert",
                "category": [_CATEGORIES.get(str(said.get("category")), "network")],
                "type": ["info"],
                "action": f"finding-{action}",
                "severity": 10 + 20 * LEVELS.index(finding.level),
                "start": instant(finding.first_time),
                "end": instant(finding.last_time),
                "provider": "transferwatch",
                "module": "transferwatch",
                "dataset": "transferwatch.finding",
                "url": alert.evidence_url,
            },
            "observer": {"vendor": "transferwatch", "type": "transfer-monitor", "name": alert.site},
            "rule": {"id": finding.rule, "name": finding.rule, "reference": alert.runbook},
            "source": {"address": _top(finding, "local"), "bytes": finding.octets_out or None},
            "destination": {
                "address": _top(finding, "remote"),
                "domain": _top(finding, "name"),
                "bytes": finding.octets_in or None,
                "geo": {"country_iso_code": finding.place_country},
                "as": {"organization": {"name": finding.operator}},
            },
            "network": {"direction": said.get("direction"), "bytes": finding.octets_out + finding.octets_in or None},
            "related": {
                "ip": [end for kind in ("remote", "local") for end in _values(finding, kind) if _is_address(end)],
                "hosts": _values(finding, "name"),
                "user": _values(finding, "actor"),
            },
            "transferwatch": _own(alert),
        }
    )


def _own(alert: Alert) -> dict[str, Any]:
    finding, said = alert.finding, alert.finding.said
    names = (
        "data_class", "activity", "service", "importer", "operator_parent", "place_candidates", "place_verdict",
        "place_reason", "control_verdict", "control_countries", "reach_laws", "mechanism", "basis", "detail",
    )  # fmt: skip
    return {
        "finding": finding.id,
        "level": finding.level,
        "system": finding.system,
        "team": alert.team,
        "control_country": finding.control_country,
        "records": finding.records,
        "times_opened": finding.times_opened,
        "opened_at": instant(finding.opened_at) if finding.opened_at else None,
        "last_hour": {"octets_out": finding.hour_octets_out, "octets_in": finding.hour_octets_in},
        "waiver": None if alert.waiver is None else alert.waiver.id,
        **{name: said.get(name) for name in names},
    }


def _values(finding: Finding, kind: str) -> list[str]:
    return [clean(end.value, longest=255) for end in finding.top(kind)]


def _top(finding: Finding, kind: str) -> str | None:
    return next(iter(_values(finding, kind)), None)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _known(value: dict[str, Any]) -> dict[str, Any]:
    """Without what is unknown or empty, at any depth."""
    deep = {name: _known(each) if isinstance(each, dict) else each for name, each in value.items()}
    return {name: each for name, each in deep.items() if each is not None and each not in ({}, [])}
