"""How countries stand in the scenario's quarter."""

from __future__ import annotations

import pytest

from monitor.world.far_ends import far_ends
from monitor.world.standing import ADEQUATE, EEA, LISTED_IMPORTERS_ONLY, OPERATORS, REVIEW, Place, standing

STANDINGS = {
    "FR": Place("eea"),
    "IS": Place("eea"),
    "RE": Place("eea"),
    "CH": Place("adequate", None, "2000/518/EC"),
    "BR": Place("adequate", None, "(EU) 2026/179"),
    "US": Place("uncovered", "importer_unknown"),
    "CA": Place("uncovered", "importer_unknown"),
    "NC": Place("uncovered", "policy_review"),
    "IN": Place("uncovered", "no_ground"),
}


@pytest.mark.parametrize(("country", "expected"), STANDINGS.items(), ids=STANDINGS)
def test_standing_of_a_country_for_an_unknown_importer(country: str, expected: Place) -> None:
    """One example of every kind."""
    assert standing(country, importer_known=False) == expected


def test_a_known_importer_without_certificate_is_named_as_such() -> None:
    """The reason says what is missing."""
    assert standing("US", importer_known=True) == Place("uncovered", "importer_not_certified")


def test_a_country_stands_in_one_way_only() -> None:
    """The tables do not overlap."""
    groups = [EEA, set(ADEQUATE), set(LISTED_IMPORTERS_ONLY), REVIEW]

    assert sum(map(len, groups)) == len(set().union(*groups))


def test_no_operator_is_stated_in_vain() -> None:
    """Every operator has a far end in the world."""
    assert set(OPERATORS) == {far.operator for far in far_ends()} & set(OPERATORS)


def test_laws_are_sorted() -> None:
    """The judged column is sorted, so the truth is."""
    assert [name for name, operator in OPERATORS.items() if list(operator.laws) != sorted(operator.laws)] == []
