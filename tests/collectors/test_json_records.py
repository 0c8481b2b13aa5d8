"""The values of a piece are found with their lines, whatever stands between them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.contract import BadRecord, Piece
from collectors.json_records import json_records
from tests.collectors.json_reading import WORDS

LEAVES = st.one_of(st.none(), st.booleans(), st.integers(-5, 5), st.text(max_size=4))
OBJECTS = st.dictionaries(st.text(max_size=3), st.one_of(LEAVES, st.lists(LEAVES, max_size=3)), max_size=3)


def read(data: bytes) -> tuple[list[tuple[int, object]], list[int]]:
    """Give lines and values, and the lines of what is none."""
    found = json_records(Piece(data, 1, 0))
    pairs = list(zip(found.lines, found.values, strict=True))
    values = [(line, json.loads(bytes(value))) for line, value in pairs if not isinstance(value, BadRecord)]
    return values, [line for line, value in pairs if isinstance(value, BadRecord)]


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        pytest.param(b'{"a":1},{"a":2}', [1, 1], id="of an array"),
        pytest.param(b'\n {"a":1},\n {"a":2}\n', [2, 3], id="of an array, one a line"),
        pytest.param(b'{"a":\n1\n}\n,\n{"a":\n2}', [1, 5], id="of an array, over several lines"),
        pytest.param(b'{"a":1}\n\n{"a":2}\n', [1, 3], id="one a line"),
        pytest.param(b'{"a":1}\r\n{"a":2}\r\n', [1, 2], id="line ends of Windows"),
        pytest.param(b'{"a":1} {"a":2}', [1, 1], id="one after the other"),
        pytest.param(b'{\n"a":1}\n{\n"a":2\n}', [1, 3], id="over several lines, one after the other"),
        pytest.param(b'\xef\xbb\xbf{"a":1}\n{"a":2}', [1, 2], id="after a byte order mark"),
    ],
)
def test_values_are_found(data: bytes, lines: list[int]) -> None:
    """With the line in which each begins."""
    assert read(data) == ([(lines[0], {"a": 1}), (lines[1], {"a": 2})], [])


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(b'{"a":}', id="no value"),
        pytest.param(b'{"a":"x', id="a text that is cut off"),
        pytest.param(b"{", id="a bracket"),
        pytest.param(b"words", id="words"),
        pytest.param(b"]", id="a bracket that closes nothing"),
        pytest.param(b'{"b":{"c":[1,]}}', id="a comma too many"),
    ],
)
def test_what_is_no_value_is_told_and_the_next_line_is_read(broken: bytes) -> None:
    """A line that cannot be read costs no other."""
    assert read(b'{"a":1}\n' + broken + b'\n{"a":2}\n') == ([(1, {"a": 1}), (3, {"a": 2})], [2])


def test_a_broken_value_over_several_lines_is_one() -> None:
    """It ends where its brackets do."""
    assert read(b'{"a":1},\n{\n"a": nul\n},\n{"a":2}') == ([(1, {"a": 1}), (5, {"a": 2})], [2])


def test_a_value_that_is_nested_too_deeply_is_told() -> None:
    """And no end of the program."""
    found = json_records(Piece(b"[" * 100_000 + b"]" * 100_000 + b'\n{"a":1}\n', 1, 0))

    assert found.values[0] == BadRecord(1, "not_json", "the value is nested too deeply")
    assert list(found.lines) == [1, 2]


def test_many_broken_lines_are_as_many_broken_values() -> None:
    """A line that is cut off does not swallow the next."""
    found = json_records(Piece(b'{"a": 1\n' * 20_000, 1, 0))

    assert {type(value) for value in found.values} == {BadRecord}
    assert len(found.values) == 20_000


@given(st.lists(OBJECTS, max_size=6), st.sampled_from([",", "\n", ",\n", " ", "\r\n\r\n"]))
def test_values_are_those_that_were_written(values: list[object], separator: str) -> None:
    """Whatever stands between them."""
    found, broken = read(separator.join(map(json.dumps, values)).encode())

    assert ([value for _, value in found], broken) == (values, [])


@given(st.lists(st.one_of(OBJECTS.map(json.dumps), WORDS), max_size=6))
def test_a_piece_is_read_as_its_lines(lines: list[str]) -> None:
    """Where each line is a value or none."""
    texts = ["".join(line.splitlines()).encode("utf-8", "replace") for line in lines]
    whole = read(b"\n".join(texts))
    one_by_one = [read(text) for text in texts]

    assert [value for _, value in whole[0]] == [value for values, _ in one_by_one for _, value in values]


@given(st.binary(max_size=100))
def test_any_octets_raise_nothing(data: bytes) -> None:
    """They are values or none."""
    json_records(Piece(data, 1, 0))


def test_words_of_one_line_are_one_value_as_for_the_reader_of_files() -> None:
    """Whatever stands between them but a comma: a cut there changes nothing."""
    assert len(json_records(Piece(b"99\r99", 1, 0)).values) == 1
