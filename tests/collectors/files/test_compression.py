"""Inputs are unpacked whatever they are compressed with, unless they are bombs."""

from __future__ import annotations

import bz2
import gzip
import os
from typing import TYPE_CHECKING, Final

import pytest
from backports import zstd

from collectors.files import BombError, InputFile, ReadLimits, UnreadableInputError, beginning_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TEXT: Final = b"".join(b"line %d\n" % number for number in range(1, 10_001))
MIB: Final = 1 << 20
FORMS: Final = {"gzip": gzip.compress, "zstd": zstd.compress, "bzip2": bz2.compress}
each_form = pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)


def text_of(path: Path, data: bytes, limits: ReadLimits | None = None) -> bytes:
    """The text of a compressed file."""
    path.write_bytes(data)
    with InputFile.open(path, limits) as file:
        return b"".join(piece.data for piece in file.pieces(limits))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A name that says nothing."""
    return tmp_path / "input"


@each_form
def test_an_input_of_several_parts_is_one_text(path: Path, form: Callable[[bytes], bytes]) -> None:
    """Members of gzip, frames of Zstandard, streams of bzip2."""
    assert text_of(path, b"".join(form(TEXT[at : at + 700]) for at in range(0, len(TEXT), 700))) == TEXT


def test_a_frame_to_be_skipped_is_skipped(path: Path) -> None:
    """It holds no data. Source: RFC 8878 section 3.1.2."""
    skipped = b"\x50\x2a\x4d\x18" + (5).to_bytes(4, "little") + b"12345"

    assert text_of(path, skipped + zstd.compress(TEXT) + skipped) == TEXT


@each_form
def test_a_truncated_input_gives_every_complete_line_before_its_end(path: Path, form: Callable[[bytes], bytes]) -> None:
    """Then it is told."""
    text = b"".join(os.urandom(6).hex().encode() + b"\n" for _ in range(200_000))
    path.write_bytes(form(text)[: len(form(text)) // 2])
    found: list[bytes] = []

    def read() -> None:
        with InputFile.open(path) as file:
            found.extend(piece.data for piece in file.pieces(ReadLimits(piece_octets=10_000)))

    with pytest.raises(UnreadableInputError, match=r"^breaks off: the compressed data end too early$"):
        read()
    assert text.startswith(b"".join(found))
    assert b"".join(found).endswith(b"\n")
    assert len(b"".join(found)) > len(text) // 4


@each_form
def test_damaged_data_are_told(path: Path, form: Callable[[bytes], bytes]) -> None:
    """In words for people."""
    packed = bytearray(form(TEXT))
    packed[20:-20] = bytes(len(packed) - 40)

    with pytest.raises(UnreadableInputError, match=r"^breaks off: the compressed data (are damaged|end too early)$"):
        text_of(path, bytes(packed))


@each_form
def test_the_beginning_is_that_of_the_text(path: Path, form: Callable[[bytes], bytes]) -> None:
    """So that its kind can be told."""
    path.write_bytes(form(TEXT))

    assert beginning_of(path, 10) == TEXT[:10]


@pytest.mark.parametrize("form", [zstd.compress, bz2.compress], ids=["zstd", "bzip2"])
def test_an_input_that_unpacks_to_a_thousand_times_its_size_is_left(path: Path, form: Callable[[bytes], bytes]) -> None:
    """Once that is more than a log of one line said again and again."""
    with pytest.raises(
        BombError, match=r"^is not read on: it unpacks to more than 1000 times its size, as no log does$"
    ):
        text_of(path, form(b"\n" * (80 * MIB)), ReadLimits(lines=None))


def test_gzip_of_nothing_but_zeros_is_left(path: Path) -> None:
    """The most that its method can do is 1 032 times. Source: zlib, "Technical Details", read 2026-11."""
    with pytest.raises(BombError):
        text_of(path, gzip.compress(b"\0" * (80 * MIB)), ReadLimits(lines=None))


@each_form
def test_a_small_input_may_unpack_to_any_times_its_size(path: Path, form: Callable[[bytes], bytes]) -> None:
    """It costs nothing."""
    text = b"x" * (MIB - 1) + b"\n"

    assert text_of(path, form(text), ReadLimits(line_octets=2 * MIB)) == text


@each_form
def test_an_input_is_not_read_beyond_the_limit_of_its_size(path: Path, form: Callable[[bytes], bytes]) -> None:
    """Whatever its ratio."""
    limits = ReadLimits(piece_octets=1_000, unpacked_octets=50_000)

    with pytest.raises(BombError, match=r"^is not read on: it unpacks to more than 50000 octets$"):
        text_of(path, form(TEXT), limits)


def test_a_plain_input_has_no_limit(path: Path) -> None:
    """What is on the disk is no bomb."""
    assert text_of(path, TEXT, ReadLimits(unpacked_octets=5)) == TEXT


def test_a_frame_with_a_huge_window_is_damaged(path: Path) -> None:
    """It would ask for gigabytes before it says a word."""
    frame = b"\x28\xb5\x2f\xfd" + bytes([0x00, 0xB0]) + b"\x01\x00\x00"

    with pytest.raises(UnreadableInputError, match="the compressed data are damaged"):
        text_of(path, frame)
