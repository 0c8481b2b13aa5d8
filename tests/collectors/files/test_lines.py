"""Lines are cut into pieces; what follows a piece is where it says."""

from __future__ import annotations

from io import BytesIO

from collectors.files.limits import ReadLimits
from collectors.files.lines import _oversized, line_ends, line_pieces
from collectors.files.streams import Onward, Stream


def test_long_lines_are_found_by_their_begin_and_end() -> None:
    """Between short ones, and at the end without a line end."""
    assert list(_oversized(b"a\n" + b"x" * 9 + b"\nb\n" + b"y" * 9, 8)) == [(2, 12), (14, 23)]


def test_line_ends_are_counted() -> None:
    """Other octets are none."""
    assert (line_ends(b""), line_ends(b"a\r\nb\n\nc")) == (0, 3)


def test_each_piece_begins_where_the_one_before_ends() -> None:
    """In octets and in lines."""
    pieces = list(line_pieces(Onward(Stream(BytesIO(b"a\nb\n" * 50)), 0), ReadLimits(lines=7), 0, 1))

    assert [(piece.offset, piece.first_line) for piece in pieces[1:]] == [
        (piece.end, piece.next_line) for piece in pieces[:-1]
    ]
    assert len(pieces) == 15
