"""The byte work of addresses, where its tables and cuts could go wrong."""

from __future__ import annotations

import polars as pl
import pytest

from monitor.address_text import _NOT_AN_OCTET, _octets, _runs, read_text


def odd(*texts: str | None) -> list[bool]:
    """Which texts are addresses that are not spelled as standard."""
    flags: list[bool] = read_text(pl.Series(texts, dtype=pl.String))[3].tolist()
    return flags


def test_the_octet_table_holds_every_octet_once() -> None:
    """256 spellings count, each with any digits before it."""
    table = _octets()
    spelled = {
        (length, digits & (16**length - 1)): int(table[length << 12 | digits])
        for length in (1, 2, 3)
        for digits in range(4096)
        if table[length << 12 | digits] != _NOT_AN_OCTET
    }

    assert spelled == {(len(str(value)), int(str(value), 16)): value for value in range(256)}


@pytest.mark.parametrize(
    ("zeros", "start", "length"),
    [("00000000", 0, 0), ("10000000", 0, 0), ("11011000", 0, 2), ("01101110", 4, 3), ("11111111", 0, 8)],
)
def test_the_longest_run_of_zero_groups_is_the_first_of_equals(zeros: str, start: int, length: int) -> None:
    """One group is no run."""
    assert int(_runs()[int(zeros, 2)]) == 16 * start + length


def test_a_line_feed_inside_a_text_does_not_move_its_neighbours() -> None:
    """The texts are joined by line feeds; one that holds one is no address."""
    version = read_text(pl.Series(["192.0.2.1", "192.0.2.2\n192.0.2.3", None, "2001:db8::1"]))[0]

    assert version.tolist() == [4, 0, 0, 6]


def test_foreign_letters_spoil_their_own_text_only() -> None:
    """A byte that no address has makes its text no address."""
    version = read_text(pl.Series(["é", "192.0.2.1", "zz", "2001:db8::1", "::ü"]))[0]

    assert version.tolist() == [0, 4, 0, 6, 0]


def test_a_tail_without_enough_parts_takes_nothing_from_its_neighbour() -> None:
    """The dotted tail of a short text is not read out of the text before it."""
    assert read_text(pl.Series(["000::f:", "1:.", "::f", ":1.2"]))[0].tolist() == [0, 0, 6, 0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2001:db8::1", False),
        ("2001:dB8::1", True),
        ("2001:db8::01", True),
        ("2001:db8:0:0::1", True),
        ("0:0:0:0:0:0:0:1", True),
        ("1:0:0:2:0:0:3:4", True),
        ("1::2:0:0:3:4", False),
        ("::ffff:192.0.2.1", True),
        ("192.0.2.1", False),
        ("X", False),
    ],
)
def test_what_is_not_standard_is_odd(text: str, *, expected: bool) -> None:
    """Capitals, leading zeros, another `::` than the standard one, a dotted tail."""
    assert odd(text) == [expected]
