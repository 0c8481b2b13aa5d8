"""Columns of values in octets are read as Python reads each value, or are said not to be plain."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from collectors.json_lines.careful import time_of
from collectors.json_lines.octets import MARGIN, Octets, Room, decimals, digits, flags, texts, times

if TYPE_CHECKING:
    from collections.abc import Sequence

    from collectors.json_lines.octets import Places

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _laid(values: Sequence[str]) -> tuple[Octets, Places, Places]:
    """Values in a run of octets, with what stands before and after them in a line."""
    data, begins, ends = b"", [], []
    for each in values:
        data += b'"a":'
        begins.append(len(data) + MARGIN)
        data += each.encode()
        ends.append(len(data) + MARGIN)
        data += b","
    return Octets.of(data, Room()), np.array(begins, np.int64), np.array(ends, np.int64)


_DIGITS = st.text("0123456789.-e", max_size=20) | st.integers(0, 10**18).map(str)
_NUMBERS = st.lists(_DIGITS | st.decimals(0, 10**9, places=6).map(str), min_size=1, max_size=20)


@given(_NUMBERS)
def test_whole_numbers_are_those_that_python_reads(values: list[str]) -> None:
    """A zero in front, a sign, a point or too many digits is not plain."""
    numbers, plain = digits(*_laid(values))

    expected = [int(each) if re.fullmatch(r"0|[1-9]\d{0,15}", each) else None for each in values]
    assert [int(n) if is_one else None for n, is_one in zip(numbers, plain, strict=True)] == expected


@given(_NUMBERS)
def test_fractions_are_exact_millionths(values: list[str]) -> None:
    """What has more than six places after its point is not plain."""
    whole, millionths, plain = decimals(*_laid(values))

    found = [Fraction(int(w)) + Fraction(int(m), 10**6) for w, m in zip(whole, millionths, strict=True)]
    expected = [Fraction(each) if re.fullmatch(r"(0|[1-9]\d{0,15})(\.\d{1,6})?", each) else None for each in values]
    assert [each if is_one else None for each, is_one in zip(found, plain, strict=True)] == expected


def test_only_true_and_false_are_flags() -> None:
    """Not a part of them, and nothing longer."""
    values = ["true", "false", "True", "rue", "xtrue", "alse", "null", "", "1"]
    true, plain = flags(*_laid(values))

    assert ([*plain], true.tolist()) == ([each in {"true", "false"} for each in values], [e == "true" for e in values])


def _spelled(since_1970: timedelta, minutes: int) -> str:
    moment = (_EPOCH + since_1970).astimezone(timezone(timedelta(minutes=minutes)))
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f%z").rjust(31, "0")


_TIMES = st.builds(_spelled, st.timedeltas(timedelta(-719_000), timedelta(2_932_000)), st.integers(-1439, 1439))


@given(
    st.lists(_TIMES, min_size=1, max_size=9),
    st.lists(st.text("0123456789-:.+TZ ", max_size=32), max_size=9),
    st.integers(0, 30),
    st.characters(codec="latin-1", categories=["N", "L", "P", "Zs"]),
)
def test_times_are_those_that_are_read_one_by_one(good: list[str], odd: list[str], at: int, instead: str) -> None:
    """Wherever one of their characters is another one."""
    values = [*good, *odd, good[0][:at] + instead + good[0][at + 1 :]]
    moments, plain = times(*_laid(values))

    read = [time_of(each) for each in values]
    expected = [None if each is None else (each - _EPOCH) // timedelta(microseconds=1) for each in read]
    said = plain.tolist()
    assert [int(m) for m, is_one in zip(moments, said, strict=True) if is_one] == [
        each for each, is_one in zip(expected, said, strict=True) if is_one
    ]
    assert said[: len(good)] == [True] * len(good)


def test_a_minute_has_sixty_seconds() -> None:
    """A leap second is no plain time: nobody has a place for it."""
    values = [f"2026-12-31T23:59:{seconds}.000000Z" for seconds in (59, 60, 99)]

    assert times(*_laid(values))[1].tolist() == [True, False, False]


@given(st.lists(st.text("ab", max_size=90) | st.sampled_from(["é", "eight888", "sixteen616161616"]), max_size=60))
def test_each_distinct_text_stands_once(values: list[str]) -> None:
    """Of any length, and every row finds its own."""
    found = texts(*_laid(values))

    assert [found.distinct[code] for code in found.codes] == values
    assert len(found.distinct) == len(set(values))


def test_room_that_is_used_again_shows_nothing_of_what_it_held() -> None:
    """After the data there is nothing but space."""
    room = Room()
    Octets.of(b"x" * 500, room)
    again = Octets.of(b"y\n", room)

    assert again.octets.tobytes().strip() == b"y"


def test_the_last_line_has_an_end() -> None:
    """Where the data lacks it."""
    ended, bare = (Octets.of(data, Room()).octets.tobytes() for data in (b"{}\n", b"{}"))

    assert bare == ended


def test_octets_before_the_first_place_can_be_loaded() -> None:
    """A value may begin the data."""
    octets = Octets.of(b"abcdefgh", Room())

    assert octets.window(8, np.array([MARGIN + 8]), -8).tobytes() == b"abcdefgh"
