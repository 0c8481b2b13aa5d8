"""Files: how they are opened, decompressed, and cut into pieces of complete records."""

from __future__ import annotations

from collectors.files.input_file import InputFile, beginning_of, open_records, read_lines
from collectors.files.json_pieces import TOO_DEEP
from collectors.files.limits import (
    BEGINNING_OCTETS,
    LINE_OCTETS,
    PIECE_LINES,
    PIECE_OCTETS,
    VALUE_OCTETS,
    WINDOW_OCTETS,
    BombError,
    ReadLimits,
    UnreadableInputError,
)
from collectors.files.table_file import TableFile

__all__ = [
    "BEGINNING_OCTETS",
    "LINE_OCTETS",
    "PIECE_LINES",
    "PIECE_OCTETS",
    "TOO_DEEP",
    "VALUE_OCTETS",
    "WINDOW_OCTETS",
    "BombError",
    "InputFile",
    "ReadLimits",
    "TableFile",
    "UnreadableInputError",
    "beginning_of",
    "open_records",
    "read_lines",
]
