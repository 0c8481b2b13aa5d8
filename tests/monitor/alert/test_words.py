"""The words of alerts: both languages say the same things, and claim no more than is known."""

from __future__ import annotations

import re
from string import Formatter
from typing import TYPE_CHECKING

import pytest

from monitor.alert.words import ENGLISH, FRENCH, WORDS

if TYPE_CHECKING:
    from pathlib import Path


def test_both_languages_have_the_same_keys() -> None:
    """No sentence is missing in one of them."""
    assert sorted(FRENCH) == sorted(ENGLISH)


@pytest.mark.parametrize("key", sorted(ENGLISH))
def test_both_languages_have_the_same_slots(key: str) -> None:
    """A French `head` may leave out a country that is in brackets, never name another thing."""
    assert _slots(FRENCH[key]) == _slots(ENGLISH[key])


@pytest.mark.parametrize("language", sorted(WORDS))
def test_every_shipped_rule_has_its_own_first_line_and_first_check(language: str, root: Path) -> None:
    """The on-call never reads the id of a rule as a sentence."""
    rules = [path.stem for path in (root / "rules" / "detection").glob("*.yml")]
    missing = [
        f"{kind}.{rule}" for rule in rules for kind in ("head", "check") if f"{kind}.{rule}" not in WORDS[language]
    ]

    assert missing == []


def test_no_words_are_kept_for_rules_that_are_gone(root: Path) -> None:
    """A rule that is renamed takes its words along."""
    rules = {path.stem for path in (root / "rules" / "detection").glob("*.yml")} | {"other"}
    named = {key.partition(".")[2] for key in ENGLISH if key.startswith(("head.", "check."))}

    assert named - rules == set()


@pytest.mark.parametrize("language", sorted(WORDS))
def test_nothing_is_called_illegal(language: str) -> None:
    """No ground known is not the same as forbidden, and only a person can tell."""
    claims = re.compile(r"illeg|illég|illicit|unlawful|violat|breach|infraction|leak|fuite", re.IGNORECASE)

    assert [text for text in WORDS[language].values() if claims.search(text)] == []


def _slots(text: str) -> list[str]:
    return sorted({name for _, name, _, _ in Formatter().parse(text) if name})
