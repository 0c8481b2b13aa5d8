"""Tell Alertmanager, by its API of version 2.

Decides labels (what is routed, grouped and silenced by; bounded, and the same while a finding is open) and annotations
(all else). What is open is told again each minute with an end four minutes ahead: if we die, it ends by itself. What is
over is told once with its end.

Source: Alertmanager, `api/v2/openapi.yaml` (postableAlerts), and "Alerts API" at prometheus.io/docs/alerting/latest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from monitor.alert.delivery import Answer
from monitor.alert.payload import as_json, instant
from monitor.alert.picture import Wants
from monitor.alert.posting import client_for, post

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from monitor.alert.picture import Alert

REFRESH_SECONDS: Final = 60
AHEAD_SECONDS: Final = 240
_AT_ONCE: Final = 200
_REFRESH_SLACK: Final = 5


@dataclass(frozen=True, slots=True)
class AlertmanagerSettings:
    """One instance. `authorization`: the whole header, or none."""

    url: str
    least_level: str = "low"
    authorization: str | None = None
    ca_file: Path | None = None

    def __repr__(self) -> str:
        """Show no secret."""
        return f"AlertmanagerSettings(url={self.url!r})"


@dataclass(frozen=True, slots=True)
class AlertmanagerRoute:
    """Posts to one instance."""

    settings: AlertmanagerSettings

    @property
    def name(self) -> str:
        """The instance by its URL, which holds no secret."""
        return f"alertmanager {self.settings.url}"

    @property
    def wants(self) -> Wants:
        """All that is sent, and each minute what is open."""
        # A little less than a minute: a picture each minute must not miss its own beat.
        return Wants(self.settings.least_level, again_seconds=REFRESH_SECONDS - _REFRESH_SLACK)

    async def tell(self, alerts: Sequence[tuple[Alert, str]], now: int) -> Answer:
        """Post them, two hundred at a time."""
        headers = {} if self.settings.authorization is None else {"Authorization": self.settings.authorization}
        taken: set[str] = set()
        said = ""
        async with client_for(self.settings.ca_file) as client:
            for begin in range(0, len(alerts), _AT_ONCE):
                part = alerts[begin : begin + _AT_ONCE]
                body = as_json([postable(alert, state, now) for alert, state in part])
                posted = await post(client, f"{self.settings.url}/api/v2/alerts", body, headers)
                if posted.trouble is not None:
                    return Answer(frozenset(taken), posted.said, posted.trouble)
                said = posted.said
                taken.update(alert.finding.id for alert, _ in part)
        return Answer(frozenset(taken), said)


def postable(alert: Alert, state: str, now: int) -> dict[str, Any]:
    """One alert as the API takes it."""
    ends = now if state == "resolved" else now + AHEAD_SECONDS
    starts = alert.opened_at or now
    posted: dict[str, Any] = {
        "labels": labels(alert),
        "annotations": _annotations(alert),
        "startsAt": instant(min(starts, ends - 1)),
        "endsAt": instant(ends),
    }
    if alert.evidence_url is not None:
        posted["generatorURL"] = alert.evidence_url
    return posted


def labels(alert: Alert) -> Mapping[str, str]:
    """What identifies the alert; what is unknown is left out, as Alertmanager does with an empty label."""
    finding = alert.finding
    known = {
        "alertname": finding.rule,
        "site": alert.site,
        "system": finding.system,
        "team": alert.team,
        "operator": finding.operator,
        "place_country": finding.place_country,
        "control_country": finding.control_country,
        "severity": finding.level,
    }
    return {name: value for name, value in known.items() if value}


def _annotations(alert: Alert) -> dict[str, str]:
    finding = alert.finding
    told = {f"text_{line.key}": line.text for line in alert.text.lines if line.key not in {"runbook", "evidence"}}
    return {
        "summary": alert.text.head,
        "description": alert.text.body,
        **told,
        "finding": finding.id,
        "runbook_url" if alert.runbook.startswith("http") else "runbook": alert.runbook,
        "octets_out_last_hour": str(finding.hour_octets_out),
        "octets_in_last_hour": str(finding.hour_octets_in),
        "first_seen": instant(finding.first_time),
        "last_seen": instant(finding.last_time),
    }
