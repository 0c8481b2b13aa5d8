"""Read files as complete lines, decompressed as a stream: memory does not grow with the file.

Decides where a piece ends (at a line end) and which lines are too long to keep. Refuses to know what a line means.
"""

from __future__ import annotations

import gzip
import zlib
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final, cast

import numpy as np

from collectors.contract import Lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PIECE_OCTETS: Final = 16 << 20
LINE_OCTETS: Final = 64 << 10
_NEWLINE: Final = 0x0A
_GZIP_MAGIC: Final = b"\x1f\x8b"  # RFC 1952 section 2.3.1


class UnreadableInputError(Exception):
    """An input cannot be read to its end; the message says why, for people."""


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """How much is handed on at once and how long a line may be.

    `lines` bounds the lines of a piece (null: by octets only); results never depend on it.
    """

    piece_octets: int = PIECE_OCTETS
    line_octets: int = LINE_OCTETS
    lines: int | None = None


def open_input(path: Path) -> IO[bytes]:
    """Open a plain or gzip file, told apart by its first bytes, not by its name.

    Raises:
        UnreadableInputError: there is no such file, or it may not be read.
    """
    try:
        file = path.open("rb")
        beginning = file.read(len(_GZIP_MAGIC))
        file.seek(0)
    except OSError as error:
        message = f"cannot be opened: {error.strerror or error}"
        raise UnreadableInputError(message) from error
    return cast("IO[bytes]", gzip.GzipFile(fileobj=file)) if beginning == _GZIP_MAGIC else file


def beginning_of(path: Path, octets: int = 4096) -> bytes:
    """First bytes of an input after decompression.

    Raises:
        UnreadableInputError: the file cannot be read.
    """
    with open_input(path) as file:
        return _read(file, octets)


def read_lines(path: Path, limits: ReadLimits | None = None) -> Iterator[Lines]:
    """Yield the lines of a file in pieces of complete lines, in order.

    Raises:
        UnreadableInputError: the file cannot be opened or its compression is broken; what came before was yielded.
    """
    limits = limits or ReadLimits()
    with open_input(path) as file:
        yield from _pieces(file, limits)


def _pieces(file: IO[bytes], limits: ReadLimits) -> Iterator[Lines]:
    line, offset, carried = 1, 0, b""
    while True:
        data = _read(file, limits.piece_octets)
        end = data.rfind(b"\n") + 1 if data else 0
        if not data:
            if carried:
                yield from _within_limits(Lines(carried, line, offset), limits)
            return
        if not end and len(carried) + len(data) > limits.line_octets:
            skipped, rest = _skip_line(file, len(carried) + len(data), limits)
            yield Lines(b"", line, offset, oversized=skipped)
            line, offset, carried = line + 1, offset + skipped, rest
            continue
        piece, carried = carried + data[:end], (carried if not end else b"") + data[end:]
        if piece and end:
            yield from _within_limits(Lines(piece, line, offset), limits)
            line, offset = line + _line_ends(piece), offset + len(piece)


def _line_ends(data: bytes) -> int:
    return int(np.count_nonzero(np.frombuffer(data, dtype=np.uint8) == _NEWLINE))


def _skip_line(file: IO[bytes], seen: int, limits: ReadLimits) -> tuple[int, bytes]:
    """Read on to the end of a line that is too long: its length, and what was read beyond it."""
    while data := _read(file, limits.piece_octets):
        end = data.find(b"\n") + 1
        if end:
            return seen + end, data[end:]
        seen += len(data)
    return seen, b""


def _within_limits(lines: Lines, limits: ReadLimits) -> Iterator[Lines]:
    """Take the lines apart that are too long, and cut a piece that has too many lines."""
    rest = lines
    for begin, end in _oversized(lines.data, limits.line_octets):
        before = begin - (rest.offset - lines.offset)
        count = rest.data.count(b"\n", 0, before)
        yield from _cut(Lines(rest.data[:before], rest.first_line, rest.offset), limits)
        rest = rest.after(before, count)
        yield Lines(b"", rest.first_line, rest.offset, oversized=end - begin)
        rest = rest.after(end - begin, 1)
    yield from _cut(rest, limits)


def _oversized(data: bytes, limit: int) -> Iterator[tuple[int, int]]:
    """Begin and end of the lines longer than `limit`: a window of that size without a line end is inside one."""
    place = 0
    while place + limit < len(data):
        last = data.rfind(b"\n", place, place + limit)
        if last >= 0:
            place = last + 1
            continue
        end = data.find(b"\n", place + limit) + 1 or len(data)
        yield place, end
        place = end


def _cut(lines: Lines, limits: ReadLimits) -> Iterator[Lines]:
    rest = lines
    while rest.data and limits.lines:
        end, count = 0, 0
        while count < limits.lines and (found := rest.data.find(b"\n", end) + 1):
            end, count = found, count + 1
        if not end or end == len(rest.data):
            break
        yield Lines(rest.data[:end], rest.first_line, rest.offset)
        rest = rest.after(end, count)
    if rest.data:
        yield rest


def _read(file: IO[bytes], octets: int) -> bytes:
    try:
        return file.read(octets)
    except (OSError, EOFError, zlib.error) as error:
        message = f"breaks off: {error}"
        raise UnreadableInputError(message) from error
