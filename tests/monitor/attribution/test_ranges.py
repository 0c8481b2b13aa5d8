"""Layers of ranges laid over each other, against the definition address by address."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.attribution.ranges import Ranges, Steps, in_order, lay_over, value_at

_END = 40
_HALF = 2**64


def at(*addresses: int) -> Steps:
    """Addresses in halves."""
    return Steps(
        np.array([address // _HALF for address in addresses], np.uint64),
        np.array([address % _HALF for address in addresses], np.uint64),
    )


def ranges(rows: list[tuple[int, int, int]]) -> Ranges:
    """First, after, value."""
    return Ranges(
        at(*(row[0] for row in rows)), at(*(row[1] for row in rows)), np.array([row[2] for row in rows], np.uint64)
    )


def said(steps: Steps, values: list[int], address: int) -> int:
    """Value at an address."""
    return values[int(value_at(steps, at(address))[0])]


def whole(laid: Ranges) -> list[tuple[int, int, int]]:
    """Back to first, after, value."""
    columns = (laid.first.high, laid.first.low, laid.after.high, laid.after.low, laid.value)
    return [
        (first * _HALF + low, after * _HALF + after_low, value)
        for first, low, after, after_low, value in zip(*(column.tolist() for column in columns), strict=True)
    ]


_rows = st.lists(
    st.tuples(st.integers(0, _END - 1), st.integers(1, _END), st.integers(1, 3)).map(
        lambda row: (row[0] + _HALF - 20, max(row[0] + 1, row[1]) + _HALF - 20, row[2])
    ),
    max_size=8,
)


@given(_rows)
def test_of_overlapping_ranges_the_one_that_begins_later_wins(rows: list[tuple[int, int, int]]) -> None:
    """Then the narrower one; where it ends the wider one goes on."""
    laid = whole(in_order(ranges(rows)))
    addresses = range(_HALF - 20, _HALF + _END - 20)
    spoken = [
        max(((first, -after, place, value) for place, (first, after, value) in enumerate(rows) if first <= a < after))
        if any(first <= a < after for first, after, _ in rows)
        else None
        for a in addresses
    ]
    ours = [next((value for first, after, value in laid if first <= a < after), 0) for a in addresses]
    same = {(first, after) for first, after, _ in rows}

    if len(same) == len(rows):
        assert ours == [each[3] if each else 0 for each in spoken]
    assert all(left[1] <= right[0] for left, right in pairwise(laid))


@given(st.lists(_rows, min_size=1, max_size=3))
def test_each_layer_says_at_every_address_what_it_said_alone(layers: list[list[tuple[int, int, int]]]) -> None:
    """Across the border between upper and lower half too, and neighbours differ."""
    sound = [in_order(ranges(rows)) for rows in layers]
    steps, values = lay_over(sound)
    addresses = [0, *range(_HALF - 22, _HALF + _END - 18)]

    for place, layer in enumerate(sound):
        alone = [next((value for first, after, value in whole(layer) if first <= a < after), 0) for a in addresses]
        assert [said(steps, values[:, place].tolist(), a) for a in addresses] == alone
    assert (values[1:] != values[:-1]).any(axis=1).all()


def test_a_range_may_reach_the_end_of_the_space() -> None:
    """Its end is written as 0."""
    steps, values = lay_over([in_order(ranges([(2**128 - 4, 0, 9)]))])

    assert (values[:, 0].tolist(), said(steps, values[:, 0].tolist(), 2**128 - 1)) == ([0, 9], 9)


def test_a_range_that_ends_before_it_begins_is_refused() -> None:
    """It is a mistake of the input."""
    with pytest.raises(ValueError, match="ends before it begins"):
        in_order(ranges([(5, 3, 1)]))
