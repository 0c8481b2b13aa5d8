"""A stream gives what is readable, and then says why there is no more."""

from __future__ import annotations

import errno
from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from collectors.files import UnreadableInputError
from collectors.files.streams import Onward, Stream, open_input

if TYPE_CHECKING:
    from pathlib import Path


def test_a_disk_that_fails_is_told() -> None:
    """In the words of the system."""
    stream = Stream(BytesIO())
    stream.broken = OSError(errno.EIO, "Input/output error")

    with pytest.raises(UnreadableInputError, match=r"^breaks off: Input/output error$"):
        stream.check()


def test_what_was_looked_at_is_read_all_the_same() -> None:
    """A pipe cannot go back."""
    stream = Stream(BytesIO(b"abcdefgh"))

    assert (stream.peek(3), stream.peek(5), stream.read(2), stream.peek(2)) == (b"abc", b"abcde", b"ab", b"cd")
    assert (stream.read(100), stream.read(1)) == (b"cdefgh", b"")


def test_a_stream_is_read_on_wherever_it_was_moved_to() -> None:
    """Two readers of one stream do not disturb each other."""
    stream = Stream(BytesIO(b"abcdefgh"))
    one, other = Onward(stream, 0), Onward(stream, 4)

    assert [one.read(2), other.read(2), one.read(2), other.read(9)] == [b"ab", b"ef", b"cd", b"gh"]


def test_only_a_compressed_input_is_packed(tmp_path: Path) -> None:
    """By its first octets, not by its name."""
    (tmp_path / "plain.gz").write_bytes(b"text")

    with open_input(tmp_path / "plain.gz") as stream:
        assert (stream.is_packed, stream.read(9)) == (False, b"text")
