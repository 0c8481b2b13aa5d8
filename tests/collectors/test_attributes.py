"""What a source says beyond the schema becomes one JSON object a row."""

from __future__ import annotations

import json

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from collectors.attributes import attribute_objects


def objects(columns: dict[str, list[str | None]]) -> list[str]:
    """Build the objects of literal columns."""
    height = len(next(iter(columns.values())))
    made = {name: pl.Series(name, values, dtype=pl.Categorical) for name, values in columns.items()}
    return attribute_objects(made, height, absent="-").to_list()


def test_names_are_the_columns() -> None:
    """In the order of the columns."""
    assert objects({"type": ["IPv4"], "az-id": ["euw3-az1"]}) == ['{"type":"IPv4","az-id":"euw3-az1"}']


def test_what_is_absent_has_no_key() -> None:
    """Neither a null nor the source's own sign for it."""
    columns: dict[str, list[str | None]] = {"a": ["-", "1", None], "b": ["2", "-", "-"]}

    assert objects(columns) == ['{"b":"2"}', '{"a":"1"}', "{}"]


def test_rows_without_columns_have_empty_objects() -> None:
    """A format may hold nothing beyond the schema."""
    assert attribute_objects({}, 2, absent="-").to_list() == ["{}", "{}"]


def test_no_rows_have_no_objects() -> None:
    """An empty batch stays empty."""
    columns = {"a": pl.Series("a", [], dtype=pl.Categorical)}

    assert attribute_objects(columns, 0, absent="-").to_list() == []


def test_quotes_and_controls_are_escaped() -> None:
    """The input controls these values; the object stays one line of JSON."""
    value = 'a"b\\c}\0\x1b\u2028{,"x":1'

    (text,) = objects({"tag": [value]})

    assert json.loads(text) == {"tag": value}
    assert len(text.splitlines()) == 1 or "\u2028" in text


@given(
    st.integers(1, 4).flatmap(
        lambda width: st.lists(
            st.lists(st.one_of(st.none(), st.just("-"), st.text(max_size=4)), min_size=width, max_size=width),
            min_size=1,
            max_size=8,
        )
    )
)
def test_every_row_keeps_its_values(rows: list[list[str | None]]) -> None:
    """Any text, in any combination."""
    names = [f"field-{place}" for place in range(len(rows[0]))]
    columns = {name: [row[place] for row in rows] for place, name in enumerate(names)}

    expected = [
        {name: value for name, value in zip(names, row, strict=True) if value not in {None, "-"}} for row in rows
    ]
    assert [json.loads(text) for text in objects(columns)] == expected
