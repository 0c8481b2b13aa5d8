"""How facts are laid out and worded."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console
from rich.text import Text

from monitor.inquiry.fact_text import Row, named, print_section, row, span_words


def printed(rows: list[Row], width: int = 60, *, color: bool = False) -> list[str]:
    """The lines of a section."""
    out = io.StringIO()
    console = Console(width=width, file=out, color_system="standard" if color else None, force_terminal=color)
    print_section(console, "Title", rows)
    return [each.rstrip() for each in out.getvalue().splitlines()]


def test_a_section_without_rows_is_not_printed() -> None:
    """Nothing is better than an empty heading."""
    assert printed([]) == []


def test_title_and_repeated_keys_are_written_once() -> None:
    """A row without a key continues the one above."""
    rows = [row("key", "one"), row("", "more"), row("key", "two"), row("other", "three")]

    assert printed(rows) == [
        "Title     key            one",
        "                         more",
        "                         two",
        "          other          three",
        "",
    ]


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("short", ["Title     key            fact  [short]"]),
        ("s" * 25, [f"Title     key            fact  [{'s' * 25}]"]),
        ("s" * 26, ["Title     key            fact", f"                         [{'s' * 26}]"]),
    ],
)
def test_a_source_stands_behind_its_fact_or_below(source: str, lines: list[str]) -> None:
    """In one line where both fit."""
    assert printed([row("key", "fact", source)]) == [*lines, ""]


def test_a_source_is_dimmed_and_the_fact_is_not() -> None:
    """Even where the whole fact has a style of its own."""
    (line, _) = printed([row("key", Text("fact", "bold"), "source")], color=True)

    assert line.endswith("\x1b[1mfact\x1b[0m  \x1b[90m[source]\x1b[0m")


def test_unverified_and_partly_remembered_facts_are_marked() -> None:
    """The mark stands with the fact, the part that the source does not tell behind the source."""
    rows = [
        Row("a", Text("fact"), "s", verified=False),
        Row("b", Text("fact"), "s", memory="day"),
        Row("c", Text("fact"), memory="day"),
    ]

    assert printed(rows) == [
        "Title     a              fact (unverified)  [s]",
        "          b              fact  [s] from memory: day",
        "          c              fact  from memory: day",
        "",
    ]


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (("2000-01-01", None, None), "since 2000-01-01"),
        (("2000-01-01", "2015-10-06", None), "from 2000-01-01 until 2015-10-06 (first day without)"),
        (("2000-01-01", None, "2031-12-27"), "from 2000-01-01 to 2031-12-27 (last day)"),
        ((None, "2014-01-01", None), "at all times until 2014-01-01 (first day without)"),
        ((None, None, None), "at all times"),
    ],
)
def test_a_span_says_which_kind_of_end_it_has(days: tuple[Any, ...], words: str) -> None:
    """The two kinds differ by a day."""
    assert span_words(dict(zip(("in_force_from", "ends_before", "last_day"), days, strict=True))) == words


@pytest.mark.parametrize(
    ("code", "name", "words"),
    [("FR", "France", "FR France"), ("EPO", "EPO", "EPO"), ("FR", None, "FR"), (None, None, "country not known")],
)
def test_a_country_is_named_by_code_and_name(code: str | None, name: str | None, words: str) -> None:
    """An owner without a known seat says so."""
    assert named(code, name) == words
