"""Lines of known shapes, many at a time: their values lie at known places and are read as columns.

Decides in which columns a value is plain. What it does not take (a line of no common shape, a value that is not plain)
is left to `typed` and `careful`: it may refuse a line but never misreads one.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from collectors.json_lines.columns import PLACE, ROW, Lines
from collectors.json_lines.matching import marks_of, matched, span_places
from collectors.json_lines.octets import MARGIN, Octets, Room, decimals, digits, flags, texts, times
from collectors.json_lines.wanted import DTYPES, As
from monitor import schema

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from collectors.json_lines.matching import Marks, Shapes
    from collectors.json_lines.octets import Flags, Places
    from collectors.json_lines.shape import Shape, Span
    from collectors.json_lines.wanted import Field, Wanted

# Seconds since 1970 beyond this are not read to the microsecond by a double.
_TIME_LIMIT: Final = 1 << 33
_EXACT: Final = (1 << 53) // 1_000_000


@dataclass(frozen=True, slots=True)
class Quick:
    """What was read: parts of each kind, lines of other kinds by their word, and the rows that are left, in order.

    `ends` tells where each line ends.
    """

    parts: Mapping[str, Lines]
    passed_over: Counter[str]
    left: Places
    ends: Places


def read_quickly(data: bytes, shapes: Shapes, categories: pl.Categories, room: Room) -> Quick:
    """Read the lines whose shape is common in the data; `data` may lack its last newline."""
    octets = Octets.of(data, room)
    marks = marks_of(octets, data)
    ends = marks.places.take(marks.first + marks.counts) - MARGIN
    passed_over: Counter[str] = Counter()
    left = np.ones(len(ends), np.bool_)
    by_word: dict[str, list[tuple[Shape, Places]]] = {}
    for shape, taken in matched(octets, marks, shapes):
        if shape.word in shapes.wanted:
            by_word.setdefault(shape.word, []).append((shape, taken))
        else:
            passed_over[shape.word] += len(taken)
            left[taken] = False
    parts = {}
    for word, found in by_word.items():
        part, read = _Columns(octets, marks, shapes.wanted[word], found, categories).lines()
        parts[word] = part
        left[read] = False
    return Quick(parts, passed_over, np.flatnonzero(left), ends)


def _in_order(order: Places) -> bool:
    return bool(order[0] == 0 and (np.diff(order) == 1).all())


@dataclass(frozen=True, slots=True, eq=False)
class _Cell:
    """Where a column's values lie in lines of one shape (null: it has none), and whether they are all the same."""

    span: Span | None
    is_text: bool | None
    same: bool
    rows: Places


