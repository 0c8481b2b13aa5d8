"""Times as cloud logs write them."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.instants import instants
from monitor import schema


@pytest.mark.parametrize(
    ("text", "time"),
    [
        pytest.param("2026-01-01T00:00:00Z", "2026-01-01 00:00:00.000000+00:00", id="whole seconds"),
        pytest.param("2026-01-01T00:00:00.5Z", "2026-01-01 00:00:00.500000+00:00", id="one digit"),
        pytest.param("2026-01-01T00:00:00.1234567Z", "2026-01-01 00:00:00.123456+00:00", id="Azure's seven digits"),
        pytest.param("2026-01-01T00:00:59.9999999Z", "2026-01-01 00:00:59.999999+00:00", id="never rounded up"),
        pytest.param("2026-01-01T01:30:00+01:30", "2026-01-01 00:00:00.000000+00:00", id="offset"),
        pytest.param("2025-12-31T19:00:00.25-05:00", "2026-01-01 00:00:00.250000+00:00", id="offset behind"),
        pytest.param("2026-01-01 00:00:00.123456789", "2026-01-01 00:00:00.123456+00:00", id="space and no zone"),
        pytest.param("2026-01-01 00:00:00 UTC", "2026-01-01 00:00:00.000000+00:00", id="BigQuery's UTC"),
        pytest.param("2026-01-01t00:00:00z", "2026-01-01 00:00:00.000000+00:00", id="lower case"),
        pytest.param("2026-02-30T00:00:00Z", None, id="no such day"),
        pytest.param("2026-01-01T25:00:00Z", None, id="no such hour"),
        pytest.param("2026-1-1T00:00:00.000Z", None, id="short numbers"),
        pytest.param("+2026-01-01T00:00:00Z", None, id="sign"),
        pytest.param("٢٠٢٦-01-01T00:00:00Z", None, id="other digits"),
        pytest.param("9999-12-31T23:59:59-01:00", None, id="after the calendar"),
        pytest.param("1767225600", None, id="Unix seconds"),
        pytest.param("", None, id="empty"),
        pytest.param(None, None, id="null"),
    ],
)
def test_a_time_is_read(text: str | None, time: str | None) -> None:
    """What is no time is null."""
    read = instants(pl.Series("t", [text], dtype=pl.String))

    assert read.cast(pl.String).to_list() == [time]


def test_forms_may_be_mixed() -> None:
    """Each text is read by itself."""
    texts = ["2026-01-01T00:00:00Z", "no time", None, "2026-01-01T00:00:00+00:00", "2026-01-01T00:00:01Z"]
    first = datetime(2026, 1, 1, tzinfo=UTC)

    assert instants(pl.Series("t", texts)).to_list() == [first, None, None, first, first.replace(second=1)]


@given(st.lists(st.one_of(st.none(), st.text(max_size=30), st.datetimes().map(lambda t: t.isoformat())), max_size=8))
def test_any_text_is_a_time_or_null(texts: list[str | None]) -> None:
    """Of the type of the schema, which Python's calendar can hold."""
    read = instants(pl.Series("t", texts, dtype=pl.String))

    assert (read.dtype, len(read.to_list())) == (schema.TIME, len(texts))


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_time_is_read_as_python_reads_it(time: datetime) -> None:
    """In the usual form."""
    text = time.isoformat().replace("+00:00", "Z")

    assert instants(pl.Series("t", [text])).to_list() == [time]
