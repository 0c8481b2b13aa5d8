"""Frames as NDJSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import ndjson, schema
from monitor.ndjson import ndjson_lines, ndjson_objects


def written(frame: pl.DataFrame) -> str:
    """Give the whole text."""
    return "".join(ndjson_lines(frame))


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (datetime(2026, 1, 1, tzinfo=UTC), "2026-01-01T00:00:00.000000Z"),
        (datetime(2026, 1, 1, 12, 30, 15, 120, tzinfo=UTC), "2026-01-01T12:30:15.000120Z"),
        (datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC), "9999-12-31T23:59:59.000000Z"),
        (datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC), "1969-12-31T23:59:59.999999Z"),
    ],
)
def test_times_have_six_digits_and_a_z(time: datetime, text: str) -> None:
    """Always, so that they sort as text."""
    frame = pl.DataFrame({"time": [time]}, schema={"time": schema.TIME})

    assert written(frame) == f'{{"time":"{text}"}}\n'


def test_unknown_is_null() -> None:
    """Of every type; no key is left out."""
    frame = pl.DataFrame([pl.Series(column.name, [None], dtype=column.dtype) for column in schema.JUDGED[:-1]]).drop(
        "attributes"
    )

    assert set(json.loads(written(frame)).values()) == {None}


def test_words_are_text() -> None:
    """Whatever holds them in memory."""
    frame = pl.DataFrame(
        {"action": ["accept"], "source": ["aws_vpc"], "reach_laws": [["A", "B"]]},
        schema={"action": schema.ACTIONS, "source": schema.SOURCES, "reach_laws": schema.LAW_LIST},
    )

    assert written(frame) == '{"action":"accept","source":"aws_vpc","reach_laws":["A","B"]}\n'


def test_attributes_are_an_object_and_go_last() -> None:
    """They are JSON already."""
    frame = pl.DataFrame({"attributes": ['{"a":"}"}', "{}"], "octets": [1, 2]})

    assert written(frame) == '{"octets":1,"attributes":{"a":"}"}}\n{"octets":2,"attributes":{}}\n'


def test_large_counts_keep_every_digit() -> None:
    """They are no floating-point numbers."""
    assert written(pl.DataFrame({"octets": [2**63 - 1]})) == '{"octets":9223372036854775807}\n'


def test_no_rows_give_no_text() -> None:
    """Not an empty line."""
    assert list(ndjson_lines(pl.DataFrame({"octets": []}, schema={"octets": pl.Int64}))) == []


def test_rows_go_out_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """In whole lines, in order."""
    monkeypatch.setattr(ndjson, "_ROWS_AT_A_TIME", 2)

    assert list(ndjson_lines(pl.DataFrame({"a": [1, 2, 3]}))) == ['{"a":1}\n{"a":2}\n', '{"a":3}\n']


@given(st.lists(st.one_of(st.none(), st.text()), min_size=1))
def test_any_text_comes_back(values: list[str | None]) -> None:
    """And a row is one line, whatever stands in it."""
    frame = pl.DataFrame({"name": values}, schema={"name": pl.String})

    objects = ndjson_objects(frame).to_list()

    assert [json.loads(text) for text in objects] == [{"name": value} for value in values]
    assert [text for text in objects if "\n" in text or "\r" in text] == []
