"""Lay the tables of the page out: which columns, how many lines, what the rest adds up to.

Decides where a long table is cut on paper; the JSON form keeps every line. Lines that are left out are one line with
their number and their sums, so that the lines of the page still add up to its total.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import polars as pl

from monitor.kept import MEASURE_NAMES
from monitor.report.page_cells import NO_FIGURE, Cell, shown_columns
from monitor.report.sections import OUTSIDE
from monitor.report.sums import Share, Sums

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from monitor.report.page_cells import Cells
    from monitor.report.sections import Section
    from monitor.report.tables import Table

_FEW: Final = 12
_MANY: Final = 40
# How many lines the page shows of each section, and whether it shows what share of the total a line is.
LAYOUT: Final[Mapping[str, tuple[int, bool]]] = {
    "verdict": (_FEW, True),
    "left-verdict": (_FEW, True),
    "left-system": (_FEW, True),
    "left-country": (_FEW, True),
    "left-importer": (_FEW, True),
    "left-operator": (_FEW, True),
    "left-control": (_FEW, True),
    "no-ground": (_MANY, False),
    "covered": (_MANY, False),
    "derogation": (_FEW, False),
    "exposed-eea": (_MANY, False),
    "admin-outside": (_FEW, False),
    "admin": (_FEW, False),
    "provider-access": (_MANY, False),
    "admin-acts": (_FEW, False),
    "not-transfer": (_FEW, False),
    "open-place": (_FEW, True),
    "open-control": (_FEW, True),
    "unverified": (_FEW, True),
    "other-versions": (_FEW, True),
    "hosted": (_MANY, False),
}
# Sections of what has no octets: its tables count records alone.
RECORDS_ONLY: Final = frozenset({"provider-access", "admin-acts"})
_AXES: Final = ("exposed", "undetermined", "adequate", "eea")
_PLACES: Final = (*OUTSIDE[:1], "undetermined", *OUTSIDE[1:], "not_a_transfer", "eea")


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of a table."""

    text: str
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table; the first cell is its heading. `id` is that of the figure, empty where there is none."""

    cells: tuple[Cell, ...]
    id: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as the page shows it; without `anchors` its figures have their place in another table."""

    name: str
    caption: str
    headings: tuple[Heading, ...]
    lines: tuple[Line, ...]
    rest: Line | None = None
    total: Line | None = None
    note: str = ""
    anchors: bool = True


def sheet_of(table: Table, cells: Cells, whole: int | None = None) -> Sheet:
    """The page's form of a table. Shares are of `whole` octets, or of the table's own."""
    section, words = table.section, cells.inw.words
    shown, with_share = LAYOUT[section.name]
    shown += table.lines.height == shown + 1  # one line more is no longer than the sentence that it is left out
    whole = table.total.octets if whole is None else whole

    def measured(sums: Sums) -> tuple[Cell, ...]:
        share = (cells.share(Share(sums.octets, whole)),) if with_share else ()
        if section.name in RECORDS_ONLY:
            return (cells.count(sums.records),)
        return (*cells.measures(sums), *share)

    lines = tuple(
        Line((*cells.values({name: line[name] for name in section.by}), *measured(_sums(line))), line["id"])
        for line in table.lines.head(shown).iter_rows(named=True)
    )
    left_out = table.lines.slice(shown)
    columns = shown_columns(section.by)
    blank = (Cell(""),) * (len(columns) - 1)
    rest = None
    if left_out.height:
        sums = _sums(left_out.select(pl.col(MEASURE_NAMES).sum()).row(0, named=True))
        rest = Line((Cell(cells.inw.say("more", count=cells.inw.count(left_out.height))), *blank, *measured(sums)))
    return Sheet(
        name=section.name,
        caption=words[f"caption.{section.name}"],
        headings=headings(words, section, with_share=with_share),
        lines=lines,
        rest=rest,
        total=Line((Cell(words["column.total"]), *blank, *measured(table.total)), table.id) if lines else None,
        note=words.get(f"note.{section.name}", ""),
    )


def headings(words: Mapping[str, str], section: Section, *, with_share: bool) -> tuple[Heading, ...]:
    """Headings of a section's columns. Where the place is undetermined its countries are candidates."""
    named = {"place": "candidates"} if section.name == "open-place" else {}
    texts = [words[f"column.{named.get(each, each)}"] for each in shown_columns(section.by)]
    octets = [] if section.name in RECORDS_ONLY else ["octets_out", "octets_in"]
    measures = [*octets, "records", *(["share"] if with_share else [])]
    return (
        *(Heading(text) for text in texts),
        *(Heading(words[f"column.{each}"], numeric=True) for each in measures),
    )


def axes_of(table: Table, cells: Cells, system: str | None, data_class: str | None, title: str) -> Sheet | None:
    """Place by control of one system: two axes in one table, each cell with the end of its identifier.

    None where the system had no traffic with far ends that are not ours.
    """
    words = cells.inw.words
    own = table.lines.filter(
        pl.col("system").eq_missing(pl.lit(system, dtype=pl.String)),
        pl.col("data_class").eq_missing(pl.lit(data_class, dtype=pl.String)),
        pl.col("place_verdict") != "internal",
    )
    found = {(line["place_verdict"], line["control_verdict"]): line for line in own.iter_rows(named=True)}
    if not found:
        return None
    lines = []
    for place in _PLACES:
        row = [found.get((place, control)) for control in _AXES]
        if any(row):
            sums = _added([_sums(each) for each in row if each])
            cell = [_pair(cells, _sums(each), each["id"].rsplit(".", 1)[1]) if each else NO_FIGURE for each in row]
            lines.append(Line((Cell(words[f"place_verdict.{place}"]), *cell, _pair(cells, sums, ""))))
    columns = [_added([_sums(line) for (_, control), line in found.items() if control == axis]) for axis in _AXES]
    return Sheet(
        name="axes",
        caption=cells.inw.say("caption.axes", system=title),
        headings=(
            Heading(words["column.place_verdict"]),
            *(Heading(words[f"control_verdict.{axis}"], numeric=True) for axis in _AXES),
            Heading(words["column.total"], numeric=True),
        ),
        lines=tuple(lines),
        total=Line(
            (
                Cell(words["column.total"]),
                *(_pair(cells, sums, "") for sums in columns),
                _pair(cells, _added(columns), ""),
            )
        ),
    )


def _pair(cells: Cells, sums: Sums, digest: str) -> Cell:
    if not sums.records:
        return NO_FIGURE
    return replace(cells.octets(sums.octets_out), second=cells.octets(sums.octets_in), id=digest)


def _sums(line: Mapping[str, int]) -> Sums:
    return Sums(**{name: int(line[name] or 0) for name in MEASURE_NAMES})


def _added(parts: Sequence[Sums]) -> Sums:
    return Sums(**{name: sum(getattr(part, name) for part in parts) for name in MEASURE_NAMES})
