"""The values of a JSON piece, each with its line, without reading more of them than where they end.

Decides which octets are one value and which are none. Refuses to know what a value says: that is the decoder's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from collectors.contract import BadRecord

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from collectors.contract import Piece

NOT_JSON: Final = "not_json"
BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
NOT_READ: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What msgspec raises on octets that are no value of the wanted type; a `ValidationError` is a `DecodeError`."""

_BETWEEN: Final = b" \t\r\n,"
_TOKEN: Final = re.compile(rb'"(?:[^"\\\n]|\\.)*"|[{}\[\]]')
_OPENING: Final = b"{["
_CLOSING: Final = b"}]"
# Octets looked at again for the end of values that cannot be read, for each octet of the piece.
_LOOKS: Final = 4
_LOOKS_AT_LEAST: Final = 1 << 16

_ARRAY: Final = msgspec.json.Decoder(list[msgspec.Raw])
_VALUE: Final = msgspec.json.Decoder(msgspec.Raw)


@dataclass(frozen=True, slots=True)
class JsonRecords:
    """Values of a piece in order, the line in which each begins, and what stands between them and is none."""

    values: Sequence[msgspec.Raw]
    lines: Sequence[int]
    broken: Sequence[BadRecord]


def json_records(piece: Piece) -> JsonRecords:
    """Take the values of a piece apart, of whichever kind: of an array, one a line, or one after the other.

    Raises nothing on any octets: what is no value is broken, and the values after it are read all the same.
    """
    data = piece.data
    if not piece.offset:
        data = data.removeprefix(BYTE_ORDER_MARK)
    values = _sound(data)
    if values is None:
        return _salvaged(data, piece.first_line)
    return JsonRecords(values, list(_lines(data, values, piece.first_line)), ())


def _sound(data: bytes) -> list[msgspec.Raw] | None:
    """Read data without anything broken in it; null where something is."""
    if not data.strip(_BETWEEN):
        return []
    try:
        return _ARRAY.decode(b"[%b]" % data.strip(_BETWEEN))
    except NOT_READ:
        pass
    try:
        return _VALUE.decode_lines(data)
    except NOT_READ:
        return None


def _lines(data: bytes, values: Sequence[msgspec.Raw], line: int) -> Iterator[int]:
    at = 0
    for value in values:
        begin = _skipped(data, at)
        line += data.count(b"\n", at, begin)
        yield line
        end = begin + len(memoryview(value))
        line += data.count(b"\n", begin, end)
        at = end


def _salvaged(data: bytes, line: int) -> JsonRecords:
    """Read value by value; one that cannot be read ends where its brackets do, else with its line."""
    found: list[msgspec.Raw] = []
    lines: list[int] = []
    broken: list[BadRecord] = []
    looks = max(_LOOKS * len(data), _LOOKS_AT_LEAST)
    at = 0
    while True:
        begin = _skipped(data, at)
        line += data.count(b"\n", at, begin)
        if begin == len(data):
            return JsonRecords(found, lines, broken)
        end = data.find(b"\n", begin)
        end = len(data) if end < 0 else end
        value, why = _value(data[begin:end].rstrip(_BETWEEN))
        if value is None and looks > 0:
            close = _closed(data, begin, looks)
            looks -= (close or len(data)) - begin
            if close is not None:
                end = close
                value, why = _value(data[begin:end])
        if value is None:
            broken.append(BadRecord(line, NOT_JSON, f"the value is not JSON: {why}"))
        else:
            found.append(value)
            lines.append(line)
        line += data.count(b"\n", begin, end)
        at = end


def _value(data: bytes) -> tuple[msgspec.Raw | None, str]:
    try:
        return _VALUE.decode(data), ""
    except RecursionError:
        return None, "it is nested too deeply"
    except NOT_READ as error:
        return None, str(error).removeprefix("JSON is malformed: ")


def _skipped(data: bytes, at: int) -> int:
    """Where the next value begins."""
    while at < len(data) and data[at] in _BETWEEN:
        at += 1
    return at


def _closed(data: bytes, begin: int, looks: int) -> int | None:
    """Where the brackets that open at `begin` are closed, within so many octets; null where they are not."""
    if data[begin] not in _OPENING:
        return None
    depth = 0
    for token in _TOKEN.finditer(data, begin, begin + looks):
        first = data[token.start()]
        if first in _OPENING:
            depth += 1
        elif first in _CLOSING:
            depth -= 1
            if depth <= 0:
                return token.end()
    return None
