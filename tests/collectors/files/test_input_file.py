"""Files come as complete lines, whatever their form and however they are cut."""

from __future__ import annotations

import bz2
import gzip
import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from collectors.contract import Piece
from collectors.files import (
    LINE_OCTETS,
    PIECE_LINES,
    WINDOW_OCTETS,
    InputFile,
    ReadLimits,
    UnreadableInputError,
    beginning_of,
    read_lines,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

TEXT = b"".join(b"line %d\n" % number for number in range(1, 101))
MIB = 1 << 20


def write(directory: Path, data: bytes, name: str = "input.log") -> Path:
    """Put octets into a file."""
    path = directory / name
    path.write_bytes(data)
    return path


def whole(pieces: Iterator[Piece]) -> list[tuple[int, int, bytes | int]]:
    """Each line as (number, offset, text, or its length where it was too long), however the pieces were cut."""
    lines: list[tuple[int, int, bytes | int]] = []
    for piece in pieces:
        if piece.oversized:
            lines.append((piece.first_line, piece.offset, piece.oversized))
        at = piece.offset
        for number, line in enumerate(piece.data.splitlines(keepends=True), start=piece.first_line):
            lines.append((number, at, line))
            at += len(line)
    return lines


def plainly(data: bytes, limit: int) -> list[tuple[int, int, bytes | int]]:
    """Give what `whole` must give, read line by line."""
    lines: list[tuple[int, int, bytes | int]] = []
    at = 0
    parts = data.split(b"\n")
    for number, part in enumerate(parts, start=1):
        line = part + (b"\n" if number < len(parts) else b"")
        if line:
            lines.append((number, at, len(line) if len(line) > limit else line))
        at += len(line)
    return lines


@pytest.mark.parametrize("name", ["input.log", "input.gz"])
def test_the_content_tells_the_compression(tmp_path: Path, name: str) -> None:
    """A plain file may be called .gz and a compressed one .log."""
    plain, packed = write(tmp_path, TEXT, "plain-" + name), write(tmp_path, gzip.compress(TEXT), "packed-" + name)

    assert whole(read_lines(plain)) == whole(read_lines(packed)) == plainly(TEXT, LINE_OCTETS)


def test_gzip_members_follow_each_other(tmp_path: Path) -> None:
    """`cat a.gz b.gz` is one input; a line may begin in one member and end in the next."""
    path = write(tmp_path, gzip.compress(TEXT[:333]) + gzip.compress(b"") + gzip.compress(TEXT[333:]))

    assert whole(read_lines(path)) == plainly(TEXT, LINE_OCTETS)


@pytest.mark.parametrize("piece_octets", [1, 2, 3, 7, 64, 1000, 1 << 24])
@pytest.mark.parametrize("lines", [None, 1, 7, 99, 100, 10_000])
def test_the_size_of_a_piece_changes_nothing(tmp_path: Path, piece_octets: int, lines: int | None) -> None:
    """Lines, their numbers and their offsets are the same."""
    path = write(tmp_path, TEXT)

    assert whole(read_lines(path, ReadLimits(piece_octets, lines=lines))) == plainly(TEXT, LINE_OCTETS)


@pytest.mark.parametrize("lines", [1, 7, 10_000])
def test_no_piece_has_more_lines_than_allowed(tmp_path: Path, lines: int) -> None:
    """And all but the last have exactly as many."""
    sizes = [piece.data.count(b"\n") for piece in read_lines(write(tmp_path, TEXT), ReadLimits(lines=lines))]

    assert sizes == [lines] * (100 // lines) + [100 % lines] * (100 % lines > 0)


def test_short_lines_come_in_more_pieces(tmp_path: Path) -> None:
    """A piece of line ends alone would hold a hundred times as many lines as a usual one."""
    sizes = [len(piece.data) for piece in read_lines(write(tmp_path, b"\n" * (2 * PIECE_LINES + 1)))]

    assert sizes == [PIECE_LINES, PIECE_LINES, 1]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\n", id="one empty line"),
        pytest.param(b"\n\n\n", id="only line ends"),
        pytest.param(b"a", id="no final line end"),
        pytest.param(b"a\nb", id="last line without its end"),
        pytest.param(b"a\r\nb\r\n", id="carriage returns are the decoder's"),
        pytest.param(b"a\0b\n\0\n", id="NUL"),
        pytest.param(b"\xff\xfe\n\x80", id="not UTF-8"),
    ],
)
def test_every_octet_is_handed_on(tmp_path: Path, data: bytes) -> None:
    """Nothing is dropped, added or changed."""
    pieces = list(read_lines(write(tmp_path, data), ReadLimits(piece_octets=2)))

    assert b"".join(piece.data for piece in pieces) == data


