"""docs/rules.md lists every shipped rule and field; TRANSFERWATCH_REGENERATE=docs writes the tables anew.

Every shipped rule has a test of each kind, false-positive notes and a runbook in plain words.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl
import pytest

from monitor.detect.fields import COVERAGE, POSTURE, REMEMBERED
from monitor.detect.load import load_rules
from monitor.detect.rules import Correlation, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.detect.rules import About
    from monitor.schema import Column

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "docs" / "rules.md"
RULES: Final = load_rules()
_HEADINGS: Final = ("What it means", "What to check first", "When it is nothing", "How to waive it legitimately")
_ORDER: Final = ("critical", "high", "medium", "low", "informational")


def _rule_lines() -> list[str]:
    every: list[Rule | Correlation] = [*RULES.rules, *RULES.correlations]
    every.sort(key=lambda rule: (_ORDER.index(rule.about.level), rule.about.id))
    lines = ["| rule | level | reads | finds |", "|---|---|---|---|"]
    for rule in every:
        about = rule.about
        reads = (rule.category or "flow, name, admin") if isinstance(rule, Rule) else "matches"
        lines.append(f"| [`{about.id}`](runbooks/{about.id}.md) | {about.level} | {reads} | {about.description} |")
    return lines


def _type(dtype: pl.DataType) -> str:
    if isinstance(dtype, pl.List):
        return "list of words"
    if isinstance(dtype, pl.Enum):
        return f"one of {', '.join(f'`{word}`' for word in dtype.categories)}"
    if dtype.is_temporal():
        return "time, UTC"
    if dtype == pl.Boolean:
        return "true or false"
    return "number" if dtype == pl.Float64 else "whole number" if dtype.is_numeric() else "text"


def _field_lines() -> list[str]:
    lines: list[str] = []
    tables: tuple[tuple[str, Iterable[Column]], ...] = (
        ("What is remembered, of `flow`, `name` and `admin`:", REMEMBERED),
        ("`posture`:", POSTURE),
        ("`coverage`:", COVERAGE),
    )
    for title, columns in tables:
        lines += [title, "", "| field | type | meaning |", "|---|---|---|"]
        lines += [f"| `{column.name}` | {_type(column.dtype)} | {column.meaning} |" for column in columns]
        lines.append("")
    return lines[:-1]


def _with_tables(text: str) -> str:
    for name, lines in (("rules", _rule_lines()), ("fields", _field_lines())):
        begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
        whole = "\n".join([begin, "", *lines, "", end])
        text = re.sub(f"{begin}.*?{end}", lambda _, whole=whole: whole, text, flags=re.DOTALL)  # type: ignore[misc]
    return text


def test_the_page_lists_what_ships() -> None:
    """Every rule and every field, as they are."""
    text = PAGE.read_text(encoding="utf-8")
    if os.environ.get("TRANSFERWATCH_REGENERATE") == "docs":
        PAGE.write_text(_with_tables(text), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == _with_tables(text)


def test_there_are_twenty_rules_and_more() -> None:
    """As was asked for."""
    assert len(RULES.about) >= 20


@pytest.mark.parametrize("about", RULES.about, ids=lambda about: about.id)
def test_a_shipped_rule_has_a_test_of_each_kind(about: About) -> None:
    """One that fires, one that nearly does, and what a site says all day."""
    assert {test.kind for test in about.tests} == {"firing", "near_miss", "noise"}


@pytest.mark.parametrize("about", RULES.about, ids=lambda about: about.id)
def test_a_shipped_rule_says_when_it_is_nothing(about: About) -> None:
    """And what it is about."""
    assert bool(about.falsepositives and about.description)


@pytest.mark.parametrize("about", RULES.about, ids=lambda about: about.id)
def test_a_shipped_rule_has_a_runbook(about: About) -> None:
    """With the four things that the on-call asks."""
    assert about.runbook == f"docs/runbooks/{about.id}.md"
    text = (ROOT / about.runbook).read_text(encoding="utf-8")
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == [*_HEADINGS]


@pytest.mark.parametrize("about", RULES.about, ids=lambda about: about.id)
def test_a_runbook_bears_the_level_of_its_rule(about: About) -> None:
    """What the page says is what wakes the on-call."""
    text = (ROOT / f"docs/runbooks/{about.id}.md").read_text(encoding="utf-8")
    assert text.startswith(f"# {about.title}\n\nRule `{about.id}`, level {about.level}.\n")


def test_no_runbook_is_left_of_a_rule_that_is_gone() -> None:
    """A page of nothing misleads."""
    assert {path.stem for path in (ROOT / "docs/runbooks").glob("*.md")} >= {about.id for about in RULES.about}
