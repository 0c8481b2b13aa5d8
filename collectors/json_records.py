"""The values of a JSON piece, each with its line, for a decoder that reads them one by one.

Takes the short way where a piece is sound JSON, and that of `json_values` where something in it is not. Refuses to know
what a value says.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from operator import itemgetter
from typing import TYPE_CHECKING, Final

import msgspec

from collectors.contract import SAMPLED_BAD_RECORDS, BadRecord
from collectors.json_values import line_of, values_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from collectors.contract import Piece

NOT_JSON: Final = "not_json"
BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
NOT_READ: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What msgspec raises on octets that are no value of the wanted type; a `ValidationError` is a `DecodeError`."""

_BETWEEN: Final = b" \t\r\n,"
_NESTED: Final = b"{["

_ARRAY: Final = msgspec.json.Decoder(list[msgspec.Raw])
_VALUE: Final = msgspec.json.Decoder(msgspec.Raw)


@dataclass(frozen=True, slots=True)
class JsonRecords:
    """Values of a piece in order, or what is wrong with one that is none, and the line in which each begins."""

    values: Sequence[msgspec.Raw | BadRecord]
    lines: Sequence[int]


def json_records(piece: Piece) -> JsonRecords:
    """Take the values of a piece apart, of whichever kind: of an array, one a line, or one after the other.

    Raises nothing on any octets: what is no value is broken, and the values after it are read all the same.
    """
    if not piece.offset and piece.data.startswith(BYTE_ORDER_MARK):
        piece = replace(piece, data=piece.data[len(BYTE_ORDER_MARK) :])
    data = piece.data
    values = _sound(data)
    if values is None:
        return _one_by_one(piece)
    return JsonRecords(values, list(_lines(data, values, piece.first_line)))


def _sound(data: bytes) -> list[msgspec.Raw] | None:
    """Read data without anything broken in it; null where something is, or is neither an object nor an array.

    Of words and numbers, the reader of files holds all that stands on a line for one, and the parser each.
    """
    if not data.strip(_BETWEEN):
        return []
    try:
        values = _ARRAY.decode(b"[%b]" % data.strip(_BETWEEN))
    except NOT_READ:
        try:
            values = _VALUE.decode_lines(data)
        except NOT_READ:
            return None
    return values if all(memoryview(value)[0] in _NESTED for value in values) else None


def _lines(data: bytes, values: Sequence[msgspec.Raw], line: int) -> Iterator[int]:
    at = 0
    for value in values:
        begin = _skipped(data, at)
        line += data.count(b"\n", at, begin)
        yield line
        end = begin + len(memoryview(value))
        line += data.count(b"\n", begin, end)
        at = end


def _one_by_one(piece: Piece) -> JsonRecords:
    """Read each value alone, as the reader of files finds them: by quotes and brackets."""
    data = piece.data
    places = values_of(piece)
    lines = line_of(data, places.begins, piece.first_line).tolist()
    found: list[msgspec.Raw | BadRecord] = []
    for begin, end, line in zip(places.begins.tolist(), places.ends.tolist(), lines, strict=True):
        try:
            found.append(_VALUE.decode(data[begin:end]))
        except RecursionError:
            found.append(BadRecord(line, NOT_JSON, "the value is nested too deeply"))
        except NOT_READ:
            # Where in it the fault is depends on how much of what follows is taken for it.
            found.append(BadRecord(line, NOT_JSON, "the value is not JSON, or is cut off"))
    return JsonRecords(found, lines)


def in_order(told: Iterable[tuple[float, BadRecord]]) -> tuple[BadRecord, ...]:
    """Give bad records by their place in the piece, as many as a batch keeps: a line may hold many values."""
    return tuple(bad for _, bad in sorted(told, key=itemgetter(0)))[:SAMPLED_BAD_RECORDS]


def _skipped(data: bytes, at: int) -> int:
    """Where the next value begins."""
    while at < len(data) and data[at] in _BETWEEN:
        at += 1
    return at
