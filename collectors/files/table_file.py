"""Parquet files as pieces of rows.

Decides how a closed format is known: by the SHA-256 of the whole file, because its first octets say nothing of its
rows. An offset counts rows. The file is read by another process (`table_process`), which a hostile file may end.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
from contextlib import contextmanager
from hashlib import file_digest
from io import BytesIO
from threading import Lock
from typing import TYPE_CHECKING, Final

import polars as pl
from polars.exceptions import PolarsError

from collectors.contract import Framing, Piece
from collectors.files import table_process
from collectors.files.limits import CUT_OFF, DAMAGED, PIECE_LINES, ReadLimits, UnreadableInputError, why_not
from collectors.files.streams import which_file
from collectors.files.table_process import ANSWER_OCTETS, FAILED, LENGTH

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedReader
    from pathlib import Path

_MAGIC: Final = b"PAR1"  # Source: Apache Parquet, "File Format", read 2026-11
_SHORTEST: Final = 12
_DAMAGED: Final = "is no Parquet file, or is damaged"


class TableFile:
    """A Parquet file, known by its whole content."""

    closed: Final = True
    framing: Final = Framing.TABLE

    def __init__(self, path: Path, hint: str = "") -> None:
        """Read nothing yet; `hint`: what the object looks like that this is a copy of."""
        self.path = path
        self._hint = hint
        self._known_by = b""

    def beginning(self, octets: int) -> bytes:
        """What the file is known by."""
        return self._identity()[:octets]

    def window(self, end: int) -> bytes | None:
        """What the file is known by: with this content, no row of it is another."""
        del end
        return self._identity()

    def pieces(self, limits: ReadLimits | None = None, offset: int = 0, line: int = 1) -> Iterator[Piece]:
        """Yield the rows from one on.

        Raises:
            UnreadableInputError: the file is damaged; rows before that may have been yielded.
        """
        known_by = self._identity()
        self._check_frame()
        for rows in _reader().rows(self.path, offset, (limits or ReadLimits()).lines or PIECE_LINES):
            piece = Piece(b"", line, offset, last=known_by, table=rows)
            offset, line = piece.end, piece.next_line
            yield piece

    @property
    def inode(self) -> str:
        """Which file this is on its machine, as long as it is there; of an object what it looks like: a hint."""
        self._identity()
        return self._hint

    def _identity(self) -> bytes:
        if not self._known_by:
            with _opened(self.path) as file:
                self._hint = self._hint or which_file(os.fstat(file.fileno()))
                self._known_by = b"whole sha256 " + file_digest(file, "sha256").hexdigest().encode()
        return self._known_by

    def _check_frame(self) -> None:
        """Tell a file that is still being written, or no table at all, before another process reads it."""
        with _opened(self.path) as file:
            size = file.seek(0, os.SEEK_END)
            if size >= _SHORTEST:
                file.seek(size - 8)
                length, end = LENGTH.unpack(file.read(4))[0], file.read(4)
                if end == _MAGIC and length <= size - _SHORTEST:
                    return
        message = "has no end of a Parquet file: it is still being written, or cut off"
        raise UnreadableInputError(message, CUT_OFF)


@contextmanager
def _opened(path: Path) -> Iterator[BufferedReader]:
    try:
        with path.open("rb") as file:
            yield file
    except OSError as error:
        message = f"cannot be read: {error.strerror or error}"
        raise UnreadableInputError(message, why_not(error)) from error


class _Reader:
    """The process that reads tables; it serves one file after the other, and is started anew when one has ended it."""

    def __init__(self) -> None:
        environment = os.environ | {"POLARS_MAX_THREADS": "2"}
        command = [sys.executable, "-P", table_process.__file__]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
        )
        self._opened = 0
        self._lock = Lock()
        atexit.register(self._end)

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def rows(self, path: Path, offset: int, rows: int) -> Iterator[pl.DataFrame]:
        """Rows of a file from one on; whoever opens another file meanwhile is served, and this one goes on behind.

        Raises:
            UnreadableInputError: the file cannot be read.
        """
        mine, asked_at = -1, offset
        while True:
            with self._lock:
                if mine != self._opened:
                    self._opened += 1
                    mine = self._opened
                    self._ask({"path": str(path.absolute()), "offset": asked_at, "rows": rows})
                answer = self._next()
            if not answer:
                return
            try:
                frame = pl.read_ipc_stream(BytesIO(answer))
            except PolarsError as error:
                raise UnreadableInputError(_DAMAGED, DAMAGED) from error
            asked_at += frame.height
            yield frame

    def _ask(self, request: dict[str, str | int]) -> None:
        self._write(json.dumps(request).encode() + b"\n")

    def _write(self, line: bytes) -> None:
        assert self._process.stdin is not None  # noqa: S101 - it was started with one
        try:
            self._process.stdin.write(line)
            self._process.stdin.flush()
        except OSError as error:
            raise UnreadableInputError(_DAMAGED, DAMAGED) from error

    def _next(self) -> bytes:
        self._write(b"\n")
        length = LENGTH.unpack(self._read(LENGTH.size))[0]
        if length != FAILED:
            return self._read(length)
        said = self._read(LENGTH.unpack(self._read(LENGTH.size))[0]).decode("utf-8", "replace")
        message = f"{_DAMAGED}: {said}"
        raise UnreadableInputError(message, DAMAGED)

    def _end(self) -> None:
        atexit.unregister(self._end)
        self._process.kill()
        self._process.communicate()

    def _read(self, octets: int) -> bytes:
        assert self._process.stdout is not None  # noqa: S101 - it was started with one
        data = self._process.stdout.read(octets) if octets <= 2 * ANSWER_OCTETS else b""
        if len(data) < octets:
            self._end()
            message = f"{_DAMAGED}: reading it took all memory or ended the reader"
            raise UnreadableInputError(message, DAMAGED)
        return data


_readers: list[_Reader] = []


def _reader() -> _Reader:
    """The process that reads tables for this one; after a fork another one."""
    while _readers and not _readers[-1].is_alive:
        _readers.pop()
    if not _readers:
        _readers.append(_Reader())
    return _readers[-1]
