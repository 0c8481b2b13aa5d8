"""The forms of sshd's messages."""

from __future__ import annotations

import re

import pytest

from collectors.sshd.forms import FORMS, GROUPS, KEY, KEY_GROUPS, WORDS


@pytest.mark.parametrize("form", FORMS, ids=[form.words for form in FORMS])
def test_a_form_begins_with_its_words_and_names_the_far_end(form: object) -> None:
    """By groups that the decoder knows."""
    words, pattern = form.words, re.compile(form.pattern)  # type: ignore[attr-defined]

    assert "from" in pattern.groupindex
    assert set(pattern.groupindex) <= set(GROUPS)
    assert re.match(WORDS, words).group(1) == words  # type: ignore[union-attr]


def test_no_form_hides_another() -> None:
    """The first words that fit decide."""
    words = [form.words for form in FORMS]

    assert [re.match(WORDS, each).group(1) for each in words] == words  # type: ignore[union-attr]
    assert len(set(words)) == len(words)


def test_a_key_has_its_parts() -> None:
    """Those of a certificate besides."""
    assert set(re.compile(KEY).groupindex) == set(KEY_GROUPS)
