"""Which operator's suffix a name ends with."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import polars as pl
import pytest

from monitor.attribution.name_services import load_name_services
from monitor.attribution.names import NOBODY, NOTHING, NameTable, match_name
from monitor.attribution.operators import OperatorTable, load_operators
from monitor.attribution.regions import load_regions
from monitor.host_names import HostNames

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
OPERATORS = """
operators:
  - id: wide
    name: Wide
    kinds: [saas]
    ownership: [{entity: Wide Ltd, country: FR, source: invented, verified: true}]
    control: eu
    laws: []
    status: verified
    domains: {verified: [example.com], memory: [example.net]}
  - id: narrow
    name: Narrow
    kinds: [saas]
    ownership: [{entity: Narrow Ltd, country: FR, source: invented, verified: true}]
    control: eu
    laws: []
    status: verified
    domains: {verified: [example.org], memory: [eu.example.com], ended: [{suffix: example.net, last_day: 2026-06-30}]}
"""


@pytest.fixture
def operators(tmp_path: Path) -> OperatorTable:
    """Two operators that share a suffix over time."""
    (tmp_path / "operators.yaml").write_text(OPERATORS, encoding="utf-8")
    return load_operators(tmp_path)


@pytest.mark.parametrize(
    ("name", "operator", "suffix"),
    [
        ("example.com", "wide", "example.com"),
        ("www.example.com", "wide", "example.com"),
        ("a.b.example.com", "wide", "example.com"),
        ("x.eu.example.com", "narrow", "eu.example.com"),
        ("www.example.org", "narrow", "example.org"),
    ],
)
def test_the_longest_suffix_names_the_operator(name: str, operator: str, suffix: str, operators: OperatorTable) -> None:
    """At a label boundary."""
    match, _ = match_name(name, operators, NOW)

    assert match is not None
    assert (match.operator.id, match.suffix) == (operator, suffix)


@pytest.mark.parametrize("name", ["notexample.com", "example.com.attacker.test", "com", "example.co", "test"])
def test_a_name_that_only_looks_alike_matches_nobody(name: str, operators: OperatorTable) -> None:
    """Labels are compared whole, from the right."""
    assert match_name(name, operators, NOW) == (None, ())


def test_what_is_known_now_comes_before_history(operators: OperatorTable) -> None:
    """Of one suffix, while both hold."""
    match, over = match_name("www.example.net", operators, datetime(2026, 6, 30, 12, tzinfo=UTC))

    assert match is not None
    assert (match.operator.id, match.found_in, over) == ("wide", "memory", ())


@pytest.mark.parametrize(
    ("moment", "over"), [("2026-06-30T21:59:59+00:00", []), ("2026-06-30T22:00:00+00:00", ["narrow"])]
)
def test_history_ends_with_its_last_day_in_brussels(moment: str, over: list[str], operators: OperatorTable) -> None:
    """The day is included."""
    _, matches = match_name("example.net", operators, datetime.fromisoformat(moment))

    assert [match.operator.id for match in matches] == over


def test_a_sister_below_the_suffix_of_the_group_is_found() -> None:
    """The shipped files hold one such pair."""
    match, _ = match_name("x.us.leaseweb.com", load_operators(), NOW)

    assert match is not None
    assert (match.operator.id, match.suffix, match.found_in) == ("leaseweb_us", "us.leaseweb.com", "memory")


@pytest.fixture(scope="module")
def shipped_names() -> NameTable:
    """The shipped tables."""
    return NameTable.of(load_operators(), load_name_services(load_regions()))


def _ids(table: OperatorTable, places: Iterable[int]) -> list[str | None]:
    return [table.operators[place].id if place != NOBODY else None for place in places]


@pytest.mark.parametrize(
    ("name", "operator", "service", "place"),
    [
        ("s3.eu-west-3.amazonaws.com", "aws", "s3", ("FR", "eu-west-3")),
        ("bucket.s3-eu-west-1.amazonaws.com", "aws", "s3", ("IE", "eu-west-1")),
        ("bucket.s3.amazonaws.com", "aws", "s3", None),
        ("ec2-192-0-2-1.eu-central-1.compute.amazonaws.com", "aws", "ec2", ("DE", "eu-central-1")),
        ("db.abc.us-east-1.rds.amazonaws.com", "aws", "rds", ("US", "us-east-1")),
        ("s3.eu-nowhere-9.amazonaws.com", "aws", None, None),
        ("s3.cn-north-1.amazonaws.com.cn", None, "s3", ("CN", "cn-north-1")),
        ("s3.eusc-de-east-1.amazonaws.eu", "aws_eusc", "s3", ("DE", "eusc-de-east-1")),
        ("d111111abcdef8.cloudfront.net", "aws", "cloudfront", None),
        ("account.blob.core.windows.net", "microsoft_azure", "blob", None),
        ("vm.francecentral.cloudapp.azure.com", "microsoft_azure", "virtual_machine", ("FR", "centralfrance")),
        ("app-x.westeurope-01.azurewebsites.net", "microsoft_azure", "app_service", ("NL", "westeurope")),
        ("x.core.usgovcloudapi.net", "microsoft_azure", None, ("US", None)),
        ("x.blob.core.chinacloudapi.cn", "azure_china", "blob", ("CN", None)),
        ("management.core.sovcloud-api.fr", "bleu", None, ("FR", None)),
        ("x.sovcloud-api.de", "delos", None, ("DE", None)),
        ("x.sovcloud-api.sg", "gov_sg_azure", None, ("SG", None)),
        ("storage.s3nsapis.fr", "s3ns", None, ("FR", "u-france-east1")),
        ("europe-west9-docker.pkg.dev", "google_cloud", "artifact_registry", ("FR", "europe-west9")),
        ("storage.europe-west3.rep.googleapis.com", "google_cloud", None, ("DE", "europe-west3")),
        ("objectstorage.eu-paris-1.oraclecloud.com", "oracle_cloud", "object_storage", ("FR", "eu-paris-1")),
        ("iaas.eu-jovanovac-1.oraclecloud.com", "oracle_cloud", None, ("RS", "eu-jovanovac-1")),
        ("objectstorage.eu-frankfurt-2.oraclecloud.eu", "oracle_cloud", "object_storage", ("DE", "eu-frankfurt-2")),
        ("space.ams3.digitaloceanspaces.com", "digitalocean", "spaces", ("NL", "ams3")),
        ("bucket.s3.fr-par.scw.cloud", "scaleway", "object_storage", ("FR", "fr-par")),
        ("s3.gra.io.cloud.ovh.net", "ovh", "object_storage", ("FR", "GRA")),
        ("s3.bhs.io.cloud.ovh.net", "ovh", "object_storage", ("CA", "BHS")),
        ("oos.us-east-2.outscale.com", "outscale_us", "object_storage", ("US", "us-east-2")),
        ("obs.eu-west-101.myhuaweicloud.eu", "huawei", "obs", ("IE", "eu-west-101")),
        ("intake.datadoghq.eu", "datadog", None, None),
        ("www.example.org", None, None, None),
    ],
)
def test_a_name_tells_operator_service_and_region(
    name: str, operator: str | None, service: str | None, place: tuple[str, str | None] | None, shipped_names: NameTable
) -> None:
    """From the shipped tables; a region that is not in them is not guessed."""
    kind, _ = shipped_names.find(name)
    told = shipped_names.places[kind.place] if kind.place else None

    assert (_ids(load_operators(), kind.operators[-1:]), kind.service, told) == ([operator], service, place)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("login.microsoftonline.com", True),
        ("tenant.sharepoint.com", True),
        ("account.blob.core.windows.net", False),
        ("s3.eu-west-3.amazonaws.com", False),
        ("www.google.com", True),
        ("x.run.app", False),
    ],
)
def test_an_operator_s_own_service_is_no_customer_s(name: str, *, expected: bool, shipped_names: NameTable) -> None:
    """Who receives behind a customer's name is not known from it."""
    assert expected == shipped_names.find(name)[0].receives