@dataclass(slots=True)
class _Columns:
    """Columns of lines of one kind whose shapes are known."""

    octets: Octets
    marks: Marks
    wanted: Wanted
    found: Sequence[tuple[Shape, Places]]
    categories: pl.Categories

    def lines(self) -> tuple[Lines, Places]:
        """Give the frames, in the order of the lines, and the rows that are in them."""
        rows = np.concatenate([taken for _, taken in self.found])
        order = np.argsort(rows, kind="stable")
        rows = rows[order]
        read = np.ones(len(rows), np.bool_)
        columns = [pl.Series(ROW, rows.astype(np.uint32))]
        for place, each in enumerate(self.wanted.fields):
            spans = [
                _Cell(shape.fields[place], shape.quoted[place], shape.same[place], taken) for shape, taken in self.found
            ]
            column, right = self._column(each, spans, order)
            read &= right
            columns.append(column)
        items = {}
        for place, array in enumerate(self.wanted.items):
            frame, wrong = self._items(place, array.fields)
            items[array.name] = frame
            if len(wrong):
                read &= ~np.isin(rows, wrong)
        frame = pl.DataFrame(columns)
        if not read.all():
            frame = frame.filter(pl.Series(read))
            rows = rows[read]
            items = {name: each.filter(pl.col(ROW).is_in(frame[ROW].implode())) for name, each in items.items()}
        return Lines(frame, items), rows

    def _items(self, place: int, fields: Sequence[Field]) -> tuple[pl.DataFrame, Places]:
        """One frame of the items of an array, in order, and the rows where one is not plain."""
        runs = [(shape, taken, at) for shape, taken in self.found for at in range(len(shape.items[place]))]
        empty = np.zeros(0, np.int64)
        rows = np.concatenate([taken for _, taken, _ in runs]) if runs else empty
        at = np.concatenate([np.full(len(taken), at) for _, taken, at in runs]) if runs else empty
        order = np.lexsort((at, rows))
        columns = [pl.Series(ROW, rows[order].astype(np.uint32)), pl.Series(PLACE, at[order].astype(np.uint32))]
        right = np.ones(len(rows), np.bool_)
        for column, each in enumerate(fields):
            spans = [
                _Cell(
                    shape.items[place][item][column],
                    shape.items_quoted[place][column],
                    shape.items_same[place][item][column],
                    taken,
                )
                for shape, taken, item in runs
            ]
            made, plain = self._column(each, spans, order)
            right &= plain
            columns.append(made)
        return pl.DataFrame(columns), rows[order][~right]

    def _column(self, wanted: Field, cells: Sequence[_Cell], order: Places) -> tuple[pl.Series, Flags]:
        """One column in order, and where its values are plain (null is)."""
        right = np.ones(len(order), np.bool_)
        sorts = [cell.is_text for cell in cells if cell.span is not None]
        if not sorts:
            dtype = pl.Categorical(self.categories) if wanted.kind is As.WORD else DTYPES[wanted.kind]
            return pl.Series(wanted.column, [None], dtype=dtype).new_from_index(0, len(order)), right
        # Text here and numbers there: the rarer sort is left to the slower ways.
        is_text = 2 * sum(bool(each) for each in sorts) >= len(sorts)
        begins, ends, index, known = [], [], [], 0
        for cell in cells:
            if cell.span is None or cell.is_text != is_text:
                index.append(np.full(len(cell.rows), -1, np.int64))
                continue
            rows = cell.rows[:1] if cell.same else cell.rows
            begin, end = span_places(self.marks.places, self.marks.first.take(rows) - 1, cell.span)
            begins.append(begin)
            ends.append(end)
            index.append(np.full(len(cell.rows), known) if cell.same else np.arange(known, known + len(rows)))
            known += len(rows)
        values, plain = self._values(wanted.kind, np.concatenate(begins), np.concatenate(ends), is_text=is_text)
        places = np.concatenate(index)[order]
        if len(set(sorts)) > 1:
            other = [cell.span is not None and cell.is_text != is_text for cell in cells]
            right = ~np.repeat(other, [len(cell.rows) for cell in cells])[order]
        if not plain.all():
            right &= np.append(plain, True)[places]
        if places.min(initial=0) < 0:
            values = pl.concat([values, pl.Series([None], dtype=values.dtype)])
            places[places < 0] = known
        elif known == len(order) and not any(cell.same for cell in cells) and _in_order(order):
            return values.alias(wanted.column), right
        return values[pl.Series(places.astype(np.uint32))].alias(wanted.column), right

    def _values(self, kind: As, begins: Places, ends: Places, *, is_text: bool) -> tuple[pl.Series, Flags]:
        """Values that are all there, and which of them are plain."""
        octets = self.octets
        everywhere = np.ones(len(begins), np.bool_)
        if is_text and kind in {As.TEXT, As.WORD, As.SCALAR}:
            found = texts(octets, begins, ends)
            column = pl.Series(found.distinct, dtype=pl.String)
            if kind is As.WORD:
                column = column.cast(pl.Categorical(self.categories))
            return column[pl.Series(found.codes.astype(np.uint32))], everywhere
        if is_text:
            moments, plain = times(octets, begins, ends)
            return pl.Series(moments).cast(schema.TIME), plain
        if kind is As.FLAG:
            true, plain = flags(octets, begins, ends)
            return pl.Series(true), plain
        if kind in {As.WHOLE, As.SCALAR}:
            values, plain = digits(octets, begins, ends)
            column = pl.Series(values)
            return column.cast(pl.String) if kind is As.SCALAR else column, plain
        whole, millionths, plain = decimals(octets, begins, ends)
        plain &= whole < (_TIME_LIMIT if kind is As.TIME else _EXACT)
        total = np.where(plain, whole, 0) * 1_000_000 + millionths
        return (pl.Series(total).cast(schema.TIME) if kind is As.TIME else pl.Series(total / 1_000_000)), plain
