"""Lay facts out for a person: sections of named rows, each fact with its source dimmed behind it.

Decides how a span of days, a country's standing and an unverified mark read. Knows nothing but the facts it is handed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from rich.console import Console

    from monitor.law.standing import Facts

SOURCE: Final = "bright_black"
UNVERIFIED: Final = "yellow"
_SECTION_WIDTH: Final = 8
_KEY_WIDTH: Final = 13
_GAP: Final = 2

STYLES: Final[Mapping[str, str]] = {
    "eea": "green",
    "internal": "green",
    "none": "green",
    "adequate": "green",
    "uncovered": "bold red",
    "undetermined": "yellow",
    "exposed": "red",
}
"""Colour of a verdict."""

_STANDING_SAYS: Final[Mapping[str, str]] = {
    "eea": "inside the GDPR area",
    "transition": "Union law still applies there by treaty",
    "review": "outside the GDPR area, linked to a Member State: the site's policy decides",
}


class Row(NamedTuple):
    """A named fact and what stands behind it; a row without a key continues the one above."""

    key: str
    fact: Text
    source: str | None = None
    verified: bool = True
    memory: str | None = None
    """The part of a verified fact that the source does not tell."""


def row(key: str, fact: str | Text, source: str | None = None, *, style: str = "") -> Row:
    """A fact as plain words."""
    return Row(key, Text(fact, style) if isinstance(fact, str) else fact, source)


def print_section(console: Console, title: str, rows: Iterable[Row]) -> None:
    """Print rows under a title that stands to their left; a key that repeats is written once."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(width=_SECTION_WIDTH, no_wrap=True)
    grid.add_column(width=_KEY_WIDTH, no_wrap=True)
    grid.add_column(overflow="fold")
    room = console.width - _SECTION_WIDTH - _KEY_WIDTH - 3 * _GAP
    before = ""
    for number, each in enumerate(rows):
        key = "" if each.key == before else each.key
        before = each.key or before
        grid.add_row(Text("" if number else title, "bold"), Text(key, "cyan"), _with_source(each, room))
    if grid.row_count:
        console.print(grid)
        console.print()


def _with_source(each: Row, room: int) -> Text:
    """The fact and its source in one line where both fit, else the source below."""
    text = Text().append_text(each.fact)  # a style of the whole fact ends with the fact
    if not each.verified:
        text.append(" (unverified)", UNVERIFIED)
    behind = Text(f"[{each.source}]" if each.source else "", SOURCE)
    if each.memory:
        behind.append(" " if each.source else "").append(f"from memory: {each.memory}", UNVERIFIED)
    if behind:
        text.append("  " if len(text) + len(behind) + _GAP <= room else "\n").append_text(behind)
    return text


def named(code: str | None, name: str | None) -> str:
    """A country as code and name."""
    if code is None:
        return "country not known"
    return f"{code} {name}" if name and name != code else code


def span_words(facts: Facts) -> str:
    """From when until when; an end is either the first day without or the last day with, as in the law files."""
    begins = facts["in_force_from"]
    since = f"since {begins}" if begins else "at all times"
    if facts["ends_before"]:
        return f"{'from ' + begins if begins else 'at all times'} until {facts['ends_before']} (first day without)"
    if facts["last_day"]:
        return f"{'from ' + begins if begins else 'at all times'} to {facts['last_day']} (last day)"
    return since


def standing_rows(key: str, standing: Facts, role: str = "", *, whole: bool = True) -> Iterator[Row]:
    """How a country stands, with the act that says so; `whole` tells scope, proof and litigation as well."""
    name = named(standing["country"], standing["name"]) + (f" ({role})" if role else "")
    period, kind = standing["period"], standing["standing"]
    if kind == "no_country":
        yield row(key, f"{name}: no country, {standing['note']}")
    elif kind in _STANDING_SAYS and period:
        fact = Text(f"{name}: {_STANDING_SAYS[kind]}, {span_words(period)}")
        yield Row(key, fact, period["source"], period["verified"])
    elif kind == "none":
        yield row(key, f"{name}: a third country without a decision of the Commission")
    if standing["decision"]:
        yield from decision_rows(key, standing["decision"], f"{name}: adequate by ", whole=whole)
    for decision in standing["frameworks"]:
        yield from decision_rows(key, decision, f"{name}: listed importers only, ", whole=whole)
    for talks in standing["pending"]:
        yield Row("", Text(f"talks: {talks['what']}"), talks["source"], talks["verified"])


def decision_rows(key: str, decision: Facts, lead: str = "", *, whole: bool = True) -> Iterator[Row]:
    """A decision with number and days; then its scope, its list, its end, its litigation and its open points."""
    since = span_words(decision)
    if decision["usable_from"] != decision["in_force_from"]:
        since += f", usable from {decision['usable_from']}"
    fact = Text.assemble(lead, (decision["number"], "bold"), f" {decision['title']}, {since}")
    yield Row(key, fact, decision["source"], decision["verified"], decision["from_memory"])
    if not whole:
        return
    yield row("", f"scope: {decision['scope']}")
    if decision["framework"] and decision["framework"]["coverable"]:
        yield row("", f"proof: {decision['framework']['evidence']}")
    if decision["ended_by"]:
        yield row("", f"ended by: {decision['ended_by']}")
    if decision["litigation"]:
        yield row("", f"litigation: {decision['litigation']}", style=UNVERIFIED)
    yield from (row("", f"open: {point}", style=UNVERIFIED) for point in decision["open_points"])


def law_rows(key: str, law: Facts) -> Iterator[Row]:
    """A reach law with its weight and days, then its open points."""
    fact = Text.assemble((law["code"], "bold"), f" ({law['weight']}) {law['name']}, {span_words(law)}")
    told = law["dates_verified"] or not law["verified"] or "from memory" in law["source"]
    memory = None if told else "the first day"
    yield Row(key, fact, law["source"], law["verified"], memory)
    yield from (row("", f"open: {point}", style=UNVERIFIED) for point in law["open_points"])
