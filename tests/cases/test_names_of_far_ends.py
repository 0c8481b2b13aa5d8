"""What the name of a conversation does to its verdicts, on the shipped knowledge. The table is in docs/judging.md."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from monitor.app import build_pipeline, open_site
from monitor.pipeline import SourceSettings
from monitor.rows import rows
from tests.judging import OURS, PORTAL, Gazetteer, Site, flows, line, naming, told

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from monitor.app import Knowledge

    NamedRow = Callable[..., dict[str, Any]]

PARIS, VIRGINIA = "s3.eu-west-3.amazonaws.com", "s3.us-east-1.amazonaws.com"
ENTRY = """
transfers:
  - id: T-1
    importer: Example Inc.
    match: {match}
    basis: derogation
    valid_from: 2026-01-01
"""
CERTIFIED = """
certifications:
  - {framework: us_dpf, importer: salesforce, covers: [non_hr], valid_from: 2024-01-01, source: invented}
"""


@pytest.fixture(scope="module")
def places(knowledge: Knowledge) -> Gazetteer:
    """Real addresses by what the atlas says of them."""
    return Gazetteer.of(knowledge)


@pytest.fixture
def row(knowledge: Knowledge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NamedRow:
    """Judge one conversation that carries a name; no socket can be opened meanwhile."""

    def refused(*_: object, **__: object) -> NoReturn:
        raise AssertionError("a socket was asked for")

    def judged(src: str, dst: str, name: str | None, **texts: str) -> dict[str, Any]:
        site = open_site(Site(**texts).write(tmp_path), knowledge.operators)
        pipeline = build_pipeline(site, knowledge)
        for each in ("socket", "getaddrinfo", "gethostbyname", "gethostbyaddr", "create_connection"):
            monkeypatch.setattr(socket, each, refused)
        found = pipeline.run(naming(flows(line(src, dst)), [name]), SourceSettings("aws_vpc"))
        return rows(found).to_dicts()[0]

    return judged


def test_a_name_of_the_same_country_agrees(row: NamedRow, places: Gazetteer) -> None:
    """On its provider's network."""
    judged = row(OURS, places.find(country="FR", operator="aws"), PARIS)

    assert told(judged, "place_verdict", "place_country", "place_confidence", "place_region") == (
        "eea", "FR", "agreed", "eu-west-3",
    )  # fmt: skip
    assert judged["place_source"].endswith("+name")


def test_a_name_across_the_border_leaves_the_place_open(row: NamedRow, places: Gazetteer) -> None:
    """Both countries are candidates."""
    judged = row(OURS, places.find(country="US", operator="aws"), PARIS)

    assert told(judged, "place_verdict", "place_reason", "place_candidates") == (
        "undetermined", "sources_disagree", ["US", "FR"],
    )  # fmt: skip


def test_a_name_of_another_country_on_the_same_side_lets_the_verdict_stand(row: NamedRow, places: Gazetteer) -> None:
    """Germany or France is the area."""
    judged = row(OURS, places.find(country="DE", operator="aws"), PARIS)

    assert told(judged, "place_verdict", "place_country", "place_candidates") == ("eea", None, ["DE", "FR"])


@pytest.mark.parametrize("country", ["RU", "CN", "US", "IN"])
def test_a_lie_never_brings_a_third_country_into_the_area(country: str, row: NamedRow, places: Gazetteer) -> None:
    """Whoever opens a connection may say any name."""
    judged = row(OURS, places.find(country=country, listed=False), PARIS)

    assert judged["place_verdict"] == "undetermined"
    assert country in judged["place_candidates"]


def test_a_name_leads_out_of_the_area_only_as_far_as_undetermined(row: NamedRow, places: Gazetteer) -> None:
    """A proxy in France may go on to Virginia: nobody calls that inside."""
    judged = row(OURS, places.find(country="FR", operator="ovh"), VIRGINIA)

    assert told(judged, "place_verdict", "place_reason", "place_candidates") == (
        "undetermined", "sources_disagree", ["FR", "US"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("storage.europe-west9.rep.googleapis.com", ("eea", None, ["FR"])),
        ("europe-west9-docker.pkg.dev", ("undetermined", "anycast", ["US", "FR"])),
        (PARIS, ("undetermined", "anycast", ["US", "FR"])),
        ("www.google.com", ("undetermined", "anycast", ["US"])),
    ],
)
def test_an_anycast_address_has_the_place_of_a_name_that_pins_it(
    name: str, expected: tuple[object, ...], row: NamedRow
) -> None:
    """Only where the provider says that the connection ends in the region, and on its own network."""
    assert told(row(OURS, "8.8.8.8", name), "place_verdict", "place_reason", "place_candidates") == expected


