"""Lay out what the site's own files say: hosting, transitions, declared transfers, versions, and what is in no total.

Decides the columns of these tables. Their figures are made in `standing` and `outside_totals`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from monitor.atlas_days import FAR_DAYS
from monitor.kept import BASIS_PARTS
from monitor.report.in_words import NONE
from monitor.report.page_cells import NO_FIGURE, Cell
from monitor.report.page_tables import Heading, Line, Sheet
from monitor.report.sums import Share

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from monitor.report.figures import Report
    from monitor.report.page_cells import Cells

_SIDE_BY_SIDE: Final = 3


def hosting_sheet(report: Report, cells: Cells) -> Sheet:
    """Who hosts us, who holds the keys, whose law reaches the host."""
    words = cells.inw.words
    lines = []
    for line in report.hosting:
        hosting = line.hosting
        since = words["always"] if hosting.from_day is None else cells.inw.day(hosting.from_day)
        networks = words["list"].join(hosting.networks) or words["whole_system"]
        lines.append(
            Line(
                (
                    Cell(line.system),
                    cells.value("data_class", line.data_class),
                    Cell(hosting.host.name),
                    cells.value("place", hosting.country),
                    Cell(cells.inw.word("keys", hosting.keys)),
                    Cell(since if line.current else f"{since} ({words['replaced']})"),
                    Cell(networks),
                    cells.value("control_verdict", hosting.host.control_verdict),
                    Cell(cells.laws(hosting.host.reach_laws)),
                )
            )
        )
    columns = ("system", "data_class", "operator", "place", "keys", "since", "networks", "control_verdict", "laws")
    return _sheet("hosting", cells, columns, lines)


def transition_sheet(report: Report, cells: Cells) -> Sheet:
    """How far each system has moved."""
    words = cells.inw.words
    lines = []
    for line in report.transitions:
        left = NO_FIGURE
        if line.days_left is not None:
            late = cells.inw.say("days_late", days=cells.inw.count(max(0, -line.days_left)))
            left = Cell(late if line.days_left < 0 else cells.inw.count(line.days_left), numeric=True)
        lines.append(
            Line(
                (
                    Cell(line.system),
                    Cell(cells.operator(line.target)),
                    Cell(words["open_end"] if line.deadline is None else cells.inw.day(line.deadline)),
                    left,
                    cells.share(line.octets),
                    cells.share(line.records),
                ),
                line.id or "",
            )
        )
    columns = ("system", "target", "deadline", "days_left", "share_octets", "share_records")
    return _sheet("transition", cells, columns, lines, numeric=3)


def declared_sheet(report: Report, cells: Cells) -> Sheet:
    """The register's entries of the month; those that nobody saw first."""

    def day(given: date | None, instead: str) -> str:
        return cells.inw.words[instead] if given is None else cells.inw.day(given)

    lines = [
        Line(
            (
                Cell(line.entry.id),
                Cell(line.entry.importer),
                Cell(cells.inw.word("basis", line.entry.basis)),
                Cell(
                    cells.inw.say(
                        "valid", begins=day(line.entry.valid_from, "always"), ends=day(line.entry.valid_to, "open_end")
                    )
                ),
                Cell(cells.inw.word("seen", line.seen)),
                *(cells.measures(line.sums) if line.id else (NO_FIGURE,) * 3),
            ),
            line.id or "",
        )
        for line in report.declared
    ]
    columns = ("entry", "importer", "basis", "validity", "seen", "octets_out", "octets_in", "records")
    return _sheet("declared", cells, columns, lines, numeric=5)


def rest_sheet(report: Report, cells: Cells) -> Sheet:
    """What was read and is in no total."""
    inw = cells.inw
    if report.status == "no_data":
        return _sheet("outside", cells, ("what", "octets_out", "octets_in", "records"), (), numeric=1)
    uncounted = report.tables["uncounted"]
    internal = report.tables["verdict"].lines.filter(place_verdict="internal")
    inside = list(internal.iter_rows(named=True))
    lines = [
        Line((Cell(inw.words["rest.uncounted"]), *cells.measures(uncounted.total)), uncounted.id),
        Line((Cell(inw.words["rest.probes"]), Cell(""), Cell(""), cells.count(report.probes.records))),
    ]
    if inside:
        out, in_, records = (inside[0][name] for name in ("octets_out", "octets_in", "records"))
        measured = (cells.octets(out), cells.octets(in_), cells.count(records))
        lines.insert(0, Line((Cell(inw.words["rest.internal"]), *measured), inside[0]["id"]))
    without_octets = report.tables["verdict"].total.records_without_octets
    if without_octets:
        lines.append(Line((Cell(inw.words["rest.without_octets"]), Cell(""), Cell(""), cells.count(without_octets))))
    if report.probes.uncounted:
        uncounted_probes = cells.count(report.probes.uncounted)
        lines.append(Line((Cell(inw.words["rest.probes_uncounted"]), Cell(""), Cell(""), uncounted_probes)))
    for source in report.coverage:
        if source.not_ours_records:
            share = inw.share(Share(source.not_ours_records, source.records))
            what = inw.say("rest.not_ours", source=source.source, share=share)
            octets = cells.octets(source.not_ours_octets)
            lines.append(Line((Cell(what), octets, Cell(""), cells.count(source.not_ours_records))))
    return _sheet("outside", cells, ("what", "octets_out", "octets_in", "records"), lines, numeric=1)


