"""The writer of the latency benchmark writes what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.bench.live_writer import chunks, marked_at, write

if TYPE_CHECKING:
    from pathlib import Path


def _log(path: Path, lines: int) -> bytes:
    octets = b"".join(b"%d %s\n" % (number, b"x" * (number % 7)) for number in range(lines))
    path.write_bytes(octets)
    return octets


def test_pieces_have_so_many_whole_lines_and_are_the_log(tmp_path: Path) -> None:
    """The last one has what is left."""
    octets = _log(tmp_path / "log", 1_003)
    pieces = list(chunks(tmp_path / "log", 100))

    assert ([piece.count(b"\n") for piece in pieces], b"".join(pieces)) == ([100] * 10 + [3], octets)


def test_one_mark_is_due_in_each_interval() -> None:
    """At no fixed place of it, so that it keeps no step with the looks."""
    assert [int(at / 0.25) for at in marked_at(40, 0.25)] == list(range(40))


def test_marks_stand_between_whole_lines(tmp_path: Path) -> None:
    """And nothing else was written."""
    octets = _log(tmp_path / "log", 1_000)
    told = write(tmp_path / "log", tmp_path / "target", [b"mark 0\n", b"mark 1\n"], 5_000, 0.05)
    written = (tmp_path / "target").read_bytes()

    assert (written.count(b"\n"), octets.startswith(written.replace(b"mark 0\n", b"").replace(b"mark 1\n", b""))) == (
        told["lines"],
        True,
    )