def test_pieces_end_at_line_ends(tmp_path: Path) -> None:
    """All but the last."""
    pieces = list(read_lines(write(tmp_path, TEXT + b"rest"), ReadLimits(piece_octets=50)))

    assert [piece.data[-1:] for piece in pieces] == [b"\n"] * (len(pieces) - 1) + [b"t"]


@pytest.mark.parametrize("piece_octets", [1000, 60_000, 1 << 24])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(b"", b"", id="alone"),
        pytest.param(b"", b"\n", id="alone with its end"),
        pytest.param(b"", b"\nnext\nlast", id="first"),
        pytest.param(b"first\nsecond\n", b"\nnext\n", id="amid"),
        pytest.param(b"first\n", b"\n", id="last"),
        pytest.param(b"first\n", b"", id="last without its end"),
    ],
)
def test_a_long_line_comes_alone_and_without_its_text(
    tmp_path: Path, before: bytes, after: bytes, piece_octets: int
) -> None:
    """The numbers of the other lines go on as if it had been short."""
    data = before + b"x" * MIB + after

    found = whole(read_lines(write(tmp_path, data), ReadLimits(piece_octets)))

    assert found == plainly(data, LINE_OCTETS)
    assert [text for _, _, text in found if isinstance(text, int)] == [MIB + after.startswith(b"\n")]


@pytest.mark.parametrize("piece_octets", [1, 16, 1 << 24])
@pytest.mark.parametrize(
    ("length", "end", "oversized"), [(99, b"\n", 0), (100, b"\n", 101), (100, b"", 0), (101, b"", 101)]
)
def test_the_limit_includes_the_line_end(
    tmp_path: Path,
    length: int,
    end: bytes,
    oversized: int,
    piece_octets: int,
) -> None:
    """A line of exactly as many octets as allowed is kept, one octet more is too long."""
    path = write(tmp_path, b"x" * length + end)

    pieces = list(read_lines(path, ReadLimits(piece_octets, line_octets=100)))

    assert [piece.oversized for piece in pieces] == [oversized]


def test_what_follows_a_long_line_is_not_swallowed_by_it(tmp_path: Path) -> None:
    """Lines read together with its end stand before a last line that has none."""
    data = b"x" * 300 + b"\n" + b"short\n" * 40 + b"last"
    limits = ReadLimits(piece_octets=256, line_octets=100)

    assert whole(read_lines(write(tmp_path, data), limits)) == plainly(data, 100)


@given(
    st.lists(st.one_of(st.integers(0, 5), st.integers(15, 40)), max_size=12).map(
        lambda lengths: b"\n".join(bytes([97 + length % 26]) * length for length in lengths)
    ),
    st.integers(1, 50),
    st.one_of(st.none(), st.integers(1, 5)),
)
def test_any_cut_gives_the_same_lines(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, piece_octets: int, lines: int | None
) -> None:
    """Long and short lines in any order, whatever the limits."""
    path = write(tmp_path_factory.mktemp("cut"), data)

    found = whole(read_lines(path, ReadLimits(piece_octets, line_octets=20, lines=lines)))

    assert found == plainly(data, 20)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """In the words of the system."""
    with pytest.raises(UnreadableInputError, match="cannot be opened: No such file or directory"):
        list(read_lines(tmp_path / "absent.log"))


