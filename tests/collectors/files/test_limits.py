"""The limits of reading."""

from __future__ import annotations

from collectors.files.limits import LINE_OCTETS, PIECE_LINES, PIECE_OCTETS, VALUE_OCTETS, ReadLimits


def test_the_defaults_are_those_of_the_names() -> None:
    """A piece holds at least one record of the greatest length that is kept."""
    limits = ReadLimits()

    assert (limits.piece_octets, limits.line_octets, limits.lines, limits.value_octets) == (
        PIECE_OCTETS,
        LINE_OCTETS,
        PIECE_LINES,
        VALUE_OCTETS,
    )
    assert max(LINE_OCTETS, VALUE_OCTETS) < PIECE_OCTETS
