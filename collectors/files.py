"""Read files as complete lines, decompressed as a stream: memory does not grow with the file.

Decides where a piece ends (at a line end) and which lines are too long to keep. Refuses to know what a line means.
"""

from __future__ import annotations

import gzip
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from stat import S_ISDIR, S_ISREG
from typing import TYPE_CHECKING, Final

import numpy as np

from collectors.contract import Piece

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedIOBase
    from pathlib import Path

PIECE_OCTETS: Final = 12 << 20
# What a line costs when decoded does not shrink with its text; lines of usual length do not come near this many.
PIECE_LINES: Final = 120_000
LINE_OCTETS: Final = 64 << 10
# What is kept of an input to know it again.
WINDOW_OCTETS: Final = 1_024
_NEWLINE: Final = 0x0A
_GZIP_MAGIC: Final = b"\x1f\x8b"  # RFC 1952 section 2.3.1
_BROKEN: Final = (OSError, EOFError, zlib.error)


class UnreadableInputError(Exception):
    """An input cannot be read to its end; the message says why, for people."""


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """How much is handed on at once and how long a line may be, its end included.

    A piece ends after as many octets or as many lines, whichever comes first (`lines` null: by octets only); results
    depend on neither.
    """

    piece_octets: int = PIECE_OCTETS
    line_octets: int = LINE_OCTETS
    lines: int | None = PIECE_LINES


