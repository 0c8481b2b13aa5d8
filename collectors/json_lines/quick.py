"""Lines of known shapes, many at a time: what stands between the values is compared, the values are read as columns.

Decides which lines are of which shape, and learns shapes from lines that are of none. What it does not take (an
escape, a rare shape, a value that is not plain) is left to `typed` and `careful`: it may refuse a line but never
misreads one.
Each line is compared with a bounded number of shapes, so the cost is linear in the octets.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from collectors.json_lines.careful import Unfit, read_line
from collectors.json_lines.columns import PLACE, ROW, Lines
from collectors.json_lines.octets import MARGIN, Octets, Room, decimals, digits, flags, texts, times
from collectors.json_lines.shape import STRETCH, agreed, shape_of
from collectors.json_lines.wanted import DTYPES, As
from monitor import schema

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from collectors.json_lines.octets import Flags, Places, Words
    from collectors.json_lines.shape import Shape, Span
    from collectors.json_lines.wanted import Field, Path, Wanted

# Fewer lines of one shape are read sooner one by one.
_FEW: Final = 48
# Lines of one number of quotation marks are taken as patterns so many times in one piece of data.
_TRIES: Final = 12
# Lines that are looked at to find what is the same in all.
_SAMPLE: Final = 32
# Shapes remembered; beyond that all are learnt again.
_SHAPES: Final = 1024
_ROWS_AT_ONCE: Final = 1024
_NEWLINE: Final = 10
_SPACE: Final = 32
_QUOTE: Final = 34
_BACKSLASH: Final = 92
# Seconds since 1970 beyond this are not read to the microsecond by a double.
_TIME_LIMIT: Final = 1 << 33
_EXACT: Final = (1 << 53) // 1_000_000


def _cost(shape: Shape) -> int:
    return len(shape.checks) + len(shape.numbers) + len(shape.literals)


@dataclass(slots=True)
class Shapes:
    """Shapes that lines have had, by their number of quotation marks; those with most constants come first."""

    by: Path
    wanted: Mapping[str, Wanted]
    known: dict[int, list[Shape]] = field(default_factory=dict)
    count: int = 0

    def learn(self, lines: list[bytes], *, with_constants: bool) -> Shape | None:
        """Take the most usual of some lines as a pattern, if it can be one."""
        found = agreed(lines, self.by)
        if found is None:
            return None
        line, constant = found
        try:
            word, _ = read_line(line, self.by, self.wanted)
        except Unfit:
            return None
        shape = shape_of(line, word, self.by, self.wanted.get(word), constant if with_constants else frozenset())
        if shape is not None:
            if self.count >= _SHAPES:
                self.known.clear()
                self.count = 0
            # What has more constants is quicker to look at, and is asked first. A new list: other threads read too.
            known = [*self.known.get(shape.marks, []), shape]
            self.known[shape.marks] = sorted(known, key=_cost)
            self.count += 1
        return shape


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """Where the quotation marks and newlines of data are.

    `places` are those of both; line `row` has `counts[row]` quotation marks from `first[row]` on, and then its newline.
    `plain` tells which lines have no escape, no control character and nothing that is not UTF-8.
    """

    places: Places
    first: Places
    counts: Places
    plain: Flags


def marks_of(octets: Octets, data: bytes) -> Marks:
    """Find quotation marks and newlines."""
    every = octets.octets
    found = np.less(every, _SPACE, out=octets.found)
    found |= np.equal(every, _QUOTE, out=octets.other)
    places = np.flatnonzero(found)
    kinds = every.take(places)
    newlines = np.flatnonzero(kinds == _NEWLINE)
    # The margin before the data ends with a newline: every line has one before and one after it.
    first = newlines[:-1] + 1
    newlines = newlines[1:]
    counts = newlines - first
    plain = np.ones(len(newlines), np.bool_)
    ends = places[newlines]
    controls = np.flatnonzero((kinds < _SPACE) & (kinds != _NEWLINE))
    plain[np.searchsorted(newlines, controls)] = False
    if b"\\" in data:
        plain[np.searchsorted(ends, np.flatnonzero(every == _BACKSLASH))] = False
    if not data.isascii() and not _is_text(data):
        plain[np.searchsorted(ends, np.flatnonzero(every > 127))] = False  # noqa: PLR2004 - beyond ASCII
    return Marks(places, first, counts, plain)


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


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
    rows = len(marks.first)
    ends = marks.places.take(marks.first + marks.counts) - MARGIN
    if rows < _FEW:
        return Quick({}, Counter(), np.arange(rows), ends)
    matched: dict[int, tuple[Shape, list[Places]]] = {}
    for rows_alike in _alike(marks):
        for shape, taken in _matches(octets, marks, rows_alike, shapes):
            matched.setdefault(id(shape), (shape, []))[1].append(taken)
    passed_over: Counter[str] = Counter()
    left = np.ones(rows, np.bool_)
    by_word: dict[str, list[tuple[Shape, Places]]] = {}
    for shape, runs in matched.values():
        taken = np.concatenate(runs)
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


def _alike(marks: Marks) -> list[Places]:
    """Plain lines with the same number of quotation marks, where there are enough of them."""
    rows = np.flatnonzero(marks.plain)
    counts = marks.counts[rows]
    order = np.argsort(counts, kind="stable")
    rows, counts = rows[order], counts[order]
    cuts = np.flatnonzero(np.diff(counts)) + 1
    return [part for part in np.split(rows, cuts) if len(part) >= _FEW]


def _matches(octets: Octets, marks: Marks, rows: Places, shapes: Shapes) -> list[tuple[Shape, Places]]:
    """Shapes of lines with the same number of quotation marks, each with its lines."""
    count = int(marks.counts[rows[0]])
    out = []
    for shape in shapes.known.get(count, [])[:_TRIES]:
        if len(rows) < _FEW:
            break
        taken, rows = _of_shape(octets, marks, rows, shape)
        if len(taken):
            out.append((shape, taken))
    for turn in range(_TRIES):
        if len(rows) < _FEW:
            break
        # With constants first; what is left and alike but for them is taken without.
        sample = rows[np.linspace(0, len(rows) - 1, _SAMPLE).astype(np.intp) if turn % 2 == 0 else [len(rows) // 2]]
        begins = marks.places[marks.first[sample] - 1] + 1
        ends = marks.places[marks.first[sample] + count]
        lines = [octets.text(begin, end) for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)]
        learnt = shapes.learn(lines, with_constants=turn % 2 == 0)
        if learnt is None:
            continue
        taken, rows = _of_shape(octets, marks, rows, learnt)
        out.append((learnt, taken))
    return out


def _of_shape(octets: Octets, marks: Marks, rows: Places, shape: Shape) -> tuple[Places, Places]:
    """Lines that are of a shape, and the others; so many at a time that what one turn touches stays near the core."""
    right = np.empty(len(rows), np.bool_)
    glue = _Glue.of(shape)
    for begin in range(0, len(rows), _ROWS_AT_ONCE):
        some = slice(begin, begin + _ROWS_AT_ONCE)
        before = marks.first[rows[some]] - 1
        right[some] = glue.stands_in(octets, marks.places, before)
        _sift(right[some], before, octets, marks.places, shape)
    return (rows, rows[:0]) if right.all() else (rows[right], rows[~right])


@dataclass(frozen=True, slots=True, eq=False)
class _Glue:
    """What stands between the values of a shape, as words: for each check a row of words, and where it lies."""

    lead: int
    marks: Places
    offsets: Places
    expected: Words
    masks: Words

    @classmethod
    def of(cls, shape: Shape) -> _Glue:
        """Give the checks of a shape."""
        return cls(
            lead=shape.lead,
            marks=np.array([check.mark + 1 for check in shape.checks], np.int64),
            offsets=np.array([check.offset for check in shape.checks], np.int64),
            expected=np.frombuffer(b"".join(check.octets for check in shape.checks), np.uint64),
            masks=np.frombuffer(b"".join(check.mask for check in shape.checks), np.uint64),
        )

    def stands_in(self, octets: Octets, places: Places, before: Places) -> Flags:
        """Tell in which lines it stands; the newline before each is known."""
        at = places[before[:, None] + self.marks]
        right: Flags = places[before + 1] - places[before] == self.lead + 1
        at += self.offsets
        found = octets.window(STRETCH, at.reshape(-1), 0).reshape(len(before), -1)
        found ^= self.expected
        found &= self.masks
        right &= ~found.any(axis=1)
        return right


def _sift(right: Flags, before: Places, octets: Octets, places: Places, shape: Shape) -> None:
    """Take out the lines in which a value that nobody wants is not what it should be."""
    if not (right.any() and (shape.numbers or shape.literals)):
        return
    if not right.all():
        before = before[right]
    good = np.ones(len(before), np.bool_)
    for spans, is_one in ((shape.numbers, _is_number), (shape.literals, _is_literal)):
        for span in spans:
            good &= is_one(octets, *_span(places, before, span))
    right[right] = good


def _span(places: Places, before: Places, span: Span) -> tuple[Places, Places]:
    """Where the values of a span begin and end, for lines of which the newline before each is known."""
    begins = places[span.begin_mark + 1 :].take(before)
    ends = places[span.end_mark + 1 :].take(before)
    begins += span.begin
    if span.end:
        ends += span.end
    return begins, ends


def _is_number(octets: Octets, begins: Places, ends: Places) -> Flags:
    _, right = digits(octets, begins, ends)
    if not right.all():
        rows = np.flatnonzero(~right)
        _, _, right[rows] = decimals(octets, begins[rows], ends[rows])
    return right


def _is_literal(octets: Octets, begins: Places, ends: Places) -> Flags:
    return flags(octets, begins, ends)[1]


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
            begin, end = _span(self.marks.places, self.marks.first.take(rows) - 1, cell.span)
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