def probes_sheet(report: Report, cells: Cells) -> Sheet:
    """Probes by system and by who knocked."""
    lines = [
        Line(
            (
                cells.value("system", line.system),
                cells.value("direction", line.direction),
                cells.count(line.sums.records),
            )
        )
        for line in report.probes.lines
    ]
    total = Line((Cell(cells.inw.words["column.total"]), Cell(""), cells.count(report.probes.records)))
    sheet = _sheet("probes", cells, ("system", "direction", "records"), lines, numeric=2)
    return Sheet(
        sheet.name, sheet.caption, sheet.headings, sheet.lines, total=total if lines else None, note=sheet.note
    )


def outcomes_sheet(report: Report, cells: Cells) -> Sheet:
    """Broken records and records without a time."""
    lines = [
        Line(
            (
                Cell(line.source),
                Cell(cells.inw.word("outcome", line.outcome)),
                Cell(cells.inw.words.get(f"cause.{line.reason}", line.reason.replace("_", " "))),
                cells.count(line.inputs),
                cells.count(line.records),
                cells.octets(line.octets),
            )
        )
        for line in report.outcomes
    ]
    return _sheet(
        "outcomes", cells, ("source", "outcome", "place_reason", "inputs", "records", "octets"), lines, numeric=3
    )


def version_sheets(report: Report, cells: Cells) -> tuple[Sheet, ...]:
    """The versions, a few sets side by side: one line for each part, one column for each set."""
    words, sheets = cells.inw.words, []
    for first in range(0, len(report.versions), _SIDE_BY_SIDE):
        sets = report.versions[first : first + _SIDE_BY_SIDE]
        lines = [
            Line((Cell(words[f"part.{part}"]), *(Cell(each.parts[part] or words["unknown"]) for each in sets)))
            for part in BASIS_PARTS
        ]
        lines.append(Line((Cell(words["column.rows"]), *(Cell(cells.inw.count(each.rows)) for each in sets))))
        lines.append(Line((Cell(words["column.octets"]), *(Cell(cells.inw.octets(each.sums.octets)) for each in sets))))
        last = first + len(sets)
        number = str(last) if len(sets) == 1 else f"{first + 1}{NONE}{last}"
        caption = cells.inw.say("caption.versions", number=number, count=len(report.versions))
        texts = [words["column.basis"], *(each.basis for each in sets)]
        sheets.append(Sheet("versions", caption, tuple(Heading(text) for text in texts), tuple(lines)))
    return tuple(sheets)


def atlas_notes(report: Report, cells: Cells) -> tuple[str, ...]:
    """What must be said where atlas and traffic lie far apart, or where nobody knows how far."""
    inw, atlas = cells.inw, report.atlas
    notes = []
    if atlas.far.records and atlas.oldest and atlas.newest:
        values = {
            "days": inw.count(FAR_DAYS),
            "octets": inw.octets(atlas.far.octets),
            "share": inw.share(Share(atlas.far.octets, atlas.whole.octets)),
            "records": inw.count(atlas.far.records),
            "most": inw.count(atlas.most_days or 0),
            "oldest": inw.day(atlas.oldest),
            "newest": inw.day(atlas.newest),
        }
        notes.append(inw.say("note.atlas_far", **values))
    if atlas.not_known.records:
        notes.append(inw.say("note.atlas_not_known", octets=inw.octets(atlas.not_known.octets)))
    return tuple(notes)


def days_sheet(report: Report, cells: Cells) -> Sheet:
    """Every figure of the chart."""
    words = cells.inw.words
    names = tuple(report.course[0].groups) if report.course else ()
    lines = [
        Line(
            (
                Cell(f"{cells.inw.weekday(day.day)} {day.day.day}"),
                Cell(f"{cells.inw.hours(day.hours_seen)} / {cells.inw.hours(day.hours)}", numeric=True),
                *(
                    NO_FIGURE
                    if not (day.hours_seen or day.groups[name].records)
                    else _out_and_in(cells, day.groups[name].octets_out, day.groups[name].octets_in)
                    for name in names
                ),
            )
        )
        for day in report.course
    ]
    texts = [words["column.hours_seen"], *(words[f"group.{name}"] for name in names)]
    headings = (Heading(words["column.day"]), *(Heading(text, numeric=True) for text in texts))
    return Sheet("days", words["caption.days"], headings, tuple(lines), note=words["note.days"])


def _out_and_in(cells: Cells, out: int, in_: int) -> Cell:
    first, second = cells.octets(out), cells.octets(in_)
    return Cell(first.text, numeric=True, exact=first.exact, title=first.title, second=second)


def _sheet(name: str, cells: Cells, columns: Sequence[str], lines: Sequence[Line], numeric: int | None = None) -> Sheet:
    words = cells.inw.words
    from_here = len(columns) if numeric is None else numeric
    headings = tuple(Heading(words[f"column.{each}"], place >= from_here) for place, each in enumerate(columns))
    return Sheet(
        name, words[f"caption.{name}"], headings, tuple(lines), note=words.get(f"note.{name}", ""), anchors=False
    )