def test_a_column_of_names_says_what_each_one_says(shipped_names: NameTable) -> None:
    """Row by row."""
    written = ["S3.eu-west-3.amazonaws.com.", None, "www.example.org", "account.blob.core.windows.net", "192.0.2.1"]
    kinds = shipped_names.kinds_of(HostNames.of(pl.Series(written))).tolist()
    s3, blob = (shipped_names.find(name)[0] for name in ("s3.eu-west-3.amazonaws.com", "a.blob.core.windows.net"))

    nothing = shipped_names.kinds[NOTHING]

    assert [shipped_names.kinds[kind] for kind in kinds] == [s3, nothing, nothing, blob, nothing]


@pytest.mark.parametrize(
    ("moment", "operators"), [("2026-06-30T21:59:59+00:00", ["equinix"]), ("2026-06-30T22:00:00+00:00", [None])]
)
def test_a_domain_that_is_over_shows_nobody(moment: str, operators: list[str | None], shipped_names: NameTable) -> None:
    """From the day after its last one, in Brussels."""
    era = shipped_names.era(datetime.fromisoformat(moment))
    kind, _ = shipped_names.find("api.packet.net")

    assert _ids(load_operators(), [kind.operators[era]]) == operators


def test_a_name_is_at_home_on_its_provider_s_networks(shipped_names: NameTable) -> None:
    """A partition without networks of its own is at home on those that it was built on."""
    kind, _ = shipped_names.find("s3.eusc-de-east-1.amazonaws.eu")

    assert sorted(map(str, _ids(load_operators(), kind.home))) == ["aws", "aws_eusc"]
