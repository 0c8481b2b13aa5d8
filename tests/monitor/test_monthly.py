"""What a report is made from: the rows of the month in the site's zone, and the site's files as they stand then."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from monitor.alert.findings import finding_id
from monitor.app import open_site
from monitor.monthly import month_input
from monitor.report.month import DeclaredFacts, ExporterFacts
from tests.judging import INVENTORY, NOON, OURS, PORTAL, Site, line
from tests.kept_worlds import KeptSite
from tests.monitor.alert.kept import add
from tests.monitor.alert.matches import frame, match
from tests.monitor.ledger.keepers import Keeper

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.app import Knowledge
    from monitor.report.month import ReportInput

_FAR = "13.38.0.1"
_BEGINS = datetime(2026, 9, 30, 22, tzinfo=UTC)
_ENDS = datetime(2026, 10, 31, 23, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
_HOSTED = """
systems:
  - id: warehouse
    title: Entrepôt
    networks: [10.20.0.0/16]
    data_class: health
    hosting:
      - {operator: aws, country: FR, keys: provider, from: 2017-06-01}
      - {operator: scaleway, country: FR, keys: customer, networks: [10.20.128.0/17], from: 2026-09-01}
    transition: {target: scaleway, deadline: 2027-06-30}
  - {id: portal, networks: [10.30.0.0/16], serves: public, data_class: identity}
"""
_REGISTER = """
transfers:
  - {id: T-1, importer: Lab, match: {networks: [10.99.0.0/16]}, basis: derogation, valid_from: 2026-02-01,
     valid_to: 2027-01-31}
  - {id: T-2, importer: Other, match: {networks: [10.98.0.0/16]}, basis: derogation, valid_from: 2026-03-01}
