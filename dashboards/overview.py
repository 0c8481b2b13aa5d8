"""*Overview*: what left, to where and under whose law, side by side; what nobody knows; what is new."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dashboards.asking import (
    A_COUNTRY,
    EXPOSED,
    FILTERS,
    HEALTH,
    LEFT,
    OCTETS,
    OUT,
    OUTSIDE,
    OVERVIEW,
    SHARE,
    SITE,
    STAYED,
    SYSTEM,
    TRANSITION,
    TRIAGE,
    UNCOVERED,
    UNDETERMINED,
    by,
    columns,
    hour,
    or_zero,
)
from dashboards.parts import NONE_IS_WELL, About, Asked, bars, board, from_on, lines, number, rows, world

if TYPE_CHECKING:
    from grafana_foundation_sdk.builders.dashboard import Dashboard

    from dashboards.parts import Builder

_BY: Final = by("system", "place_verdict", "control_verdict")
_PAIR: Final = ("system", "operator", "place_country", "control_country")
_FINE: Final = f"transferwatch_transfer_octets_total{{{SYSTEM}, {OUTSIDE}}}"
_UNKNOWN: Final = f"sum({hour(UNDETERMINED)})"
_BEFORE: Final = hour(OUTSIDE, ago="1d")
# Zero where an hour of yesterday is known, so that what is new or gone shows as a whole.
_CHANGE: Final = (
    f"({_BY} ({hour(OUTSIDE)}) - ({_BY} ({_BEFORE}) or 0 * {_BY} ({hour(OUTSIDE)})) or -1 * {_BY} ({_BEFORE}))"
    f" and on () max(transferwatch_closed_hour_timestamp_seconds{{{SITE}}} offset 1d)"
)


def overview() -> Dashboard:
    """Build it."""
    panels: list[Builder] = [
        number(
            About(
                "Left the EEA", "Octets outward to third countries in the last closed hour, with or without a ground.",
                OCTETS, TRIAGE, width=5, height=4,
            ),
            Asked(or_zero(f"sum({hour(LEFT, OUT)})"), "left"),
        ),
        number(
            About(
                "Without a known ground",
                "Of these, octets to a third country for which this tool knows no ground. It does not say illegal.",
                OCTETS, TRIAGE, NONE_IS_WELL, width=5, height=4,
            ),
            Asked(or_zero(f"sum({hour(UNCOVERED, OUT)})"), "uncovered"),
        ),
        number(
            About(
                "Stayed, and exposed",
                "Octets both ways that stay in the EEA by place, with an operator that a law from outside reaches.",
                OCTETS, TRANSITION, width=5, height=4,
            ),
            Asked(or_zero(f"sum({hour(STAYED, EXPOSED)})"), "exposed"),
        ),
        number(
            About(
                "Place not known",
                "Share of the octets with far ends that are not ours, last closed hour. The budget is 5 %.",
                SHARE, HEALTH, from_on(0.02, 0.05), width=5, height=4,
            ),
            Asked(
                f"({or_zero(_UNKNOWN)}) / (sum({hour(OUTSIDE)}) > 0)",
                "undetermined",
            ),
        ),
        number(
            About(
                "Last closed hour began", "All figures of closed hours are of this hour, by the time of the records.",
                "dateTimeFromNow", HEALTH, width=4, height=4,
            ),
            Asked(f"1000 * max(transferwatch_closed_hour_timestamp_seconds{{{SITE}}})", "hour"),
        ),
        lines(
            About(
                "By place: where the bytes land",
                "Octets of closed hours both ways by verdict on place. Read it beside the panel at its right.",
                OCTETS, TRIAGE,
            ),
            Asked(f"{by('place_verdict')} ({hour(OUTSIDE)})", "{{place_verdict}}"), stacked=True,
        ),
        lines(
            About(
                "By control: whose law reaches the operator",
                "The same octets by verdict on control.", OCTETS, TRANSITION,
            ),
            Asked(f"{by('control_verdict')} ({hour(OUTSIDE)})", "{{control_verdict}}"), stacked=True,
        ),
        world(
            About(
                "Where it lands",
                "Octets outward by country where they land, since the daemon started: the more, the larger the circle. "
                "What has no country of its own (not known, several, `other`) is in the tables alone.",
                OCTETS, TRIAGE, width=24, height=11,
            ),
            Asked(
                f"sum by (place_country) (transferwatch_transfer_octets_total{{{SYSTEM}, {OUTSIDE}, {A_COUNTRY},"
                f' way="out"}}) > 0',
                "__auto",
            ),
            "place_country", "Octets",
        ),
        rows(
            About(
                "Both axes", "Octets of the last closed hour, both ways: each pair of verdicts.", OCTETS, TRIAGE,
            ),
            Asked(f"{by('place_verdict', 'control_verdict')} ({hour(OUTSIDE)})", "__auto"),
            columns("place_verdict", "control_verdict"), "Octets",
        ),
        rows(
            About(
                "By country",
                "Octets outward by country where they land and country whose law decides, since the daemon started. "
                "`none` is a place that is not known, `several` are candidates that are judged alike.",
                OCTETS, TRIAGE,
            ),
            Asked(
                f"topk(40, {by('place_country', 'control_country')}"
                f' (transferwatch_transfer_octets_total{{{SYSTEM}, {OUTSIDE}, way="out"}}) > 0)',
                "__auto",
            ),
            columns("place_country", "control_country"), "Octets",
        ),
        bars(
            About(
                "Place not known, by system", "The same share as above, of each system.",
                SHARE, HEALTH, from_on(0.02, 0.05),
            ),
            Asked(
                f"({by('system')} ({hour(UNDETERMINED)}) or 0 * {by('system')} ({hour(OUTSIDE)}))"
                f" / ({by('system')} ({hour(OUTSIDE)}) > 0)",
                "{{system}}",
            ),
        ),
        lines(
            About(
                "Left the EEA, by system", "Octets outward to third countries in each closed hour.", OCTETS, TRIAGE,
            ),
            Asked(f"{by('system')} ({hour(LEFT, OUT)})", "{{system}}"),
        ),
        rows(
            About(
                "Changed since yesterday",
                "The last closed hour less the one that was shown a day ago, by system and both verdicts: what is new "
                "is positive, what has ceased negative. Empty until a day of history is there.",
                OCTETS, TRIAGE, none="No history of a day yet",
            ),
            Asked(_CHANGE, "__auto"), columns("system", "place_verdict", "control_verdict"), "Change",
        ),
        rows(
            About(
                "New since yesterday",
                "Operators and countries that a system talks with and did not a day ago, as far as Prometheus "
                "remembers; octets both ways since the daemon started. Without a day of history all is new.",
                OCTETS, TRIAGE,
            ),
            Asked(f"topk(50, {by(*_PAIR)} ({_FINE}) > 0 unless {by(*_PAIR)} ({_FINE} offset 1d) > 0)", "__auto"),
            columns(*_PAIR), "Octets",
        ),
    ]  # fmt: skip
    says = "What leaves the site: where the bytes land and whose law reaches the operator, two questions kept apart."
    return board(OVERVIEW[1], OVERVIEW[0], says, panels, FILTERS)
