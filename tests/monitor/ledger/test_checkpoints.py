"""How an input is known again, and how its checkpoint moves."""

from __future__ import annotations

import random
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

import polars as pl
import pytest
from sqlalchemy import select

from monitor import kept
from monitor.ledger.checkpoints import (
    WINDOW_OCTETS,
    Checkpoint,
    Known,
    Origin,
    Overtaken,
    Trail,
    Unknown,
    find_input,
    move,
    register,
    was_another,
)
from monitor.ledger.tables import BASES, INPUTS
from monitor.ledger.upsert import insert_new

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from monitor.ledger.store import Ledger

_BASIS = "b"
_ORIGIN = Origin("aws_vpc", "flow.log", "1:2")


@dataclass(frozen=True, slots=True)
class Octets:
    """An input that is all at hand."""

    data: bytes

    def beginning(self, octets: int) -> bytes:
        """First octets."""
        return self.data[:octets]

    def window(self, end: int) -> bytes | None:
        """The window before an offset."""
        return self.data[max(0, end - WINDOW_OCTETS) : end] if end <= len(self.data) else None


def lines(count: int, seed: int = 1) -> bytes:
    """Lines that no other seed has."""
    return "".join(f"{seed} {number} some words of a record\n" for number in range(count)).encode()


def at_end(data: bytes, pieces: Iterable[int] = ()) -> Checkpoint:
    """The checkpoint after all of it, passed by in pieces that end there."""
    trail, at = Trail.after(Checkpoint()), 0
    for end in (*pieces, len(data)):
        trail.pass_by(data[at:end])
        at = end
    return Checkpoint(trail.offset, data.count(b"\n") + 1, "state", trail.guard, trail.windows)


def make(connection: Connection, data: bytes, *, upto: int | None = None) -> int:
    """Make an input known, read to its end or up to an offset."""
    insert_new(connection, BASES, pl.DataFrame([{"basis": _BASIS, **dict.fromkeys(kept.BASIS_PARTS, "x")}]))
    number = register(connection, Octets(data), _ORIGIN, _BASIS)
    move(connection, number, 0, at_end(data[:upto]), 1, (50, 60))
    return number


def found(ledger: Ledger, data: bytes) -> Known | Unknown:
    """What a content is to a ledger."""
    with ledger.reading() as connection:
        return find_input(connection, Octets(data))


# Known again


def test_an_empty_ledger_knows_nothing(ledger: Ledger) -> None:
    """Not even the empty input."""
    assert (found(ledger, b""), found(ledger, lines(9))) == (Unknown(0), Unknown(0))


@pytest.mark.parametrize("count", [1, 2, 30, 100, 500])
def test_an_input_is_known_at_its_checkpoint(ledger: Ledger, count: int) -> None:
    """As it was, and grown; with what its decoder carries."""
    data = lines(count)
    with ledger.writing() as connection:
        number = make(connection, data)
    expected = Known(number, "aws_vpc", _BASIS, at_end(data))

    assert [found(ledger, data), found(ledger, data + lines(50, 2))] == [expected, expected]


def test_an_input_that_was_read_in_part_is_known_where_reading_ended(ledger: Ledger) -> None:
    """The rest is still to be read."""
    data = lines(200)
    with ledger.writing() as connection:
        make(connection, data, upto=len(lines(90)))
    known = found(ledger, data)

    assert isinstance(known, Known)
    assert (known.checkpoint.offset, known.shorter) == (len(lines(90)), False)


def test_what_begins_so_and_goes_on_otherwise_is_another(ledger: Ledger) -> None:
    """However often; each is known for itself afterwards."""
    begin = lines(60)
    datas = [begin + lines(50, seed) for seed in (2, 3, 4)]
    with ledger.writing() as connection:
        numbers = [make(connection, data) for data in datas]
    again = [found(ledger, data) for data in datas]

    assert [each.id for each in again if isinstance(each, Known)] == numbers
    assert found(ledger, begin + lines(50, 5)) == Unknown(3)


@pytest.mark.parametrize("kept_lines", [1, 2, 20, 35, 36, 37, 100, 299])
def test_a_part_of_an_input_is_known_as_such(ledger: Ledger, kept_lines: int) -> None:
    """With whole lines, below and above the octets that an input is known by."""
    data = lines(300)
    with ledger.writing() as connection:
        number = make(connection, data)
    part = found(ledger, lines(kept_lines))

    assert isinstance(part, Known)
    assert (part.id, part.shorter) == (number, True)


