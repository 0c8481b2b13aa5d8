"""Every fact of an explanation, with its source, under keys that do not move."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.inquiry.explain import explain

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.app import Knowledge

FORMS = "Write an address such as 8.8.8.8 or 2001:db8::1, or a host name such as www.example.org."
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
KEYS = {
    "": [
        "asked",
        "at",
        "kind",
        "address",
        "name",
        "place",
        "network",
        "operator",
        "law",
        "verdict",
        "atlas_age",
        "queries_sent",
        "basis",
    ],
    "address": ["canonical", "version", "reach", "block", "purpose", "embedded_ipv4", "embedding"],
    "place": ["country", "country_name", "region", "confidence", "reason", "candidates", "said", "anycast"],
    "network": ["as_number", "as_name", "source", "registration_country", "registration_name", "registration_source"],
    "operator": [
        *("listed", "id", "name", "kinds", "hosts_others", "found", "file", "status", "confidence", "control", "path"),
        *("other_owners", "dating", "pending_change", "changes", "open_points", "notes", "qualifications", "dpf_hint"),
        *("split_from", "evidence"),
    ],
    "law": ["countries", "reaching", "at_other_times", "not_in_force", "markers"],
    "verdict": ["assumes", "importer", "place", "control", "before", "after", "would_change"],
    "basis": ["atlas", "law", "operators", "software"],
}


@pytest.mark.parametrize("part", KEYS)
def test_keys_are_stable(part: str, knowledge: Knowledge) -> None:
    """A script that reads `explain --json` relies on them; docs/explain.md names them."""
    explanation = explain("8.8.8.8", NOW, knowledge)

    assert list(explanation[part] if part else explanation) == KEYS[part]


def test_the_handbook_names_every_key(root: Path) -> None:
    """A key that it does not name is not a promise."""
    text = (root / "docs" / "explain.md").read_text(encoding="utf-8")

    assert [key for keys in KEYS.values() for key in keys if f"`{key}`" not in text] == []


@given(
    st.one_of(st.text(), st.sampled_from(["8.8.8.8", "::1", "a.b"]).flatmap(lambda head: st.text().map(head.__add__)))
)
def test_any_text_is_explained_or_refused(knowledge: Knowledge, text: str) -> None:
    """A refusal says what to write."""
    refusal = "Write "
    try:
        said = explain(text, NOW, knowledge)["asked"]
    except ValueError as refused:
        said, text = str(refused).partition(refusal)[1], refusal

    assert said == text


@pytest.mark.parametrize("year", [1, 1970, 9999])
def test_any_day_can_be_asked(year: int, knowledge: Knowledge) -> None:
    """From the first to the last that a date can say."""
    explanation = explain("51.103.0.1", datetime(year, 12, 30, tzinfo=UTC), knowledge)

    assert explanation["operator"]["id"] == "microsoft_azure"


@pytest.mark.parametrize("what", ["8.8.8.8", "10.0.0.1", "2001:db8::1", "s3.eu-west-3.amazonaws.com", "example.org"])
def test_an_explanation_is_json(what: str, knowledge: Knowledge) -> None:
    """Written and read again it is the same."""
    explanation = explain(what, NOW, knowledge)

    assert json.loads(json.dumps(explanation)) == explanation


@pytest.mark.parametrize(
    ("asked", "canonical", "version"),
    [
        (" 8.8.8.8 ", "8.8.8.8", 4),
        ("::ffff:8.8.8.8", "8.8.8.8", 4),
        ("2001:4860:4860:0000:0000:0000:0000:8888", "2001:4860:4860::8888", 6),
        ("[2001:4860:4860::8888]", "2001:4860:4860::8888", 6),
        ("2001:4860:4860::ABCD", "2001:4860:4860::abcd", 6),
    ],
)
def test_any_spelling_of_an_address_is_understood(
    asked: str, canonical: str, version: int, knowledge: Knowledge
) -> None:
    """The standard spelling is shown, what was asked is kept."""
    explanation = explain(asked, NOW, knowledge)

    assert (explanation["asked"], explanation["address"]["canonical"], explanation["address"]["version"]) == (
        asked,
        canonical,
        version,
    )


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("", f'"" is neither an address nor a host name. {FORMS}'),
        ("8.8.8", f'"8.8.8" is neither an address nor a host name. {FORMS}'),
        ("two words", f'"two words" is neither an address nor a host name. {FORMS}'),
        ("localhost", f'"localhost" is neither an address nor a host name. {FORMS}'),
        ("10.0.0.0/8", '"10.0.0.0/8" is a network, and its addresses may differ. Write one, such as 10.0.0.0.'),
        ("fe80::1%eth0", '"fe80::1%eth0" names an interface of one machine. Write the address alone, such as fe80::1.'),
        ("\udcff.example.org", f'"?.example.org" is neither an address nor a host name. {FORMS}'),

        ("http://u:p@x.test:80/?@z", '"http://u:p@x.test:80/?@z" is a URL. Write the host name alone, such as x.test.'),
        ("https://[::1/", '"https://[::1/" is a URL. Write the host name alone, such as www.example.org.'),
        ("https://example.org/x", '"https://example.org/x" is a URL. Write the host name alone, such as example.org.'),
    ],
)  # fmt: skip
def test_what_is_neither_is_refused_in_a_sentence(asked: str, said: str, knowledge: Knowledge) -> None:
    """It says what to write instead."""
    with pytest.raises(ValueError, match=r".+") as refused:
        explain(asked, NOW, knowledge)

    assert str(refused.value) == said


def test_an_embedded_address_is_judged_as_the_one_inside(knowledge: Knowledge) -> None:
    """Everything but the address itself is that of 51.103.0.1."""
    parts = ("place", "network", "operator", "law", "verdict")
    outer, inner = (explain(address, NOW, knowledge) for address in ("64:ff9b::3367:1", "51.103.0.1"))

    assert [outer[part] for part in parts] == [inner[part] for part in parts]


def test_laws_are_told_by_the_moment(knowledge: Knowledge) -> None:
    """Before 2018-03-23 the CLOUD Act is on the operator's list and not in force."""
    law = explain("51.103.0.1", datetime(2018, 1, 1, tzinfo=UTC), knowledge)["law"]

    assert [each["code"] for each in law["reaching"]] == ["US_FISA702", "US_EO12333"]
    assert [(each["code"], each["when"]) for each in law["not_in_force"]] == [("US_CLOUD_ACT", "future")]


