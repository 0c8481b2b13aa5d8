"""Lay out who was looking when: sources, a grid of days and hours for each, silences in words, who reported.

Decides the sign of an hour. Each state has a sign of its own, so that the grid reads in black and white; an hour that
the clock repeats has two signs in its place, one that it leaves out has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from monitor.report.page_cells import Cell
from monitor.report.page_tables import Heading, Line, Sheet
from monitor.report.sums import Share

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.report.coverage import SourceCoverage
    from monitor.report.figures import Report
    from monitor.report.outside_totals import ObserverLine
    from monitor.report.page_cells import Cells

SIGNS: Final[Mapping[str, str]] = {
    "records": "■",
    "records_and_loss": "▣",
    "no_data": "□",
    "quiet": "○",
    "loss": "\u00d7",
    "nothing": "!",
    "after": "·",
    "no_hour": " ",
}
HOURS: Final = tuple(range(24))
_HOUR_SECONDS: Final = 3_600
_OBSERVERS: Final = 12
_GAPS: Final = 12


@dataclass(frozen=True, slots=True)
class Mark:
    """One hour in the grid: its sign, its state for the style, and what it means for a reader who cannot see it."""

    sign: str
    state: str
    meaning: str


@dataclass(frozen=True, slots=True)
class GridLine:
    """One day; `marks` has a place for every hour of the wall clock."""

    day: str
    note: str
    marks: tuple[tuple[Mark, ...], ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """The month of one source."""

    source: str
    caption: str
    lines: tuple[GridLine, ...]
    gaps: tuple[str, ...]


def sources_sheet(report: Report, cells: Cells) -> Sheet:
    """Hours and records of every source."""
    words, inw = cells.inw.words, cells.inw
    lines = []
    for source in report.coverage:
        name = source.source
        if source.expected and not source.hours_seen:
            name = f"{name} ({words['expected_silent']})"
        elif not source.expected:
            name = f"{name} ({words['not_expected']})"
        hours = (source.hours_seen, source.hours_with_loss, source.hours_silent, source.hours_to_come)
        lines.append(
            Line(
                (
                    Cell(name),
                    *(Cell(inw.hours(each), numeric=True) for each in hours),
                    cells.share(hours_share(source)),
                    cells.count(source.records),
                    cells.octets(source.octets),
                )
            )
        )
    numeric = ("hours_seen", "hours_with_loss", "hours_silent", "hours_to_come", "share", "records", "octets")
    headings = (Heading(words["column.source"]), *(Heading(words[f"column.{each}"], numeric=True) for each in numeric))
    return Sheet("coverage", words["caption.coverage"], headings, tuple(lines))


def hours_share(source: SourceCoverage) -> Share:
    """Hours seen of the hours of the month, in seconds so that both are whole."""
    return Share(round(source.hours_seen * 3600), round(source.hours_in_month * 3600))


def grids_of(report: Report, cells: Cells) -> tuple[Grid, ...]:
    """A grid for every source that spoke at all; one that never spoke has its line among the sources."""
    return tuple(_grid(source, report, cells) for source in report.coverage if source.hours_seen or source.records)


def gaps_of(report: Report, cells: Cells) -> tuple[str, ...]:
    """Silences of sources that have no grid, in words."""
    silent = [source for source in report.coverage if not (source.hours_seen or source.records)]
    return tuple(
        cells.inw.say("gap.source", source=source.source, gaps=sentence)
        for source in silent
        for sentence in _sentences(source, cells)
    )


def unnamed_of(report: Report, cells: Cells) -> str:
    """How much of the traffic tells no name, in words; empty where there was none."""
    share, inw = report.answer.without_name, cells.inw
    if not share.whole:
        return ""
    if share.part == share.whole:
        return inw.words["note.unnamed_all"]
    return inw.say("note.unnamed", share=inw.share(share), octets=inw.octets(share.part), whole=inw.octets(share.whole))


def observers_sheet(report: Report, cells: Cells) -> Sheet:
    """Those that were heard least come first; the rest are a number."""
    words, inw = cells.inw.words, cells.inw
    lines = [
        Line(
            (
                Cell(_observer(line, cells)),
                Cell(line.source),
                cells.count(line.hours),
                cells.count(line.records),
                Cell(inw.instant(line.first_time)),
                Cell(inw.instant(line.last_time)),
            )
        )
        for line in report.observers[:_OBSERVERS]
    ]
    rest = None
    left_out = report.observers[_OBSERVERS:]
    if left_out:
        records = cells.count(sum(line.records for line in left_out))
        more = Cell(inw.say("more", count=inw.count(len(left_out))))
        rest = Line((more, Cell(""), Cell(""), records, Cell(""), Cell("")))
    columns = (
        ("observer", False),
        ("source", False),
        ("hours", True),
        ("records", True),
        ("from", False),
        ("to", False),
    )
    headings = tuple(Heading(words[f"column.{name}"], numeric) for name, numeric in columns)
    return Sheet("observers", words["caption.observers"], headings, tuple(lines), rest=rest)


def _span(seconds: int, cells: Cells) -> str:
    """A cadence in hours, or in minutes where it is shorter."""
    if seconds >= _HOUR_SECONDS:
        return f"{cells.inw.hours(seconds / _HOUR_SECONDS)} h"
    return f"{cells.inw.count(max(1, seconds // 60))} min"


def _observer(line: ObserverLine, cells: Cells) -> str:
    """Its name, and since when it is silent."""
    name = line.observer or cells.inw.words["unknown"]
    if line.silent_since is None:
        return name
    return f"{name} ({cells.inw.say('observer.silent', since=cells.inw.instant(line.silent_since))})"


def _grid(source: SourceCoverage, report: Report, cells: Cells) -> Grid:
    words = cells.inw.words
    state = {hour.begins: hour.state for hour in source.hours}
    lines = []
    for day in report.days:
        marks: list[list[Mark]] = [[] for _ in HOURS]
        for slot in day.slots:
            marks[slot.wall_hour].append(_mark(state[slot.begins], words))
        changed = day.hours != len(HOURS)
        lines.append(
            GridLine(
                day=f"{cells.inw.weekday(day.day)} {day.day.day}",
                note=cells.inw.say("day_long", hours=cells.inw.hours(day.hours)) if changed else "",
                marks=tuple(tuple(each) if each else (_mark("no_hour", words),) for each in marks),
            )
        )
    caption = cells.inw.say("caption.grid", source=source.source)
    return Grid(source.source, caption, tuple(lines), _sentences(source, cells))


def _mark(state: str, words: Mapping[str, str]) -> Mark:
    return Mark(SIGNS[state], state, words[f"grid.{state}"])


def _sentences(source: SourceCoverage, cells: Cells) -> tuple[str, ...]:
    inw = cells.inw
    unheard = [
        inw.say("gap.network", network=each.network, system=each.system, since=inw.instant(each.since))
        for each in source.silent_networks[:_GAPS]
    ]
    if len(source.silent_networks) > _GAPS:
        unheard.append(inw.say("more", count=inw.count(len(source.silent_networks) - _GAPS)))
    return (*_silences(source, cells), *unheard)


def _silences(source: SourceCoverage, cells: Cells) -> tuple[str, ...]:
    inw = cells.inw
    if not source.gaps:
        if source.every_seconds is None:
            return (inw.say("gap.none", source=source.source),)
        return (inw.say("gap.none_longer", source=source.source, span=_span(source.every_seconds, cells)),)
    said = [
        inw.say("gap", begins=inw.instant(gap.begins), ends=inw.instant(gap.ends), hours=inw.hours(gap.hours))
        for gap in sorted(source.gaps, key=lambda gap: (-gap.hours, gap.begins))[:_GAPS]
    ]
    left_out = len(source.gaps) - _GAPS
    return (*said, *([inw.say("more", count=inw.count(left_out))] if left_out > 0 else []))
