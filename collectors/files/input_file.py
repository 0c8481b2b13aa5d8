"""Files as pieces of complete records, decompressed as a stream: memory does not grow with the file.

Decides how a file is asked: for its beginning, for what it is known by, and for its records from an offset on.
Refuses to know what a record means.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from shutil import copyfileobj
from stat import S_ISDIR, S_ISREG
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Final

from collectors.contract import Framing
from collectors.files.json_pieces import HEAD_OCTETS, json_pieces
from collectors.files.limits import (
    BEGINNING_OCTETS,
    REFUSED,
    WINDOW_OCTETS,
    ReadLimits,
    UnreadableInputError,
    why_not,
)
from collectors.files.lines import line_pieces
from collectors.files.streams import Onward, open_input
from collectors.files.table_file import TableFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from collectors.contract import Piece
    from collectors.files.streams import Stream
    from collectors.objects import Place

_COPIED_OCTETS: Final = 4 << 20


def beginning_of(path: Place, octets: int = BEGINNING_OCTETS) -> bytes:
    """First bytes of an input after decompression.

    Raises:
        UnreadableInputError: the file cannot be read, or it is a pipe: what is read from one is gone for `read_lines`.
    """
    _refuse_pipe(path)
    with open_input(path) as stream:
        beginning = stream.read(octets)
        if not beginning:
            stream.check()
        return beginning


def _refuse_pipe(path: Place) -> None:
    if not isinstance(path, Path):
        return
    try:
        mode = path.stat().st_mode
    except OSError:
        return  # opening it says why
    if not (S_ISREG(mode) or S_ISDIR(mode)):
        message = "is a pipe; say its kind with --format"
        raise UnreadableInputError(message, REFUSED)


def read_lines(path: Place, limits: ReadLimits | None = None) -> Iterator[Piece]:
    """Yield the lines of a file in pieces of complete lines, in order.

    Raises:
        UnreadableInputError: the file cannot be opened or its compression is broken; every complete line before
            the break was yielded, the line that it cuts was not.
    """
    with InputFile.open(path, limits) as file:
        yield from file.pieces(limits)


@contextmanager
def open_records(
    path: Place, framing_of: Callable[[bytes], Framing], limits: ReadLimits | None = None
) -> Iterator[InputFile | TableFile]:
    """Open a file as what its beginning says that it is.

    Raises:
        UnreadableInputError: there is no such file, or it may not be read.
    """
    with InputFile.open(path, limits) as file:
        file.framing = framing_of(file.beginning(BEGINNING_OCTETS))
        if file.framing is not Framing.TABLE:
            yield file
            return
    _refuse_pipe(path)
    if isinstance(path, Path):
        yield TableFile(path)
        return
    with NamedTemporaryFile(prefix="transferwatch-", suffix=".parquet") as copy, path.open("rb") as content:
        # Its columns are read at places of their own all over it.
        try:
            copyfileobj(content, copy, _COPIED_OCTETS)
        except OSError as error:
            message = f"breaks off: {error.strerror or error}"
            raise UnreadableInputError(message, why_not(error)) from error
        copy.flush()
        yield TableFile(Path(copy.name), path.hint)


class InputFile:
    """A file that is read as its octets after decompression, from any offset. Going back costs a compressed one."""

    def __init__(self, path: Place, stream: Stream, *, closed: bool) -> None:
        self.path = path
        self.closed = closed  # nothing is written to it any more
        self.framing = Framing.LINES
        self._stream = stream
        self._beginning = b""

    @classmethod
    @contextmanager
    def open(cls, path: Place, limits: ReadLimits | None = None) -> Iterator[InputFile]:
        """Open a file; the limits are those of its size.

        Raises:
            UnreadableInputError: there is no such file, or it may not be read.
        """
        with open_input(path, limits) as stream:
            yield cls(path, stream, closed=stream.is_packed or (not isinstance(path, Path) and path.closed))

    def beginning(self, octets: int) -> bytes:
        """First octets; fewer where there are no more, or no more can be read."""
        if len(self._beginning) < octets:  # what was short may have grown
            self._stream.seek(0)
            self._beginning = self._stream.peek(octets)
        return self._beginning[:octets]

    def window(self, end: int) -> bytes | None:
        """Octets before `end`, as many as a window holds; None where the input ends, or breaks off, before."""
        begin = max(0, end - WINDOW_OCTETS)
        self._stream.seek(begin)
        data = self._stream.read(end - begin)
        return data if len(data) == end - begin else None

    def pieces(self, limits: ReadLimits | None = None, offset: int = 0, line: int = 1) -> Iterator[Piece]:
        """Yield the records from an offset on, where line number `line` begins, in pieces of complete records.

        Between two pieces the file may be asked for something else.

        Raises:
            UnreadableInputError: its compression is broken; every complete record before the break was yielded, the
                one that it cuts was not.
        """
        limits = limits or ReadLimits()
        beginning = self.beginning(HEAD_OCTETS) if self.framing is Framing.JSON and offset else b""
        stream = Onward(self._stream, offset, limits.until)
        if self.framing is Framing.JSON:
            yield from json_pieces(stream, limits, offset, line, beginning)
        else:
            yield from line_pieces(stream, limits, offset, line)
        stream.check()

    @property
    def inode(self) -> str:
        """Which file this is on its machine, as long as it is there; of an object what it looks like: a hint.

        Of the file that was opened: another one may lie under its name by now, or none.
        """
        return self._stream.which if isinstance(self.path, Path) else self.path.hint
