"""What is read many lines at a time is what is read of each; the rest is left."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.json_lines.careful import Unfit, read_line
from collectors.json_lines.matching import Shapes
from collectors.json_lines.octets import Room
from collectors.json_lines.quick import Quick, read_quickly
from collectors.json_lines.wanted import As, Field, Items, Wanted

_WANTED = Wanted(
    (
        Field("text", ("text",), As.TEXT),
        Field("word", ("word",), As.WORD),
        Field("whole", ("whole",), As.WHOLE),
        Field("number", ("number",), As.NUMBER),
        Field("flag", ("flag",), As.FLAG),
        Field("scalar", ("scalar",), As.SCALAR),
        Field("time", ("time",), As.TIME),
    ),
    (Items("tags", ("tags",), (Field("tag", ("tag",), As.WHOLE),), lone=True),),
)


def _read(data: bytes, wanted: Wanted = _WANTED) -> Quick:
    return read_quickly(data, Shapes(("type",), {"a": wanted}), pl.Categories.random(), Room())


def _lines(**values: str) -> list[str]:
    """Lines alike, each with its number, and with these values as JSON text."""
    said = "".join(f',"{name}":{value}' for name, value in values.items())
    return [f'{{"type":"a","whole":{place}{said}}}\n' for place in range(100)]


def test_lines_of_a_kind_that_nobody_wants_are_counted_by_their_word() -> None:
    """None of them is left."""
    read = _read("".join(_lines()).replace('"a"', '"b"').encode())

    assert (read.passed_over, read.left.tolist()) == ({"b": 100}, [])


@pytest.mark.parametrize("whole", ["01", "-1", "12345678901234567", '"7"', "null", "1.0"])
def test_a_line_with_a_value_that_is_not_plain_is_left(whole: str) -> None:
    """Its neighbours are read."""
    lines = _lines()
    lines[7] = f'{{"type":"a","whole":{whole}}}\n'
    read = _read("".join(lines).encode())

    assert (read.left.tolist(), read.parts["a"].frame["whole"].to_list()) == ([7], [*range(7), *range(8, 100)])


def test_items_of_a_line_that_is_left_are_left_too() -> None:
    """They would be read twice."""
    lines = [line.replace("}", f',"tags":[{{"tag":{place}}}]}}') for place, line in enumerate(_lines())]
    lines[7] = lines[7].replace('"whole":7', '"whole":-7')

    assert 7 not in _read("".join(lines).encode()).parts["a"].items["tags"]["row"]


def test_a_line_with_an_item_that_is_not_plain_is_left() -> None:
    """With its other items."""
    lines = [line.replace("}", f',"tags":[{{"tag":{place}}},{{"tag":1}}]}}') for place, line in enumerate(_lines())]
    lines[7] = lines[7].replace('"tag":7', '"tag":-7')
    read = _read("".join(lines).encode())

    assert (read.left.tolist(), 7 in read.parts["a"].items["tags"]["row"]) == ([7], False)


@pytest.mark.parametrize("number", ["-3", "1e5", "0.12345678"])
def test_lines_that_all_have_a_number_that_is_not_plain_are_left(number: str) -> None:
    """Nobody wants it, but it may be none."""
    lines = [line.replace("}", f',"other":{number[:-1]}{place % 10}}}') for place, line in enumerate(_lines())]

    assert _read("".join(lines).encode()).left.tolist() == [*range(100)]


def test_an_item_alone_that_is_an_object_is_left() -> None:
    """It is an array of one, which the shape of a line does not show."""
    lines = [line.replace("}", f',"tags":{{"tag":{place}}}}}') for place, line in enumerate(_lines())]

    assert _read("".join(lines).encode()).left.tolist() == [*range(100)]


def test_every_line_has_its_end() -> None:
    """The last one where the data ends."""
    assert _read(b"{}\n\n[1]").ends.tolist() == [2, 3, 7]


_VALUES: st.SearchStrategy[Any] = (
    st.integers(-9, 2**64)
    | st.floats(0, 1e12, allow_nan=False)
    | st.decimals(0, 10**10, places=3).map(float)
    | st.sampled_from([None, True, False, "", "b", "12", "2026-10-05T07:00:00.000001Z", "2026-10-05T07:00:00Z"])
    | st.sampled_from([[], {}, {"tag": 1}, [{"tag": 2}, None], [{"tag": 3}]])
)
_MEMBERS = ["text", "word", "number", "flag", "scalar", "time", "tags", "other"]
_ALIKE = st.dictionaries(st.sampled_from(_MEMBERS), st.lists(_VALUES, min_size=1, max_size=4), max_size=4)


@given(st.lists(_ALIKE, min_size=1, max_size=3))
def test_no_line_is_read_otherwise_than_with_care(kinds: list[dict[str, list[Any]]]) -> None:
    """Whatever values its members take: it is read the same, or it is left."""
    made = [
        {"type": "a", "whole": place, **{name: values[place % len(values)] for name, values in kind.items()}}
        for kind in kinds
        for place in range(70)
    ]
    lines = [json.dumps(each, separators=(",", ":")).encode() for each in made]
    quick = _read(b"\n".join(lines))
    expected: list[tuple[int, Any, Any]] = []
    for row in sorted({*range(len(lines))} - {*quick.left.tolist()}):
        try:
            read = read_line(lines[row], ("type",), {"a": _WANTED})[1]
        except Unfit as why:
            read = None
            expected.append((row, why.what, None))
        if read is not None:
            expected.append((row, read.values, read.items["tags"]))
    found: list[tuple[int, Any, Any]] = []
    if "a" in quick.parts:
        tags: dict[int, list[dict[str, Any]]] = {}
        for row, _, tag in quick.parts["a"].items["tags"].rows():
            tags.setdefault(row, []).append({"tag": tag})
        for values in quick.parts["a"].frame.to_dicts():
            row = values.pop("row")
            found.append((row, values, tags.get(row, [])))
    assert found == expected
