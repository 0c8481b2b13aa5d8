"""JSON values are found by quotes and brackets alone."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.contract import Piece
from collectors.json_values import EndOfValue, line_of, values_in, values_of

scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text())
objects = st.dictionaries(
    st.text(), st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=9)
)


def texts(data: bytes, *, inside: bool = False) -> list[bytes]:
    """The complete values of a text."""
    found = values_in(data, inside=inside)
    return [data[begin:end] for begin, end in zip(found.begins.tolist(), found.ends.tolist(), strict=True)]


@given(st.lists(objects, max_size=5), st.sampled_from([None, 1, 3]), st.sampled_from(["\n", ",", ",\n", "", " "]))
def test_the_values_of_a_writer_are_found(values: list[dict[str, object]], indent: int | None, between: str) -> None:
    """However they are written: escaped or not, on one line or on many."""
    for ascii_only in (True, False):
        written = [json.dumps(value, indent=indent, ensure_ascii=ascii_only).encode() for value in values]

        assert texts(between.encode().join(written)) == written


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b'{"a":"}"}', [b'{"a":"}"}']),
        (b'{"a":"\\"}"}', [b'{"a":"\\"}"}']),
        (b'{"a":"\\\\"}{}', [b'{"a":"\\\\"}', b"{}"]),
        (b"1, 2 ,3", [b"1", b"2 "]),
        (b"1\n", [b"1"]),
        (b"[[[", []),
    ],
)
def test_a_value_ends_where_its_bracket_does(data: bytes, expected: list[bytes]) -> None:
    """Not at one that a text holds; a scalar ends where something else begins."""
    assert texts(data) == expected


@pytest.mark.parametrize(("data", "closed"), [(b'{"a":1}]', 7), (b"]", 0), (b" }{}", 1), (b'"]"', None), (b"{}", None)])
def test_an_unmatched_bracket_closes_the_array_around(data: bytes, closed: int | None) -> None:
    """Where the values stand in one."""
    assert values_in(data, inside=True).closed == closed


def test_the_depth_of_a_value_includes_itself() -> None:
    """A scalar has none."""
    assert values_in(b'{} 1 [[{}],{"a":[]}] ').depths.tolist() == [1, 0, 3]


def test_the_rest_begins_with_what_is_not_complete() -> None:
    """Separators before it are none of it."""
    assert values_in(b'{"a":1}, {"b"').rest == 9


def test_what_is_cut_off_is_a_value_of_a_piece() -> None:
    """So that it is told as a broken record."""
    piece = Piece(b'{"a":1},\n{"b":', 4, 100, ended=False)
    found = values_of(piece)

    assert list(zip(found.begins.tolist(), found.ends.tolist(), strict=True)) == [(0, 7), (9, 14)]
    assert line_of(piece.data, found.begins, piece.first_line).tolist() == [4, 5]


@given(
    st.lists(st.sampled_from([b'"', b"\\", b"{", b"}", b"\n{", b",", b"a", b" "]), max_size=40).map(b"".join),
    st.sampled_from([b"{", b"[", b"x", b'"']),
    st.booleans(),
    st.integers(1, 9),
)
def test_the_end_of_a_value_does_not_depend_on_the_cut(data: bytes, first: bytes, inside: bool, step: int) -> None:  # noqa: FBT001 - drawn by hypothesis
    """Escapes and line ends at its seams included."""
    data = first + data

    def found(size: int) -> int | None:
        end = EndOfValue(first, inside=inside)
        places = ((at, end.find(data[at : at + size])) for at in range(0, len(data), size))
        return next((at + place for at, place in places if place is not None), None)

    assert found(step) == found(len(data))
