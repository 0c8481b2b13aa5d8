"""Findings, ledger, site and routes put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from monitor.alerting import Look, build_watch, context_of, life_of, listed
from monitor.app import open_site
from monitor.ledger.store import open_ledger
from monitor.web.findings import Asked
from tests.monitor.alert.kept import add
from tests.monitor.alert.matches import NOW_SECONDS, frame, match

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from monitor.app import Knowledge
    from monitor.config import Site
    from monitor.ledger.store import Ledger

_SITE = """
site: s-1
timezone: Europe/Paris
exporter: {name: X, country: FR}
inventory: inventory.yaml
waivers: waivers.yaml
alerts: {language: fr, hold_seconds: 7200, findings_path: findings.ndjson}
"""
_INVENTORY = """
systems:
  - {id: warehouse, title: Entrepôt, networks: [10.20.0.0/16], data_class: health,
     owner: {team: data, contact: astreinte@example.org}}
  - {id: archive, networks: [10.21.0.0/16], data_class: health}
"""
_WAIVERS = """
waivers:
  - {id: W-1, match: {rules: [health_to_uncovered_country], systems: [archive]}, owner: dpo, reason: x,
     expires: 2026-12-31}
"""


@pytest.fixture
def site(tmp_path: Path, knowledge: Knowledge) -> Site:
    """A French site with a waiver for one of its two systems."""
    for name, text in (("transferwatch", _SITE), ("inventory", _INVENTORY), ("waivers", _WAIVERS)):
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return open_site(tmp_path / "transferwatch.yaml", knowledge.operators)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """A ledger with a finding of each system."""
    with open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}", create=True) as opened:
        add(opened, frame(match(), match(system="archive")))
        yield opened


def test_the_life_of_findings_is_the_site_s(site: Site) -> None:
    """As it is written, or the default."""
    assert (life_of(site).hold, life_of(site).state_hold, life_of(site).young) == (7_200, 900, 21_600)


async def test_the_picture_shows_what_is_waived_as_waived(site: Site, knowledge: Knowledge, ledger: Ledger) -> None:
    """And the other is open."""
    look = Look(ledger, site.waivers, context_of(site, knowledge), lambda: NOW_SECONDS, ())
    states = {alert.finding.system: alert.state for alert in await look(None)}

    assert states == {"warehouse": "open", "archive": "waived"}


async def test_texts_are_in_the_site_s_language_with_its_names(
    site: Site, knowledge: Knowledge, ledger: Ledger
) -> None:
    """Names of operators and countries, not their codes."""
    look = Look(ledger, site.waivers, context_of(site, knowledge), lambda: NOW_SECONDS, ())
    heads = {alert.finding.system: alert.text.head for alert in await look(None)}
    operator = knowledge.operators.by_id["aws"].name

    assert heads["warehouse"] == (
        f"warehouse (données de santé) a envoyé à {operator} (États-Unis)\u00a0: sans fondement identifié"
    )


async def test_only_what_was_found_is_looked_at(site: Site, knowledge: Knowledge, ledger: Ledger) -> None:
    """A batch with one finding does not read a thousand."""
    look = Look(ledger, site.waivers, context_of(site, knowledge), lambda: NOW_SECONDS, ())

    assert [alert.finding.id for alert in await look(["f-q4duvwgag5"])] == ["f-q4duvwgag5"]


def test_the_list_of_findings_is_in_the_language_that_is_asked_for(
    site: Site, knowledge: Knowledge, ledger: Ledger
) -> None:
    """Names of operators and countries; what is waived says until when."""
    context = context_of(site, knowledge)
    pages = [
        listed(ledger, site.waivers, context, NOW_SECONDS, Asked({"system": "archive"}, language=language))
        for language in ("en", "fr")
    ]

    assert [(page.rows[0].state, page.rows[0].place_country) for page in pages] == [
        ("waived until 2026-12-31", ("US", "United States")),
        ("exempté jusqu\u2019au 2026-12-31", ("US", "États-Unis")),
    ]  # fmt: skip


def test_a_list_is_narrowed_by_severity(site: Site, knowledge: Knowledge, ledger: Ledger) -> None:
    """The label of the metric, which the ledger calls level."""
    asked = [Asked({"severity": severity}) for severity in ("high", "low")]

    assert [listed(ledger, site.waivers, context_of(site, knowledge), NOW_SECONDS, each).count for each in asked] == [
        2, 0,
    ]  # fmt: skip


def test_each_route_has_a_delivery(site: Site, knowledge: Knowledge, ledger: Ledger) -> None:
    """Here the findings file."""
    watch = build_watch(site, ledger, context_of(site, knowledge), lambda: NOW_SECONDS, lambda *_: None)

    assert [delivery.route.name for delivery in watch.deliveries] == ["findings file"]
