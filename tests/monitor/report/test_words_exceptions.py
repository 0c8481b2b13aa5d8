"""The words on waivers: the same in both languages."""

from __future__ import annotations

from monitor.report.words_exceptions import ENGLISH_EXCEPTIONS, FRENCH_EXCEPTIONS


def test_both_languages_say_the_same() -> None:
    """Every key is in both."""
    assert sorted(ENGLISH_EXCEPTIONS) == sorted(FRENCH_EXCEPTIONS)


def test_no_word_says_that_a_waiver_allows_a_transfer() -> None:
    """It keeps an alert from being sent."""
    assert ("no legal ground" in ENGLISH_EXCEPTIONS["exceptions.lead"]) is True
