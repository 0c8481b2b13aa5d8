"""`evidence f-...`: a finding of the ledger, as its alert tells it, with the addresses and names behind it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import typer

from monitor.alert.payload import as_json, instant, payload
from monitor.alert.picture import picture_of
from monitor.alert.text import clean
from monitor.alerting import all_findings, all_firsts, context_of
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
    with open_ledger(ledger_of(site, ledger, config)) as opened:
        found, since = all_findings(opened, now, id_), all_firsts(opened)
    if not found:
        refuse(f"there is no finding {id_} in this ledger; it may have been deleted after `retention.evidence_days`.")
    context = context_of(site, knowledge, config=str(config or "FILE"))
    (alert,) = picture_of(found, since, context, site.waivers, now)
    if json:
        typer.echo(as_json(payload(alert, alert.state)))
        return
    typer.echo(f"{alert.text.head}\n\n{alert.text.body}\n")
    for kind, ends in sorted((alert.finding.ends or {}).items()):
        for end in ends:
            seen = f"{instant(end.first_time)} to {instant(end.last_time)}"
            typer.echo(f"{kind:8} {clean(end.value)}  {end.records} records, {end.octets} octets, {seen}")
