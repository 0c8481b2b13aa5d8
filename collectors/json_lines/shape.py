"""The shape of a line: what stands between its values, and which quotation mark each value lies at.

A program writes its lines from few patterns: the same keys in the same order, with other values. Where a line has as
many quotation marks as another one, no escapes, and the same octets between its values, it is known to be an object of
the same shape once its numbers are known to be numbers, and its values lie at known places.

Decides whether a line may serve as a pattern. Refuses those with an escape, a repeated key or a run of bare values.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from collectors.json_lines.wanted import As

if TYPE_CHECKING:
    from collections.abc import Iterator

    from collectors.json_lines.wanted import Items, Path, Wanted

_TOKEN: Final = re.compile(rb'"([^"]*)"|([\[\]{},:])|([^\s\[\]{},:"]+)|\s+')
# Octets that are compared at once.
STRETCH: Final = 32
_QUOTE: Final = b'"'
_NEARLY_ALL: Final = 0.97

Steps: TypeAlias = tuple[str | int, ...]


class Span(NamedTuple):
    """Where a value lies: from the mark `begin_mark` and so many octets on, to the mark `end_mark` and so many on.

    Marks are the quotation marks of a line in order, from 0; -1 is the newline before the line, and the one after the
    last quotation mark is the newline at its end.
    """

    begin_mark: int
    begin: int
    end_mark: int
    end: int


class Check(NamedTuple):
    """`STRETCH` octets from a mark and `offset` on, of which those under `mask` are known."""

    mark: int
    offset: int
    mask: bytes
    octets: bytes


@dataclass(frozen=True, slots=True)
class Shape:
    """A pattern of lines of one kind."""

    word: str
    marks: int
    lead: int  # octets before the first mark
    checks: tuple[Check, ...]
    numbers: tuple[Span, ...]  # that nobody wants, but a line with no number there is no JSON
    literals: tuple[Span, ...]  # `true` or `false`, likewise
    fields: tuple[Span | None, ...]  # in the order of the wanted fields
    same: tuple[bool, ...]  # whether each is the same in every line
    quoted: tuple[bool | None, ...]  # whether each is text; null where the shape has no such value
    items: tuple[tuple[tuple[Span | None, ...], ...], ...]  # for each wanted array, each item, each field
    items_same: tuple[tuple[tuple[bool, ...], ...], ...]  # likewise, whether each is the same in every line
    items_quoted: tuple[tuple[bool | None, ...], ...]  # for each wanted array, each field; null where no item has it


@dataclass(slots=True)
class _Open:
    """An object or array that is not closed yet: its steps, the keys so far, how many items so far."""

    steps: Steps
    is_object: bool
    keys: set[str] = field(default_factory=set)
    key: str | None = None
    count: int = 0


@dataclass(frozen=True, slots=True)
class _Value:
    steps: Steps
    octets: bytes
    quoted: bool


@dataclass(slots=True)
class _Walk:
    """A line taken apart: its values, what stands between them, its objects, how many items each array has."""

    glue: list[bytes] = field(default_factory=lambda: [b""])
    values: list[_Value] = field(default_factory=list)
    objects: set[Steps] = field(default_factory=set)
    lengths: dict[Steps, int] = field(default_factory=dict)
    places: dict[Steps, int] = field(default_factory=dict)

    def take(self, steps: Steps, octets: bytes, *, quoted: bool) -> None:
        """Add a value, and begin what stands after it."""
        self.places[steps] = len(self.values)
        self.values.append(_Value(steps, octets, quoted))
        self.glue.append(b"")

    def close(self, closed: _Open) -> None:
        """Count the items of an array."""
        if closed.is_object:
            self.objects.add(closed.steps)
        else:
            walked = self.glue[-1].rstrip()
            self.lengths[closed.steps] = closed.count + (not walked.endswith(b"["))

    def quoted(self, steps: Steps) -> bool | None:
        place = self.places.get(steps)
        return None if place is None else self.values[place].quoted


def shape_of(
    line: bytes, word: str, by: Path, wanted: Wanted | None, constant: frozenset[Steps] = frozenset()
) -> Shape | None:
    """Pattern of a line that is known to be an object of the kind `word`; null where it cannot serve as one.

    Values at the steps of `constant` belong to the pattern as they stand.
    """
    walk = None if b"\\" in line else _walk(line)
    if walk is None:
        return None
    spans = _spans(walk)
    if spans is None:
        return None
    fixed = constant | {by}
    fields = wanted.fields if wanted else ()
    arrays = wanted.items if wanted else ()
    kinds = [walk.quoted(each.path) for each in fields]
    if any(text is not None and not _fits(each.kind, text) for each, text in zip(fields, kinds, strict=True)):
        return None
    if any(array.path in walk.places or array.path in walk.objects for array in arrays):
        return None  # one item without its array
    rows = [_rows(array, walk.lengths.get(array.path, 0)) for array in arrays]
    item_kinds = [_item_kinds(array, steps, walk) for array, steps in zip(arrays, rows, strict=True)]
    if any(each is None for each in item_kinds):
        return None

    def span(steps: Steps) -> Span | None:
        place = walk.places.get(steps)
        return None if place is None else spans[place]

    used = {each.path for each in fields} | {steps for array in rows for row in array for steps in row}
    rest = [
        place
        for place, each in enumerate(walk.values)
        if not each.quoted and each.steps not in used and each.steps not in fixed
    ]
    literal = [place for place in rest if walk.values[place].octets in {b"true", b"false"}]
    return Shape(
        word=word,
        marks=line.count(_QUOTE),
        lead=line.index(_QUOTE) if _QUOTE in line else len(line),
        checks=tuple(_checks(_with_constants(walk, fixed), line.count(_QUOTE))),
        same=tuple(each.path in fixed for each in fields),
        numbers=tuple(spans[place] for place in rest if place not in literal),
        literals=tuple(spans[place] for place in literal),
        fields=tuple(span(each.path) for each in fields),
        quoted=tuple(kinds),
        items=tuple(tuple(tuple(map(span, row)) for row in array) for array in rows),
        items_same=tuple(tuple(tuple(steps in fixed for steps in row) for row in array) for array in rows),
        items_quoted=tuple(each for each in item_kinds if each is not None),
    )


def _fits(kind: As, quoted: bool) -> bool:  # noqa: FBT001 - one of two sorts of value
    """Whether the quick way knows how to read it; a number in a string is left to the others."""
    if kind in {As.SCALAR, As.TIME}:
        return True
    return quoted == (kind in {As.TEXT, As.WORD})


def _rows(array: Items, count: int) -> list[list[Steps]]:
    return [[(*array.path, place, *each.path) for each in array.fields] for place in range(count)]


def _item_kinds(array: Items, rows: list[list[Steps]], walk: _Walk) -> tuple[bool | None, ...] | None:
    """Which fields of the items are text (null: no item has it); null where the items do not agree."""
    kinds: list[bool | None] = []
    for column, each in enumerate(array.fields):
        found = {walk.quoted(row[column]) for row in rows} - {None}
        if len(found) > 1 or any(text is not None and not _fits(each.kind, text) for text in found):
            return None
        kinds.append(found.pop() if found else None)
    return tuple(kinds)


def agreed(lines: list[bytes], by: Path) -> tuple[bytes, frozenset[Steps]] | None:
    """Of lines, one that is like most, and the steps of its values that nearly all lines of its structure have."""
    walks = [(line, walk) for line in lines if b"\\" not in line and (walk := _walk(line)) is not None]
    if not walks:
        return None
    structures = Counter(tuple(walk.glue) for _, walk in walks)
    structure, count = structures.most_common(1)[0]
    alike = [(line, walk) for line, walk in walks if tuple(walk.glue) == structure]
    most = [
        Counter(values).most_common(1)[0]
        for values in zip(*([v.octets for v in walk.values] for _, walk in alike), strict=True)
    ]
    common = {place: octets for place, (octets, times) in enumerate(most) if times >= _NEARLY_ALL * count}
    line, walk = max(
        alike, key=lambda each: sum(each[1].values[place].octets == octets for place, octets in common.items())
    )
    steps = [walk.values[place].steps for place, octets in common.items() if walk.values[place].octets == octets]
    return line, frozenset(steps) - {by}


def _with_constants(walk: _Walk, fixed: frozenset[Steps]) -> list[bytes]:
    """What stands between the values that may differ."""
    glue = [walk.glue[0]]
    for value, after in zip(walk.values, walk.glue[1:], strict=True):
        if value.steps in fixed:
            glue[-1] += value.octets + after
        else:
            glue.append(after)
    return glue


def _walk(line: bytes) -> _Walk | None:
    """Take a line apart that is known to be a JSON object; null where a key is repeated or it is not ASCII."""
    if not line.isascii():
        return None
    walk = _Walk()
    stack: list[_Open] = []
    for token in _TOKEN.finditer(line):
        text, octets = token[1], token[0]
        top = stack[-1] if stack else None
        if text is not None and top is not None and top.is_object and top.key is None:
            top.key = text.decode()
            if top.key in top.keys:
                return None
            top.keys.add(top.key)
        elif octets in b"[{":
            stack.append(_Open(_steps(top), is_object=octets == b"{"))
        elif octets in b"]}" and top is not None:
            walk.close(stack.pop())
        elif octets == b"," and top is not None:
            top.key = None
            top.count += 1
        elif text is not None:
            walk.glue[-1] += _QUOTE
            walk.take(_steps(top), text, quoted=True)
            octets = _QUOTE
        elif not (octets.isspace() or octets in {b":", b",", b"null"}):
            walk.take(_steps(top), octets, quoted=False)
            octets = b""
        walk.glue[-1] += octets
    return walk


def _steps(top: _Open | None) -> Steps:
    if top is None:
        return ()
    return (*top.steps, (top.key or "") if top.is_object else top.count)


def _spans(walk: _Walk) -> list[Span] | None:
    """Where each value lies; null where two stand side by side without a quotation mark between them."""
    spans: list[Span] = []
    marks = 0
    for place, value in enumerate(walk.values):
        before, after = walk.glue[place], walk.glue[place + 1]
        if _QUOTE not in before:
            return None
        marks += before.count(_QUOTE)
        begin = len(before) - before.rindex(_QUOTE)
        first = after.find(_QUOTE)
        end = -first if first >= 0 else -len(after)
        spans.append(Span(marks - 1, begin, marks, 0 if value.quoted else end))
    return spans


def _checks(glue: list[bytes], marks: int) -> Iterator[Check]:
    """Stretches that together cover all that stands between the values."""
    seen = 0
    for place, between in enumerate(glue):
        seen += between.count(_QUOTE)
        last = place == len(glue) - 1
        # The octet after the last one, counted from the last mark of this stretch or from the newline at the end.
        mark, end = (marks, 0) if last else (seen - 1, len(between) - between.rindex(_QUOTE))
        for stop in range(len(between), 0, -STRETCH):
            part = between[max(0, stop - STRETCH) : stop]
            known = b"\xff" * len(part)
            offset = end - (len(between) - stop) - STRETCH
            yield Check(mark, offset, known.rjust(STRETCH, b"\0"), part.rjust(STRETCH, b"\0"))
