"""Ranges of IPv4 addresses without a search, against a search."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.attribution.ipv4_blocks import Ipv4Blocks

_starts = st.sets(
    st.one_of(st.integers(0, 2**32 - 1), st.integers(0, 700), st.integers(2**32 - 700, 2**32 - 1)), max_size=30
)


@given(_starts)
def test_it_finds_what_a_search_finds(drawn: set[int]) -> None:
    """At every edge, on both sides of it, and at both ends of the space."""
    starts = np.array(sorted(drawn | {0}), np.uint32)
    values = np.arange(7, 7 + len(starts), dtype=np.uint32)
    edges = {edge + step for edge in starts.tolist() for step in (-257, -1, 0, 1, 255)} | {2**32 - 1}
    asked = np.array(sorted(edge for edge in edges if 0 <= edge < 2**32), np.uint64)
    expected = values[np.searchsorted(starts, asked, side="right") - 1]

    assert Ipv4Blocks.of(starts, values).lookup(asked).tolist() == expected.tolist()


@pytest.mark.parametrize("count", [0, 1, 16_384, 16_385])
def test_any_number_of_rows_passes(count: int) -> None:
    """Where the work is cut into turns nothing is lost."""
    blocks = Ipv4Blocks.of(np.array([0, 300], np.uint32), np.array([1, 2], np.uint32))

    assert blocks.lookup(np.full(count, 299, np.uint64)).tolist() == [1] * count