def test_a_part_that_ends_within_a_line_is_known_by_the_line_before(ledger: Ledger) -> None:
    """At every octet of the first lines but the first."""
    data = lines(300)
    with ledger.writing() as connection:
        make(connection, data)
    first = data.index(b"\n") + 1

    assert {octets for octets in range(1_200) if not isinstance(found(ledger, data[:octets]), Known)} == set(
        range(first)
    )


def test_a_part_beyond_the_checkpoint_is_read_on(ledger: Ledger) -> None:
    """A copy with more than was read of the input so far."""
    data = lines(300)
    with ledger.writing() as connection:
        make(connection, data, upto=len(lines(3)))
    part = found(ledger, lines(5))

    assert isinstance(part, Known)
    assert (part.checkpoint.offset, part.shorter) == (len(lines(3)), False)


def test_a_shorter_input_is_no_part_when_a_window_says_otherwise(ledger: Ledger) -> None:
    """It begins the same and ends before the checkpoint."""
    with ledger.writing() as connection:
        make(connection, lines(60) + lines(200, 2))

    assert found(ledger, lines(60) + lines(80, 3)) == Unknown(1)


def test_a_file_is_remembered_by_place_and_inode(ledger: Ledger) -> None:
    """A hint for people; another file at that place is no surprise."""
    with ledger.writing() as connection:
        make(connection, lines(3))
        others = [Origin("aws_vpc", "flow.log", "1:3"), Origin("aws_vpc", "other.log", "1:2")]
        assert [was_another(connection, origin) for origin in (_ORIGIN, *others)] == [True, False, False]


# Moving


def test_a_checkpoint_moves_only_from_where_it_is(ledger: Ledger) -> None:
    """Compare and set; who comes too late has overtaken told."""
    data = lines(30)
    with ledger.writing() as connection:
        number = make(connection, data[:500])
        whole = at_end(data)
        move(connection, number, 500, whole, 2, None)
        for start in (0, 500):
            with pytest.raises(Overtaken):
                move(connection, number, start, whole, 2, None)


def test_an_unknown_number_cannot_be_moved(ledger: Ledger) -> None:
    """Nothing is made by moving."""
    with ledger.writing() as connection, pytest.raises(Overtaken):
        move(connection, 4, 0, at_end(lines(1)), 1, None)


def test_what_another_reader_has_made_known_is_not_made_known_twice(ledger: Ledger) -> None:
    """Nor a part of it."""
    with ledger.writing() as connection:
        make(connection, lines(200))
        for data in (lines(200), lines(300), lines(50), lines(2)):
            with pytest.raises(Overtaken):
                register(connection, Octets(data), _ORIGIN, _BASIS)


@pytest.mark.parametrize(
    ("spans", "expected"),
    [([(9, 12), (5, 10), None], (5, 60)), ([None], (50, 60)), ([(55, 90)], (50, 90))],
    ids=["earlier", "none", "later"],
)
def test_the_span_of_an_input_only_widens(
    ledger: Ledger, spans: list[tuple[int, int] | None], expected: tuple[int, int]
) -> None:
    """A batch without a time leaves it."""
    with ledger.writing() as connection:
        number, at = make(connection, lines(1)), len(lines(1))
        for count, span in enumerate(spans, 2):
            move(connection, number, at, at_end(lines(count)), 1, span)
            at = len(lines(count))
        row = connection.execute(select(INPUTS)).one()

    assert (row.first_time, row.last_time, row.records) == (*expected, 1 + len(spans))


# The trail


def test_the_trail_does_not_depend_on_the_pieces(subtests: pytest.Subtests) -> None:
    """Neither its guard nor its windows."""
    data = lines(900)
    chance = random.Random(5)
    for _ in range(20):
        pieces = sorted(chance.sample(range(len(data)), chance.choice([1, 5, 60])))
        with subtests.test(pieces=len(pieces)):
            assert at_end(data, pieces) == at_end(data)


def test_windows_are_those_before_every_power_of_two() -> None:
    """Beyond the first, which is what an input is known by."""
    data = lines(400)
    ends = [end for end in (2_048, 4_096, 8_192, 16_384) if end <= len(data)]

    assert at_end(data).windows == {end: sha256(data[end - 1_024 : end]).hexdigest() for end in ends}


def test_a_line_that_is_passed_over_leaves_its_end_as_guard() -> None:
    """Its text is not at hand any more, its last octets are."""
    data = lines(80)
    trail = Trail.after(Checkpoint())
    trail.pass_by(data)
    trail.skip(200_000, b"y" * 100 + b"\n")

    assert (trail.offset, trail.guard) == (len(data) + 200_000, data[-923:] + b"y" * 100 + b"\n")
