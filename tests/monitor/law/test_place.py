"""What chapter V says of a country, with the importer and the declared transfers as values."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from monitor.document import Document
from monitor.fields import Surroundings
from monitor.law.certifications import fit_certifications
from monitor.law.place import Ground, Importer, Law, common_ground, judge_country
from monitor.law.regimes import load_regimes
from monitor.law.register import TransferEntry, fit_register
from monitor.law.territories import load_territories
from monitor.yaml_text import read_yaml

if TYPE_CHECKING:
    from monitor.problem import Problem

_AT = datetime(2026, 10, 7, 12, tzinfo=UTC)
_LAW = Law(load_territories(), load_regimes(), (), "third_country")
_NAMED = Importer("Example", frozenset({"example"}))


def _entry(basis: str = "bcr", **changed: str) -> TransferEntry:
    said = {
        "id": "T-1",
        "importer": "Example",
        "match": "{networks: [192.168.7.0/24]}",
        "basis": basis,
        "clear_text_access": "false",
        "tia": "{date: 2025-01-01, next_review: 2027-01-01}",
        "valid_from": "2025-01-01",
    } | changed
    text = "transfers: [{" + ", ".join(f"{key}: {value}" for key, value in said.items()) + "}]"
    problems: list[Problem] = []
    register = fit_register(_document("register.yaml", text), problems, Surroundings())
    assert register is not None, problems
    return register.transfers[0]


def _document(name: str, text: str) -> Document:
    data = read_yaml(text).data
    assert isinstance(data, dict)
    return Document(name, text, data)


def _certified(framework: str, importer: str, covers: str = "[non_hr]") -> Law:
    text = (
        f"certifications: [{{framework: {framework}, importer: {importer}, covers: {covers},"
        " valid_from: 2000-01-01, source: invented}]"
    )
    problems: list[Problem] = []
    read = fit_certifications(_document("certifications.yaml", text), problems, Surroundings())
    assert read is not None, problems
    return replace(_LAW, certifications=read.certifications)


def _judge(
    country: str,
    *matching: TransferEntry,
    law: Law = _LAW,
    importer: Importer | None = None,
    at: datetime = _AT,
    named_elsewhere: bool = False,
) -> Ground:
    return judge_country(country, at, law, importer or Importer(), matching, named_elsewhere=named_elsewhere)


@pytest.mark.parametrize(
    ("country", "expected"),
    [
        ("FR", Ground("eea")),
        ("NO", Ground("eea")),
        ("RE", Ground("eea")),
        ("CH", Ground("adequate", None, "2000/518/EC")),
        ("US", Ground("uncovered", "importer_unknown")),
        ("CA", Ground("uncovered", "importer_unknown")),
        ("RU", Ground("uncovered", "no_ground")),
        ("NC", Ground("uncovered", "policy_review")),
        ("EU", Ground("undetermined", "pseudo_country")),
        ("", Ground("undetermined", "pseudo_country")),
    ],
)
def test_a_country_by_itself(country: str, expected: Ground) -> None:
    """Without importer, register and certifications."""
    assert _judge(country) == expected


@pytest.mark.parametrize(
    ("framework", "at", "number"),
    [
        ("us_safe_harbour", datetime(2010, 1, 1, tzinfo=UTC), "2000/520/EC"),
        ("us_privacy_shield", datetime(2019, 1, 1, tzinfo=UTC), "(EU) 2016/1250"),
        ("us_dpf", datetime(2024, 1, 1, tzinfo=UTC), "(EU) 2023/1795"),
    ],
)
def test_a_framework_covers_those_on_its_list(framework: str, at: datetime, number: str) -> None:
    """While it is in force, and nobody else."""
    law = _certified(framework, "EXAMPLE")

    assert _judge("US", law=law, importer=_NAMED, at=at) == Ground("adequate", None, number)
    assert _judge("US", law=law, importer=Importer("Other", frozenset({"other"})), at=at).verdict == "uncovered"
    assert _judge("US", law=law, at=at) == Ground("uncovered", "importer_unknown")


def test_passenger_data_cover_nothing() -> None:
    """A decision on passenger records is none that a network shows: at that time nothing else is there."""
    at = datetime(2005, 1, 1, tzinfo=UTC)

    assert _judge("CA", at=datetime(2001, 1, 1, tzinfo=UTC)) == Ground("uncovered", "no_ground")
    assert _judge("US", importer=_NAMED, at=at).reason == "importer_not_certified"


@pytest.mark.parametrize(
    ("basis", "verdict"), [("bcr", "safeguarded"), ("derogation", "derogation"), ("adequacy", "uncovered")]
)
def test_an_entry_covers_by_its_basis(basis: str, verdict: str) -> None:
    """Art. 46 and Art. 49 have verdicts of their own; a declared adequacy is no ground."""
    assert _judge("IN", _entry(basis)).verdict == verdict


def test_the_first_entry_that_covers_is_relied_on() -> None:
    """One that cannot work before it does not hide it."""
    cannot = _entry(id="T-9", clear_text_access="true")

    assert _judge("IN", cannot, _entry()) == Ground("safeguarded", None, "T-1")


def test_no_entry_is_asked_where_a_decision_holds() -> None:
    """Adequacy stands before the register."""
    assert _judge("CH", _entry()) == Ground("adequate", None, "2000/518/EC")


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"valid_to": "2026-10-01"}, "entry_lapsed"),
        ({"tia": "{date: 2025-01-01, next_review: 2026-01-01}"}, "entry_lapsed"),
        ({"clear_text_access": "true"}, "entry_insufficient"),
        ({"valid_from": "2026-10-08"}, "entry_outside_scope"),
    ],
)
def test_why_an_entry_does_not_cover(changed: dict[str, str], reason: str) -> None:
    """It ended, its assessment did, it cannot work, it has not begun."""
    assert _judge("IN", _entry(**changed)) == Ground("uncovered", reason)


def test_the_best_entry_says_why_none_covers() -> None:
    """One that ended years ago does not hide why the one of today fails, which also names the importer."""
    ended = _entry("derogation", id="A-OLD", valid_from="2020-01-01", valid_to="2021-12-31")
    cannot = _entry(id="B-NOW", clear_text_access="true")

    assert _judge("IN", cannot, ended) == Ground("uncovered", "entry_insufficient")
    assert _judge("IN", ended) == Ground("uncovered", "entry_lapsed")


def test_an_entry_for_something_else_is_told() -> None:
    """`named_elsewhere`: the far end was declared, for another country, system or class."""
    assert _judge("IN", named_elsewhere=True) == Ground("uncovered", "entry_outside_scope")
    assert _judge("CH", named_elsewhere=True).verdict == "adequate"


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("third_country", Ground("uncovered", "policy_review")),
        ("eea", Ground("eea", "policy_review")),
        ("undetermined", Ground("undetermined", "policy_review")),
    ],
)
def test_review_territories_are_as_the_policy_says(policy: str, expected: Ground) -> None:
    """The law leaves it to the site."""
    assert _judge("PF", law=replace(_LAW, review_territories=policy)) == expected


@pytest.mark.parametrize(
    ("grounds", "expected"),
    [
        ([Ground("eea")], Ground("eea")),
        ([Ground("eea"), Ground("eea")], Ground("eea")),
        ([Ground("eea"), Ground("eea", "transition_period")], Ground("eea", "transition_period")),
        ([Ground("adequate", None, "b"), Ground("adequate", None, "a")], Ground("adequate", None, "a; b")),
        ([Ground("adequate", None, "a"), Ground("adequate", None, "a")], Ground("adequate", None, "a")),
        ([Ground("eea"), Ground("uncovered", "no_ground")], Ground("undetermined", "sources_disagree")),
        ([Ground("eea"), Ground("adequate", None, "a")], Ground("undetermined", "sources_disagree")),
        (
            [Ground("uncovered", "importer_unknown"), Ground("uncovered", "no_ground")],
            Ground("uncovered", "no_ground"),
        ),
        (
            [Ground("undetermined", "policy_review"), Ground("undetermined", "policy_review")],
            Ground("undetermined", "policy_review"),
        ),
    ],
)
def test_candidates_share_a_verdict_or_none(grounds: list[Ground], expected: Ground) -> None:
    """The same verdict stands, with every decision and the reason that is farthest from a ground."""
    assert common_ground(grounds) == expected
    assert common_ground(grounds[::-1]) == expected
