"""How much of an input is handed on at once, and how much of it is read at all.

Decides the defaults. Results depend on none of the limits of a piece.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

PIECE_OCTETS: Final = 12 << 20
# What a line costs when decoded does not shrink with its text; lines of usual length do not come near this many.
PIECE_LINES: Final = 120_000
LINE_OCTETS: Final = 64 << 10
# Audit records and the blobs of network security groups hold many actions or flows in one value.
VALUE_OCTETS: Final = 8 << 20
# What is looked at to tell what an input is.
BEGINNING_OCTETS: Final = 4_096
# What is kept of an input to know it again.
WINDOW_OCTETS: Final = 1_024


class UnreadableInputError(Exception):
    """An input cannot be read to its end; the message says why, for people."""


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """How much is handed on at once, and how long a line (its end included) or a JSON value may be.

    A piece ends after as many octets or as many lines or values, whichever comes first (`lines` null: by octets only);
    results depend on neither.
    """

    piece_octets: int = PIECE_OCTETS
    line_octets: int = LINE_OCTETS
    lines: int | None = PIECE_LINES
    value_octets: int = VALUE_OCTETS