@pytest.mark.parametrize("piece_octets", [1, 1000, 1 << 24])
def test_a_truncated_gzip_gives_every_complete_line_before_its_end(tmp_path: Path, piece_octets: int) -> None:
    """Then it is told; the line that the break cuts is not taken for a whole one."""
    text = b"".join(os.urandom(6).hex().encode() + b"\n" for _ in range(5000))
    packed = gzip.compress(text)
    path = write(tmp_path, packed[: len(packed) // 2])
    found: list[bytes] = []

    def read() -> None:
        found.extend(piece.data for piece in read_lines(path, ReadLimits(piece_octets)))

    with pytest.raises(UnreadableInputError, match=r"^breaks off: the compressed data end too early$"):
        read()
    data = b"".join(found)
    assert text.startswith(data)
    assert data.endswith(b"\n")
    assert len(data) > len(text) // 3


def test_a_long_line_that_the_break_cuts_is_not_handed_on(tmp_path: Path) -> None:
    """Its length is not known."""
    packed = gzip.compress(b"first\n" + os.urandom(MIB).hex().encode())
    path = write(tmp_path, packed[:-1000])
    pieces = read_lines(path, ReadLimits(piece_octets=4096))

    assert next(pieces) == Piece(b"first\n", 1, 0)
    with pytest.raises(UnreadableInputError):
        next(pieces)


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        pytest.param(b"\x1f\x8b", "the compressed data end too early", id="a header alone"),
        pytest.param(b"\x1f\x8b\x08" + b"\0" * 7 + b"\xff" * 40, "the compressed data are damaged", id="no body"),
        pytest.param(gzip.compress(TEXT)[:-8] + b"\0" * 8, "the compressed data are damaged", id="a wrong checksum"),
    ],
)
def test_broken_compression_is_told(tmp_path: Path, octets: bytes, why: str) -> None:
    """In words for people."""
    with pytest.raises(UnreadableInputError, match=f"^breaks off: {why}$"):
        list(read_lines(write(tmp_path, octets)))


def test_the_beginning_is_that_of_the_text(tmp_path: Path) -> None:
    """After decompression, and no more than asked for."""
    assert beginning_of(write(tmp_path, gzip.compress(TEXT)), 10) == TEXT[:10]


def test_the_beginning_of_a_truncated_file_is_what_there_is(tmp_path: Path) -> None:
    """Enough to tell what it would have been."""
    text = os.urandom(50_000).hex().encode()

    beginning = beginning_of(write(tmp_path, gzip.compress(text)[:30_000]), 1 << 20)

    assert text.startswith(beginning)
    assert len(beginning) > 10_000


def test_a_beginning_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """Not taken for an empty file."""
    with pytest.raises(UnreadableInputError, match="breaks off"):
        beginning_of(write(tmp_path, b"\x1f\x8b\x08"))


def test_a_pipe_is_read_like_a_file(tmp_path: Path) -> None:
    """`<(zcat ...)` of a shell."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(gzip.compress(TEXT),))
    writer.start()

    assert whole(read_lines(pipe)) == plainly(TEXT, LINE_OCTETS)
    writer.join()


def test_a_pipe_keeps_its_beginning(tmp_path: Path) -> None:
    """What was looked at would be gone: nothing is, not even by a writer that waits for a reader."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    with pytest.raises(UnreadableInputError, match=r"^is a pipe; say its kind with --format$"):
        beginning_of(pipe)


@pytest.mark.parametrize(("name", "why"), [("absent", "No such file or directory"), (".", "Is a directory")])
def test_the_beginning_of_what_is_no_file_is_told(tmp_path: Path, name: str, why: str) -> None:
    """Neither is a pipe."""
    with pytest.raises(UnreadableInputError, match=f"^cannot be opened: {why}$"):
        beginning_of(tmp_path / name)


LONG = b"".join(b"line %d\n" % number for number in range(1, 1001))
FORMS = pytest.mark.parametrize(
    "form",
    [
        pytest.param(bytes, id="plain"),
        pytest.param(gzip.compress, id="gzip"),
        pytest.param(zstd.compress, id="zstd"),
        pytest.param(bz2.compress, id="bzip2"),
    ],
)


@FORMS
def test_a_window_holds_the_octets_before_its_end(tmp_path: Path, form: Callable[[bytes], bytes]) -> None:
    """As many as are kept to know an input again; near the beginning there are fewer."""
    with InputFile.open(write(tmp_path, form(LONG))) as file:
        windows = [file.window(end) for end in (0, 10, 5_000, len(LONG), 3_000)]

    assert windows == [LONG[max(0, end - WINDOW_OCTETS) : end] for end in (0, 10, 5_000, len(LONG), 3_000)]


