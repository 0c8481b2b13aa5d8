"""How hosts stand at an instant, from the inventory and the shipped facts alone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from monitor.app import doubts_of, open_site
from monitor.posture import host_at, offers_at, systems_at
from tests.judging import Site

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.app import Knowledge
    from monitor.doubts import Doubts
    from monitor.report.month import SystemFacts

NOW = datetime(2026, 11, 1, tzinfo=UTC)
_INVENTORY = """
systems:
  - id: warehouse
    networks: [10.20.0.0/16]
    data_class: health
    hosting: {operator: microsoft_azure, country: FR}
    transition: {target: scaleway, deadline: 2027-06-30}
  - {id: archive, networks: [10.40.0.0/16], data_class: health, hosting: {operator: as64500, country: FR}}
  - {id: lab, networks: [10.50.0.0/16], data_class: health}
"""


@pytest.fixture
def told(knowledge: Knowledge, tmp_path: Path) -> tuple[SystemFacts, ...]:
    """The systems of a site."""
    site = open_site(Site(inventory=_INVENTORY).write(tmp_path), knowledge.operators)
    return systems_at(site.inventory, doubts_of(site, knowledge), NOW)


@pytest.fixture
def doubts(knowledge: Knowledge, tmp_path: Path) -> Doubts:
    """The facts of a site."""
    return doubts_of(open_site(Site(inventory=_INVENTORY).write(tmp_path), knowledge.operators), knowledge)


def test_a_host_has_its_verdict_and_its_qualifications(told: tuple[SystemFacts, ...]) -> None:
    """Exposed and certified for health data: two answers, never one."""
    host = told[0].hosting[0].host

    assert (host.control_verdict, host.control_reason, host.rests_on) == ("exposed", "law", ())
    assert [(each.scheme, each.status) for each in host.qualifications] == [("hds", "qualified")]


def test_the_host_to_come_is_told_as_well(told: tuple[SystemFacts, ...]) -> None:
    """Scaleway is a candidate for SecNumCloud then."""
    moving = told[0].transition

    assert moving is not None
    assert moving.host is not None
    assert {each.scheme: each.status for each in moving.host.qualifications} == {
        "secnumcloud": "in_process", "hds": "qualified",
    }  # fmt: skip


def test_a_host_outside_the_table_is_undetermined(told: tuple[SystemFacts, ...]) -> None:
    """An AS number may be named as host; nobody knows its owners."""
    host = told[1].hosting[0].host

    assert (host.name, host.control_verdict, host.control_reason) == (
        "as64500", "undetermined", "operator_unlisted",
    )  # fmt: skip


def test_a_system_without_hosting_has_no_host(told: tuple[SystemFacts, ...]) -> None:
    """It is on own premises, as far as the inventory says."""
    assert (told[2].hosting, told[2].transition) == ((), None)


@pytest.mark.parametrize(("moment", "there"), [("2026-11-30T12:00:00", True), ("2026-12-01T12:00:00", False)])
def test_offers_are_those_of_the_day(doubts: Doubts, moment: str, *, there: bool) -> None:
    """The qualification of Outscale's IaaS is known up to the end of November 2026."""
    offers = offers_at(doubts, datetime.fromisoformat(moment).replace(tzinfo=UTC))
    found = {offer.host.operator for offer in offers if offer.qualification.scheme == "secnumcloud"}

    assert ("outscale" in found) is there


def test_candidates_are_no_offers(doubts: Doubts) -> None:
    """What is contested is listed as contested; SecNumCloud comes before HDS."""
    offers = offers_at(doubts, NOW)
    schemes = [offer.qualification.scheme for offer in offers]

    assert {offer.qualification.status for offer in offers} == {"qualified", "contested"}
    assert schemes == sorted(schemes, reverse=True)


def test_what_a_verdict_rests_on_is_told(doubts: Doubts) -> None:
    """The owners of Ikoula are from memory."""
    assert host_at("ikoula", doubts, NOW).rests_on == ("owner",)
