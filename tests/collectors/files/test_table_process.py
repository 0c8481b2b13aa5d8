"""The process that reads tables answers each request in its own words."""

from __future__ import annotations

import json
from io import BytesIO
from typing import TYPE_CHECKING

import polars as pl
import pytest

from collectors.files.table_process import FAILED, LENGTH, _FailedError, rows_of, serve

if TYPE_CHECKING:
    from pathlib import Path

ROWS = pl.DataFrame({"number": range(10)})


@pytest.fixture
def path(tmp_path: Path) -> str:
    """A small table."""
    ROWS.write_parquet(tmp_path / "rows.parquet")
    return str(tmp_path / "rows.parquet")


def answered(*requests: bytes) -> bytes:
    """What is answered to requests."""
    answers = BytesIO()
    serve(BytesIO(b"\n".join(requests) + b"\n"), answers)
    return answers.getvalue()


def opened(path: str, offset: int = 0, rows: int = 100) -> bytes:
    """The request for a file."""
    return json.dumps({"path": path, "offset": offset, "rows": rows}).encode()


def test_rows_are_streams_of_at_most_as_many(path: str) -> None:
    """From the row that was asked for."""
    parts = [pl.read_ipc_stream(BytesIO(part))["number"].to_list() for part in rows_of(path, 3, 4)]

    assert parts == [[3, 4, 5, 6], [7, 8, 9]]


def test_an_answer_has_its_length_and_the_last_has_none(path: str) -> None:
    """So that whoever asks knows the end."""
    said = answered(opened(path), b"", b"")
    length = LENGTH.unpack(said[:4])[0]

    assert pl.read_ipc_stream(BytesIO(said[4 : 4 + length])).equals(ROWS)
    assert said[4 + length :] == LENGTH.pack(0)


def test_a_file_that_cannot_be_read_is_a_sentence(path: str) -> None:
    """And the process goes on."""
    said = answered(opened(f"{path}.absent"), b"", opened(path, 10), b"")
    length = LENGTH.unpack(said[4:8])[0]

    assert said[:4] == LENGTH.pack(FAILED)
    assert "No such file" in said[8 : 8 + length].decode()
    assert said[8 + length :] == LENGTH.pack(0)


def test_nothing_is_answered_before_a_file_is_opened() -> None:
    """There are no rows."""
    assert answered(b"") == LENGTH.pack(0)


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    """Whatever the reader raises."""
    (tmp_path / "words").write_bytes(b"words")

    with pytest.raises(_FailedError):
        list(rows_of(str(tmp_path / "words"), 0, 1))
