"""Lay out what an assumed law changes: the figures first, then who loses what, then everything once.

Decides the columns of these tables. Their lines have no ids: no row of the ledger says what they say.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from monitor.kept import MEASURE_NAMES
from monitor.report.assumed_words import assumed_sentence
from monitor.report.effect import BY, GROUPS, WORSE
from monitor.report.page_cells import Cell
from monitor.report.page_tables import Heading, Line, Sheet
from monitor.report.sums import Share, Sums

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.report.effect import AxisEffect, ChangeTable, Effect
    from monitor.report.figures import Report
    from monitor.report.page_cells import Cells

_LINES: Final = 40
_WAS: Final = "was_"


@dataclass(frozen=True, slots=True)
class AxisPart:
    """One axis on the page: its question, the groups that add up, before and after, and the tables of changes."""

    question: str
    groups: Sheet
    sides: Sheet
    changes: tuple[Sheet, ...]


@dataclass(frozen=True, slots=True)
class EffectPart:
    """All that the page says of an assumption. `changes`: whether any verdict changes."""

    lines: tuple[str, ...]
    worse_place: Sums
    worse_place_share: Share
    worse_control: Sums
    worse_control_share: Share
    no_ground_before: Sums
    no_ground_after: Sums
    changes: bool
    axes: tuple[AxisPart, ...]


def effect_part(report: Report, cells: Cells) -> EffectPart | None:
    """The part of a page under an assumed law; None on a real one."""
    effect, assumption = report.effect, report.given.assumption
    if effect is None or assumption is None:
        return None
    last = (report.given.ends - timedelta(microseconds=1)).astimezone(ZoneInfo(report.given.timezone)).date()
    whole = effect.whole.octets
    place, control = (axis.groups["worse"] for axis in (effect.place, effect.control))
    return EffectPart(
        lines=tuple(assumed_sentence(line, cells.inw, last) for line in assumption.lines),
        worse_place=place,
        worse_place_share=Share(place.octets, whole),
        worse_control=control,
        worse_control_share=Share(control.octets, whole),
        no_ground_before=effect.place.before.get("uncovered", Sums()),
        no_ground_after=effect.place.after.get("uncovered", Sums()),
        changes=any(
            axis.groups[name].records
            for axis in effect.axes.values()
            for name in GROUPS
            if name not in {"reason", "same"}
        ),
        axes=tuple(_axis_part(name, axis, effect, cells) for name, axis in effect.axes.items()),
    )


def _axis_part(name: str, axis: AxisEffect, effect: Effect, cells: Cells) -> AxisPart:
    tables = (axis.worse, axis.otherwise)
    return AxisPart(
        question=cells.inw.words[f"effect.{name}"],
        groups=_groups_sheet(name, axis, effect, cells),
        sides=_sides_sheet(name, axis, effect, cells),
        changes=tuple(_changes_sheet(table, cells) for table in tables if table.lines.height),
    )


def _groups_sheet(name: str, axis: AxisEffect, effect: Effect, cells: Cells) -> Sheet:
    words = cells.inw.words

    def line(text: str, sums: Sums) -> Line:
        share = cells.share(Share(sums.octets, effect.whole.octets))
        return Line((Cell(text), *cells.measures(sums), share))

    columns = ("octets_out", "octets_in", "records", "share")
    return Sheet(
        name=f"{name}-groups",
        caption=words[f"caption.{name}-groups"],
        headings=(
            Heading(words["column.what_happens"]),
            *(Heading(words[f"column.{each}"], numeric=True) for each in columns),
        ),
        lines=tuple(line(words[f"effect.{name}.{group}"], axis.groups[group]) for group in GROUPS),
        total=line(words["column.total"], effect.whole),
        note=words.get(f"note.{name}-groups", "") if axis.groups["reason"].records else "",
        anchors=False,
    )


def _sides_sheet(name: str, axis: AxisEffect, effect: Effect, cells: Cells) -> Sheet:
    words = cells.inw.words

    def line(text: str, before: Sums, after: Sums) -> Line:
        out = (cells.octets(each.octets_out) for each in (before, after))
        in_ = (cells.octets(each.octets_in) for each in (before, after))
        return Line((Cell(text), *out, *in_, *(cells.count(each.records) for each in (before, after))))

    columns = ("out_before", "out_after", "in_before", "in_after", "records_before", "records_after")
    verdicts = sorted({*axis.before, *axis.after}, key=lambda each: (each != WORSE[name], each))
    return Sheet(
        name=f"{name}-sides",
        caption=words[f"caption.{name}-sides"],
        headings=(
            Heading(words[f"column.{name}_verdict"]),
            *(Heading(words[f"column.{each}"], numeric=True) for each in columns),
        ),
        lines=tuple(
            line(words[f"{name}_verdict.{each}"], axis.before.get(each, Sums()), axis.after.get(each, Sums()))
            for each in verdicts
        ),
        total=line(words["column.total"], effect.whole, effect.whole),
        anchors=False,
    )


def _changes_sheet(table: ChangeTable, cells: Cells) -> Sheet:
    """Who is concerned, how it was and how it would be; lines that are left out are one line with their sums."""
    words = cells.inw.words
    own = [name for name in BY[table.name] if name in {"system", "importer", "operator", "place"}]
    shown = _LINES + (table.lines.height == _LINES + 1)
    lines = [
        Line((*_who(line, own, cells), _was(line, cells), _becomes(line, cells), *cells.measures(_sums(line))))
        for line in table.lines.head(shown).iter_rows(named=True)
    ]
    left_out = table.lines.slice(shown)
    blank = (Cell(""),) * (len(own) + 1)
    rest = None
    if left_out.height:
        sums = Sums(**{name: int(left_out[name].sum()) for name in MEASURE_NAMES})
        more = Cell(cells.inw.say("more", count=cells.inw.count(left_out.height)))
        rest = Line((more, *blank, *cells.measures(sums)))
    return Sheet(
        name=table.name,
        caption=words[f"caption.{table.name}"],
        headings=(
            *(Heading(words[f"column.{each}"]) for each in (*own, "was", "becomes")),
            *(Heading(words[f"column.{each}"], numeric=True) for each in ("octets_out", "octets_in", "records")),
        ),
        lines=tuple(lines),
        rest=rest,
        total=Line((Cell(words["column.total"]), *blank, *cells.measures(table.total))),
        note=words.get(f"note.{table.name}", ""),
        anchors=False,
    )


def _who(line: Mapping[str, str | None], own: list[str], cells: Cells) -> tuple[Cell, ...]:
    return cells.values({name: line[name] for name in own} | {"data_class": line["data_class"]})


def _was(line: Mapping[str, str | None], cells: Cells) -> Cell:
    return _side(line, cells, _WAS)


def _becomes(line: Mapping[str, str | None], cells: Cells) -> Cell:
    """What the table is about is said for each line too: a line is often read alone."""
    return _side(line, cells, "")


def _side(line: Mapping[str, str | None], cells: Cells, prefix: str) -> Cell:
    """The verdict of one side, and what it rests on."""
    inw = cells.inw
    axis = "place" if "was_place_verdict" in line else "control"
    verdict = inw.word(f"{axis}_verdict", line.get(f"{prefix}{axis}_verdict", WORSE[axis]))
    country = line.get(f"{prefix}control_country")
    if country:
        return Cell(f"{verdict} ({inw.country(country)})")
    reason = line.get(f"{prefix}place_reason")
    on = line.get(f"{prefix}mechanism") or (inw.word("place_reason", reason) if reason else verdict)
    return Cell(verdict if on == verdict else inw.words["list"].join((verdict, on)))


def _sums(line: Mapping[str, int]) -> Sums:
    return Sums(**{name: int(line[name]) for name in MEASURE_NAMES})
