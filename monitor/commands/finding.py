"""`evidence f-...`: a finding of the ledger, as its alert tells it, with the addresses and names behind it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import typer

from monitor.alert.payload import as_json, payload
from monitor.alerting import alert_of, context_of, evidence_text
from monitor.app import Knowledge, open_site
from monitor.commands.report import ledger_of
from monitor.ledger.store import open_ledger
from monitor.terminal import problems_exit, refuse

if TYPE_CHECKING:
    from pathlib import Path

FINDING_MARK: Final = "f-"


def show_finding(id_: str, config: Path | None, ledger: str | None, *, json: bool) -> None:
    """Print a finding; refuse an id that the ledger does not hold."""
    with problems_exit():
        knowledge = Knowledge.load()
        site = open_site(config, knowledge.operators)
    now = time.time_ns() // 1_000_000_000
    context = context_of(site, knowledge, config=str(config or "FILE"))
    with open_ledger(ledger_of(site, ledger, config)) as opened:
        try:
            alert = alert_of(opened, site.waivers, context, now, id_)
        except KeyError:
            why = "it may have been deleted after `retention.evidence_days`"
            refuse(f"there is no finding {id_} in this ledger; {why}.")
    typer.echo(as_json(payload(alert, alert.state)) if json else evidence_text(alert))
