"""YAML text becomes plain data, or faults that say where."""

from __future__ import annotations

from datetime import date

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from monitor.yaml_text import Place, plain_word, read_yaml


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("NO", "NO"),
        ("no", "no"),
        ("on", "on"),
        ("yes", "yes"),
        ("y", "y"),
        ("true", True),
        ("False", False),
        ("", None),
        ("~", None),
        ("null", None),
        ("0", 0),
        ("-7", -7),
        ("010", "010"),
        ("012345678901", "012345678901"),
        ("123456789012", 123456789012),
        ("1_000", "1_000"),
        ("0x1F", "0x1F"),
        ("12:30", "12:30"),
        ("1.50", 1.5),
        ("1e3", "1e3"),
        (".inf", ".inf"),
        ("9" * 19, "9" * 19),
        ("-", "-"),
        ("2026-02-01", date(2026, 2, 1)),
        ("2026-02-30", "2026-02-30"),
        ("2026-2-1", "2026-2-1"),
        ("2026-02-01 10:00:00", "2026-02-01 10:00:00"),
        ("10.20.0.0/16", "10.20.0.0/16"),
    ],
)
def test_a_plain_word_means_what_it_says(word: str, meaning: object) -> None:
    """No word is a truth value, a sexagesimal number or an octal one by surprise."""
    actual = plain_word(word)

    assert (type(meaning), meaning) == (type(actual), actual)


def test_quoted_words_stay_text() -> None:
    """Quotation marks decide."""
    assert read_yaml("a: '2026-02-01'\nb: \"7\"\nc: 'null'").data == {"a": "2026-02-01", "b": "7", "c": "null"}


def test_keys_are_text() -> None:
    """A year or a truth value as a key is the word that stands there."""
    assert read_yaml("2026: a\ntrue: b\nNO: c").data == {"2026": "a", "true": "b", "NO": "c"}


def test_places_count_characters_from_one() -> None:
    """A key after an accented letter and an emoji has the column that an editor shows."""
    places = read_yaml("é😀: {b: [x, yy]}", with_places=True).places

    assert Place((1, 6), (1, 9)) == places["é😀", "b"]
    assert Place((1, 13), (1, 13)) == places["é😀", "b", 1]


def test_nothing_is_nothing() -> None:
    """An empty file is no mapping and no fault."""
    assert (read_yaml("# only a comment\n").data, read_yaml("").faults) == (None, [])


@pytest.mark.parametrize(
    ("text", "line", "column", "what"),
    [
        ("a: 1\nb: 2\na: 3", 3, 1, "the key is written twice, first in line 1"),
        ("a:\n\t- b", 2, 1, "a tab is used for indentation"),
        ("a: [1, 2", 1, 4, "this is not YAML: a `[` is never closed, or a comma is missing"),
        ("a: {b: 1", 1, 4, "this is not YAML: a `{` is never closed, or a comma is missing"),
        ("a: 'b", 1, 4, "this is not YAML: a quotation mark is never closed"),
        ("a: b: c", 1, 5, "this is not YAML: a second `:` on one line, or a line indented too far"),
        ("a: @b", 1, 4, "this is not YAML: a text cannot start with this character"),
        ("a: 1\nb: \x07", 2, 4, "the control character U+0007 is not allowed"),
        ("a: *b", 1, 4, "*b repeats a value that nothing above names"),
        ("a: &b [*b]", 1, 8, "*b repeats a value inside itself"),
        ("a: !secret b", 1, 4, "the tag !secret is not known here"),
        ("a: 1\n---\nb: 2", 2, 1, "a second document starts here"),
        ("? [a]\n: b", 1, 3, "a key must be a word, not a list or a mapping"),
    ],
)
def test_a_fault_has_its_place(text: str, line: int, column: int, what: str) -> None:
    """Each thing that YAML allows or forbids to our harm is said once, where it stands."""
    assert [(line, column, what)] == [(fault.line, fault.column, fault.what) for fault in read_yaml(text).faults]


@pytest.mark.parametrize("text", ["[" * 100_000, "- " * 100_000 + "x", "{a: " * 100_000])
def test_deep_nesting_is_a_fault_and_no_crash(text: str) -> None:
    """The usual loader of libyaml ends the whole process here."""
    assert [fault.what for fault in read_yaml(text).faults] == ["is nested deeper than 64 levels"]


def test_an_alias_may_repeat_a_little() -> None:
    """One hosting for two systems is a fair use."""
    assert read_yaml("a: &x [1, 2]\nb: *x").data == {"a": [1, 2], "b": [1, 2]}


def test_an_alias_bomb_is_a_fault() -> None:
    """Nine lines that would be a thousand million values."""
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [
        f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    ]

    assert [fault.what for fault in read_yaml("\n".join(lines)).faults] == [
        "aliases (*d) repeat more than 10000 values"
    ]


@given(st.text(st.sampled_from("ab:-[]{}&*!'\"\n\t |>#,?%@\\é0~"), max_size=60))
def test_any_text_is_data_or_faults(text: str) -> None:
    """Nothing that a person or a tool can type raises."""
    reading = read_yaml(text, with_places=True)

    assert all(fault.line >= 1 and fault.column >= 1 for fault in reading.faults)


# PyYAML's own emitter changes U+0085 and its relatives; they are no test of ours.
_TEXT = st.text(st.characters(exclude_categories=("C", "Z")) | st.just(" "), max_size=12)
_LEAVES = st.none() | st.booleans() | st.integers(-(10**17), 10**17) | _TEXT | st.dates()
_TREES = st.recursive(_LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXT, inner, max_size=4))


@given(_TREES)
def test_what_a_dumper_writes_reads_back(tree: object) -> None:
    """The JSON subset and days survive a round trip through another writer."""
    text = yaml.safe_dump(tree, allow_unicode=True)

    assert tree == read_yaml(text).data
