"""Which operator's suffix a name ends with."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from monitor.attribution.names import match_name
from monitor.attribution.operators import OperatorTable, load_operators

if TYPE_CHECKING:
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