@FORMS
def test_a_window_beyond_the_end_is_none(tmp_path: Path, form: Callable[[bytes], bytes]) -> None:
    """The input is shorter than it was."""
    with InputFile.open(write(tmp_path, form(LONG))) as file:
        assert [file.window(len(LONG) + more) for more in (1, 5_000)] == [None, None]
        assert file.window(len(LONG)) == LONG[-WINDOW_OCTETS:]


def test_a_window_beyond_a_break_is_none(tmp_path: Path) -> None:
    """What is before the break can be asked for all the same, before and after."""
    packed = gzip.compress(os.urandom(50_000).hex().encode())
    with InputFile.open(write(tmp_path, packed[: len(packed) // 2])) as file:
        before = file.window(5_000)
        beyond = file.window(90_000)
        after = file.window(5_000)

    assert (beyond, before) == (None, after)
    assert before is not None
    assert len(before) == WINDOW_OCTETS


@FORMS
def test_the_beginning_of_an_input_is_as_long_as_asked_for(tmp_path: Path, form: Callable[[bytes], bytes]) -> None:
    """Whatever was asked for before."""
    with InputFile.open(write(tmp_path, form(LONG))) as file:
        assert [file.beginning(octets) for octets in (10, 1_024, 20)] == [LONG[:10], LONG[:1_024], LONG[:20]]


def test_the_beginning_of_a_file_that_grew_is_longer(tmp_path: Path) -> None:
    """Between two questions another process writes."""
    path = write(tmp_path, b"line 1\n")
    with InputFile.open(path) as file:
        short = file.beginning(1_024)
        with path.open("ab") as growing:
            growing.write(b"line 2\n")

        assert (short, file.beginning(1_024)) == (b"line 1\n", b"line 1\nline 2\n")


@FORMS
def test_an_input_knows_whether_it_is_closed(tmp_path: Path, form: Callable[[bytes], bytes]) -> None:
    """A compressed one is whole; a plain one may grow."""
    with InputFile.open(write(tmp_path, form(LONG))) as file:
        assert file.closed == (form is not bytes)


def test_an_inode_is_that_of_the_file(tmp_path: Path) -> None:
    """Another file has another."""
    paths = [write(tmp_path, LONG, name) for name in ("a.log", "b.log")]
    found = []
    for path in (*paths, paths[0]):
        with InputFile.open(path) as file:
            found.append(file.inode)

    assert found[0] == found[2] != found[1]


@FORMS
@pytest.mark.parametrize("piece_octets", [7, 1000, 1 << 24])
@pytest.mark.parametrize("before", [0, 1, 500, 999, 1000])
def test_lines_go_on_from_an_offset(
    tmp_path: Path, form: Callable[[bytes], bytes], before: int, piece_octets: int
) -> None:
    """With the numbers and offsets that they have in the whole."""
    lines = plainly(LONG, LINE_OCTETS)
    offset = sum(len(text) for _, _, text in lines[:before] if isinstance(text, bytes))
    with InputFile.open(write(tmp_path, form(LONG))) as file:
        found = whole(file.pieces(ReadLimits(piece_octets), offset, before + 1))

    assert found == lines[before:]


@FORMS
def test_an_offset_beyond_the_end_has_no_lines(tmp_path: Path, form: Callable[[bytes], bytes]) -> None:
    """And nothing is broken."""
    with InputFile.open(write(tmp_path, form(TEXT))) as file:
        assert list(file.pieces(offset=len(TEXT) + 10, line=102)) == []


@FORMS
def test_a_file_may_be_asked_in_between_two_pieces(tmp_path: Path, form: Callable[[bytes], bytes]) -> None:
    """For what it is known by: the lines go on where they were."""
    found = []
    with InputFile.open(write(tmp_path, form(LONG))) as file:
        for piece in file.pieces(ReadLimits(piece_octets=100)):
            found.append(piece)
            file.beginning(len(found) * 10)
            file.window(piece.end)

    assert whole(iter(found)) == plainly(LONG, LINE_OCTETS)


def test_a_break_is_told_though_the_file_was_asked_in_between(tmp_path: Path) -> None:
    """After the last piece before the break, too: else half a file would pass for a whole one."""
    text = b"".join(os.urandom(6).hex().encode() + b"\n" for _ in range(5000))
    packed = gzip.compress(text)
    found: list[bytes] = []

    def read() -> None:
        with InputFile.open(write(tmp_path, packed[: len(packed) // 2])) as file:
            for piece in file.pieces():
                found.append(piece.data)
                file.window(10)

    with pytest.raises(UnreadableInputError, match="breaks off: the compressed data end too early"):
        read()
    assert text.startswith(b"".join(found))
    assert len(found) == 1


def test_a_line_that_another_process_finishes_is_read_whole(tmp_path: Path) -> None:
    """From the end of the last whole line on."""
    path = write(tmp_path, b"line 1\nli")
    with InputFile.open(path) as file:
        first, begun = file.pieces()
    with path.open("ab") as growing:
        growing.write(b"ne 2\nline 3\n")
    with InputFile.open(path) as file:
        rest = list(file.pieces(offset=begun.offset, line=begun.first_line))

    assert (first, begun) == (Piece(b"line 1\n", 1, 0), Piece(b"li", 2, 7, ended=False))
    assert rest == [Piece(b"line 2\nline 3\n", 2, 7)]


@pytest.mark.parametrize("data", [b"a\nb", b"x" * 300, b"a\n" + b"x" * 300])
@pytest.mark.parametrize("piece_octets", [7, 1 << 24])
def test_only_a_last_line_without_its_end_is_not_ended(tmp_path: Path, data: bytes, piece_octets: int) -> None:
    """Short or long, in one read or in many."""
    limits = ReadLimits(piece_octets, line_octets=100)
    cut = [piece.ended for piece in read_lines(write(tmp_path, data), limits)]
    ended = [piece.ended for piece in read_lines(write(tmp_path, data + b"\n"), limits)]

    assert cut == [True] * (len(cut) - 1) + [False]
    assert ended == [True] * len(ended)


@pytest.mark.parametrize("length", [101, 1_023, 1_024, 1_025, 5_000])
@pytest.mark.parametrize("end", [b"\n", b"", b"\nnext\n"])
@pytest.mark.parametrize("piece_octets", [7, 1_000, 1 << 24])
def test_a_long_line_keeps_its_last_octets(tmp_path: Path, length: int, end: bytes, piece_octets: int) -> None:
    """Its end included: what follows it can be told from what followed another."""
    text = bytes(97 + place % 23 for place in range(length))
    path = write(tmp_path, b"first\n" + text + end)
    pieces = list(read_lines(path, ReadLimits(piece_octets, line_octets=100)))
    (long,) = (piece for piece in pieces if piece.oversized)

    assert long.last == (text + end[:1])[-WINDOW_OCTETS:]
    assert (long.data, long.end) == (b"", 6 + length + len(end[:1]))


STREAM = """
import resource, sys
from pathlib import Path
from collectors.files import ReadLimits, read_lines
octets = sum(len(piece.data) for piece in read_lines(Path(sys.argv[1]), ReadLimits(piece_octets=65536)))
print(octets, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
"""


def test_memory_does_not_grow_with_the_file(tmp_path: Path, root: Path) -> None:
    """200 MB of lines, compressed to a fraction, take no more memory than 2 MB of them do."""
    peaks = []
    for size in (2, 200):
        path = tmp_path / f"{size}.gz"
        with gzip.open(path, "wb", compresslevel=1) as file:
            for _ in range(size):
                file.write((b"2 123456789012 eni-0 10.0.0.1 10.0.0.2 " + b"1" * 22 + b"\n") * 16_000)
        run = subprocess.run(
            [sys.executable, "-c", STREAM, str(path)], cwd=root, check=True, capture_output=True, text=True
        )
        octets, peak = map(int, run.stdout.split())
        assert octets == size * 62 * 16_000
        peaks.append(peak)

    assert peaks[1] - peaks[0] < 8 * MIB