def test_a_private_address_stays_unlisted_whatever_the_name(row: NamedRow) -> None:
    """It may be an endpoint of the provider, or a peer abroad."""
    judged = row(OURS, "192.168.77.5", PARIS)

    assert told(judged, "place_verdict", "place_reason", "place_candidates") == (
        "undetermined", "private_unlisted", ["FR"],
    )  # fmt: skip


def test_a_name_that_the_far_end_asked_for_is_ours(row: NamedRow, places: Gazetteer) -> None:
    """A client abroad that opens a connection names our end."""
    judged = row(places.find(country="US", operator="aws"), PORTAL, PARIS)

    assert told(judged, "direction", "place_candidates", "named_operator", "named_service") == (
        "inbound", ["US"], None, None,
    )  # fmt: skip


def test_a_name_shows_who_receives_at_a_host(row: NamedRow, places: Gazetteer) -> None:
    """The tenant of a cloud is known by its own name, and its certification counts."""
    judged = row(OURS, places.find(country="US", operator="aws"), "acme.my.salesforce.com", certifications=CERTIFIED)

    assert told(judged, "importer", "place_verdict", "operator", "named_operator") == (
        "salesforce", "adequate", "aws", "salesforce",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "importer"),
    [("login.microsoftonline.com", "microsoft_azure"), ("account.blob.core.windows.net", None), (None, None)],
)
def test_a_customer_s_name_at_a_host_shows_nobody(
    name: str | None, importer: str | None, row: NamedRow, places: Gazetteer
) -> None:
    """The operator's own service does."""
    assert row(OURS, places.find(country="US", operator="microsoft_azure"), name)["importer"] == importer


def test_an_operator_that_hosts_nobody_receives_whatever_a_name_says(row: NamedRow, places: Gazetteer) -> None:
    """The address is better evidence than the client."""
    judged = row(OURS, places.find(operator="salesforce"), "slack.com", certifications=CERTIFIED)

    assert told(judged, "importer", "named_operator") == ("salesforce", "slack")


def test_the_law_that_reaches_the_service_counts_beside_that_of_its_host(row: NamedRow, places: Gazetteer) -> None:
    """A service of an American company at a host in France."""
    judged = row(OURS, places.find(country="FR", operator="ovh"), "acme.my.salesforce.com")

    assert told(judged, "operator", "control_verdict", "control_reason") == ("ovh", "exposed", "law")
    assert judged["control_countries"][-1] == "US"


def test_a_european_name_does_not_free_an_american_host(row: NamedRow, places: Gazetteer) -> None:
    """Whose machine it is decides."""
    judged = row(OURS, places.find(country="FR", operator="aws"), "www.doctolib.fr")

    assert told(judged, "control_verdict", "control_reason", "importer") == ("exposed", "law", "doctolib")


def test_a_european_name_does_not_free_an_unknown_host(row: NamedRow, places: Gazetteer) -> None:
    """Nobody knows whose machine it is."""
    judged = row(OURS, places.find(country="CH", listed=False), "www.doctolib.fr")

    assert told(judged, "control_verdict", "control_reason") == ("undetermined", "operator_unlisted")


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("api.example.com", "derogation"),
        ("EXAMPLE.com.", "derogation"),
        ("notexample.com", "uncovered"),
        ("example.com.evil.example", "uncovered"),
        (None, "uncovered"),
    ],
)
def test_a_register_entry_names_a_far_end_by_its_domain(
    name: str | None, verdict: str, row: NamedRow, places: Gazetteer
) -> None:
    """A suffix at a label boundary."""
    register = ENTRY.replace("{match}", "{domains: [example.com]}")

    assert row(OURS, places.find(country="IN", listed=False), name, register=register)["place_verdict"] == verdict


def test_an_entry_names_the_operator_that_a_name_shows(row: NamedRow, places: Gazetteer) -> None:
    """At whichever host it rents."""
    register = ENTRY.replace("{match}", "{operators: [salesforce]}")
    judged = row(OURS, places.find(country="IN", listed=False), "acme.my.salesforce.com", register=register)

    assert told(judged, "place_verdict", "importer", "mechanism") == ("derogation", "Example Inc.", "T-1")


def test_an_entry_that_names_the_domain_elsewhere_is_told(row: NamedRow, places: Gazetteer) -> None:
    """Its lists leave this country out."""
    register = ENTRY.replace("{match}", "{domains: [example.com], countries: [US]}")
    judged = row(OURS, places.find(country="IN", listed=False), "api.example.com", register=register)

    assert told(judged, "place_verdict", "place_reason") == ("uncovered", "entry_outside_scope")


@pytest.mark.parametrize(
    ("name", "activity"), [("http-intake.logs.datadoghq.eu", "telemetry"), ("www.example.org", "data"), (None, "data")]
)
def test_telemetry_is_known_by_name(name: str | None, activity: str, row: NamedRow, places: Gazetteer) -> None:
    """The list is part of rules/names/services.yaml."""
    assert row(OURS, places.find(country="FR", operator="ovh"), name)["activity"] == activity
