"""Octets of an input after decompression, which may break off.

Decides what is still read of an input that is broken: all that comes before the break.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from collectors.files.compression import BROKEN, Bounds, reason_of, unpacked, why_broken
from collectors.files.limits import BombError, ReadLimits, UnreadableInputError, why_not

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedIOBase

    from collectors.objects import Place


@contextmanager
def open_input(path: Place, limits: ReadLimits | None = None) -> Iterator[Stream]:
    """Open a plain or compressed file, told apart by its first bytes, not by its name.

    Raises:
        UnreadableInputError: there is no such file, or it may not be read.
    """
    try:
        file = path.open("rb")
        content = unpacked(file)
    except OSError as error:
        message = f"cannot be opened: {error.strerror or error}"
        raise UnreadableInputError(message, why_not(error)) from error
    with file:
        which = which_file(os.fstat(file.fileno())) if isinstance(path, Path) else ""
        yield Stream(content, None if content is file else Bounds(file, limits or ReadLimits()), which)


def which_file(found: os.stat_result) -> str:
    """Which file this is on its machine, as long as it is there."""
    return f"{found.st_dev}:{found.st_ino}"


class Stream:
    """Reads an input that may break off: first all that is readable, then nothing, and `check` says why."""

    def __init__(self, file: BufferedIOBase, bounds: Bounds | None = None, which: str = "") -> None:
        """Begin where the file stands, which is its begin; `bounds` where it is compressed; `which` file it is."""
        self.which = which
        self._file = file
        self._bounds = bounds
        self._position = 0
        self._ahead = b""  # read and not handed on: a pipe cannot go back
        self.broken: Exception | None = None

    @property
    def is_packed(self) -> bool:
        """Whether the input is compressed."""
        return self._bounds is not None

    def seek(self, offset: int) -> None:
        """Go to an offset, or to the end of an input that is shorter."""
        if offset == self._position and not self.broken:
            return
        self.broken, self._ahead = None, b""
        try:
            self._position = self._file.seek(offset)
        except BROKEN as error:
            self.broken = error

    def peek(self, octets: int) -> bytes:
        """Look at as many octets that follow; fewer at the end or where the input breaks off."""
        if len(self._ahead) < octets:
            position = self._position
            self._ahead = self.read(octets)
            self._position = position
        return self._ahead[:octets]

    def read(self, octets: int) -> bytes:
        """Read as many octets; fewer at the end or where the input breaks off."""
        data, self._ahead = self._ahead[:octets], self._ahead[octets:]
        self._position += len(data)
        return data + self._read_on(octets - len(data)) if len(data) < octets else data

    def _read_on(self, octets: int) -> bytes:
        if self.broken:
            return b""
        try:
            data = self._file.read(octets)
        except BROKEN as error:
            self.broken = error
            data = self._readable(octets)
        self._position += len(data)
        if self._bounds is not None:
            try:
                self._bounds.check(self._position)
            except BombError as error:
                self.broken = error
                return b""
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
        except BROKEN:
            pass
        return b"".join(parts)


class Onward:
    """Reads a stream on from an offset, wherever it was moved to in between."""

    def __init__(self, stream: Stream, offset: int, until: int | None = None) -> None:
        self._stream = stream
        self._offset = offset
        self._until = until
        self.broken: Exception | None = None

    def read(self, octets: int) -> bytes:
        """Read as many octets; fewer at the end or where the input breaks off."""
        if self.broken:
            return b""
        if self._until is not None:
            octets = max(0, min(octets, self._until - self._offset))
        self._stream.seek(self._offset)
        data = self._stream.read(octets)
        self._offset += len(data)
        self.broken = self._stream.broken
        return data

    def check(self) -> None:
        """Raise what broke the input here, whatever was read elsewhere since."""
        _check(self.broken)


def _check(broken: Exception | None) -> None:
    if isinstance(broken, BombError):
        raise broken
    if broken:
        message = f"breaks off: {why_broken(broken)}"
        raise UnreadableInputError(message, reason_of(broken)) from broken
