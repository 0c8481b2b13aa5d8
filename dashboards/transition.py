"""*Transition*: how much of each system is still at the old host, against the deadline to move."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dashboards.asking import EXPOSED, FILTERS, OCTETS, OVERVIEW, SHARE, SYSTEM, TRANSITION, by, columns, hour
from dashboards.parts import About, Asked, bars, board, from_on, lines, number, rows

if TYPE_CHECKING:
    from grafana_foundation_sdk.builders.dashboard import Dashboard

    from dashboards.parts import Builder

_DEADLINE: Final = f"max without (instance) (transferwatch_transition_deadline_timestamp_seconds{{{SYSTEM}}})"
# Workers that share a ledger all show its hour: it is taken once, not added up.
_HOSTED: Final = f"max without (instance) (transferwatch_closed_hour_hosted_octets{{{SYSTEM}}})"
_TOTAL: Final = f"({by('system')} ({_HOSTED}) > 0)"
_AT_TARGET: Final = (
    f"{by('system')} ({_HOSTED} and on (job, site, system, host)"
    f' label_replace({_DEADLINE}, "host", "$1", "target", "(.+)"))'
)
# As the report counts it: all of a system's octets, internal ones included, but those at the host that it moves to.
_STILL: Final = f"1 - ({_AT_TARGET} or 0 * {by('system')} ({_DEADLINE})) / {_TOTAL}"
_DAYS: Final = f"({by('system', 'target').replace('sum', 'min')} ({_DEADLINE}) - time()) / 86400"


def transition() -> Dashboard:
    """Build it."""
    panels: list[Builder] = [
        number(
            About(
                "Days left", "Until the end of the last day by which a system is to have moved.",
                "none", OVERVIEW, ((None, "red"), (30, "orange"), (90, "green")), width=6, height=5,
                none="No system is to move",
            ),
            Asked(_DAYS, "{{system}} to {{target}}"),
        ),
        number(
            About(
                "Still elsewhere",
                "Share of the octets of the last closed hour of each system that is to move, not at its new host.",
                SHARE, OVERVIEW, ((None, "green"), (0.01, "orange"), (0.5, "red")), width=6, height=5,
                none="No system is to move",
            ),
            Asked(_STILL, "{{system}}"),
        ),
        number(
            About(
                "Pace that is needed",
                "Share that would have to move each day to be there at the deadline. It grows while nothing moves.",
                SHARE, OVERVIEW, from_on(0.01, 0.05), width=6, height=5, none="No system is to move",
            ),
            Asked(
                f"({_STILL}) / on (system) ((min by (system) ({_DEADLINE}) - time()) / 86400 > 0)", "{{system}} a day"
            ),
        ),
        number(
            About(
                "Exposed hosts that hold the keys",
                "Systems hosted by an operator that a law from outside reaches and that holds the keys: it can be made "
                "to hand over clear text.",
                "none", OVERVIEW, ((None, "green"), (1, "orange")), width=6, height=5,
            ),
            Asked(
                f'count(transferwatch_hosting_exposed{{{SYSTEM}, keys="provider"}} == 1)'
                f" or 0 * count(transferwatch_hosting_exposed{{{SYSTEM}}})",
                "systems",
            ),
        ),
        lines(
            About(
                "Share by host",
                "Share of each host in the octets of a system in each closed hour; `none` is own premises.",
                SHARE, OVERVIEW, width=24, height=9,
            ),
            Asked(f"{by('system', 'host')} ({_HOSTED}) / on (system) group_left () {_TOTAL}", "{{system}} at {{host}}"),
        ),
        lines(
            About(
                "Still elsewhere, over time",
                "The same share as above of each closed hour; nothing is to be left at the deadline.",
                SHARE, OVERVIEW, ((None, "green"), (0.01, "orange")),
            ),
            Asked(_STILL, "{{system}}"),
        ),
        lines(
            About("Octets by host", "Octets both ways in each closed hour, internal ones included.", OCTETS, OVERVIEW),
            Asked(f"{by('host')} ({_HOSTED})", "{{host}}"), stacked=True,
        ),
        rows(
            About(
                "Hosts and keys",
                "Who hosts each system, who holds the keys, and whether the law in force now makes the host exposed "
                "(1) or not (0); from the inventory, without traffic.",
                "none", OVERVIEW, ((None, "green"), (1, "orange")),
            ),
            Asked(f"max by (system, host, keys) (transferwatch_hosting_exposed{{{SYSTEM}}})", "__auto"),
            columns("system", "host", "keys"), "Exposed",
        ),
        bars(
            About(
                "Octets under foreign law, by system",
                "Octets of the last closed hour with operators that a law from outside reaches, both ways.",
                OCTETS, OVERVIEW,
            ),
            Asked(
                f"{by('system')} ({hour(EXPOSED)})", "{{system}}"
            ),
        ),
    ]  # fmt: skip
    says = "How much of each system is still at the old host, against the deadline to move, and who holds the keys."
    return board(TRANSITION[1], TRANSITION[0], says, panels, FILTERS)
