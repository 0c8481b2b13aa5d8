"""Read the JSON values of a piece as typed records, each with the line where it begins.

Decides which values are records at all: a value that is broken, of another shape, or has a field of another type is a
bad record, and touches no other. Refuses to know what a record means.

Values are parted by white space and commas, as `Framing.JSON` hands them on. Sound values are read by the parser all
at once; only where it finds something wrong are they looked at one by one, as `json_values` tells them apart.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Generic, TypeVar

import msgspec
import numpy as np

from collectors.contract import SAMPLED_BAD_RECORDS, BadRecord, Piece
from collectors.json_values import line_of, values_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

T = TypeVar("T")

BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
NOT_JSON: Final = "not_json"
NOT_AN_OBJECT: Final = "not_an_object"
NOT_UTF_8: Final = "not_utf_8"
TOO_DEEP: Final = "too_deep"
WRONG_TYPE: Final = "wrong_type"

_BETWEEN: Final = b" \t\r\n,"
_AT: Final = re.compile(r"^(?P<what>.*) - at `\$\.?(?P<place>.*)`$", re.DOTALL)
_UNREADABLE: Final = (msgspec.DecodeError, UnicodeError, RecursionError)
_NEWLINE, _RETURN, _COMMA, _OPENING, _CLOSING = b"\n\r,{}"
_SHOWN_LETTERS: Final = 200
# What is read at once: objects that no longer lie in the processor's cache cost more to find again than to make.
_PART_OCTETS: Final = 1 << 18
_KEY_OCTETS: Final = 256
_SEVERAL: Final = 2


@dataclass(frozen=True, slots=True)
class Values(Generic[T]):
    """The records of a piece in order, the line where each begins, and the values that are none.

    `numbers` counts all values of the piece and says which each record is; null: there are no others. `bad` has the
    number of each bad one before it.
    """

    records: list[T]
    lines: NDArray[np.uint64]
    numbers: NDArray[np.int64] | None = None
    bad: list[tuple[int, BadRecord]] = field(default_factory=list)
    bad_by_reason: Counter[str] = field(default_factory=Counter)


class ValueReader(Generic[T]):
    """Reads values as records of one type."""

    def __init__(self, record: type[T]) -> None:
        self._one = msgspec.json.Decoder(record)
        self._array = msgspec.json.Decoder(list[record])  # type: ignore[valid-type]

    def read(self, piece: Piece) -> Values[T]:
        """Read the values of a piece."""
        values, first_line = _inside_of(piece)
        try:
            return self._sound(values, first_line)
        except _UNREADABLE:
            return self._apart(values, first_line)

    def sound(self, piece: Piece) -> Values[T] | None:
        """Read the values of a piece where each is a record; null where one is none."""
        try:
            return self._sound(*_inside_of(piece))
        except _UNREADABLE:
            return None

    def _sound(self, values: bytes, first_line: int) -> Values[T]:
        records = self._together(values) if values else []
        if len(records) < _SEVERAL or not values.count(b"\n"):
            return Values(records, np.full(len(records), first_line, dtype=np.uint64))
        if _one_a_line(values, len(records)):
            return Values(records, np.arange(first_line, first_line + len(records), dtype=np.uint64))
        return Values(records, _lines(values, values_of(Piece(values, 1, 0)).begins, first_line))

    def _together(self, values: bytes) -> list[T]:
        """Read values that are all sound, parted all by white space or all by commas."""
        try:
            return self._one.decode_lines(values)
        except msgspec.ValidationError:
            raise
        except msgspec.DecodeError:
            return self._array.decode(b"[%b]" % values)

    def _apart(self, values: bytes, first_line: int) -> Values[T]:
        """Read values one by one."""
        records: list[T] = []
        numbers: list[int] = []
        unread: list[tuple[int, str, str]] = []
        found = values_of(Piece(values, 1, 0))
        for number, (begin, end) in enumerate(zip(found.begins.tolist(), found.ends.tolist(), strict=True)):
            try:
                # Space behind a value that is cut off would be told as what is wrong with it.
                record = self._one.decode(values[begin:end].rstrip(_BETWEEN))
            except _UNREADABLE as error:
                unread.append((number, *reason_of(error, values[begin : begin + 1])))
            else:
                records.append(record)
                numbers.append(number)
        lines = _lines(values, found.begins, first_line)
        bad = [
            (number, BadRecord(int(lines[number]), reason, what))
            for number, reason, what in unread[:SAMPLED_BAD_RECORDS]
        ]
        by_reason = Counter(reason for _, reason, _ in unread)
        return Values(records, lines[numbers], np.array(numbers, dtype=np.int64), bad, by_reason)


def parted(piece: Piece) -> Iterator[Piece]:
    """Parts of a piece that are read one after the other, so that what is made of one is small.

    One ends where a value seems to end and the next begins with the same key as the first. Where that was wrong, the
    part is not sound, and only what is read before it stands: whoever reads one that is not goes on with the rest.
    """
    data, begin, line = piece.data, 0, piece.first_line
    first = data[:_KEY_OCTETS].lstrip(_BETWEEN + BYTE_ORDER_MARK)
    key = first[: first.find(b":")]
    following = re.compile(rb"}[ \t\r\n,]*(?=%b)" % re.escape(key)) if key.startswith(b"{") else None
    while following and len(data) - begin > _PART_OCTETS:
        found = following.search(data, begin + _PART_OCTETS)
        if not found:
            break
        yield Piece(data[begin : found.end()], line, piece.offset + begin)
        line += data.count(b"\n", begin, found.end())
        begin = found.end()
    yield Piece(data[begin:], line, piece.offset + begin)


def rest_from(part: Piece, piece: Piece) -> Piece:
    """What of a piece begins with a part of it."""
    return piece.after(part.offset - piece.offset, part.first_line - piece.first_line)


def reason_of(error: Exception, beginning: bytes) -> tuple[str, str]:
    """Reason and sentence for a value that cannot be read and begins with `beginning`."""
    if isinstance(error, RecursionError):
        return TOO_DEEP, "the value is nested too deeply"
    if isinstance(error, UnicodeError):
        return NOT_UTF_8, "a text in the value is not UTF-8"
    text = shown(str(error))
    if not isinstance(error, msgspec.ValidationError):
        return NOT_JSON, f"the value is not JSON: {_inside(text.removeprefix('JSON is malformed: '))}"
    found = _AT.match(text)
    if beginning != b"{" or not found:
        return NOT_AN_OBJECT, f"the value is no object: {_inside(text)}"
    return WRONG_TYPE, f"{found['place']}: {_inside(found['what'])}"


def _inside(sentence: str) -> str:
    """A sentence as it stands within another."""
    return f"{sentence[:1].lower()}{sentence[1:]}"


def shown(text: str) -> str:
    """Text of an input as it may stand in a sentence: bounded, on one line."""
    printable = "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text[:_SHOWN_LETTERS]
    )
    return printable if len(text) <= _SHOWN_LETTERS else f"{printable}…"


def _inside_of(piece: Piece) -> tuple[bytes, int]:
    """What a piece holds without the separators around it, and the line in which that begins."""
    data = piece.data.removeprefix(BYTE_ORDER_MARK) if not piece.offset else piece.data
    before = len(data) - len(data.lstrip(_BETWEEN))
    return data.strip(_BETWEEN), piece.first_line + data.count(b"\n", 0, before)


def _one_a_line(values: bytes, count: int) -> bool:
    """Whether every line end stands between two objects: no line end is left that could stand within one."""
    octets = np.frombuffer(values, dtype=np.uint8)
    ends = np.flatnonzero(octets == _NEWLINE)
    if len(ends) != count - 1 or not (octets[ends + 1] == _OPENING).all():
        return False
    before = ends - 1
    before -= octets[before] == _RETURN
    before -= octets[before] == _COMMA
    return bool((octets[before] == _CLOSING).all())


def _lines(values: bytes, begins: NDArray[np.int64], first_line: int) -> NDArray[np.uint64]:
    """Line of every place."""
    return line_of(values, begins, first_line).astype(np.uint64)