@pytest.mark.parametrize(
    ("day", "reaching", "at_other_times"),
    [
        (29, ["UK_IPA"], ["US_FISA702", "US_EO12333", "US_CLOUD_ACT"]),
        (30, ["US_FISA702", "US_EO12333", "US_CLOUD_ACT"], ["UK_IPA"]),
    ],
)
def test_laws_come_and_go_with_the_owner(
    day: int, reaching: list[str], at_other_times: list[str], knowledge: Knowledge
) -> None:
    """The parent of Atlassian moved on 2022-09-30: the verdict names the laws of the moment."""
    explanation = explain("x.atlassian.net", datetime(2022, 9, day, 12, tzinfo=UTC), knowledge)
    law = explanation["law"]

    assert [each["code"] for each in law["reaching"]] == reaching
    assert [each["code"] for each in law["at_other_times"]] == at_other_times
    assert {(each["code"][:2], each["reaches_from"], each["reaches_to"]) for each in law["reaching"]} <= {
        ("UK", None, "2022-09-30"),
        ("US", "2022-09-30", None),
    }
    assert explanation["verdict"]["control"]["laws"] == sorted(reaching)


def test_every_country_that_plays_a_part_stands_once(knowledge: Knowledge) -> None:
    """The place and the seats, each with its roles and how it stands."""
    countries = explain("51.103.0.1", NOW, knowledge)["law"]["countries"]

    assert [(each["country"], each["roles"], each["standing"]) for each in countries] == [
        ("FR", ["place"], "eea"),
        ("US", ["seat"], "framework"),
    ]


def _name(what: str, moment: datetime, knowledge: Knowledge) -> dict[str, Any]:
    return explain(what, moment, knowledge)


def test_a_name_tells_who_and_never_where(knowledge: Knowledge) -> None:
    """Operator by the suffix, place undetermined, no network."""
    explanation = _name("S3.eu-west-3.amazonaws.com.", NOW, knowledge)

    assert (explanation["name"]["canonical"], explanation["operator"]["id"], explanation["network"]) == (
        "s3.eu-west-3.amazonaws.com",
        "aws",
        None,
    )
    assert explanation["verdict"]["place"]["reason"] == "no_source"
    assert explanation["queries_sent"] == 0


def test_a_suffix_that_ended_is_told_by_date(knowledge: Knowledge) -> None:
    """Up to its last day it names the operator, after it only the history."""
    last, next_day = (
        _name("api.packet.net", datetime(2026, month, day, 12, tzinfo=UTC), knowledge)
        for month, day in ((6, 30), (7, 1))
    )

    assert (last["operator"]["id"], last["operator"]["found"]["last_day"], last["name"]["formerly"]) == (
        "equinix",
        "2026-06-30",
        [],
    )
    assert (next_day["operator"]["listed"], [each["operator"] for each in next_day["name"]["formerly"]]) == (
        False,
        ["equinix"],
    )


def test_no_explanation_says_illegal(knowledge: Knowledge) -> None:
    """The tool knows grounds, not the lawfulness of what it sees."""
    said = json.dumps([explain(what, NOW, knowledge) for what in ("5.255.255.70", "8.8.8.8", "example.org")])

    assert "illegal" not in said.lower()
