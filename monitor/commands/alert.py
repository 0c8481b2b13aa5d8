"""`alert test`: one test alert on each route of a site, and what each answered."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import typer

from monitor.alert.picture import trial_alert
from monitor.alert.routes import build_routes
from monitor.alerting import context_of
from monitor.app import Knowledge, open_site
from monitor.terminal import PROBLEMS, problems_exit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from monitor.alert.delivery import Answer, Route
    from monitor.alert.picture import Alert


def test(config: Path) -> None:
    """Tell every route that nothing was found; exit 1 when one did not take it, or when there is none."""
    with problems_exit():
        knowledge = Knowledge.load()
        site = open_site(config, knowledge.operators)
        routes = build_routes(site.alerts, site.directory)
    if not routes:
        typer.echo(f"{config} names no route under `alerts`: nobody would be told.", err=True)
        raise typer.Exit(PROBLEMS)
    now = time.time_ns() // 1_000_000_000
    alert = trial_alert(context_of(site, knowledge, config=str(config)), now)
    answers = asyncio.run(_tell(routes, alert, now))
    for route, answer in zip(routes, answers, strict=True):
        typer.echo(f"{route.name}: {answer.trouble or answer.said}", err=answer.trouble is not None)
    if any(answer.trouble is not None for answer in answers):
        raise typer.Exit(PROBLEMS)


async def _tell(routes: Sequence[Route], alert: Alert, now: int) -> list[Answer]:
    return list(await asyncio.gather(*(route.tell([(alert, "open")], now) for route in routes)))
