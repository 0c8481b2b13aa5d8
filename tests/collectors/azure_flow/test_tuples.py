"""Tuples are split into columns, with a reason where one cannot be read."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.azure_flow.tuples import PROTOCOL, SOURCE, TIME, Layout, read_tuples

LAYOUT = Layout(
    fields=(TIME, SOURCE, "Destination IP", "Source port", "Destination port", PROTOCOL, "Word", "Kept"),
    words={PROTOCOL: {"T": 6}, "Word": {"A": 0, "D": 1}},
    short=7,
    kept=("Kept",),
)
GOOD = "1767225600,10.20.0.5,192.0.2.9,50514,443,T,A,x"
PARTS = st.sampled_from(
    ["", "1", "10.20.0.5", "T", "A", "D", "x", '"', "\n", "\r", "\x00", "\u2028", "é", "99999999999999999999"]
)


def test_a_tuple_is_a_row() -> None:
    """Words are the numbers that the layout gives; what is kept stays text."""
    made = read_tuples([GOOD, GOOD.replace(",A,x", ",D")], LAYOUT)

    assert made.frame["Word"].to_list() == [0, 1]
    assert made.words["Kept"].to_list() == ["x", None]
    assert not made.reasons.any


def test_addresses_are_positions_in_one_book() -> None:
    """Of both ends."""
    made = read_tuples([GOOD, GOOD.replace("10.20.0.5", "192.0.2.9")], LAYOUT)

    assert made.addresses.text.gather(made.frame[SOURCE]).to_list() == ["10.20.0.5", "192.0.2.9"]


@pytest.mark.parametrize("text", ["", "a\nb", GOOD + ",", GOOD.replace(",A,x", "")])
def test_a_tuple_of_another_length_costs_no_other(text: str) -> None:
    """Rows stay with their tuples."""
    made = read_tuples([GOOD, text, GOOD], LAYOUT)

    assert [row for row, _, _ in made.reasons.sample(9)] == [1]
    assert made.frame[TIME].to_list()[::2] == [1767225600, 1767225600]


@given(st.lists(st.one_of(st.just(GOOD), st.lists(PARTS, max_size=9).map(",".join), st.text(max_size=9)), min_size=1))
def test_any_texts_are_as_many_rows(texts: list[str]) -> None:
    """Each read as it is read alone."""
    made = read_tuples(texts, LAYOUT)
    alone = [list(read_tuples([text], LAYOUT).reasons.sample(1)) for text in texts]

    assert made.frame.height == len(texts)
    assert [reason for _, reason, _ in made.reasons.sample(len(texts))] == [
        reason for found in alone for _, reason, _ in found
    ]
    assert made.reasons.counts() == Counter(reason for found in alone for _, reason, _ in found)
