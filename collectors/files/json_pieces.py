"""Cut an input into pieces of whole JSON values.

Decides which values are the records: those of an array (`[...]`), those of the array that an object keeps under one of
the usual names (`{"Records": [...]}`), or objects one after the other, pretty-printed or one a line. Documents may
follow one another, as Firehose writes them; small ones come together in one piece. What stands around the records is
passed by and is none. Refuses to know what a value says.

Where a document is read on from an offset after a value, its beginning says what surrounds that value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

import numpy as np

from collectors.contract import Piece
from collectors.files.limits import WINDOW_OCTETS
from collectors.files.lines import line_ends
from collectors.json_values import NESTING, EndOfValue, values_in

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from collectors.files.limits import ReadLimits
    from collectors.files.streams import Onward
    from collectors.json_values import Values

TOO_DEEP: Final = "too_deep"
# Within as many octets the beginning of a document says what its records are.
HEAD_OCTETS: Final = 64 << 10
# Where records are: CloudTrail, Azure Monitor, CloudWatch Logs subscriptions, and lists of the Azure and Google APIs.
_HOLDERS: Final = frozenset({b"records", b"Records", b"events", b"entries", b"logEvents", b"value"})
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_SPACE: Final = b" \t\r\n"
_SEPARATORS: Final = _SPACE + b","
# A document of few records is not looked at with all that follows it.
_FIRST_LOOK: Final = 64 << 10
_LEAST_LOOK: Final = 4 << 10
# Documents are handed on together up to as many octets: beyond, one more makes no difference.
_GATHERED_OCTETS: Final = 2 << 20
_STRING: Final = rb'"(?:[^"\\]|\\.)*+"'
_BLANK: Final = rb"[ \t\r\n]*+"
_KEY: Final = re.compile(_BLANK + rb"(" + _STRING + rb")" + _BLANK + rb":" + _BLANK, re.DOTALL)
# A small member: a text, a number, a word, or a list of such.
_SMALL: Final = re.compile(
    rb"(?:" + _STRING + rb"|[-+.\w]++(?=[^-+.\w])|\[(?:" + _STRING + rb'|[^"\[\]{}])*+\])' + _BLANK, re.DOTALL
)
# A small member that is not there in full.
_LIST_BEGUN: Final = rb"\[(?:" + _STRING + rb'|[^"\[\]{}])*+'
_UNFINISHED: Final = re.compile(rb"(?:" + _LIST_BEGUN + rb')?+(?:"(?:[^"\\]|\\.)*+\\?+|[-+.\w]*+)\Z', re.DOTALL)
_TEXT: Final = re.compile(rb"[^ \t\r\n]")
_FIRST_RECORD: Final = re.compile(rb"\[" + _BLANK + rb"(?=[{\]])")


class Shape(Enum):
    """What surrounds the records of a document."""

    ARRAY = auto()
    NOTHING = auto()


@dataclass(frozen=True, slots=True)
class Head:
    """What a document begins with: its shape, and how many octets stand before the first record."""

    shape: Shape
    octets: int


def head_of(data: bytes, *, whole: bool) -> Head | None:
    """What a document begins with; nothing while its first octets do not say. `whole`: no more will come."""
    undecided = None if len(data) < HEAD_OCTETS and not whole else Head(Shape.NOTHING, 0)
    data = data[:HEAD_OCTETS]
    mark = len(_BYTE_ORDER_MARK) if data.startswith(_BYTE_ORDER_MARK) else 0
    text = len(data) - len(data[mark:].lstrip(_SPACE))
    if text == len(data) or (not mark and _BYTE_ORDER_MARK.startswith(data)):
        return undecided
    if data[text] == ord("["):
        return Head(Shape.ARRAY, text + 1)
    if data[text] != ord("{"):
        return Head(Shape.NOTHING, mark)
    at = text + 1
    while key := _KEY.match(data, at):
        at = key.end()
        if key[1][1:-1] in _HOLDERS and (first := _FIRST_RECORD.match(data, at)):
            return Head(Shape.ARRAY, first.end())
        small = _SMALL.match(data, at)
        if not small or not data.startswith(b",", small.end()):
            break
        at = small.end() + 1
    unclear = undecided is None and _may_go_on(data[at:])
    return None if unclear else Head(Shape.NOTHING, mark)


def _may_go_on(text: bytes) -> bool:
    """Whether a member, or its value, is not there in full yet."""
    small = _SMALL.match(text) or re.match(_BLANK, text)
    end = small.end() if small else 0
    return end == len(text) or bool(_UNFINISHED.match(text, end))


def json_pieces(stream: Onward, limits: ReadLimits, offset: int, line: int, beginning: bytes) -> Iterator[Piece]:
    """Yield the values from an offset on, where line number `line` begins.

    `beginning`: the first octets of the input, where the offset is not 0.
    """
    inside = None
    if offset:
        head = head_of(beginning, whole=True)
        inside = head is not None and head.shape is Shape.ARRAY
    return _gathered(_Document(stream, limits, offset, line).pieces(inside=inside), limits)


def _gathered(pieces: Iterator[Piece], limits: ReadLimits) -> Iterator[Piece]:
    """Hand small documents that follow one another on together: a piece costs much, however little it holds."""
    held: list[Piece] = []
    octets = 0
    most = min(limits.piece_octets, _GATHERED_OCTETS)
    for piece in pieces:
        size = len(piece.before) + len(piece.data)
        # Only what lies in another document: values of one array are cut as the limits say.
        is_next = bool(piece.before) and not piece.oversized and piece.ended
        if held and not (is_next and octets + size <= most):
            yield _one(held)
            held, octets = [], 0
        if piece.oversized or not piece.ended or 2 * size > most:
            yield piece
            continue
        held.append(piece)
        octets += size
    if held:
        yield _one(held)


def _one(pieces: list[Piece]) -> Piece:
    """Pieces of several documents as one; lines are numbered as if all of the text between them were there."""
    first, *others = pieces
    if not others:
        return first
    data = [first.data]
    for piece in others:
        data += [b"\n" * line_ends(piece.before) or b" ", piece.data]
    joined = b"".join(data)
    return Piece(
        joined, first.first_line, first.offset, line_ends=line_ends(joined), before=first.before, parts=tuple(pieces)
    )


class _Document:
    """What is read of a document and not handed on yet."""

    def __init__(self, stream: Onward, limits: ReadLimits, offset: int, line: int) -> None:
        self._stream = stream
        self._limits = limits
        self._offset = offset
        self._line = line
        self._held = b""
        self._at = 0  # up to here `_held` is handed on or passed by; there is `_offset`
        self._passed: list[bytes] = []  # since the last piece
        self._is_whole = False
        self._look = _FIRST_LOOK

    def pieces(self, *, inside: bool | None) -> Iterator[Piece]:
        """Yield the values; `inside`: in an array, one after the other, or (null) as the beginning says."""
        in_array = inside is not False
        while True:
            if inside is None:
                head = head_of(self._held[self._at : self._at + HEAD_OCTETS], whole=self._is_whole)
                if head is None:
                    self._read()
                    continue
                in_array = bool(self._offset) or head.shape is Shape.ARRAY
                self._pass_by(head.octets)
                inside = in_array
            text = self._held[self._at : self._at + self._look] if in_array else self._held[self._at :]
            is_all = len(text) == len(self._held) - self._at
            found = values_in(text, inside=in_array)
            taken = yield from self._handed_on(text, found)
            if found.closed is not None:
                self._look = max(_LEAST_LOOK, 2 * found.closed)
                self._pass_by(found.closed + 1 - taken)
                yield from self._behind_array()
                inside = None
            elif not is_all:
                self._look = 2 * len(text)
            elif len(text) - found.rest > self._limits.value_octets:
                self._pass_by(found.rest - taken)
                yield from self._too_long(in_array=in_array)
            elif self._is_whole:
                yield from self._cut_off()
                return
            else:
                self._read()

    def _read(self) -> None:
        left = self._held[self._at :]
        data = self._stream.read(max(self._limits.piece_octets, len(left)))
        self._is_whole = not data
        self._held, self._at = left + data, 0

    def _pass_by(self, octets: int) -> None:
        """Leave out what is no record."""
        if octets:
            self._passed.append(self._taken_off(octets))

    def _taken_off(self, octets: int) -> bytes:
        data = self._held[self._at : self._at + octets]
        self._at += octets
        self._offset += octets
        self._line += line_ends(data)
        return data

    def _before(self) -> bytes:
        passed, self._passed = b"".join(self._passed), []
        return passed

    def _handed_on(self, text: bytes, found: Values) -> Generator[Piece, None, int]:
        """Yield the complete values of a text; those that are not kept come alone. Gives how much of it that was."""
        taken = first = 0
        too_long = found.ends - found.begins > self._limits.value_octets
        for place in [*np.flatnonzero(too_long | (found.depths > NESTING)).tolist(), len(found)]:
            for until in _cuts(first, place, self._limits.lines):
                end = int(found.ends[until - 1])
                offset, line = self._offset, self._line
                data = text[taken:end]
                self._taken_off(end - taken)
                yield Piece(data, line, offset, before=self._before(), line_ends=self._line - line)
                taken = end
            if place < len(found):
                begin, end = int(found.begins[place]), int(found.ends[place])
                self._pass_by(begin - taken)
                run = _Run(self._offset, self._line)
                run.add(self._taken_off(end - begin))
                yield run.piece(self._before(), "" if too_long[place] else TOO_DEEP)
                taken = end
            first = place + 1
        return taken

    def _too_long(self, *, in_array: bool) -> Iterator[Piece]:
        """Yield a value that is not kept, once its end is found."""
        run = self._run_to(EndOfValue(self._held[self._at : self._at + 1], inside=in_array))
        if run.ended or not self._stream.broken:
            yield run.piece(self._before(), "")

    def _behind_array(self) -> Iterator[Piece]:
        """Pass by what an object says behind its records, up to its end; what is too long to pass by is yielded."""
        while (more := _TEXT.search(self._held, self._at)) is None and not self._is_whole:
            self._read()
        self._pass_by((more.start() if more else len(self._held)) - self._at)
        if more and more.group() in {b"}", b","}:
            run = self._run_to(EndOfValue(b"", inside=True, depth=1), self._limits.value_octets)
            if run.kept is not None:
                self._passed.extend(run.kept)
            else:
                yield run.piece(self._before(), "")

    def _run_to(self, end: EndOfValue, keep: int = -1) -> _Run:
        """Read on to an end; what is run over is kept as long as it is short."""
        run = _Run(self._offset, self._line, kept=[] if keep >= 0 else None)
        look = _LEAST_LOOK
        while True:
            held = self._held[self._at : self._at + look]
            look *= 2
            place = end.find(held)
            run.add(self._taken_off(len(held) if place is None else place), keep)
            run.ended = place is not None
            if run.ended:
                return run
            if self._at == len(self._held):
                if self._is_whole:
                    return run
                self._read()

    def _cut_off(self) -> Iterator[Piece]:
        """Yield what is left at the end of the input, where it may still become a value."""
        left = self._held[self._at :]
        if left.strip(_SEPARATORS) and not self._stream.broken:
            yield Piece(left, self._line, self._offset, before=self._before(), ended=False)


@dataclass(slots=True)
class _Run:
    """What was run over: where it began, and what is known of it."""

    offset: int
    line: int
    octets: int = 0
    line_ends: int = 0
    last: bytes = b""
    ended: bool = True
    kept: list[bytes] | None = None

    def add(self, data: bytes, keep: int = -1) -> None:
        """Run over more."""
        self.octets += len(data)
        self.line_ends += line_ends(data)
        self.last = (self.last + data[-WINDOW_OCTETS:])[-WINDOW_OCTETS:]
        if self.kept is not None:
            self.kept.append(data)
            self.kept = self.kept if self.octets <= keep else None

    def piece(self, before: bytes, refused: str) -> Piece:
        """Make a piece of it, without its text."""
        return Piece(
            b"", self.line, self.offset, self.octets, self.last, self.ended,
            line_ends=self.line_ends, before=before, refused=refused,
        )  # fmt: skip


def _cuts(first: int, last: int, values: int | None) -> list[int]:
    """Numbers of values up to which each piece goes."""
    return [*range(first + values, last, values), last] if values and first < last else [last] * (first < last)
