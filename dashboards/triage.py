"""*SOC triage*: which findings are open, and what goes out now, from which system to which operator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dashboards.asking import (
    ADMINISTRATION,
    FILTERS,
    LEFT,
    OCTETS,
    OUT,
    OUTSIDE,
    OVERVIEW,
    SITE,
    SYSTEM,
    TRIAGE,
    by,
    columns,
)
from dashboards.parts import NONE_IS_WELL, About, Asked, board, lines, number, rows

if TYPE_CHECKING:
    from grafana_foundation_sdk.builders.dashboard import Dashboard

    from dashboards.parts import Builder

_VERDICTS: Final = "transferwatch_verdict_octets_total"
_FINE: Final = f'transferwatch_transfer_octets_total{{{SYSTEM}, way="out"'
_BEGUN: Final = ("system", "direction", "operator", "place_country", "place_verdict")
_TALK: Final = f'{_FINE}, activity=~"dns|telemetry"'
# Workers that share a ledger all show its findings: each is taken once, not added up.
_SHOWN: Final = f'max without (instance) (transferwatch_open_findings{{{SYSTEM}, waived="no"}})'
_SINCE: Final = f"max without (instance) (transferwatch_open_findings_first_seen_timestamp_seconds{{{SYSTEM}}})"
_FINDING: Final = ("severity", "system", "operator", "place_country", "control_country", "rule", "waived")
_PORTAL: Final = {"portal": ("Portal", "http://127.0.0.1:8480")}
_OPENS: Final = ("rule", "system", "operator", "place_country", "control_country")
_BEHIND: Final = (
    "What is behind it",
    "${{portal}}/findings?state=open&" + "&".join(f"{label}={{{label}}}" for label in _OPENS),
)
_FAR: Final = ("system", "data_class", "operator", "activity", "place_country", "place_verdict", "control_country")


def triage() -> Dashboard:
    """Build it."""
    panels: list[Builder] = [
        number(
            About(
                "Live findings",
                "Findings that are open now, by severity; what is waived is left out. Each is one alert, however many "
                "records it has.",
                "none", OVERVIEW, NONE_IS_WELL, width=24, height=4,
            ),
            Asked(
                f'sum by (severity) ({_SHOWN}) or label_replace(0 * count(transferwatch_build_info{{{SITE}}}),'
                ' "severity", "none open", "", "")',
                "{{severity}}",
            ),
        ),
        rows(
            About(
                "Live findings, by system and operator",
                "How long each has been there, from its first record to now. A click opens what is behind a row in the "
                "portal, whose address stands at the top; `other` is told where there are more than 2 000.",
                "s", OVERVIEW, width=24, height=10, none="No finding is open",
            ),
            Asked(f"time() - {by(*_FINDING).replace('sum', 'min')} ({_SINCE})", "__auto"),
            columns(*_FINDING), "For", opens=_BEHIND,
        ),
        number(
            About(
                "To third countries without a known ground", "Octets outward in the last hour.",
                OCTETS, OVERVIEW, NONE_IS_WELL, width=6, height=4,
            ),
            Asked(f'sum(increase({_VERDICTS}{{{SYSTEM}, place_verdict="uncovered", way="out"}}[1h]))', "uncovered"),
        ),
        number(
            About(
                "Place not known", "Octets outward in the last hour of which nobody can say where they landed.",
                OCTETS, OVERVIEW, ((None, "green"), (1e-9, "orange")), width=6, height=4,
            ),
            Asked(
                f'sum(increase({_VERDICTS}{{{SYSTEM}, place_verdict="undetermined", way="out"}}[1h]))', "undetermined"
            ),
        ),
        number(
            About(
                "Health data under foreign law",
                "Octets outward of systems with health data in the last hour, to operators that a law from outside "
                "reaches, whatever their place.",
                OCTETS, OVERVIEW, ((None, "green"), (1e-9, "orange")), width=6, height=4,
            ),
            Asked(
                f"sum(increase({_VERDICTS}{{{SYSTEM}, "
                'data_class=~"health|pseudonymised_health", control_verdict="exposed", way="out"}[1h]))',
                "exposed",
            ),
        ),
        number(
            About(
                "Probes", "Records without payload, or rejected, in the last hour: a number, never a transfer.",
                "short", OVERVIEW, width=6, height=4,
            ),
            Asked(f"sum(increase(transferwatch_probes_records_total{{{SYSTEM}}}[1h]))", "probes"),
        ),
        lines(
            About("Leaving the EEA now, by system", "Octets a second outward to third countries.", "Bps", OVERVIEW),
            Asked(f'{by("system")} (rate({_VERDICTS}{{{SYSTEM}, {LEFT}, way="out"}}[5m]))', "{{system}}"),
        ),
        lines(
            About("Going out now, by both verdicts", "Octets a second, without internal ones.", "Bps", OVERVIEW),
            Asked(
                f"{by('place_verdict', 'control_verdict')}"
                f" (rate({_VERDICTS}{{{SYSTEM}, {OUTSIDE}, {OUT}}}[5m])) > 0",
                "{{place_verdict}}, control {{control_verdict}}",
            ),
        ),
        lines(
            About(
                "Records with an unknown or uncovered place", "Records a second by system and verdict.",
                "cps", OVERVIEW, width=24, height=6,
            ),
            Asked(
                f"{by('system', 'place_verdict')} (rate(transferwatch_verdict_records_total{{{SYSTEM},"
                ' place_verdict=~"uncovered|undetermined"}[5m])) > 0',
                "{{system}}: {{place_verdict}}",
            ),
        ),
        rows(
            About(
                "Without a ground or with an unknown place, by system and operator",
                "Octets outward since the daemon started. The rows behind a figure: `transferwatch evidence`; an "
                "address: `transferwatch explain ADDRESS`.",
                OCTETS, OVERVIEW, NONE_IS_WELL, width=24, height=10,
            ),
            Asked(
                f'topk(100, {by(*_FAR)} ({_FINE}, place_verdict=~"uncovered|undetermined"}}) > 0)', "__auto",
            ),
            columns(*_FAR), "Octets",
        ),
        rows(
            About(
                "Under foreign law, by system and operator",
                "Octets outward since the daemon started to operators that a law from outside reaches.",
                OCTETS, OVERVIEW, width=24, height=10,
            ),
            Asked(f'topk(100, {by(*_FAR)} ({_FINE}, control_verdict="exposed"}}) > 0)', "__auto"),
            columns(*_FAR), "Octets",
        ),
        rows(
            About(
                "Resolvers and telemetry outside",
                "Octets outward since the daemon started of name look-ups and of what agents tell their makers, where "
                "place or control is not in the EEA.",
                OCTETS, OVERVIEW,
            ),
            Asked(
                f'topk(50, {by(*_FAR)} ({_TALK}, place_verdict!~"internal|eea"}}'
                f' or {_TALK}, control_verdict!~"none|eea"}}) > 0)',
                "__auto",
            ),
            columns(*_FAR), "Octets",
        ),
        rows(
            About(
                "Administration, by who initiated it",
                "Records of administration with far ends that are not ours, since the daemon started.",
                "short", ADMINISTRATION,
            ),
            Asked(
                f"topk(50, {by(*_BEGUN)}"
                f' (transferwatch_transfer_records_total{{{SYSTEM}, activity="admin", {OUTSIDE}}}) > 0)',
                "__auto",
            ),
            columns(*_BEGUN), "Records",
        ),
    ]  # fmt: skip
    says = (
        "Which findings are open, and what goes out now, from which system to which operator. A finding is one alert; "
        "what is waived is shown and not sent."
    )
    return board(TRIAGE[1], TRIAGE[0], says, panels, FILTERS, _PORTAL)
