"""What is known of one far end, with the source behind each fact."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from monitor.inquiry.explain import explain
from monitor.inquiry.explain_facts import atlas_age

if TYPE_CHECKING:
    from monitor.app import Knowledge

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_the_place_names_its_source(knowledge: Knowledge) -> None:
    """Package, version and day of the database that says so."""
    place = explain("51.103.0.1", NOW, knowledge)["place"]
    source = next(each for each in knowledge.atlas.sources if each.kind == "place")

    assert (place["country"], place["country_name"], place["confidence"]) == ("FR", "France", "agreed")
    assert place["said"][0] == {
        "says": "FR",
        "name": "France",
        "counts": True,
        "source": source.id,
        "kind": "place",
        "package": source.package,
        "version": source.version,
        "file": None,
        "published": source.published,
        "licence": source.licence,
        "attribution": source.attribution,
    }
    assert [word["source"] for word in place["said"]] == ["geo-whois-asn-country", "dbip-country"]


def test_an_anycast_address_shows_candidate_and_entry(knowledge: Knowledge) -> None:
    """The database's country is a candidate, and the list says why no more than that."""
    place = explain("8.8.8.8", NOW, knowledge)["place"]

    assert (place["country"], place["reason"], place["candidates"]) == (
        None,
        "anycast",
        [{"country": "US", "country_name": "United States"}],
    )
    assert {key: place["anycast"][key] for key in ("id", "prefix", "what", "file", "verified")} == {
        "id": "google_public_dns",
        "prefix": "8.8.8.0/24",
        "what": "resolver",
        "file": "rules/operators/anycast.yaml",
        "verified": True,
    }


@pytest.mark.parametrize(
    ("address", "reach", "inner", "embedding"),
    [
        ("64:ff9b::808:808", "global", "8.8.8.8", "nat64"),
        ("2002:808:808::1", "global", "8.8.8.8", "6to4"),
        ("64:ff9b::a00:1", "private", "10.0.0.1", "nat64"),
        ("2001:0:1::1", "unattributable", None, None),
        ("8.8.8.8", "global", None, None),
    ],
)
def test_the_ipv4_address_inside_is_shown(
    address: str, reach: str, inner: str | None, embedding: str | None, knowledge: Knowledge
) -> None:
    """NAT64 and 6to4 are told by it; Teredo is not."""
    facts = explain(address, NOW, knowledge)["address"]

    assert (facts["reach"], facts["embedded_ipv4"], facts["embedding"]) == (reach, inner, embedding)


@pytest.mark.parametrize(
    ("address", "block", "purpose", "verdict"),
    [
        ("10.0.0.1", "10.0.0.0/8", "private use, RFC 1918", "undetermined"),
        ("2001:db8::1", "2001:db8::/32", "documentation, RFC 3849", "internal"),
        ("127.0.0.1", "127.0.0.0/8", "loopback, RFC 1122 section 3.2.1.3", "internal"),
        ("2001:0:1::1", "2001::/32", "Teredo, RFC 4380: names a relay and a mapped client", "undetermined"),
    ],
)
def test_a_special_block_is_named(address: str, block: str, purpose: str, verdict: str, knowledge: Knowledge) -> None:
    """The registry's entry, and the place verdict that follows."""
    explanation = explain(address, NOW, knowledge)
    facts = explanation["address"]

    assert (facts["block"], facts["purpose"], explanation["verdict"]["place"]["verdict"]) == (block, purpose, verdict)


def test_the_operator_is_found_by_its_as_number(knowledge: Knowledge) -> None:
    """With the name and the list under which the number was found."""
    operator = explain("51.103.0.1", NOW, knowledge)["operator"]

    assert (operator["id"], operator["found"]["value"], operator["found"]["source"]) == (
        "microsoft_azure",
        "AS8075",
        "asn2org/PeeringDB",
    )


def test_an_operator_outside_the_table_is_named_by_its_number(knowledge: Knowledge) -> None:
    """As in judged rows and in a register; its registration country is a candidate."""
    explanation = explain("193.0.6.139", NOW, knowledge)

    assert (explanation["operator"]["listed"], explanation["operator"]["id"]) == (False, "as3333")
    assert explanation["verdict"]["control"]["reason"] == "operator_unlisted"


@pytest.mark.parametrize(
    ("moment", "held", "other"),
    [
        ("2024-05-16T21:59:59", ["Yandex LLC", "Yandex N.V."], ["Consortium.First (IJSC Yandex)"]),
        ("2024-05-16T22:00:00", ["Yandex LLC", "Consortium.First (IJSC Yandex)"], ["Yandex N.V."]),
    ],
)
def test_owners_are_those_of_the_moment(moment: str, held: list[str], other: list[str], knowledge: Knowledge) -> None:
    """One second either side of the sale, midnight in Brussels; the others are shown apart."""
    operator = explain("5.255.255.70", datetime.fromisoformat(f"{moment}+00:00"), knowledge)["operator"]

    assert [owner["entity"] for owner in operator["path"]] == held
    assert [owner["entity"] for owner in operator["other_owners"]] == other


def test_an_unverified_owner_carries_its_mark(knowledge: Knowledge) -> None:
    """It stands on the path all the same."""
    path = explain("5.255.255.70", NOW, knowledge)["operator"]["path"]

    assert [(owner["entity"], owner["verified"]) for owner in path] == [
        ("Yandex LLC", False),
        ("Consortium.First (IJSC Yandex)", True),
    ]


@pytest.mark.parametrize("day", ["2026-11-24", "2015-10-05"])
def test_the_atlas_says_how_far_it_lies_from_the_day(day: str, knowledge: Knowledge) -> None:
    """By the farther of its sources; over 180 days is far."""
    age = atlas_age(knowledge, datetime.fromisoformat(day).replace(tzinfo=UTC))

    assert age is not None
    assert (age["far"], abs(age["days"]) > 180) == (day < "2026", day < "2026")
