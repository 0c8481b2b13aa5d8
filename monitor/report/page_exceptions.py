"""Lay out the site's waivers.

Decides the columns of the table and how many findings a line names. What a waiver is called is told by `exceptions`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from monitor.report.page_cells import Cell
from monitor.report.page_tables import Heading, Line, Sheet

if TYPE_CHECKING:
    from monitor.report.exceptions import WaiverLine
    from monitor.report.figures import Report
    from monitor.report.page_cells import Cells

_SHOWN: Final = 5
_COLUMNS: Final = ("waiver", "about", "owner", "why", "validity", "status", "findings")


def exceptions_sheet(report: Report, cells: Cells) -> Sheet:
    """The waivers as a table: those that have ended are marked."""
    words = cells.inw.words
    lines = [Line(tuple(Cell(text) for text in _texts(line, cells))) for line in report.waivers]
    headings = tuple(Heading(words[f"column.{each}"]) for each in _COLUMNS)
    caption, note = words["caption.exceptions"], words["note.exceptions"]
    return Sheet("exceptions", caption, headings, tuple(lines), note=note, anchors=False)


def _texts(line: WaiverLine, cells: Cells) -> tuple[str, ...]:
    inw, waiver = cells.inw, line.waiver
    about = [
        f"{inw.words[f'waiver.{name}']}{inw.words['colon']} {inw.words['list'].join(values)}"
        for name, values in (
            ("rules", waiver.rules),
            ("systems", waiver.systems),
            ("operators", tuple(cells.operator(each) for each in waiver.operators)),
            ("countries", tuple(inw.country(each) for each in waiver.countries)),
            ("sources", waiver.sources),
        )
        if values
    ]
    ends = inw.day(waiver.expires)
    ids = [*waiver.findings[:_SHOWN], *(["..."] if len(waiver.findings) > _SHOWN else [])]
    found = inw.count(len(waiver.findings))
    return (
        waiver.id,
        inw.words["waiver.and"].join(about),
        waiver.owner,
        waiver.reason,
        inw.say("waiver.until", ends=ends)
        if waiver.starts is None
        else inw.say("valid", begins=inw.day(waiver.starts), ends=ends),
        inw.words[f"waiver.{line.state}"],
        f"{found} ({inw.words['list'].join(ids)})" if ids else found,
    )
