"""What operators may not say when they are read together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from monitor.attribution.operator_checks import NO_KIND, NO_OWNER, Seen, operator_findings, without_echoes
from monitor.attribution.operators import OperatorsFile
from monitor.problem import Problem
from monitor.public_suffixes import is_registry

if TYPE_CHECKING:
    from collections.abc import Mapping

OWNER = {"entity": "Example SA", "country": "FR", "from": None, "source": "x", "verified": True}


def operator(**changes: object) -> dict[str, object]:
    """One operator as a file would hold it."""
    return {
        "id": "example",
        "name": "Example",
        "kinds": ["cloud"],
        "ownership": [OWNER],
        "control": "eu",
        "laws": [],
        "status": "memory",
        **changes,
    }


def findings(*operators: Mapping[str, object]) -> list[str]:
    """What is found in one file with these operators, with the codes A and M known."""
    read = OperatorsFile.model_validate({"operators": list(operators)})
    seen = Seen(law_codes={"US_A"}, marker_codes={"EU_M"})
    return [finding.what for finding in operator_findings(read, seen=seen, file="one.yaml")]


def test_sound_operators_have_no_findings() -> None:
    """Two that share nothing."""
    assert findings(operator(), operator(id="other")) == []


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"laws": ["US_B"]}, "US_B is not in rules/law/reach_laws.yaml."),
        ({"markers": ["US_A"]}, "US_A is not in rules/law/reach_laws.yaml."),
        ({"laws": [{"code": "US_B", "to": "2020-01-01"}]}, "US_B is not in rules/law/reach_laws.yaml."),
        (
            {"laws": [{"code": "US_A", "from": "2020-02-01", "to": "2020-01-01"}]},
            "2020-01-01 is not after the first day, 2020-02-01.",
        ),
        (
            {"laws": [{"code": "US_A", "to": "2020-01-01"}, {"code": "US_A", "from": "2019-01-01"}]},
            "US_A is listed twice for the same time.",
        ),
        ({"kinds": []}, "an operator has at least one kind."),
        ({"ownership": []}, "the path is empty at some time."),
        ({"ownership": [OWNER, OWNER]}, "the same owner stands on the path twice."),
        ({"ownership": [{**OWNER, "from": "2020-01-01"}]}, "the path is empty at some time."),
        (
            {"ownership": [OWNER, {**OWNER, "entity": "B", "from": "2020-02-01", "to": "2020-01-01"}]},
            "2020-01-01 is not after the first day, 2020-02-01.",
        ),
    ],
)
def test_what_one_operator_may_not_say(changes: dict[str, object], what: str) -> None:
    """Each mistake in words."""
    assert what in findings(operator(**changes))


def test_a_law_may_come_again() -> None:
    """Two times of one law that do not touch the same day."""
    laws = [{"code": "US_A", "to": "2020-01-01"}, {"code": "US_A", "from": "2020-01-01"}]

    assert findings(operator(laws=laws)) == []


@pytest.mark.parametrize(
    ("shared", "what"),
    [
        ({"id": "example"}, "the id example is used in one.yaml already."),
        (
            {"as_numbers": [{"number": 64500, "name": "X", "source": "x"}]},
            "AS64500 belongs to example already.",
        ),
        ({"domains": {"verified": ["example.com"]}}, "example.com belongs to example already."),
    ],
)
def test_what_two_operators_may_not_share(shared: dict[str, object], what: str) -> None:
    """An id, an AS number and a suffix have one holder."""
    assert findings(operator(**shared), operator(**{"id": "other", **shared})) == [what]


def test_a_list_lacks_nothing_that_was_refused() -> None:
    """The refused item is told, and not that the list is empty without it; other lists and other words stay."""
    problems = [
        Problem("one.yaml", 1, 1, key, what)
        for key, what in (
            ("operators[0].ownership[0].country", '"UX" is not a country code.'),
            ("operators[0].ownership", NO_OWNER),
            ("operators[0].kinds", NO_KIND),
            ("operators[1].ownership", NO_OWNER),
            ("operators[0].ownership", "another word."),
        )
    ]

    assert list(without_echoes(problems)) == [problems[0], *problems[2:]]


def test_codes_are_not_checked_where_none_are_known() -> None:
    """The composition root hands the law's codes in; without them any word passes."""
    read = OperatorsFile.model_validate({"operators": [operator(laws=["US_B"])]})

    assert list(operator_findings(read, seen=Seen(None, None), file="one.yaml")) == []


def test_a_suffix_of_a_registry_is_no_operator_s() -> None:
    """Every name of the country would be its service."""
    read = OperatorsFile.model_validate({"operators": [operator(domains={"verified": ["example.fr", "co.uk"]})]})
    found = list(operator_findings(read, seen=Seen(None, None, is_registry), file="one.yaml"))

    assert [(each.path[-1], each.what) for each in found] == [
        (1, "co.uk is a suffix of a registry: the names below it belong to everybody.")
    ]
