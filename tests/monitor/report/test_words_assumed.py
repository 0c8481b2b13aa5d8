"""The words of a report under an assumed law."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from monitor.report.effect import BY, GROUPS
from monitor.report.words_assumed import ENGLISH_ASSUMED, FRENCH_ASSUMED
from monitor.report.words_en import ENGLISH
from monitor.report.words_fr import FRENCH

_REPORT = Path(__file__).parents[3] / "monitor" / "report"
# Words that are looked up by the name of what they say.
_FAMILIES = ("assumed", "caption", "column", "effect", "key", "note")


def test_both_languages_say_the_same() -> None:
    """The same keys, with the same values in them."""
    said = [
        {key: sorted({name for _, name, _, _ in Formatter().parse(text) if name}) for key, text in words.items()}
        for words in (ENGLISH_ASSUMED, FRENCH_ASSUMED)
    ]

    assert said[0] == said[1]


def test_no_word_replaces_one_of_the_report_of_the_month() -> None:
    """A real page must not change."""
    assert set(ENGLISH_ASSUMED) & set(ENGLISH) == set(FRENCH_ASSUMED) & set(FRENCH) == set()


def test_every_group_and_every_table_is_said() -> None:
    """On both axes."""
    wanted = {f"effect.{axis}.{group}" for axis in ("place", "control") for group in GROUPS}
    wanted |= {f"caption.{table}" for table in BY}

    assert sorted(wanted - set(ENGLISH_ASSUMED)) == []


def test_every_word_is_used() -> None:
    """By its name, or in a family of names that are made."""
    files = [path for path in sorted(_REPORT.glob("*.*")) if not path.name.startswith("words_")]
    text = "".join(path.read_text("utf-8") for path in files)
    alone = [key for key in ENGLISH_ASSUMED if key.split(".")[0] not in _FAMILIES]

    assert [key for key in alone if f'"{key}"' not in text and key != "heading.assumption"] == []


def test_french_has_the_signs_of_french_type() -> None:
    """A space that does not break before double signs and inside quotation marks."""
    assert [words for words in FRENCH_ASSUMED.values() if re.search(r"\S [:;?!»%]|« ", words)] == []


@pytest.mark.parametrize("words", [ENGLISH_ASSUMED, FRENCH_ASSUMED], ids=["en", "fr"])
def test_no_ground_known_is_never_called_illegal(words: dict[str, str]) -> None:
    """What falls leaves no ground that the tool knows; no more."""
    text = " ".join(words.values()).casefold()

    assert [word for word in ("illegal", "unlawful", "illégal", "illicite", "uncovered") if word in text] == []
