"""Values of a piece become records with their lines, or bad records."""

from __future__ import annotations

from collections import Counter

import msgspec
import pytest

from collectors.contract import SAMPLED_BAD_RECORDS, BadRecord, Piece
from collectors.typed_values import ValueReader


class Thing(msgspec.Struct, frozen=True):
    """A record of two fields."""

    name: str | None = None
    inner: dict[str, int] | None = None


def read(data: bytes, first_line: int = 1, offset: int = 0) -> tuple[list[str | None], list[int], list[BadRecord]]:
    """Give names, lines and bad records."""
    values = ValueReader(Thing).read(Piece(data, first_line, offset))
    return [each.name for each in values.records], values.lines.tolist(), [bad for _, bad in values.bad]


@pytest.mark.parametrize(
    ("data", "names", "lines"),
    [
        pytest.param(b"", [], [], id="nothing"),
        pytest.param(b" ,\r\n\t", [], [], id="only separators"),
        pytest.param(b'{"name":"a"}', ["a"], [1], id="one"),
        pytest.param(b'{"name":"a"},{"name":"b"}', ["a", "b"], [1, 1], id="of an array on one line"),
        pytest.param(b'{"name":"a"}\n{"name":"b"}\n', ["a", "b"], [1, 2], id="one a line"),
        pytest.param(b'{"name":"a"}\r\n{"name":"b"}\r\n', ["a", "b"], [1, 2], id="line ends of Windows"),
        pytest.param(b'{"name":"a"},\n{"name":"b"},\n', ["a", "b"], [1, 2], id="of an array, one a line"),
        pytest.param(b'\n {\n"name":"a"\n}\n,\n{"name":\n"b"}', ["a", "b"], [2, 6], id="pretty-printed array"),
        pytest.param(b'{\n"name":"a"\n}\n{\n"name":"b"\n}\n', ["a", "b"], [1, 4], id="pretty-printed one by one"),
        pytest.param(b'{"name":"a"}\n\n\n{"name":"b"}', ["a", "b"], [1, 4], id="empty lines between"),
        pytest.param(b'{"name":"a"}{"name":"b"}\n{"inner":\n{}}', ["a", "b", None], [1, 1, 2], id="side by side"),
        pytest.param(b'{"name":"a"},{"name":"b"}\n{"name":"c"}', ["a", "b", "c"], [1, 1, 2], id="both separators"),
        pytest.param(b'\xef\xbb\xbf{"name":"a"}', ["a"], [1], id="byte order mark"),
        pytest.param('{"name":"é\\n\\u00e9}{"}'.encode(), ["é\né}{"], [1], id="brackets in a text"),
    ],
)
def test_sound_values_are_records_with_their_lines(data: bytes, names: list[str], lines: list[int]) -> None:
    """However they are parted."""
    assert read(data) == (names, lines, [])


def test_lines_count_from_the_first_line_of_the_piece() -> None:
    """Also where separators stand before the first value."""
    assert read(b',\n{"name":"a"}', first_line=7, offset=100) == (["a"], [8], [])


@pytest.mark.parametrize(
    ("value", "reason", "what"),
    [
        pytest.param(b'{"name":7}', "wrong_type", "name: expected `str | null`, got `int`", id="other type"),
        pytest.param(
            b'{"inner":{"x":"1"}}', "wrong_type", "inner[...]: expected `int`, got `str`", id="other type inside"
        ),
        pytest.param(b"[1]", "not_an_object", "the value is no object: expected `object`, got `array`", id="array"),
        pytest.param(b'"x"', "not_an_object", "the value is no object: expected `object`, got `str`", id="text"),
        pytest.param(b'{"name":"\xff"}', "not_utf_8", "a text in the value is not UTF-8", id="not UTF-8"),
        pytest.param(
            b'{"name":nope}',
            "not_json",
            "the value is not JSON: invalid character (byte 12)",
            id="not JSON",
        ),
        pytest.param(b"{" * 3 + b"}" * 3, "not_json", None, id="brackets alone"),
    ],
)
@pytest.mark.parametrize("separator", [b",", b"\n", b",\n"])
def test_a_bad_value_touches_no_other(value: bytes, reason: str, what: str | None, separator: bytes) -> None:
    """It is told with its line and its field."""
    names, _, bad = read(separator.join([b'{"name":"a"}', value, b'{"name":"b"}']))
    (only,) = bad

    assert (names, only.line, only.reason) == (["a", "b"], 1 + separator.count(b"\n"), reason)
    assert what in {None, only.what}


def test_a_value_that_is_cut_off_is_told_alike_wherever_the_piece_ends() -> None:
    """The space that parts it from the next value is none of it."""
    (_, _, (first,)), (_, _, (alone,)) = read(b'{"name":"a\n{"name":"b"}\n'), read(b'{"name":"a')

    assert first == alone == BadRecord(1, "not_json", "the value is not JSON: input data was truncated")


def test_a_deep_value_is_a_bad_record() -> None:
    """Not an exception."""
    _, _, (bad,) = read(b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}")

    assert bad == BadRecord(1, "too_deep", "the value is nested too deeply")


def test_bad_records_are_sampled_and_all_are_counted() -> None:
    """The first hundred are kept."""
    values = ValueReader(Thing).read(Piece(b'{"name":1}\n' * 250, 1, 0))

    assert (len(values.bad), values.bad_by_reason) == (SAMPLED_BAD_RECORDS, Counter(wrong_type=250))
    assert [bad.line for _, bad in values.bad] == list(range(1, 101))
