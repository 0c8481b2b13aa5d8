"""The French words."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from monitor.report.words_en import ENGLISH
from monitor.report.words_fr import FRENCH


def test_both_languages_have_the_same_keys_in_the_same_order() -> None:
    """A sentence cannot be missing in one of them."""
    assert list(FRENCH) == list(ENGLISH)


@pytest.mark.parametrize("key", ENGLISH)
def test_both_languages_fill_in_the_same_values(key: str) -> None:
    """A figure that one language says the other says too."""
    said = [sorted({name for _, name, _, _ in Formatter().parse(words[key]) if name}) for words in (ENGLISH, FRENCH)]

    assert said[0] == said[1]


def test_uncovered_is_never_called_illegal() -> None:
    """« sans fondement identifié », and no other word."""
    text = " ".join(FRENCH.values())

    assert FRENCH["place_verdict.uncovered"] == "sans fondement identifié"
    assert re.findall(r"illégal|illicite|violation|interdit", text, re.IGNORECASE) == []


def test_high_punctuation_stays_with_its_word() -> None:
    """A no-break space before it."""
    assert [words for words in FRENCH.values() if re.search(r"\S [:;?!»%]|« ", words)] == []