"""


@pytest.fixture
def site(tmp_path: Path, knowledge: Knowledge) -> KeptSite:
    """A hosted site."""
    return KeptSite.of(tmp_path / "site", knowledge, inventory=_HOSTED, register=_REGISTER)


def _month(site: KeptSite, month: str = "2026-10") -> ReportInput:
    with site.opened() as ledger:
        return month_input(month, site.keeper.site, site.keeper.knowledge, ledger)


def _ends(*moments: datetime) -> list[str]:
    return [line(OURS, _FAR, at=moment) for moment in moments]


def test_rows_are_those_of_the_month_in_the_zone_of_the_site(site: KeptSite) -> None:
    """October begins at 22:00 of the day before in UTC, and ends at 23:00: the clocks were set back."""
    site.keep(*_ends(_BEGINS - _SECOND, _BEGINS, _ENDS - _SECOND, _ENDS))
    given = _month(site)

    assert (given.begins, given.ends) == (_BEGINS, _ENDS)
    assert given.transfers["records"].sum() == 2
    assert given.course["hour"].sort().to_list() == [_BEGINS, _ENDS - timedelta(hours=1)]
    assert given.coverage["records"].sum() == 2


def test_a_month_begins_inside_an_hour_where_the_zone_does(tmp_path: Path, knowledge: Knowledge) -> None:
    """Half past six in the evening, UTC, is midnight in Kolkata."""
    site = KeptSite.of(tmp_path / "site", knowledge, timezone="Asia/Kolkata")
    midnight = datetime(2026, 9, 30, 18, 30, tzinfo=UTC)
    site.keep(*_ends(midnight - _SECOND, midnight))

    assert [_month(site, month).transfers["records"].sum() for month in ("2026-09", "2026-10")] == [1, 1]


def test_probes_are_those_of_the_month(site: KeptSite) -> None:
    """They are a number beside the transfers."""
    probes = [line("198.51.100.9", PORTAL, at=each, packets=1, octets=40) for each in (_BEGINS, _ENDS)]
    site.keep(*probes)

    assert _month(site).probes["records"].to_list() == [1]


def test_the_newest_record_is_that_of_the_whole_ledger(site: KeptSite) -> None:
    """A month is over when the ledger has gone beyond it."""
    site.keep(*_ends(_BEGINS, _ENDS + timedelta(days=3)))

    assert _month(site).newest_record == _ENDS + timedelta(days=3)


def test_an_empty_ledger_gives_an_empty_month(site: KeptSite) -> None:
    """That is no data, not no transfers: the report says so."""
    given = _month(site)

    assert (given.transfers.height, given.coverage.height, given.bases.height, given.newest_record) == (0, 0, 0, None)


@pytest.mark.parametrize(
    ("month", "laws"),
    [
        ("2018-02", ("US_EO12333", "US_FISA702")),
        ("2018-03", ("US_CLOUD_ACT", "US_EO12333", "US_FISA702")),
    ],
)
def test_hosts_stand_as_the_law_does_at_the_end_of_the_month(site: KeptSite, month: str, laws: tuple[str, ...]) -> None:
    """The CLOUD Act came on the 23rd of March 2018."""
    host = _month(site, month).systems[0].hosting[0].host

    assert (host.operator, host.control_verdict, host.control_reason) == ("aws", "exposed", "law")
    assert host.reach_laws == laws


def test_hosts_are_told_as_the_inventory_has_them(site: KeptSite) -> None:
    """Also one that begins later: the report says which are current."""
    first, second = _month(site).systems[0].hosting

    assert (first.host.name, first.country, first.keys, first.from_day, first.networks) == (
        "Amazon Web Services", "FR", "provider", date(2017, 6, 1), (),
    )  # fmt: skip
    assert (second.host.operator, second.keys, second.networks, second.host.control_verdict) == (
        "scaleway", "customer", ("10.20.128.0/17",), "eea",
    )  # fmt: skip


def test_systems_are_told_as_the_inventory_has_them(site: KeptSite) -> None:
    """With where they are to move."""
    given = _month(site)

    assert [(each.id, each.title, each.data_class, each.serves) for each in given.systems] == [
        ("warehouse", "Entrepôt", "health", "staff"),
        ("portal", None, "identity", "public"),
    ]
    moving, staying = (each.transition for each in given.systems)
    assert moving is not None
    assert (moving.target, moving.deadline, staying) == ("scaleway", date(2027, 6, 30), None)


def test_declared_transfers_are_those_of_the_register(site: KeptSite) -> None:
    """All of them: which were seen is for the report to say."""
    assert _month(site).declared == (
        DeclaredFacts("T-1", "Lab", "derogation", date(2026, 2, 1), date(2027, 1, 31)),
        DeclaredFacts("T-2", "Other", "derogation", date(2026, 3, 1), None),
    )


def test_who_exports_and_what_was_to_be_seen_is_told(site: KeptSite) -> None:
    """As transferwatch.yaml has it."""
    given = _month(site)

    assert (given.site, given.exporter, given.timezone, given.sources) == (
        "test", ExporterFacts("CHU Exemple", "FR", "controller"), "Europe/Paris", ("aws_vpc",),
    )  # fmt: skip


def test_operators_and_laws_have_names(site: KeptSite) -> None:
    """Those that the shipped files give them."""
    given = _month(site)

    assert given.names["microsoft_azure"] == site.keeper.knowledge.operators.by_id["microsoft_azure"].name
    assert set(given.law_names) == set(site.keeper.knowledge.regimes.laws)


def test_bases_are_those_of_the_month_alone(site: KeptSite, knowledge: Knowledge) -> None:
    """What November was judged by is no version of October."""
    site.keep(*_ends(_BEGINS))
    october = site.keeper.pipeline.basis
    Site(inventory=INVENTORY, register=_REGISTER).write(site.directory)
    site.keeper = Keeper.of(site.config, knowledge)
    site.keep(*_ends(_ENDS))

    assert [_month(site, month).bases["basis"].to_list() for month in ("2026-10", "2026-11")] == [
        [october],
        [site.keeper.pipeline.basis],
    ]


@pytest.mark.parametrize("month", ["2026-13", "2026-1", "october", "2026-10-01", ""])
def test_what_is_no_month_is_refused(site: KeptSite, month: str) -> None:
    """With what to write."""
    with pytest.raises(ValueError, match=r"Write it as 2026-10\.$"):
        _month(site, month)


def test_an_operator_that_was_taken_from_the_table_is_a_fault(site: KeptSite) -> None:
    """The inventory was checked against the table: this cannot happen unless both are of different versions."""
    opened = open_site(site.config, site.keeper.knowledge.operators)
    hosting = opened.inventory.systems[0].hosting
    object.__setattr__(hosting[0], "operator", "gone")
    with site.opened() as ledger, pytest.raises(LookupError, match="gone"):
        month_input("2026-10", opened, site.keeper.knowledge, ledger)


def test_waivers_of_the_site_are_told_with_the_findings_of_the_month_that_they_were_about(
    tmp_path: Path, knowledge: Knowledge
) -> None:
    """That of another system is not among them, nor that of another month."""
    waiver = "{id: W-1, match: {rules: [r], systems: [warehouse]}, owner: dpo, reason: x, expires: 2026-10-20}"
    files = {"waivers.yaml": f"waivers: [{waiver}]\n"}
    site = KeptSite.of(tmp_path / "site", knowledge, inventory=_HOSTED, register=_REGISTER)
    for name, text in files.items():
        (site.keeper.site.directory / name).write_text(text, encoding="utf-8")
    config = site.keeper.site.directory / "transferwatch.yaml"
    config.write_text(f"{config.read_text(encoding='utf-8')}\nwaivers: waivers.yaml\n", encoding="utf-8")
    waived = open_site(config, knowledge.operators)
    with site.opened() as ledger:
        rows = [("warehouse", NOON), ("portal", NOON), ("warehouse", NOON - timedelta(days=60))]
        for system, time in rows:
            add(ledger, frame(match(rule="r", system=system, operator=f"o{time.month}", time=time, first_time=time)))
        given = month_input("2026-10", waived, knowledge, ledger)
    (told,) = given.waivers

    assert (told.id, told.owner, told.expires, told.findings) == (
        "W-1", "dpo", date(2026, 10, 20), (finding_id(("r", "warehouse", "o10", "US", "US")),),
    )  # fmt: skip
