"""Cut an input into pieces of complete lines.

Decides where a piece ends (at a line end) and which lines are too long to keep. Refuses to know what a line means.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from collectors.contract import Piece
from collectors.files.limits import WINDOW_OCTETS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from collectors.files.limits import ReadLimits
    from collectors.files.streams import Onward

_NEWLINE: Final = 0x0A


def line_pieces(stream: Onward, limits: ReadLimits, offset: int, line: int) -> Iterator[Piece]:
    """Yield the lines from an offset on, where line number `line` begins."""
    carried, ahead = b"", b""
    while data := ahead or stream.read(limits.piece_octets):
        ahead = b""
        end = data.rfind(b"\n") + 1
        if end:
            piece, carried = carried + data[:end], data[end:]
            del data  # what is handed on may take its room
            count = line_ends(piece)
            yield from _within_limits(Piece(piece, line, offset), count, limits)
            line, offset = line + count, offset + len(piece)
        elif len(carried) + len(data) > limits.line_octets:
            skipped, ahead = _skip_line(stream, carried + data, line, offset, limits)
            if skipped:
                yield skipped
                offset = skipped.end
            line, carried = line + 1, b""
        else:
            carried += data
    if carried and not stream.broken:
        long = len(carried) > limits.line_octets
        text, length = (b"", len(carried)) if long else (carried, 0)
        yield Piece(text, line, offset, length, carried[-WINDOW_OCTETS:] if long else b"", ended=False)


def line_ends(data: bytes) -> int:
    """How many newlines there are."""
    return int(np.count_nonzero(np.frombuffer(data, dtype=np.uint8) == _NEWLINE))


def _skip_line(stream: Onward, begun: bytes, line: int, offset: int, limits: ReadLimits) -> tuple[Piece | None, bytes]:
    """Read on to the end of a line that is too long: the line (None: the input breaks off in it), and what follows."""
    length, last = len(begun), begun[-WINDOW_OCTETS:]
    while data := stream.read(limits.piece_octets):
        end = data.find(b"\n") + 1
        length += end or len(data)
        last = (last + data[: end or len(data)])[-WINDOW_OCTETS:]
        if end:
            return Piece(b"", line, offset, length, last), data[end:]
    return None if stream.broken else Piece(b"", line, offset, length, last, ended=False), b""


def _within_limits(lines: Piece, count: int, limits: ReadLimits) -> Iterator[Piece]:
    """Take the lines apart that are too long, and cut a piece that has too many; `count`: the line ends in it."""
    at, line = 0, lines.first_line
    for begin, end in _oversized(lines.data, limits.line_octets):
        before = lines.data.count(b"\n", at, begin)
        yield from _cut(Piece(lines.data[at:begin], line, lines.offset + at), before, limits)
        line, count = line + before, count - before - 1
        last = lines.data[max(begin, end - WINDOW_OCTETS) : end]
        yield Piece(b"", line, lines.offset + begin, end - begin, last)
        at, line = end, line + 1
    yield from _cut(Piece(lines.data[at:], line, lines.offset + at), count, limits)


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


def _cut(lines: Piece, count: int, limits: ReadLimits) -> Iterator[Piece]:
    data, at, line = lines.data, 0, lines.first_line
    if limits.lines and count >= limits.lines:
        ends = np.flatnonzero(np.frombuffer(data, dtype=np.uint8) == _NEWLINE)[limits.lines - 1 :: limits.lines]
        for end in (ends + 1).tolist():
            yield Piece(data[at:end], line, lines.offset + at, line_ends=limits.lines)
            at, line, count = end, line + limits.lines, count - limits.lines
    if at < len(data):
        yield Piece(data[at:], line, lines.offset + at, line_ends=count)
