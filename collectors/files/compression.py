"""Unpack an input as it is read, whatever it is compressed with.

Decides the form by the first octets, never by the name: gzip of several members, Zstandard of several frames, bzip2 of
several streams, or none. Decides when an input is a bomb: it unpacks to far more than any log does.

Source: RFC 1952 section 2.3.1, RFC 8878 section 3.1, bzip2 1.0.8 manual section 2; read 2026-11. Flow logs unpack to
some 5 to 15 times their size, and to a hundred where they say the same again and again.
"""

from __future__ import annotations

import bz2
import gzip
import zlib
from typing import TYPE_CHECKING, Final

from backports import zstd

from collectors.files.limits import CUT_OFF, DAMAGED, BombError, why_not

if TYPE_CHECKING:
    from io import BufferedIOBase, BufferedReader
    from typing import TypeAlias

    from collectors.files.limits import ReadLimits

    Packed: TypeAlias = gzip.GzipFile | bz2.BZ2File | zstd.ZstdFile

BROKEN: Final = (OSError, EOFError, zlib.error, zstd.ZstdError)
_GZIP: Final = b"\x1f\x8b"
_BZIP2: Final = b"BZh"
# A frame of data, and the frames that a reader skips.
_ZSTD: Final = (b"\x28\xb5\x2f\xfd", *(bytes([octet]) + b"\x2a\x4d\x18" for octet in range(0x50, 0x60)))
_LONGEST_MAGIC: Final = 4
# A frame may ask for a window of up to 2 GiB. Source: RFC 8878 section 3.1.1.1.2: at least 8 MiB; zstd's own default.
_WINDOW_LOG: Final = 27


def unpacked(file: BufferedReader) -> BufferedIOBase:
    """Give the file as what it holds."""
    begin = file.peek(_LONGEST_MAGIC)[:_LONGEST_MAGIC]
    if begin.startswith(_GZIP):
        return gzip.GzipFile(fileobj=file)
    if begin.startswith(_BZIP2):
        return bz2.BZ2File(file)
    if begin in _ZSTD:
        return zstd.ZstdFile(file, options={zstd.DecompressionParameter.window_log_max: _WINDOW_LOG})
    return file


class Bounds:
    """How much may come out of a compressed input, for what went in."""

    def __init__(self, packed: BufferedReader, limits: ReadLimits) -> None:
        """Look at the compressed file whenever something came out of it."""
        self._packed = packed
        self._limits = limits

    def check(self, octets: int) -> None:
        """Look again, when so many octets have come out.

        Raises:
            BombError: they are too many.
        """
        limits = self._limits
        if octets > limits.unpacked_octets:
            message = f"is not read on: it unpacks to more than {limits.unpacked_octets} octets"
            raise BombError(message)
        if octets > limits.ratio_from_octets and octets > limits.unpacked_ratio * max(1, self._packed.tell()):
            message = f"is not read on: it unpacks to more than {limits.unpacked_ratio} times its size, as no log does"
            raise BombError(message)


def why_broken(error: Exception) -> str:
    """Say for people why an input cannot be read on."""
    if isinstance(error, EOFError):
        return "the compressed data end too early"
    if isinstance(error, gzip.BadGzipFile | zlib.error | zstd.ZstdError):
        return "the compressed data are damaged"
    if isinstance(error, OSError) and error.errno is None:  # what bzip2 raises
        return "the compressed data are damaged"
    return str(getattr(error, "strerror", None) or error)


def reason_of(error: Exception) -> str:
    """The same as one word of `monitor.schema.UNREADABLE`."""
    if isinstance(error, EOFError):
        return CUT_OFF
    if isinstance(error, gzip.BadGzipFile | zlib.error | zstd.ZstdError):
        return DAMAGED
    return why_not(error) if isinstance(error, OSError) and error.errno is not None else DAMAGED
