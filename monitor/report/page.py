"""The report as one self-contained page of HTML: no script, nothing from elsewhere, made to be read, printed and filed.

Decides the order of the page. All words come from the tables of `words_en` and `words_fr`, all numbers from `figures`;
the template escapes whatever it prints.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from monitor.report.chart import chart_of
from monitor.report.figure_ids import figure_id
from monitor.report.in_words import InWords
from monitor.report.page_cells import Cells
from monitor.report.page_coverage import (
    HOURS,
    SIGNS,
    gaps_of,
    grids_of,
    hours_share,
    observers_sheet,
    sources_sheet,
    unnamed_of,
)
from monitor.report.page_effect import effect_part
from monitor.report.page_exceptions import exceptions_sheet
from monitor.report.page_posture import offers_sheet, posture_sentences, posture_sheet, posture_summary
from monitor.report.page_standing import (
    atlas_notes,
    days_sheet,
    declared_sheet,
    hosting_sheet,
    outcomes_sheet,
    probes_sheet,
    rest_sheet,
    transition_sheet,
    version_sheets,
)
from monitor.report.page_tables import LAYOUT, axes_of, sheet_of

if TYPE_CHECKING:
    from jinja2 import Template

    from monitor.report.figures import Report
    from monitor.report.page_tables import Sheet

# The parts of the page in their order; each has its heading in the tables of words.
PARTS = (
    "answer",
    "course",
    "axes",
    "left",
    "no-ground",
    "covered",
    "exposed",
    "admin",
    "not-transfer",
    "open",
    "unverified",
    "declared",
    "exceptions",
    "posture",
    "transition",
    "outside",
    "coverage",
    "versions",
    "days",
)
_OF_ALL = frozenset({"open-place", "open-control", "unverified", "other-versions"})
# What the site's files declare is there, or not, without any record of the month.
_DECLARED_SHEETS = frozenset(
    {"exceptions", "hosting", "transition", "declared", "posture", "posture-summary", "offers"}
)


@cache
def _template() -> Template:
    """The template, with escaping on for everything and no leniency for a name that is not there."""
    environment = Environment(
        autoescape=True,
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html.jinja")


def to_html(report: Report, language: str) -> str:
    """The page of a report.

    Raises:
        ValueError: the report has no words in that language.
    """
    given = report.given
    inw = InWords.of(language, given.timezone)
    cells = Cells.of(report, inw)
    effect = effect_part(report, cells)
    whole = report.answer.outward.octets
    sheets: dict[str, Sheet] = {
        name: sheet_of(report.tables[name], cells, whole if name in _OF_ALL else None) for name in LAYOUT
    }
    values: dict[str, Any] = {
        "w": inw.words,
        "say": inw.say,
        "inw": inw,
        "report": report,
        "given": given,
        "answer": report.answer,
        "cells": cells,
        "effect": effect,
        "parts": PARTS if effect is None else ("assumption", *PARTS),
        "month": inw.month(given.month),
        "hours": sum(day.hours for day in report.days),
        "sheets": sheets,
        "axes": _axes(report, cells),
        "axes_prefix": figure_id(given.label, "axes").removesuffix("total"),
        "chart": chart_of(report.course, inw),
        "hosting": hosting_sheet(report, cells),
        "laws": _laws(report),
        "transition": transition_sheet(report, cells),
        "posture": posture_sheet(report, cells),
        "posture_summary": posture_summary(report, cells),
        "posture_sentences": posture_sentences(report, cells),
        "offers": offers_sheet(report, cells),
        "declared": declared_sheet(report, cells),
        "exceptions": exceptions_sheet(report, cells),
        "rest": rest_sheet(report, cells),
        "probes": probes_sheet(report, cells),
        "outcomes": outcomes_sheet(report, cells),
        "versions": version_sheets(report, cells),
        "atlas_notes": atlas_notes(report, cells),
        "days": days_sheet(report, cells),
        "coverage": sources_sheet(report, cells),
        "observers": observers_sheet(report, cells),
        "grids": grids_of(report, cells),
        "gaps": gaps_of(report, cells),
        "unnamed": unnamed_of(report, cells),
        "grid_hours": HOURS,
        "declared_sheets": _DECLARED_SHEETS,
        "signs": SIGNS,
        "hours_share": hours_share,
        "example_id": figure_id(given.label, "no-ground"),
    }
    return _template().render(values)


def _laws(report: Report) -> tuple[tuple[str, str], ...]:
    """Code and name of every law in the tables of exposure."""
    codes = {code for line in report.hosting for code in line.hosting.host.reach_laws}
    for laws in report.tables["exposed-eea"].lines["laws"].drop_nulls():
        codes.update(laws.split())
    return tuple((code, report.given.law_names.get(code, code)) for code in sorted(codes))


def _axes(report: Report, cells: Cells) -> tuple[Sheet, ...]:
    """One matrix for each system that had traffic, in the order of the inventory; then traffic outside every system."""
    table = report.tables["axes"]
    found = list(table.lines.select("system", "data_class").unique(maintain_order=True).iter_rows())
    order = {system.id: place for place, system in enumerate(report.given.systems)}
    titles = {system.id: system.title for system in report.given.systems}
    found.sort(key=lambda pair: (order.get(pair[0], len(order)), pair[0] or "", pair[1] or ""))
    sheets = []
    for system, data_class in found:
        title = cells.value("system", system).text
        if titles.get(system):
            title = f"{titles[system]} ({title})"
        if data_class is not None:
            title = f"{title}, {cells.value('data_class', data_class).text}"
        sheets.append(axes_of(table, cells, system, data_class, title))
    return tuple(sheet for sheet in sheets if sheet is not None)
