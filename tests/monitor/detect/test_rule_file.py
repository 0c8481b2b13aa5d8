"""The keys of a rule's file, and the modifiers that are known."""

from __future__ import annotations

import pytest

from monitor.detect.rule_file import RuleTest, modifiers_fit
from monitor.wording import Unfit


@pytest.mark.parametrize("key", ["name", "name|contains|all", "name|re|i|m|s", "octets_out|gte", "name|cased"])
def test_a_key_gives_its_field(key: str) -> None:
    """With modifiers or without."""
    assert modifiers_fit(key) == key.split("|", maxsplit=1)[0]


@pytest.mark.parametrize("key", ["name|base64", "name|windash", "name|expand", "name|neq", "name|wide", "name|hour"])
def test_other_modifiers_are_refused(key: str) -> None:
    """Whether pySigma knows them or not."""
    with pytest.raises(Unfit, match="is not known here"):
        modifiers_fit(key)


def test_a_regular_expression_takes_no_wildcards_from_modifiers() -> None:
    """It says itself where it stands."""
    with pytest.raises(Unfit, match="takes no other modifier"):
        modifiers_fit("name|re|contains")


@pytest.mark.parametrize(("kind", "expected"), [("firing", None), ("near_miss", 0), ("noise", 0)])
def test_only_firing_wants_a_finding(kind: str, expected: int | None) -> None:
    """At least one, unless it says how many."""
    assert RuleTest.model_validate({"name": "x", "kind": kind, "events": [{}]}).expected == expected


def test_a_test_may_say_how_many() -> None:
    """Two addresses of one operator are one finding."""
    assert RuleTest.model_validate({"name": "x", "kind": "firing", "events": [{}], "findings": 1}).expected == 1
