"""Facts about owners that a verdict must not lose: one operator and one fact each, on the shipped files."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.attribution.operators import OperatorTable, load_operators
from monitor.law.control import OwnershipPath, judge_control
from monitor.law.regimes import load_regimes
from monitor.law.territories import load_territories

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def table() -> OperatorTable:
    """The shipped files."""
    return load_operators()


def control(table: OperatorTable, operator: str, moment: datetime = NOW) -> tuple[str, str | None]:
    """The verdict on an operator at an instant."""
    known = table.by_id[operator]
    seats = tuple(owner.country for owner in known.owners_at(moment))
    path = OwnershipPath(seats, known.laws_at(moment), mixed=known.control == "mixed")
    verdict = judge_control(path, moment, load_territories(), load_regimes(), "medium")
    return verdict.verdict, verdict.reason


@pytest.mark.parametrize(
    ("operator", "seats", "verdict"),
    [
        ("aws_eusc", ["DE", "US"], ("exposed", "law")),
        ("hosteurope", ["DE", "US"], ("exposed", "law")),
        ("vodafone_de", ["DE", "GB"], ("exposed", "law")),
        ("claranet_fr", ["FR", "GB", None], ("exposed", "law")),
    ],
)
def test_a_european_company_of_a_foreign_group_is_under_the_groups_law(
    table: OperatorTable, operator: str, seats: list[str | None], verdict: tuple[str, str]
) -> None:
    """Also where it is sold as sovereign, as the AWS European Sovereign Cloud is."""
    assert [owner.country for owner in table.by_id[operator].owners_at(NOW)] == seats
    assert (table.by_id[operator].control, control(table, operator)) == ("eu_subsidiary_of_non_eu", verdict)


@pytest.mark.parametrize("operator", ["bleu", "s3ns", "delos"])
def test_a_european_operator_of_licensed_technology_is_under_european_law_and_marked(
    table: OperatorTable, operator: str
) -> None:
    """The licence is a dependency on a supplier, which is shown; it is no owner and no law."""
    known = table.by_id[operator]

    assert (known.control, control(table, operator)) == ("eu_licensed_us_tech", ("eea", "seat"))
    assert "DEP_US_TECH" in known.markers


@pytest.mark.parametrize(
    ("operator", "owner", "country", "verdict"),
    [
        ("contabo", "KKR (majority)", "US", ("exposed", "law")),
        ("exoscale", "America Movil", "MX", ("exposed", "seat")),
        ("plusserver", "BC Partners", "GB", ("exposed", "law")),
        ("transip", "Hg (largest single investor)", "GB", ("exposed", "law")),
        ("imperva", "Thales S.A.", "FR", ("exposed", "law")),
        ("elastic", "Elastic N.V.", "NL", ("exposed", "law")),
        ("datacamp_cdn77", "Zdenek Cendra", "CZ", ("exposed", "law")),
        ("celeste", "CVC DIF", "NL", ("undetermined", "mixed_ownership")),
    ],
)
def test_mixed_ownership_is_never_plainly_european(
    table: OperatorTable, operator: str, owner: str, country: str, verdict: tuple[str, str]
) -> None:
    """A seat or a law outside decides, else it stays open."""
    last = table.by_id[operator].owners_at(NOW)[-1]

    assert (table.by_id[operator].control, last.entity, last.country) == ("mixed", owner, country)
    assert control(table, operator) == verdict


@pytest.mark.parametrize(
    ("affiliate", "group", "seat", "verdict"),
    [
        ("ovh_us", "ovh", "US", ("exposed", "law")),
        ("ovh_ca", "ovh", "CA", ("exposed", "seat")),
        ("outscale_us", "outscale", "US", ("exposed", "law")),
        ("outscale_asia", "outscale", "HK", ("exposed", "law")),
        ("cloud_temple_tn", "cloud_temple", "TN", ("exposed", "seat")),
        ("contabo_us", "contabo", "US", ("exposed", "law")),
        ("contabo_asia", "contabo", "SG", ("exposed", "law")),
        ("upcloud_us", "upcloud", "US", ("exposed", "law")),
        ("euris_cn", "euris", "CN", ("exposed", "law")),
        ("nebius_il", "nebius", "IL", ("exposed", "law")),
    ],
)
def test_an_affiliate_in_a_third_country_does_not_borrow_its_groups_verdict(
    table: OperatorTable, affiliate: str, group: str, seat: str, verdict: tuple[str, str]
) -> None:
    """An owner in the Union is no immunity for the company outside it."""
    known = table.by_id[affiliate]

    assert (known.split_from, known.owners_at(NOW)[0].country) == (group, seat)
    assert control(table, affiliate) == verdict


def test_a_court_abroad_reaches_a_european_group_through_its_company_there(table: OperatorTable) -> None:
    """R v OVH: light by default, so that it is listed with the group and does not decide."""
    assert table.by_id["ovh"].laws_at(NOW) == ("CA_PRODUCTION_ORDER",)
    assert control(table, "ovh") == ("eea", "seat")


@pytest.mark.parametrize(
    ("operator", "owner", "moment"),
    [
        ("atlassian", "Atlassian Corporation Plc", "2022-09-29"),
        ("openai", "OpenAI Foundation", "2026-11-23"),
        ("newrelic", "Francisco Partners and TPG (funds)", "2026-11-23"),
        ("vk", "Gazprom group and Sogaz (through MF Technologies)", "2026-11-23"),
        ("yandex", "Yandex N.V.", "2024-05-16"),
        ("yandex", "Consortium.First (IJSC Yandex)", "2024-05-18"),
        ("glesys", "Cube (infrastructure fund manager)", "2026-11-23"),
        ("dedalus", "Ardian", "2026-11-23"),
        ("softway", "Bain Capital Europe", "2026-11-23"),
        ("azure_china", "Beijing 21Vianet Broadband Data Center Co., Ltd.", "2026-11-23"),
        ("gandi", "Your.Online", "2026-11-23"),
        ("imperva", "Thoma Bravo", "2023-12-03"),
    ],
)
def test_a_correction_of_the_owner_stands(table: OperatorTable, operator: str, owner: str, moment: str) -> None:
    """As the pages read say, on the day."""
    at = datetime.fromisoformat(moment + "T12:00:00").replace(tzinfo=UTC)

    assert table.by_id[operator].owners_at(at)[-1].entity == owner


def test_every_owner_has_a_source_and_every_number_a_list(table: OperatorTable) -> None:
    """No edge of the path is without."""
    bare = [operator.id for operator in table.operators if not all(owner.source for owner in operator.ownership)]
    bare += [operator.id for operator in table.operators if not all(entry.source for entry in operator.as_numbers)]

    assert bare == []
