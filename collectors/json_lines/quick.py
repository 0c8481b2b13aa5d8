"""Lines of known shapes, many at a time: what stands between the values is compared, the values are read as columns.

Decides which lines are of which shape, and learns shapes from lines that are of none. What it does not take (an escape,
a rare shape, a value that is not plain) is left to `typed` and `careful`, so it may refuse a line but never misread one.
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
from collectors.json_lines.octets import MARGIN, Octets, decimals, digits, flags, texts, times
from collectors.json_lines.shape import shape_of
from collectors.json_lines.wanted import DTYPES, As
from monitor import schema

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from collectors.json_lines.octets import Flags, Places, Words
    from collectors.json_lines.shape import Check, Shape, Span
    from collectors.json_lines.wanted import Field, Path, Wanted

# Fewer lines of one shape are read sooner one by one.
_FEW: Final = 48
# Lines of one number of quotation marks are taken as patterns so many times in one piece of data.
_TRIES: Final = 12
# Shapes remembered; those used longest ago go first.
_SHAPES: Final = 1024
_CHECKS_BEFORE_A_LOOK: Final = 12
_ROWS_AT_ONCE: Final = 2_048
_NEWLINE: Final = 10
_SPACE: Final = 32
_QUOTE: Final = 34
_BACKSLASH: Final = 92
# Seconds since 1970 beyond this are not read to the microsecond by a double.
_TIME_LIMIT: Final = 1 << 33
_EXACT: Final = (1 << 53) // 1_000_000


@dataclass(slots=True)
class Shapes:
    """Shapes that lines have had, by their number of quotation marks; the one used last comes first."""

    by: Path
    wanted: Mapping[str, Wanted]
    known: dict[int, list[Shape]] = field(default_factory=dict)
    count: int = 0

    def learn(self, line: bytes) -> Shape | None:
        """Take a line as a pattern, if it can be one."""
        try:
            word, _ = read_line(line, self.by, self.wanted)
        except Unfit:
            return None
        shape = shape_of(line, word, self.by, self.wanted.get(word))
        if shape is not None:
            if self.count >= _SHAPES:
                self.known.clear()
                self.count = 0
            self.known.setdefault(shape.marks, []).insert(0, shape)
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


def marks_of(octets: Octets) -> Marks:
    """Find quotation marks and newlines. The data ends with a newline."""
    data = octets.octets
    found = data < _SPACE
    found |= data == _QUOTE
    places = np.flatnonzero(found)
    kinds = data.take(places)
    newlines = np.flatnonzero(kinds == _NEWLINE)
    first = np.empty(len(newlines), np.int64)
    first[:1] = 0
    first[1:] = newlines[:-1] + 1
    counts = newlines - first
    plain = np.ones(len(newlines), np.bool_)
    ends = places[newlines]
    plain[: np.searchsorted(ends, MARGIN, side="right") + 1] = False
    plain[np.searchsorted(ends, len(octets.data) - MARGIN) :] = False
    controls = np.flatnonzero((kinds < _SPACE) & (kinds != _NEWLINE))
    plain[np.searchsorted(newlines, controls)] = False
    if b"\\" in octets.data:
        plain[np.searchsorted(ends, np.flatnonzero(data == _BACKSLASH))] = False
    if not octets.data.isascii() and not _is_text(octets.data):
        plain[np.searchsorted(ends, np.flatnonzero(data > 127))] = False  # noqa: PLR2004 - beyond ASCII
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


def read_quickly(data: bytes, shapes: Shapes, categories: pl.Categories) -> Quick:
    """Read the lines whose shape is common in the data; `data` may lack its last newline."""
    data = data if data.endswith(b"\n") or not data else data + b"\n"
    octets = Octets.of(data)
    marks = marks_of(octets)
    rows = len(marks.first)
    ends = marks.places.take(marks.first + marks.counts)
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
    known = shapes.known.setdefault(count, [])
    for shape in known[:_TRIES]:
        if len(rows) < _FEW:
            break
        taken, rows = _of_shape(octets, marks, rows, shape)
        if len(taken):
            out.append((shape, taken))
            known.remove(shape)
            known.insert(0, shape)
    for turn in range(_TRIES):
        if len(rows) < _FEW:
            break
        # A line from the middle is more likely a common one than the first.
        pattern = int(rows[len(rows) * (2 * turn + 1) // (2 * _TRIES)])
        begin = int(marks.places[marks.first[pattern] - 1]) + 1
        end = int(marks.places[marks.first[pattern] + count])
        learnt = shapes.learn(octets.data[begin:end])
        if learnt is None:
            continue
        taken, rows = _of_shape(octets, marks, rows, learnt)
        out.append((learnt, taken))
    return out


def _of_shape(octets: Octets, marks: Marks, rows: Places, shape: Shape) -> tuple[Places, Places]:
    """Lines that are of a shape, and the others; so many at a time that what one turn touches stays near the core."""
    right = np.empty(len(rows), np.bool_)
    checks = [(check, np.frombuffer(check.octets, np.uint64), _mask(check)) for check in shape.checks]
    for begin in range(0, len(rows), _ROWS_AT_ONCE):
        some = slice(begin, begin + _ROWS_AT_ONCE)
        before = marks.first[rows[some]] - 1
        right[some] = _glue_is(octets, marks.places, before, shape.lead, checks)
        _sift(right[some], before, octets, marks.places, shape)
    return (rows, rows[:0]) if right.all() else (rows[right], rows[~right])


def _mask(check: Check) -> Words | None:
    return np.frombuffer(check.mask, np.uint64) if check.mask[0] == 0 else None


def _glue_is(
    octets: Octets, places: Places, before: Places, lead: int, checks: Sequence[tuple[Check, Words, Words | None]]
) -> Flags:
    """Tell in which lines the octets between the values are those of a shape."""
    right: Flags = places.take(before + 1) - places.take(before) == lead + 1
    wrong: dict[int, Words] = {}
    for number, (check, expected, mask) in enumerate(checks, 1):
        width = len(check.mask)
        loaded = octets.window(width, places[check.mark + 1 :].take(before), check.offset)
        loaded ^= expected
        if mask is not None:
            loaded &= mask
        if width in wrong:
            wrong[width] |= loaded
        else:
            wrong[width] = loaded
        if number == _CHECKS_BEFORE_A_LOOK:
            # Another shape altogether is not looked at to its end.
            for each in wrong.values():
                right &= ~each.any(axis=1)
            if not right.any():
                return right
            wrong.clear()
    for each in wrong.values():
        right &= ~each.any(axis=1)
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
            spans = [(shape.fields[place], shape.quoted[place], taken) for shape, taken in self.found]
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
                (shape.items[place][item][column], shape.items_quoted[place][column], taken)
                for shape, taken, item in runs
            ]
            made, plain = self._column(each, spans, order)
            right &= plain
            columns.append(made)
        return pl.DataFrame(columns), rows[order][~right]

    def _column(
        self, wanted: Field, spans: Sequence[tuple[Span | None, bool | None, Places]], order: Places
    ) -> tuple[pl.Series, Flags]:
        """One column in order, and where its values are plain (null is)."""
        if all(span is None for span, _, _ in spans):
            dtype = pl.Categorical(self.categories) if wanted.kind is As.WORD else DTYPES[wanted.kind]
            nothing = pl.Series(wanted.column, [None], dtype=dtype).new_from_index(0, len(order))
            return nothing, np.ones(len(order), np.bool_)
        begins, ends, quoted = [], [], []
        for span, text, rows in spans:
            if span is None:
                nowhere = np.full(len(rows), -1, np.int64)
                begins.append(nowhere)
                ends.append(nowhere)
            else:
                begin, end = _span(self.marks.places, self.marks.first.take(rows) - 1, span)
                begins.append(begin)
                ends.append(end)
            quoted.append(text)
        begin = np.concatenate(begins)[order] if begins else np.zeros(0, np.int64)
        end = np.concatenate(ends)[order] if ends else np.zeros(0, np.int64)
        kinds = {text for text in quoted if text is not None}
        present = np.flatnonzero(begin >= 0) if None in quoted or any(span is None for span, _, _ in spans) else None
        right = np.ones(len(begin), np.bool_)
        if len(kinds) > 1:
            # Text here and numbers there: the rarer sort is left to the slower ways.
            text = np.concatenate([np.full(len(rows), text is True) for _, text, rows in spans])[order]
            here = np.flatnonzero((begin >= 0) & (text == (2 * int(text.sum()) >= len(text))))
            right[(begin >= 0)] = False
            right[here] = True
            present = here
            kinds = {bool(text[here[0]])} if len(here) else {True}
        if present is not None:
            begin, end = begin[present], end[present]
        values, plain = self._values(wanted.kind, begin, end, is_text=kinds == {True})
        if present is None:
            return values.alias(wanted.column), plain & right
        right[present] &= plain
        if len(present) < len(right):
            index = np.full(len(right), len(present), np.uint32)
            index[present] = np.arange(len(present))
            values = values.extend_constant(None, 1).gather(pl.Series(index))
        return values.alias(wanted.column), right

    def _values(self, kind: As, begins: Places, ends: Places, *, is_text: bool) -> tuple[pl.Series, Flags]:
        """Values that are all there, and which of them are plain."""
        octets = self.octets
        everywhere = np.ones(len(begins), np.bool_)
        if is_text and kind in {As.TEXT, As.WORD, As.SCALAR}:
            found = texts(octets, begins, ends)
            column = pl.Series(found.distinct, dtype=pl.String)
            if kind is As.WORD:
                column = column.cast(pl.Categorical(self.categories))
            return column.gather(pl.Series(found.codes)), everywhere
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
