"""*Administration from abroad*: whose people act on our systems, and from where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dashboards.asking import ADMINISTRATION, FILTERS, LEFT, OCTETS, SYSTEM, TRIAGE, by, columns
from dashboards.parts import NONE_IS_WELL, About, Asked, board, lines, number, rows

if TYPE_CHECKING:
    from grafana_foundation_sdk.builders.dashboard import Dashboard

    from dashboards.parts import Builder

_ACTS: Final = f"transferwatch_administration_records_total{{{SYSTEM}"
_PROVIDER: Final = 'actor_kind="provider", result!="failed"'
_FROM: Final = ("system", "operator", "place_country", "place_verdict", "control_country")
_INWARD: Final = f'{SYSTEM}, activity="admin", direction="inbound"'


def administration() -> Dashboard:
    """Build it."""
    panels: list[Builder] = [
        number(
            About(
                "Acts of provider staff, last day",
                "Acts by the provider's own people that administration logs tell, the failed ones left out. Each is an "
                "access to data, wherever it is stored.",
                "short", TRIAGE, NONE_IS_WELL, width=8, height=4,
            ),
            Asked(f"sum(increase({_ACTS}, {_PROVIDER}}}[1d]))", "provider staff"),
        ),
        number(
            About(
                "Acts of all, last day", "Acts that administration logs tell. None at all: is such a log read?",
                "short", TRIAGE, width=8, height=4,
            ),
            Asked(f"sum(increase({_ACTS}}}[1d]))", "acts"),
        ),
        number(
            About(
                "Failed, last day", "Of these, the acts that were refused or failed.",
                "short", TRIAGE, width=8, height=4,
            ),
            Asked(f'sum(increase({_ACTS}, result="failed"}}[1d]))', "failed"),
        ),
        lines(
            About(
                "Acts by whose people",
                "Acts in the hour before: of the customer, of the provider, of a service of the provider, or the log "
                "does not tell.",
                "short", TRIAGE,
            ),
            Asked(f"{by('actor_kind')} (increase({_ACTS}}}[1h]))", "{{actor_kind}}"), stacked=True,
        ),
        lines(
            About(
                "Acts of provider staff by system", "In the hour before, the failed ones left out.",
                "short", TRIAGE, NONE_IS_WELL,
            ),
            Asked(f"{by('system')} (increase({_ACTS}, {_PROVIDER}}}[1h]))", "{{system}}"),
        ),
        rows(
            About(
                "Acts by system and result", "Since the daemon started.", "short", TRIAGE,
            ),
            Asked(f"{by('system', 'actor_kind', 'result')} ({_ACTS}}})", "__auto"),
            columns("system", "actor_kind", "result"), "Acts",
        ),
        rows(
            About(
                "Administration from outside, by country",
                "Records of conversations over administration services that the far end began, and acts of logs, since "
                "the daemon started.",
                "short", TRIAGE,
            ),
            Asked(
                f'topk(50, {by(*_FROM)} (transferwatch_transfer_records_total{{{_INWARD}, place_verdict!="internal"}})'
                " > 0)",
                "__auto",
            ),
            columns(*_FROM), "Records",
        ),
        rows(
            About(
                "What went out to administrators in third countries",
                "Octets outward in these conversations since the daemon started: remote access is a transfer.",
                OCTETS, TRIAGE, NONE_IS_WELL, width=24,
            ),
            Asked(
                f'topk(50, {by(*_FROM)} (transferwatch_transfer_octets_total{{{_INWARD}, {LEFT}, way="out"}}) > 0)',
                "__auto",
            ),
            columns(*_FROM), "Octets",
        ),
    ]  # fmt: skip
    says = "Remote access is a transfer: whose people act on our systems, from which country, under whose law."
    return board(ADMINISTRATION[1], ADMINISTRATION[0], says, panels, FILTERS)