@contextmanager
def open_input(path: Path) -> Iterator[BufferedIOBase]:
    """Open a plain or gzip file, told apart by its first bytes, not by its name.

    Raises:
        UnreadableInputError: there is no such file, or it may not be read.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        message = f"cannot be opened: {error.strerror or error}"
        raise UnreadableInputError(message) from error
    with file:
        if file.peek(len(_GZIP_MAGIC)).startswith(_GZIP_MAGIC):
            with gzip.GzipFile(fileobj=file) as unpacked:
                yield unpacked
        else:
            yield file


def beginning_of(path: Path, octets: int = 4096) -> bytes:
    """First bytes of an input after decompression.

    Raises:
        UnreadableInputError: the file cannot be read, or it is a pipe: what is read from one is gone for `read_lines`.
    """
    _refuse_pipe(path)
    with open_input(path) as file:
        stream = _Stream(file)
        beginning = stream.read(octets)
        if not beginning:
            stream.check()
        return beginning


def _refuse_pipe(path: Path) -> None:
    try:
        mode = path.stat().st_mode
    except OSError:
        return  # opening it says why
    if not (S_ISREG(mode) or S_ISDIR(mode)):
        message = "is a pipe; say its kind with --format"
        raise UnreadableInputError(message)


def read_lines(path: Path, limits: ReadLimits | None = None) -> Iterator[Piece]:
    """Yield the lines of a file in pieces of complete lines, in order.

    Raises:
        UnreadableInputError: the file cannot be opened or its compression is broken; every complete line before
            the break was yielded, the line that it cuts was not.
    """
    with InputFile.open(path) as file:
        yield from file.lines(limits)


class InputFile:
    """A file that is read as its octets after decompression, from any offset. Going back costs a compressed one."""

    def __init__(self, path: Path, stream: _Stream, *, compressed: bool) -> None:
        self.path = path
        self.compressed = compressed
        self._stream = stream
        self._beginning = b""

    @classmethod
    @contextmanager
    def open(cls, path: Path) -> Iterator[InputFile]:
        """Open a file.

        Raises:
            UnreadableInputError: there is no such file, or it may not be read.
        """
        with open_input(path) as file:
            yield cls(path, _Stream(file), compressed=isinstance(file, gzip.GzipFile))

    def beginning(self, octets: int) -> bytes:
        """First octets; fewer where there are no more, or no more can be read."""
        if len(self._beginning) < octets:  # what was short may have grown
            self._stream.seek(0)
            self._beginning = self._stream.read(octets)
        return self._beginning[:octets]

    def window(self, end: int) -> bytes | None:
        """Octets before `end`, as many as a window holds; None where the input ends, or breaks off, before."""
        begin = max(0, end - WINDOW_OCTETS)
        self._stream.seek(begin)
        data = self._stream.read(end - begin)
        return data if len(data) == end - begin else None

    def lines(self, limits: ReadLimits | None = None, offset: int = 0, line: int = 1) -> Iterator[Piece]:
        """Yield the lines from an offset on, where line number `line` begins, in pieces of complete lines.

        Between two pieces the file may be asked for something else.

        Raises:
            UnreadableInputError: its compression is broken; as in `read_lines`.
        """
        stream = _Onward(self._stream, offset)
        yield from _pieces(stream, limits or ReadLimits(), offset, line)
        stream.check()

    @property
    def inode(self) -> str:
        """Which file this is on its machine, as long as it is there: a hint."""
        found = self.path.stat()
        return f"{found.st_dev}:{found.st_ino}"


class _Stream:
    """Reads an input that may break off: first all that is readable, then nothing, and `check` says why."""

    def __init__(self, file: BufferedIOBase) -> None:
        self._file = file
        self._position = 0
        self.broken: Exception | None = None

    def seek(self, offset: int) -> None:
        """Go to an offset, or to the end of an input that is shorter."""
        if offset == self._position and not self.broken:
            return
        self.broken = None
        try:
            self._position = self._file.seek(offset)
        except _BROKEN as error:
            self.broken = error

    def read(self, octets: int) -> bytes:
        """Read as many octets; fewer at the end or where the input breaks off."""
        if self.broken:
            return b""
        try:
            data = self._file.read(octets)
        except _BROKEN as error:
            self.broken = error
            data = self._readable(octets)
        self._position += len(data)
        return data

    def check(self) -> None:
        """Raise what broke the input, if anything did."""
        _check(self.broken)

    def _readable(self, octets: int) -> bytes:
        """Read again from the last good position, in small steps: a failed read gives nothing of what it had."""
        parts: list[bytes] = []
        left = octets
        try:
            self._file.seek(self._position)
            while left and (part := self._file.read1(left)):
                parts.append(part)
                left -= len(part)
        except _BROKEN:
            pass
        return b"".join(parts)


class _Onward:
    """Reads a stream on from an offset, wherever it was moved to in between."""

    def __init__(self, stream: _Stream, offset: int) -> None:
        self._stream = stream
        self._offset = offset
        self.broken: Exception | None = None

    def read(self, octets: int) -> bytes:
        """Read as many octets; fewer at the end or where the input breaks off."""
        if self.broken:
            return b""
        self._stream.seek(self._offset)
        data = self._stream.read(octets)
        self._offset += len(data)
        self.broken = self._stream.broken
        return data

    def check(self) -> None:
        """Raise what broke the input here, whatever was read elsewhere since."""
        _check(self.broken)


def _check(broken: Exception | None) -> None:
    if broken:
        message = f"breaks off: {_why(broken)}"
        raise UnreadableInputError(message) from broken


def _why(error: Exception) -> str:
    """Say for people why an input cannot be read on."""
    if isinstance(error, EOFError):
        return "the compressed data end too early"
    if isinstance(error, gzip.BadGzipFile | zlib.error):
        return "the compressed data are damaged"
    return str(getattr(error, "strerror", None) or error)


def _pieces(stream: _Onward, limits: ReadLimits, offset: int, line: int) -> Iterator[Piece]:
    carried, ahead = b"", b""
    while data := ahead or stream.read(limits.piece_octets):
        ahead = b""
        end = data.rfind(b"\n") + 1
        if end:
            piece, carried = carried + data[:end], data[end:]
            del data  # what is handed on may take its room
            count = _line_ends(piece)
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


def _line_ends(data: bytes) -> int:
    return int(np.count_nonzero(np.frombuffer(data, dtype=np.uint8) == _NEWLINE))


def _skip_line(stream: _Onward, begun: bytes, line: int, offset: int, limits: ReadLimits) -> tuple[Piece | None, bytes]:
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
