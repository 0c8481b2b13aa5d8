"""`law`: what is in force on a day, of the shipped law or with a site's own decisions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.app import Knowledge, open_site, regimes_of
from monitor.inquiry.law_in_force import law_in_force, print_law
from monitor.terminal import moment_of, print_as, problems_exit, refuse

if TYPE_CHECKING:
    from pathlib import Path


def law(at: str | None, country: str | None, config: Path | None, *, json: bool) -> None:
    """Print it; a country that is none is refused."""
    moment = moment_of(at)
    with problems_exit():
        knowledge = Knowledge.load()
        site = open_site(config, knowledge.operators)
    try:
        answer = law_in_force(moment, country, replace(knowledge, regimes=regimes_of(site, knowledge)))
    except ValueError as error:
        refuse(str(error))
    print_as(answer, print_law, as_json=json)
