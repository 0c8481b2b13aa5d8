"""What a header says, line by line."""

from __future__ import annotations

import json

import pytest

from collectors.zeek.layout import Layout, unescaped


def _after(*lines: str) -> Layout:
    layout = Layout()
    for line in lines:
        layout = layout.after(line.encode())
    return layout


def test_a_header_says_separators_markers_path_and_fields() -> None:
    """Each in a line of its own, parted by the separator."""
    layout = _after(
        "#separator \\x7c",
        "#set_separator|;",
        "#empty_field|E",
        "#unset_field|U",
        "#path|conn",
        "#fields|a|b",
        "#types|set[addr]|time",
    )

    assert layout == Layout("|", ";", "E", "U", "conn", ("a", "b"), ("set[addr]", "time"))
    assert layout.containers == {"a"}


def test_a_separator_begins_a_new_header() -> None:
    """What was said before is over."""
    assert _after("#separator \\x7c", "#unset_field|U", "#separator \\x09") == Layout()


@pytest.mark.parametrize("line", ["#close\t2026", "#", "### a comment", "#open\t2026", "#start"])
def test_other_lines_change_nothing(line: str) -> None:
    """They are comments."""
    assert _after("#fields\ta", line) == _after("#fields\ta")


@pytest.mark.parametrize("text", ["\\x09\\x09", "", "\\x0a", "\\xe9"])
def test_a_separator_that_cannot_be_one_is_a_tab(text: str) -> None:
    """Fields must be told apart by one character."""
    assert _after(f"#separator {text}").separator == "\t"


def test_fields_of_one_name_are_told_apart() -> None:
    """Columns have names of their own."""
    assert _after("#fields\ta\ta\tb").fields == ("a", "a#2", "b")
    assert len(set(_after("#fields\ta\ta\ta#2").fields)) == 3


def test_a_layout_comes_back_from_what_it_spells() -> None:
    """Through JSON."""
    layout = _after("#path\tconn", "#fields\ta\tb", "#types\taddr\ttime")

    assert Layout.of(json.loads(json.dumps(layout.spelled()))) == layout


@pytest.mark.parametrize(
    ("text", "value"),
    [("a\\x2db", "a-b"), ("\\xc3\\xa9", "\u00e9"), ("\\xff", "\\xff"), ("\\x4", "\\x4"), ("plain", "plain")],
)
def test_escapes_are_octets(text: str, value: str) -> None:
    """What is no text then stays as it is spelled."""
    assert unescaped(text) == value
