"""Names and pieces of queries that several dashboards share.

Decides how the dashboards ask. Trends read the gauges of closed hours; increases are asked of counters alone whose
every series stands at zero from the start; a fine counter is shown as it stands, since the daemon started, because
`increase()` sees nothing of a series that appears with its first value on it.
"""

from __future__ import annotations

from typing import Final

OVERVIEW: Final = ("Overview", "transferwatch-overview")
TRIAGE: Final = ("SOC triage", "transferwatch-triage")
ADMINISTRATION: Final = ("Administration from abroad", "transferwatch-administration")
TRANSITION: Final = ("Transition", "transferwatch-transition")
HEALTH: Final = ("Coverage and health of the monitor", "transferwatch-health")

SITE: Final = 'site=~"$site"'
SYSTEM: Final = f'{SITE}, system=~"$system"'
SOURCE: Final = f'{SITE}, source=~"$source"'
# Own staff and direct collection are no transfers; what is undetermined is shown apart, never as left, never as not.
LEFT: Final = 'place_verdict=~"adequate|safeguarded|derogation|uncovered"'
UNCOVERED: Final = 'place_verdict="uncovered"'
UNDETERMINED: Final = 'place_verdict="undetermined"'
STAYED: Final = 'place_verdict="eea"'
EXPOSED: Final = 'control_verdict="exposed"'
OUT: Final = 'way="out"'
OUTSIDE: Final = 'place_verdict!="internal"'
A_COUNTRY: Final = 'place_country!~"none|several|other"'
OCTETS: Final = "bytes"
SHARE: Final = "percentunit"
FILTERS: Final = {"site": "transferwatch_build_info", "system": "transferwatch_probes_records_total"}
COLUMNS: Final = {
    "system": "System",
    "data_class": "Data class",
    "operator": "Operator",
    "activity": "Activity",
    "direction": "Begun",
    "place_country": "Place",
    "place_verdict": "Verdict on place",
    "control_country": "Law of",
    "control_verdict": "Verdict on control",
    "severity": "Severity",
    "rule": "Rule",
    "waived": "Waived",
    "actor_kind": "Whose people",
    "result": "Result",
    "host": "Host",
    "keys": "Keys held by",
    "source": "Source",
    "outcome": "Outcome",
    "reason": "Reason",
    "state": "It says",
    "atlas_source": "Source of the atlas",
}


def columns(*labels: str) -> dict[str, str]:
    """Titles of these labels, in this order."""
    return {label: COLUMNS[label] for label in labels}


def by(*labels: str) -> str:
    """`sum by` these labels."""
    return f"sum by ({', '.join(labels)})"


def hour(*matchers: str, ago: str = "") -> str:
    """Octets of the last closed hour, or of the one that was shown some time ago.

    Workers that share a ledger all show its hour: it is taken once, not added up.
    """
    offset = f" offset {ago}" if ago else ""
    return f"max without (instance) (transferwatch_closed_hour_octets{{{', '.join([SYSTEM, *matchers])}}}{offset})"


def or_zero(query: str) -> str:
    """Nothing in a closed hour is zero, and before the first one it is unknown."""
    return f"{query} or 0 * max(transferwatch_closed_hour_timestamp_seconds{{{SITE}}})"
