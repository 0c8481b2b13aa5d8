"""`check`: everything that a site needs, loaded as the daemon would; every problem at once, nothing started."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from monitor.alert.routes import build_routes
from monitor.app import Knowledge, build_pipeline, open_site, rules_of
from monitor.law.reference import load_reference
from monitor.terminal import moment_of, problems_exit

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.config import Site

_SEVERAL = {"list of participants": "lists of participants"}


def check(config: Path) -> None:
    """Load a site and what ships; say what was found, or every problem."""
    with problems_exit():
        knowledge = Knowledge.load()
        site = open_site(config, knowledge.operators)
        build_pipeline(site, knowledge)  # what only a replay would load is loaded here too
        load_reference()
        rules = rules_of(site)
        build_routes(site.alerts, site.directory)
    ids = {about.id for about in rules.about}
    for warning in site.waivers.warnings(moment_of(None).replace(microsecond=0), ids):
        typer.echo(warning, err=True)
    typer.echo(f"{config}: in order. {_counted(site)}.")


def _counted(site: Site) -> str:
    counts = {
        "system": len(site.inventory.systems),
        "declared transfer": len(site.register.transfers),
        "certification": len(site.certifications.certifications),
        "source": len(site.sources),
        **({"own decision": len(site.law)} if site.law else {}),
        **({"list of participants": len(site.certifications.lists)} if site.certifications.lists else {}),
    }
    return ", ".join(
        f"{count} {what if count == 1 else _SEVERAL.get(what, f'{what}s')}" for what, count in counts.items()
    )
