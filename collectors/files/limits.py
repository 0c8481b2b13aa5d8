"""How much of an input is handed on at once, and how much of it is read at all.

Decides the defaults. Results depend on none of the limits of a piece.
"""

from __future__ import annotations

import errno
from dataclasses import dataclass
from typing import Final

PIECE_OCTETS: Final = 12 << 20
# What a line costs when decoded does not shrink with its text; lines of usual length do not come near this many.
PIECE_LINES: Final = 120_000
LINE_OCTETS: Final = 64 << 10
# Audit records and the blobs of network security groups hold many actions or flows in one value.
VALUE_OCTETS: Final = 8 << 20
# A log that unpacks to more than this, or to so many times its size, is a bomb.
UNPACKED_OCTETS: Final = 1 << 40
UNPACKED_RATIO: Final = 1_000
RATIO_FROM_OCTETS: Final = 64 << 20
# What is looked at to tell what an input is.
BEGINNING_OCTETS: Final = 4_096
# What is kept of an input to know it again.
WINDOW_OCTETS: Final = 1_024

# Why an input cannot be read: `monitor.schema.UNREADABLE` says what each means.
BOMB: Final = "bomb"
CUT_OFF: Final = "cut_off"
DAMAGED: Final = "damaged"
FAILED: Final = "failed"
REFUSED: Final = "refused"
GONE: Final = "gone"


class UnreadableInputError(Exception):
    """An input cannot be read to its end; the message says why, for people, and `reason` in one word.

    Reasons are those of `monitor.schema.UNREADABLE`, and GONE: it is not there, or not any more, and nothing is missed
    that somebody could still read.
    """

    def __init__(self, message: str, reason: str = FAILED) -> None:
        super().__init__(message)
        self.reason = reason


def why_not(error: OSError) -> str:
    """The reason that an error of the system stands for."""
    if error.errno in {errno.ENOENT, errno.ENOTDIR, errno.ESTALE}:
        return GONE
    return REFUSED if error.errno in {errno.EACCES, errno.EPERM} else FAILED


class BombError(UnreadableInputError):
    """An input unpacks to more than any log does, and is left."""

    def __init__(self, message: str) -> None:
        super().__init__(message, BOMB)


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """How much is handed on at once, how long a line (its end included) or a JSON value may be, and when to stop.

    A piece ends after as many octets or as many lines or values, whichever comes first (`lines` null: by octets only);
    results depend on neither. An input that unpacks to more than `unpacked_octets`, or beyond `ratio_from_octets` to
    more than `unpacked_ratio` times what was read of it, is not read on. `until`: it is read as if it ended there.
    """

    piece_octets: int = PIECE_OCTETS
    line_octets: int = LINE_OCTETS
    lines: int | None = PIECE_LINES
    value_octets: int = VALUE_OCTETS
    unpacked_octets: int = UNPACKED_OCTETS
    unpacked_ratio: int = UNPACKED_RATIO
    ratio_from_octets: int = RATIO_FROM_OCTETS
    until: int | None = None
