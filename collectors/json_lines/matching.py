"""Which lines of a piece of data are of which shape, found by comparing what stands between their values.

Decides which lines are taken as patterns, and learns shapes from lines that are of none. Refuses to know what becomes
of the values: a line with an escape or of a rare shape is of none.
Each line is compared with a bounded number of shapes, so the cost is linear in the octets.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from collectors.json_lines.careful import Unfit, read_line
from collectors.json_lines.octets import decimals, digits, flags
from collectors.json_lines.shape import STRETCH, agreed, shape_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from collectors.json_lines.octets import Flags, Octets, Places, Words
    from collectors.json_lines.shape import Shape, Span
    from collectors.json_lines.wanted import Path, Wanted

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
        """Make the most usual of some lines a pattern, if it can be one."""
        found = agreed(lines, self.by)
        if found is None:
            return None
        line, constant = found
        try:
            word, _ = read_line(line, self.by, self.wanted)
        except Unfit:
            return None
        return shape_of(line, word, self.by, self.wanted.get(word), constant if with_constants else frozenset())

    def keep(self, shape: Shape) -> None:
        """Remember a shape that lines are of."""
        if self.count >= _SHAPES:
            self.known.clear()
            self.count = 0
        # What has more constants is quicker to look at, and is asked first. A new list: other threads read too.
        known = [*self.known.get(shape.marks, []), shape]
        self.known[shape.marks] = sorted(known, key=_cost)
        self.count += 1


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
    if b"\\" in data:
        # Only lines that are not plain have one, and of these nobody asks for the number of quotation marks.
        found |= np.equal(every, _BACKSLASH, out=octets.other)
    places = np.flatnonzero(found)
    kinds = every.take(places)
    newlines = np.flatnonzero(kinds == _NEWLINE)
    # The margin before the data ends with a newline: every line has one before and one after it.
    first = newlines[:-1] + 1
    newlines = newlines[1:]
    counts = newlines - first
    plain = np.ones(len(newlines), np.bool_)
    odd = np.flatnonzero((kinds < _SPACE) & (kinds != _NEWLINE) | (kinds == _BACKSLASH))
    plain[np.searchsorted(newlines, odd)] = False
    if not data.isascii() and not _is_text(data):
        plain[np.searchsorted(places[newlines], np.flatnonzero(every > 127))] = False  # noqa: PLR2004 - beyond ASCII
    return Marks(places, first, counts, plain)


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def matched(octets: Octets, marks: Marks, shapes: Shapes) -> list[tuple[Shape, Places]]:
    """Shapes that are common in the data, each once with its lines; what is of no such shape is in none."""
    if len(marks.first) < _FEW:
        return []
    found: dict[int, tuple[Shape, list[Places]]] = {}
    for rows_alike in _alike(marks):
        for shape, taken in _matches(octets, marks, rows_alike, shapes):
            found.setdefault(id(shape), (shape, []))[1].append(taken)
    return [(shape, np.concatenate(runs)) for shape, runs in found.values()]


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
        # A pattern with a number that is not plain (`-3`, `1e5`) has no lines, not even its own.
        if len(taken):
            shapes.keep(learnt)
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
            good &= is_one(octets, *span_places(places, before, span))
    right[right] = good


def span_places(places: Places, before: Places, span: Span) -> tuple[Places, Places]:
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
