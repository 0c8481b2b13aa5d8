"""The container of an atlas: what was written is read, anything else is a problem."""

from __future__ import annotations

import hashlib
import struct
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.attribution.atlas_file import FORMAT_VERSION, read_atlas_file, write_atlas_file
from monitor.problem import ProblemsFound

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

ARRAYS: dict[str, NDArray[Any]] = {
    "bytes": np.array([1, 2, 3], np.uint8),
    "words": np.array([4, 5], np.uint32),
    "none": np.array([], np.uint16),
    "long": np.array([2**64 - 1], np.uint64),
}


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A small file."""
    write_atlas_file(tmp_path / "atlas.twa", {"is": "small"}, ARRAYS)
    return tmp_path / "atlas.twa"


def wording(path: Path) -> str:
    """What is said of a file that cannot be read."""
    with pytest.raises(ProblemsFound) as found:
        read_atlas_file(path)
    return found.value.problems[0].what


def resigned(path: Path, header: bytes, *, octets: int | None = None) -> Path:
    """A file with that header, and a good checksum."""
    body = struct.pack("<8sII", b"TWATLAS\0", FORMAT_VERSION, len(header) if octets is None else octets) + header
    path.write_bytes(body + hashlib.sha256(body).digest())
    return path


def test_what_was_written_is_read(written: Path) -> None:
    """Every array with its type."""
    read = read_atlas_file(written).arrays

    assert {name: (array.dtype, array.tolist()) for name, array in read.items()} == {
        name: (array.dtype, array.tolist()) for name, array in ARRAYS.items()
    }


def test_the_digest_is_the_hash_of_the_file(written: Path) -> None:
    """Computed while the checksum inside is checked."""
    assert read_atlas_file(written).digest == hashlib.sha256(written.read_bytes()).hexdigest()


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """Not a traceback."""
    assert wording(tmp_path / "none.twa") == "there is no such file."


@pytest.mark.parametrize("content", [b"", b"TWATLAS\0", b"\x89PNG" * 20])
def test_another_file_is_told(tmp_path: Path, content: bytes) -> None:
    """Empty, too short, something else."""
    (tmp_path / "other.twa").write_bytes(content)

    assert wording(tmp_path / "other.twa") in {"this is not an atlas.", "the file is empty or cannot be read."}


def test_a_directory_is_told(tmp_path: Path) -> None:
    """It cannot be read as a file."""
    assert wording(tmp_path) == "the file is empty or cannot be read."


def test_another_format_version_is_told(written: Path) -> None:
    """Before its checksum, which may be made otherwise there."""
    content = bytearray(written.read_bytes())
    content[8] = 9
    written.write_bytes(content)

    assert wording(written) == "its format is version 9, this program reads version 2."


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"[]",
        b'{"arrays": {}}',
        b'{"about": {}, "arrays": {"a": ["u1", 1]}}',
        b'{"about": {}, "arrays": {"a": ["u1", 99, 0]}}',
        b'{"about": {}, "arrays": {"a": ["u1", -1, 0]}}',
        b'{"about": {}, "arrays": {"a": ["u1", 0, -8]}}',
        b'{"about": {}, "arrays": {"a": ["u1", 0, 3]}}',
        b'{"about": {}, "arrays": {"a": ["u1", true, 0]}}',
        b'{"about": {}, "arrays": {"a": ["u1", 1e3, 0]}}',
        b'{"about": {}, "arrays": {"a": ["O", 1, 0]}}',
        b'{"about": {}, "arrays": {"a": [["u1"], 1, 0]}}',
        b"[" * 100_000,
        b"\xff",
    ],
)
def test_a_header_that_lies_is_told(tmp_path: Path, header: bytes) -> None:
    """Whatever it asks for, nothing outside the file is read."""
    assert wording(resigned(tmp_path / "bad.twa", header)) == "its header does not describe what follows."


def test_a_header_longer_than_the_file_is_told(tmp_path: Path) -> None:
    """Its length is not believed."""
    assert wording(resigned(tmp_path / "bad.twa", b"{}", octets=2**31)) == "its header reaches beyond the file."


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.integers(1, 200), flip=st.integers(0, 10_000))
def test_any_cut_and_any_flipped_octet_is_told(written: Path, cut: int, flip: int) -> None:
    """By its checksum, if by nothing else."""
    whole = written.read_bytes()
    flipped = bytearray(whole)
    flipped[flip % len(whole)] ^= 0x20
    for content in (whole[: -min(cut, len(whole) - 1)], bytes(flipped)):
        (written.parent / "bad.twa").write_bytes(content)
        with pytest.raises(ProblemsFound):
            read_atlas_file(written.parent / "bad.twa")
