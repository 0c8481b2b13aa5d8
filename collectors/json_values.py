"""Find the JSON values of a text, one after the other, without reading what they say.

Decides where a value begins and ends by its quotes and brackets alone, in whole columns of octets: never an octet at a
time, never by recursion. A value may still be wrong inside; whoever decodes it says so. What is no value (a stray
bracket, words) counts as one up to the next comma or line end, so that it is told as a bad record and not lost.

A value that was cut off does not swallow what follows: where a line begins with `{` and what stands before it is none
of `[`, `,` and `:`, a new value begins, because no JSON text has a nested `{` there.

Source: RFC 8259 sections 2 and 7 (structural characters, escapes), read 2026-11.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from typing import TypeAlias

    from numpy.typing import NDArray

    from collectors.contract import Piece

    Octets: TypeAlias = NDArray[np.uint8]
    Places: TypeAlias = NDArray[np.int64]

# How deep a value may be nested, itself included. Source: RFC 8259 section 9 leaves it to the reader.
NESTING: Final = 64
_SPACE: Final = b" \t\r\n"
_QUOTE: Final = 0x22
_BACKSLASH: Final = 0x5C
_OPENING: Final = 0x7B  # `{`, and `[` with bit 0x20 set
_CLOSING: Final = 0x7D
_LOWER: Final = 0x20
_NEWLINE: Final = 0x0A
_COMMA: Final = 0x2C
_RETURN: Final = 0x0D
_BLANK: Final = 0x20
_TAB: Final = 0x09
_NESTED_AFTER: Final = (0x5B, 0x2C, 0x3A)  # `[`, `,`, `:`
# Gaps between values are looked at octet by octet of all gaps at once, up to this length.
_SHORT_GAP: Final = 64
# What stands between values and is none: words, numbers, texts, up to a comma or a line end.
_WORDS: Final = re.compile(
    rb'(?=[^ \t\r\n,])(?:\\[\\"]?+|"(?:[^"\\]|\\(?:.|\Z))*+(?:"|\Z)|[^,\n"\\])++',
    re.DOTALL,
)
# How far back from a line's begin is looked for what makes its bracket a nested one.
_LOOK_BACK: Final = 64


@dataclass(frozen=True, slots=True)
class Values:
    """Where the values of a text stand, in order.

    `begins`, `ends`: of each value; `depths`: how deep it is nested, itself included (a scalar: 0). `rest`: where what
    is not complete begins, or the end. `closed`: where a bracket closes what is around the values, if one does.
    """

    begins: Places
    ends: Places
    depths: Places
    rest: int
    closed: int | None = None

    def __len__(self) -> int:
        """How many there are."""
        return len(self.begins)


def values_of(piece: Piece) -> Values:
    """The values in the text of a piece; what is cut off at the end of an input is one more."""
    data = piece.data
    found = values_in(data)
    end = len(data.rstrip(_SPACE + b","))
    begin = found.rest + len(data[found.rest :]) - len(data[found.rest :].lstrip(_SPACE + b","))
    if begin >= end:
        return found
    return Values(
        np.append(found.begins, begin), np.append(found.ends, end), np.append(found.depths, 0), len(data), found.closed
    )


def line_of(data: bytes, places: Places, first_line: int) -> Places:
    """Number of the line in which each place of a text stands."""
    ends = np.flatnonzero(np.frombuffer(data, dtype=np.uint8) == _NEWLINE)
    return np.searchsorted(ends, places) + first_line


def values_in(data: bytes, *, inside: bool = False) -> Values:
    """The complete values in a text; `inside`: they stand in an array, and an unmatched bracket closes it.

    A scalar is complete when something follows that ends it.
    """
    octets = np.frombuffer(data, dtype=np.uint8)
    structure = _structure(octets)
    places, steps, depths = structure.places, structure.steps, structure.depths
    closed = None
    if len(depths) and int(depths.min()) < 0:
        if inside:
            first = int(np.argmax(depths < 0))
            closed = int(places[first])
            places, steps, depths = places[:first], steps[:first], depths[:first]
        else:
            depths = _never_below(depths, structure.segments)
    opened = np.flatnonzero((steps > 0) & (depths == 1))
    shut = places[(steps < 0) & (depths == 0) & (np.concatenate(([0], depths[:-1])) == 1)]
    begins = places[opened]
    deepest = np.maximum.reduceat(depths, opened).astype(np.int64) if len(opened) else np.zeros(0, np.int64)
    # A value ends at its bracket, or where the next one begins all the same.
    following = np.append(begins[1:], len(data))
    at_bracket = np.append(shut, len(data))[np.searchsorted(shut, begins)] + 1
    ends = np.minimum(at_bracket, following)
    complete = len(begins)
    if complete and at_bracket[-1] > len(data):
        complete -= 1
    rest = int(begins[complete]) if complete < len(begins) else None
    found = Values(begins[:complete], ends[:complete], deepest[:complete], len(data), closed)
    return _with_words(data, octets, found, rest)


@dataclass(frozen=True, slots=True)
class _Structure:
    """Brackets outside of texts: where, +1 or -1, and the depth after each; `segments`: in which run of text."""

    places: Places
    steps: NDArray[np.int32]
    depths: NDArray[np.int32]
    segments: Places


def _structure(octets: Octets) -> _Structure:
    quotes = quotes_of(octets)
    lowered = octets | _LOWER
    opening = lowered == _OPENING
    places = np.flatnonzero(opening | (lowered == _CLOSING))
    del lowered
    steps = np.where(opening[places], np.int32(1), np.int32(-1))
    before = np.searchsorted(quotes, places)
    starts = _line_starts(octets, places)
    segments = np.zeros(len(places), dtype=np.int64)
    if len(starts):
        segments[starts] = 1
        segments = np.cumsum(segments)
        at_start = np.concatenate(([0], before[starts]))
        before -= at_start[segments]
    outside = before & 1 == 0
    places, steps, segments = places[outside], steps[outside], segments[outside]
    depths = np.cumsum(steps, dtype=np.int32)
    if len(starts):
        first = np.flatnonzero(np.diff(segments, prepend=0))  # each start is outside of texts by definition
        base = np.concatenate(([0], depths[first] - steps[first])).astype(np.int32)
        depths -= base[segments]
    return _Structure(places, steps, depths, segments)


def quotes_of(octets: Octets) -> Places:
    """Where quotes stand that are not escaped."""
    quotes = np.flatnonzero(octets == _QUOTE)
    if not len(quotes):
        return quotes
    suspect = np.flatnonzero((octets[quotes - 1] == _BACKSLASH) & (quotes > 0))
    if not len(suspect):
        return quotes
    slashes = np.flatnonzero(octets == _BACKSLASH)
    begins = np.flatnonzero(np.diff(slashes, prepend=-2) != 1)
    run = np.searchsorted(slashes[begins], quotes[suspect]) - 1
    escaped = (quotes[suspect] - slashes[begins][run]) & 1 == 1
    return np.delete(quotes, suspect[escaped])


def _line_starts(octets: Octets, places: Places) -> Places:
    """Which brackets begin a line at which a value begins anew, whatever stands before."""
    candidates = np.flatnonzero((places > 0) & (octets[places] == _OPENING) & (octets[places - 1] == _NEWLINE))
    if not len(candidates):
        return candidates
    before = places[candidates] - 1
    for _ in range(_LOOK_BACK):
        space = (before >= 0) & _is_space(octets[before])
        if not space.any():
            break
        before -= space
    here = octets[before]
    return candidates[(before >= 0) & ~np.isin(here, _NESTED_AFTER) & ~_is_space(here)]


def _is_space(octets: Octets) -> NDArray[np.bool_]:
    return np.asarray((octets == _BLANK) | (octets == _NEWLINE) | (octets == _RETURN) | (octets == _TAB))


def _never_below(depths: NDArray[np.int32], segments: Places) -> NDArray[np.int32]:
    """Depths where a closing bracket that closes nothing is passed over."""
    drop = segments * (2 * len(depths) + 2)
    lowest = np.minimum.accumulate(depths - drop) + drop
    return (depths - np.minimum(lowest, 0)).astype(np.int32)


def _with_words(data: bytes, octets: Octets, found: Values, rest: int | None) -> Values:
    """Add what stands between the values and is neither space nor comma."""
    end = found.closed if found.closed is not None else len(data) if rest is None else rest
    befores = np.concatenate(([0], found.ends))
    afters = np.append(found.begins, end)
    words: list[tuple[int, int]] = []
    open_at = None
    for gap in np.flatnonzero(_worth_a_look(octets, befores, afters)).tolist():
        begin, until = int(befores[gap]), int(afters[gap])
        is_last = gap == len(found) and rest is None and found.closed is None
        for match in _WORDS.finditer(data, begin, until):
            if is_last and match.end() == until:
                open_at = match.start()
                break
            words.append((match.start(), match.end()))
    if open_at is None:
        open_at = rest if rest is not None else end
    if not words:
        return Values(found.begins, found.ends, found.depths, open_at, found.closed)
    more = np.array(words, dtype=np.int64)
    begins = np.concatenate((found.begins, more[:, 0]))
    order = np.argsort(begins, kind="stable")
    ends = np.concatenate((found.ends, more[:, 1]))[order]
    depths = np.concatenate((found.depths, np.zeros(len(more), dtype=np.int64)))[order]
    return Values(begins[order], ends, depths, open_at, found.closed)


def _worth_a_look(octets: Octets, begins: Places, ends: Places) -> NDArray[np.bool_]:
    """Which gaps hold more than space and commas; a long one may."""
    lengths = ends - begins
    look = lengths > _SHORT_GAP
    for step in range(min(_SHORT_GAP, int(lengths.max(initial=0)))):
        inside = np.flatnonzero((step < lengths) & ~look)
        if not len(inside):
            break
        octet = octets[begins[inside] + step]
        look[inside] = ~(_is_space(octet) | (octet == _COMMA))
    return look


class EndOfValue:
    """Finds where a value ends whose text comes in parts, and keeps none of it.

    `inside`: it stands in an array, whose closing bracket ends a scalar. `depth`: how many brackets are open before its
    first octet.
    """

    def __init__(self, first: bytes, *, inside: bool, depth: int = 0) -> None:
        """Begin with the first octet of the value."""
        self._is_scalar = not depth and first not in {b"{", b"["}
        self._inside = inside
        self._depth = depth
        self._in_text = 0
        self._context = b""

    def find(self, data: bytes) -> int | None:
        """Where the value ends in its next part, if it does."""
        known = len(self._context)
        text = self._context + data
        octets = np.frombuffer(text, dtype=np.uint8)
        quotes = quotes_of(octets)
        quotes = quotes[quotes >= known]
        lowered = octets | _LOWER
        is_end = lowered == _OPENING
        is_bracket = is_end | (lowered == _CLOSING)
        brackets = np.flatnonzero(is_bracket[known:]) + known
        ends = [brackets[_line_starts(octets, brackets)]]
        if self._is_scalar:
            is_end = is_bracket if self._inside else is_end
            stops = np.flatnonzero((is_end | (octets == _COMMA) | (octets == _NEWLINE))[known:]) + known
            ends.append(stops[self._outside(quotes, stops)])
        else:
            brackets = brackets[self._outside(quotes, brackets)]
            depths = self._depth + np.cumsum(np.where(lowered[brackets] == _OPENING, 1, -1))
            ends.append(brackets[depths <= 0] + 1)
            self._depth = int(depths[-1]) if len(depths) else self._depth
        self._in_text = (self._in_text + len(quotes)) & 1
        slashes = len(text) - len(text.rstrip(b"\\"))
        self._context = b"\\" * (2 - (slashes & 1)) if slashes else text[-_LOOK_BACK:]
        found = [int(places[0]) for places in ends if len(places)]
        return min(found) - known if found else None

    def _outside(self, quotes: Places, places: Places) -> NDArray[np.bool_]:
        return np.asarray((np.searchsorted(quotes, places) + self._in_text) & 1 == 0)
