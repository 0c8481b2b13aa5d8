"""Parquet files come as pieces of rows, and a hostile one ends nothing but its reader."""

from __future__ import annotations

import hashlib
import random
from typing import TYPE_CHECKING

import polars as pl
import pytest

from collectors.contract import Framing
from collectors.files import ReadLimits, TableFile, UnreadableInputError, open_records
from collectors.files.table_file import _reader

if TYPE_CHECKING:
    from pathlib import Path

    from collectors.contract import Piece

ROWS = pl.DataFrame({"number": range(1_000), "text": [f"row {number}" for number in range(1_000)]})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file of ten groups of rows."""
    path = tmp_path / "rows.parquet"
    ROWS.write_parquet(path, row_group_size=100)
    return path


def places(pieces: list[Piece]) -> list[tuple[int, int, int]]:
    """First line, offset and end of each piece."""
    return [(piece.first_line, piece.offset, piece.end) for piece in pieces]


@pytest.mark.parametrize("rows", [7, 100, 333, 1_000, None])
def test_all_rows_come_in_their_order(path: Path, rows: int | None) -> None:
    """However many at a time."""
    pieces = list(TableFile(path).pieces(ReadLimits(lines=rows)))
    tables = [piece.table for piece in pieces if piece.table is not None]

    assert pl.concat(tables).equals(ROWS)
    assert max(table.height for table in tables) <= (rows or 1_000)
    assert [piece.offset for piece in pieces] == [0, *(piece.end for piece in pieces[:-1])]


def test_rows_go_on_from_an_offset(path: Path) -> None:
    """Which counts rows, as the lines do."""
    assert places(list(TableFile(path).pieces(ReadLimits(lines=400), 300, 301))) == [(301, 300, 700), (701, 700, 1_000)]


def test_two_files_are_read_in_turn(path: Path, tmp_path: Path) -> None:
    """By one process: each goes on where it was."""
    other = tmp_path / "other.parquet"
    ROWS[:300].write_parquet(other)
    one, two = (TableFile(each).pieces(ReadLimits(lines=100)) for each in (path, other))

    found = [(next(one).offset, next(two).offset) for _ in range(3)]

    assert (found, len(list(one)), len(list(two))) == ([(0, 0), (100, 100), (200, 200)], 7, 0)


def test_a_table_is_known_by_its_whole_content(path: Path) -> None:
    """Its first octets say nothing of its rows."""
    known_by = b"whole sha256 " + hashlib.sha256(path.read_bytes()).hexdigest().encode()
    file = TableFile(path)

    assert (file.beginning(1_024), file.window(0), file.window(500)) == (known_by, known_by, known_by)
    assert [piece.last for piece in file.pieces()] == [known_by]


def test_the_beginning_says_that_a_file_is_a_table(path: Path) -> None:
    """And whoever decodes it asks for that."""
    with open_records(path, lambda beginning: Framing.TABLE if beginning[:4] == b"PAR1" else Framing.LINES) as file:
        assert isinstance(file, TableFile)


@pytest.mark.parametrize("octets", [0, 4, 11, 2_000, -1])
def test_a_table_without_its_end_is_told(path: Path, octets: int) -> None:
    """It is still being written, or was cut off."""
    path.write_bytes(path.read_bytes()[:octets])

    with pytest.raises(UnreadableInputError, match="has no end of a Parquet file"):
        list(TableFile(path).pieces())


def test_a_table_that_is_damaged_is_told(path: Path) -> None:
    """In one sentence."""
    data = bytearray(path.read_bytes())
    data[-200:-8] = bytes(192)
    path.write_bytes(data)

    with pytest.raises(UnreadableInputError, match=r"^is no Parquet file, or is damaged: [^\n]+$"):
        list(TableFile(path).pieces())


def test_a_reader_that_a_file_ends_is_told_and_the_next_file_is_read(path: Path) -> None:
    """As an allocation without bounds does."""
    pieces = TableFile(path).pieces(ReadLimits(lines=100))
    next(pieces)
    _reader()._process.kill()
    with pytest.raises(UnreadableInputError, match="is no Parquet file, or is damaged"):
        list(pieces)

    assert len(list(TableFile(path).pieces())) == 1


def test_any_damage_is_told_or_harmless(path: Path) -> None:
    """Nothing else is raised, and nothing is ended but the process that reads."""
    chance = random.Random(5)
    data = path.read_bytes()
    outcomes: set[bool | None] = set()
    for _ in range(40):
        damaged = bytearray(data)
        for _ in range(chance.randint(1, 5)):
            damaged[chance.randrange(len(data) // 2, len(data) - 8)] = chance.randrange(256)
        path.write_bytes(damaged)
        try:
            outcomes.add(sum(piece.end - piece.offset for piece in TableFile(path).pieces()) > 0)
        except UnreadableInputError:
            outcomes.add(None)

    assert None in outcomes


def test_a_row_that_is_too_large_is_told(tmp_path: Path) -> None:
    """The process that asks is not to hold it."""
    path = tmp_path / "large.parquet"
    pl.DataFrame({"text": ["x" * (80 << 20)]}).write_parquet(path)

    with pytest.raises(UnreadableInputError, match="a row has more than 64 MiB"):
        list(TableFile(path).pieces())


def test_an_inode_is_that_of_the_file(path: Path) -> None:
    """A hint, as for any file."""
    found = path.stat()

    assert TableFile(path).inode == f"{found.st_dev}:{found.st_ino}"
