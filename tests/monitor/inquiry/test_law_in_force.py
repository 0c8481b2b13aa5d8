"""What is in force, everywhere and for one country."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import pytest

from monitor.inquiry.law_in_force import law_in_force

if TYPE_CHECKING:
    from monitor.app import Knowledge

NOW: Final = datetime(2026, 11, 24, 12, tzinfo=UTC)


def at(text: str) -> datetime:
    """An instant in UTC."""
    return datetime.fromisoformat(f"{text}+00:00")


def test_keys_of_the_whole_are_stable(knowledge: Knowledge) -> None:
    """A script that reads `law --json` relies on them."""
    assert list(law_in_force(NOW, None, knowledge)) == [
        *("at", "country", "area", "review", "decisions", "frameworks", "covers_nothing_seen", "reach_laws", "pending"),
        *("open_points", "without_decision", "basis"),
    ]


def test_keys_of_a_country_are_stable(knowledge: Knowledge) -> None:
    """A script that reads `law --country --json` relies on them."""
    assert list(law_in_force(NOW, "US", knowledge)) == [
        *("at", "country", "name", "kind", "note", "sovereign", "sovereign_name", "law_of", "standing", "gdpr_from"),
        *("periods", "decisions", "reach_laws", "conflict_rules", "pending", "asked_often_without_decision"),
        *("printed_for", "basis"),
    ]


@pytest.mark.parametrize("country", [None, "US", "GB", "PR", "EPO", "NO"])
def test_the_law_is_json(country: str | None, knowledge: Knowledge) -> None:
    """Written and read again it is the same."""
    law = law_in_force(NOW, country, knowledge)

    assert json.loads(json.dumps(law)) == law


@pytest.mark.parametrize(
    ("moment", "states", "transition"),
    [
        ("2026-11-24T12:00:00", 30, []),
        ("2020-01-31T22:59:59", 31, []),
        ("2020-01-31T23:00:00", 30, ["GB", "GI"]),
        ("2021-05-01T00:00:00", 30, ["GB"]),
        ("2013-06-30T21:59:59", 30, []),
    ],
)
def test_the_area_is_that_of_the_moment(moment: str, states: int, transition: list[str], knowledge: Knowledge) -> None:
    """Members and EEA-EFTA States, without the territories that have a code of their own."""
    area = law_in_force(at(moment), None, knowledge)["area"]
    own = [each for each in area["eea"] if each["sovereign"] == each["country"]]

    assert (len(own), [each["country"] for each in area["transition"]]) == (states, transition)


@pytest.mark.parametrize(
    ("moment", "numbers"),
    [
        ("2020-07-15T21:59:59", ["2002/2/EC", "(EU) 2016/1250"]),
        ("2020-07-15T22:00:00", ["2002/2/EC"]),
        ("2023-07-09T22:00:00", ["2002/2/EC", "(EU) 2023/1795"]),
    ],
)
def test_lists_are_those_of_the_moment(moment: str, numbers: list[str], knowledge: Knowledge) -> None:
    """One second either side of the annulment of Privacy Shield, and the first of the DPF."""
    frameworks = law_in_force(at(moment), None, knowledge)["frameworks"]

    assert [each["number"] for each in frameworks] == numbers


def test_whole_country_decisions_have_no_list(knowledge: Knowledge) -> None:
    """Every one has a number, a scope, a first day and a source."""
    decisions = law_in_force(NOW, None, knowledge)["decisions"]

    assert [each for each in decisions if each["framework"]] == []
    assert all(each["number"] and each["scope"] and each["in_force_from"] and each["source"] for each in decisions)
    assert sorted(each["country"] for each in decisions) == [
        *("AD", "AR", "BR", "CH", "EPO", "FO", "GB", "GG", "IL", "IM", "JE", "JP", "KR", "NZ", "UY"),
    ]


def test_reach_laws_stand_by_country_with_weights(knowledge: Knowledge) -> None:
    """Those in force then."""
    laws = law_in_force(at("2018-03-22T22:59:59"), None, knowledge)["reach_laws"]

    assert [(law["code"], law["weight"]) for law in laws["US"]] == [("US_FISA702", "high"), ("US_EO12333", "medium")]


def test_what_is_open_is_told(knowledge: Knowledge) -> None:
    """The lapse of section 702 and the appeal against the DPF."""
    points = law_in_force(NOW, None, knowledge)["open_points"]

    assert [point.partition(":")[0] for point in points] == [
        "renewal of (EU) 2021/1772",
        "(EU) 2023/1795",
        "US_FISA702",
    ]


def test_a_country_has_its_past_and_its_future(knowledge: Knowledge) -> None:
    """The United Kingdom in June 2020."""
    law = law_in_force(at("2020-06-01T00:00:00"), "GB", knowledge)

    assert [(each["status"], each["when"]) for each in law["periods"]] == [
        ("eea", "past"),
        ("transition", "present"),
        ("transition", "future"),
    ]
    assert [(each["number"], each["when"]) for each in law["decisions"]] == [
        ("(EU) 2021/1772", "future"),
        ("renewal of (EU) 2021/1772", "future"),
    ]


@pytest.mark.parametrize(
    ("country", "sovereign", "law_of"), [("PR", "US", "US"), ("RE", "FR", "FR"), ("GG", "GB", "GG"), ("FR", "FR", "FR")]
)
def test_a_territory_names_sovereign_and_law(country: str, sovereign: str, law_of: str, knowledge: Knowledge) -> None:
    """Whose it is, and whose reach laws apply there."""
    law = law_in_force(NOW, country, knowledge)

    assert (law["sovereign"], law["law_of"]) == (sovereign, law_of)


def test_reach_laws_of_the_sovereign_apply_in_its_territory(knowledge: Knowledge) -> None:
    """Puerto Rico."""
    codes = [law["code"] for law in law_in_force(NOW, "PR", knowledge)["reach_laws"]]

    assert codes == ["US_FISA702", "US_EO12333", "US_CLOUD_ACT"]


@pytest.mark.parametrize("written", ["us", " US "])
def test_a_code_may_be_written_small(written: str, knowledge: Knowledge) -> None:
    """The answer has it in capital letters."""
    assert law_in_force(NOW, written, knowledge)["country"] == "US"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("UK", '"UK" is not the code of a country. Did you mean GB, United Kingdom?'),
        ("USA", '"USA" is not the code of a country. Did you mean US, United States?'),
        ("frnace", '"frnace" is not the code of a country. Did you mean FR, France?'),
        ("Germany", '"Germany" is not the code of a country. Did you mean DE, Germany?'),
        ("zzzzzz", '"zzzzzz" is not the code of a country. Write two letters, such as US.'),
        ("EU", 'EU is no country: address databases print it for "somewhere in Europe". Write a code such as FR.'),
    ],
)
def test_a_wrong_code_names_the_nearest(written: str, said: str, knowledge: Knowledge) -> None:
    """Or says what to write."""
    with pytest.raises(ValueError, match=r".+") as refused:
        law_in_force(NOW, written, knowledge)

    assert str(refused.value) == said
