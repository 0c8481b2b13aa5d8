"""What an explanation says of a host name."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from monitor.inquiry.explain import explain
from monitor.inquiry.explain_name import name_rows

if TYPE_CHECKING:
    from monitor.app import Knowledge

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def _name(what: str, knowledge: Knowledge) -> dict[str, Any]:
    name: dict[str, Any] = explain(what, NOW, knowledge)["name"]
    return name


@pytest.mark.parametrize(
    ("what", "registered", "shared"),
    [
        ("www.bbc.co.uk", "bbc.co.uk", None),
        ("hospital.blob.core.windows.net", "windows.net", "blob.core.windows.net"),
        ("co.uk", None, None),
        ("www.bücher.example", "xn--bcher-kva.example", None),
    ],
)
def test_a_name_has_a_registered_domain(
    what: str, registered: str | None, shared: str | None, knowledge: Knowledge
) -> None:
    """Whoever bought it, and whose customers the names below are."""
    name = _name(what, knowledge)

    assert (name["registered_domain"], name["shared_suffix"]) == (registered, shared)


def test_a_name_tells_service_and_region_with_the_page(knowledge: Knowledge) -> None:
    """And on whose networks that counts."""
    service = _name("bucket.s3.eu-west-3.amazonaws.com", knowledge)["service"]
    told = {key: service[key] for key in ("service", "region", "country", "ends_in_region", "at_home_on", "receives")}

    assert told == {
        "service": "s3",
        "region": "eu-west-3",
        "country": "FR",
        "ends_in_region": True,
        "at_home_on": ["aws", "aws_eusc"],
        "receives": "customer",
    }


def test_the_region_of_a_name_is_a_candidate_for_the_place(knowledge: Knowledge) -> None:
    """Never the place: no address bears it out."""
    explanation = explain("s3.eu-west-3.amazonaws.com", NOW, knowledge)

    assert [each["country"] for each in explanation["place"]["candidates"]] == ["FR"]
    assert (explanation["place"]["country"], explanation["verdict"]["place"]["reason"]) == (None, "no_source")


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ("s3.eu-west-3.amazonaws.com", "The region counts beside an address on a network of aws, aws_eusc"),
        ("europe-west9-docker.pkg.dev", "the connection may end anywhere"),
        ("x.sos-de-fra-1.exo.io", "The region is from memory"),
        ("www.example.org", "It tells no region"),
    ],
)
def test_what_a_name_proves_is_said(what: str, sentence: str, knowledge: Knowledge) -> None:
    """In a sentence of its own."""
    assert sentence in " ".join(_name(what, knowledge)["proves"])


@pytest.mark.parametrize(
    ("what", "operator"),
    [
        ("x.usgovcloudapi.net", "microsoft_azure"),
        ("login.microsoftonline.com", "microsoft_azure"),
        ("s3.cn-north-1.amazonaws.com.cn", None),
    ],
)
def test_the_operator_is_the_one_that_records_get(what: str, operator: str | None, knowledge: Knowledge) -> None:
    """By the table of services where the operators' own domains do not tell; nobody where somebody unlisted runs it."""
    assert explain(what, NOW, knowledge)["operator"]["id"] == operator


def test_an_own_service_shows_the_importer(knowledge: Knowledge) -> None:
    """Although the operator hosts others."""
    assert explain("login.microsoftonline.com", NOW, knowledge)["verdict"]["importer"] == {
        "name": "microsoft_azure",
        "why": "the operator itself: the name shows its own service",
    }


def test_the_text_names_service_region_and_telemetry(knowledge: Knowledge) -> None:
    """One row for each."""
    rows = {each.key for each in name_rows(_name("logs.eu-west-3.amazonaws.com", knowledge))}

    assert rows == {"registered", "service", "telemetry", "region", "proves"}
