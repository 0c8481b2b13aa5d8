"""JSON documents come as pieces of whole values, whatever surrounds them and however they are cut."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Final

import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from collectors.contract import Framing
from collectors.files import InputFile, ReadLimits
from collectors.files.json_pieces import HEAD_OCTETS, Head, Shape, head_of
from collectors.json_values import line_of, values_of

if TYPE_CHECKING:
    from pathlib import Path

    from collectors.contract import Piece

WHOLE: Final = ReadLimits()


def pieces(path: Path, data: bytes, limits: ReadLimits = WHOLE, offset: int = 0) -> list[Piece]:
    """The pieces of a document from an offset on."""
    path.write_bytes(data)
    with InputFile.open(path) as file:
        file.framing = Framing.JSON
        return list(file.pieces(limits, offset, data[:offset].count(b"\n") + 1))


def spelled(found: list[Piece]) -> list[tuple[int, int, bytes | int, str, bool]]:
    """Each value as (line, offset, text or length, why it is refused, whether it is ended), however it was cut."""
    told: list[tuple[int, int, bytes | int, str, bool]] = []
    for piece in (part for each in found for part in each.parts or (each,)):
        if piece.oversized:
            told.append((piece.first_line, piece.offset, piece.oversized, piece.refused, piece.ended))
            continue
        values = values_of(piece)
        lines = line_of(piece.data, values.begins, piece.first_line).tolist()
        for line, begin, end in zip(lines, values.begins.tolist(), values.ends.tolist(), strict=True):
            told.append((line, piece.offset + begin, piece.data[begin:end].strip(), "", piece.ended))
    return told


def texts(path: Path, data: bytes, limits: ReadLimits = WHOLE) -> list[bytes | int]:
    """The values of a document; of one that is not kept its length."""
    return [text for _, _, text, _, _ in spelled(pieces(path, data, limits))]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a document will be."""
    return tmp_path / "input.json"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b'[{"a":1},{"b":[2]}]', id="an array"),
        pytest.param(b' \n[ {"a":1} , {"b":[2]} ] \n', id="an array with space around"),
        pytest.param(b'\xef\xbb\xbf[{"a":1},{"b":[2]}]', id="with a byte order mark"),
        pytest.param(b'{"Records":[{"a":1},{"b":[2]}]}', id="Records, of CloudTrail"),
        pytest.param(b'{"records": [\n{"a":1},\n{"b":[2]}\n]}', id="records, of Azure Monitor"),
        pytest.param(b'{"value":[{"a":1},{"b":[2]}],"nextLink":"https://[{"}', id="value, with members behind"),
        pytest.param(
            b'{"messageType":"DATA_MESSAGE","owner":"1","subscriptionFilters":["a","]"],"n":-1.5e3,"x":null,'
            b'"logEvents":[{"a":1},{"b":[2]}]}',
            id="logEvents, with small members before",
        ),
        pytest.param(b'{"logEvents":[{"a":1}]}{"owner":"2","logEvents":[{"b":[2]}]}', id="two documents"),
        pytest.param(b'[{"a":1}]\n[{"b":[2]}]', id="two arrays"),
        pytest.param(b'{"a":1}\n{"b":[2]}\n', id="one a line"),
        pytest.param(b'{"a":1}\r\n\r\n{"b":[2]}', id="one a line, of Windows"),
        pytest.param(b'{"a":1}{"b":[2]}', id="one after the other"),
        pytest.param(b'[{"a":1},{"b":[2]}', id="an array that is not closed yet"),
        pytest.param(b'{"records":[{"a":1},{"b":[2]},', id="an object that is not closed yet"),
    ],
)
@pytest.mark.parametrize("piece_octets", [1, 5, 1 << 20])
def test_the_records_of_a_document_are_its_values(path: Path, data: bytes, piece_octets: int) -> None:
    """Brackets, names, and what else surrounds them is none."""
    assert texts(path, data, ReadLimits(piece_octets)) == [b'{"a":1}', b'{"b":[2]}']


@pytest.mark.parametrize(
    "data",
    [b"", b" \n", b"[]", b'{"Records":[]}', b'{"Records":[\n]}\n', b'{"value":[],"x":1}', b"[ ,"],
)
def test_a_document_without_records_has_no_piece(path: Path, data: bytes) -> None:
    """Nothing is told of it."""
    assert pieces(path, data) == []


def test_a_pretty_printed_sequence_is_objects(path: Path) -> None:
    """Each with the line on which it begins."""
    data = b'{\n  "a": 1\n}\n{\n  "b": [\n    {}\n  ]\n}\n'

    assert [(line, offset) for line, offset, *_ in spelled(pieces(path, data))] == [(1, 0), (4, 13)]


@pytest.mark.parametrize("data", [b'[{"a":1},{"b":', b'{"a":1}{"b', b'[{"a":1},12', b'{"Rec', b'{"Records"'])
def test_the_last_value_that_is_not_complete_is_not_ended(path: Path, data: bytes) -> None:
    """It waits for the rest, or is a broken record."""
    found = pieces(path, data)

    assert [piece.ended for piece in found] == [True] * (len(found) - 1) + [False]
    assert found[-1].end == len(data)


def test_what_surrounds_records_is_handed_on_beside_them(path: Path) -> None:
    """So that what an input is known by covers all of its octets."""
    data = b'{"x":1,"Records":[{"a":1}],\n"y":{}}\n{"Records":[{"b":2}]}'

    (found,) = pieces(path, data)

    assert b"".join(part.before + part.data for part in found.parts) == data[:-2]
    assert [(part.offset, part.first_line) for part in found.parts] == [(18, 1), (48, 3)]


@pytest.mark.parametrize(
    ("data", "bad"),
    [
        pytest.param(b'{"a":1}\n{"b": "cut of\n{"c":3}\n', b'{"b": "cut of', id="a line that was cut off in a text"),
        pytest.param(b'{"a":1}\n{"b":{"x":\n{"c":3}\n', None, id="a line that was cut off before a value"),
        pytest.param(b'{"a":1}\n}}]\n{"c":3}\n', b"}}]", id="stray brackets"),
        pytest.param(b'{"a":1}\nit"s broken\n{"c":3}\n', b'it"s broken', id="a line that is no JSON"),
        pytest.param(b'[{"a":1}, nonsense here ,{"c":3}]', b"nonsense here", id="words in an array"),
        pytest.param(b'[{"a":1},"{[",{"c":3}]', b'"{["', id="a text in an array"),
    ],
)
def test_what_is_broken_does_not_swallow_what_follows(path: Path, data: bytes, bad: bytes | None) -> None:
    """It is one value, and the next one is read."""
    expected = [b'{"a":1}', b'{"b":{"x":\n{"c":3}'] if bad is None else [b'{"a":1}', bad, b'{"c":3}']

    assert texts(path, data) == expected


@pytest.mark.parametrize("piece_octets", [1, 7, 1 << 20])
def test_a_long_value_comes_alone_and_without_its_text(path: Path, piece_octets: int) -> None:
    """With its length and the lines that it has."""
    long = b'{"b":"' + b"x" * 100 + b'",\n"c":[]}'
    found = pieces(path, b'[{"a":1},\n' + long + b',{"d":4}]', ReadLimits(piece_octets, value_octets=50))

    assert spelled(found) == [
        (1, 1, b'{"a":1}', "", True),
        (2, 10, len(long), "", True),
        (3, 11 + len(long), b'{"d":4}', "", True),
    ]
    assert found[-2].last == long


def test_a_value_nested_too_deep_comes_alone_and_without_its_text(path: Path) -> None:
    """Whoever decodes values by recursion never sees it."""
    deep = b"[" * 64 + b"]" * 64
    deeper = b"[" * 65 + b"]" * 65

    assert [each[2:4] for each in spelled(pieces(path, b"[" + deep + b"," + deeper + b',{"a":1}]'))] == [
        (deep, ""),
        (len(deeper), "too_deep"),
        (b'{"a":1}', ""),
    ]


def test_a_hundred_thousand_brackets_are_one_value(path: Path) -> None:
    """Too long for the limit, never a recursion."""
    data = b'{"Records":[' + b'{"a":[' * 100_000

    assert [each[2:] for each in spelled(pieces(path, data, ReadLimits(1_000, value_octets=5_000)))] == [
        (600_000, "", False)
    ]


def test_values_are_cut_into_pieces_of_as_many(path: Path) -> None:
    """What a value costs when decoded does not shrink with its text."""
    data = b"[" + b",".join([b'{"a":1}'] * 7) + b"]"

    assert [len(values_of(piece)) for piece in pieces(path, data, ReadLimits(lines=3))] == [3, 3, 1]


@pytest.mark.parametrize(
    ("data", "shape", "octets"),
    [
        (b'{"a":1', None, 0),
        (b'{"Records":[', None, 0),
        (b'{"a":"x', None, 0),
        (b'{"a":[1,"b', None, 0),
        (b'{"a":{', Shape.NOTHING, 0),
        (b'{"a":[{', Shape.NOTHING, 0),
        (b'{"a":1}', Shape.NOTHING, 0),
        (b'{"a":[1],"value":[{', Shape.ARRAY, 18),
        (b'{"value":[1,2]}', Shape.NOTHING, 0),
        (b'\xef\xbb\xbf{"a":{', Shape.NOTHING, 3),
        (b"words", Shape.NOTHING, 0),
        (b"[", Shape.ARRAY, 1),
        (b'{"a":"' + b"x" * HEAD_OCTETS, Shape.NOTHING, 0),
    ],
)
def test_a_head_says_what_surrounds_the_records(data: bytes, shape: Shape | None, octets: int) -> None:
    """Or nothing, while too little of it is there."""
    assert head_of(data, whole=False) == (Head(shape, octets) if shape else None)


_PARTS: Final = (b"{", b"}", b"[", b"]", b'"', b"\\", b",", b"\n", b" ", b":", b"a", b"1", b"\r", b"\xff",
    b'{"a":1}', b'{"Records":[', b'xx"', b'"value":[', b'{"b":[{},"}"]}', b'",\n',
)  # fmt: skip
_BEGINS: Final = (b"", b"[", b'{"Records":[', b'{"a":1,"value": [{', b'{"a":1}\n')
documents = st.tuples(st.sampled_from(_BEGINS), st.lists(st.sampled_from(_PARTS), max_size=30)).map(
    lambda each: each[0] + b"".join(each[1])
)


@given(documents, st.integers(1, 9), st.one_of(st.none(), st.integers(1, 3)))
def test_any_cut_gives_the_same_values(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, piece_octets: int, values: int | None
) -> None:
    """Of any octets, long and short, broken or not."""
    path = tmp_path_factory.mktemp("cut") / "input.json"

    whole = spelled(pieces(path, data, ReadLimits(lines=None, value_octets=12)))

    assert spelled(pieces(path, data, ReadLimits(piece_octets, lines=values, value_octets=12))) == whole


@given(documents)
def test_a_document_is_read_on_from_the_end_of_any_value(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    """As if it had been read in one go; each octet up to there is in a piece or beside one."""
    path = tmp_path_factory.mktemp("resumed") / "input.json"
    found = pieces(path, data, ReadLimits(lines=1, value_octets=12))

    at = 0
    for number, piece in enumerate(found, start=1):
        assert piece.before == data[at : piece.offset]
        at = piece.end
        if piece.ended:
            assert pieces(path, data, ReadLimits(lines=1, value_octets=12), at) == found[number:]


@given(st.binary(max_size=200))
def test_any_octets_are_values_or_nothing(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    """What is not handed on is separators, or stands around an array."""
    path = tmp_path_factory.mktemp("any") / "input.json"

    assert isinstance(spelled(pieces(path, b" " + data, ReadLimits(7, value_octets=12))), list)


STREAM = """
import resource, sys
from pathlib import Path
from collectors.contract import Framing
from collectors.files import InputFile
with InputFile.open(Path(sys.argv[1])) as file:
    file.framing = Framing.JSON
    octets = sum(piece.end - piece.offset + len(piece.before) for piece in file.pieces())
print(octets, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
"""


def test_memory_does_not_grow_with_the_document(tmp_path: Path, root: Path) -> None:
    """70 MB of records, compressed to a fraction, take hardly more memory than 20 MB of them do."""
    peaks = []
    for size in (20, 70):
        path = tmp_path / f"{size}.zst"
        with zstd.open(path, "wb") as file:
            file.write(b'{"records":[')
            for number in range(size):
                first = number * 20_000
                file.write(b"".join(b'{"time":"2026-10-01T00:00:%08d","n":[1,{"a":null}]},' % each
                                    for each in range(first, first + 20_000)))  # fmt: skip
        run = subprocess.run(
            [sys.executable, "-c", STREAM, str(path)], cwd=root, check=True, capture_output=True, text=True
        )
        octets, peak = map(int, run.stdout.split())
        assert octets == len(b'{"records":[') + size * 20_000 * 56 - 1
        peaks.append(peak)

    assert peaks[1] - peaks[0] < 40 << 20


_ENVELOPE: Final = b'{"messageType": "DATA_MESSAGE",\n "logEvents": [{"n": %d},\n {"n": %d}]}\n'


def test_small_documents_are_handed_on_together(path: Path) -> None:
    """Each value on its line; what stands around them is no record, and a range is as it stands in the input."""
    data = b"".join(_ENVELOPE % (number, -number) for number in range(1, 6))
    (piece,) = pieces(path, data)
    values = values_of(piece)

    assert [piece.data[begin:end] for begin, end in zip(values.begins, values.ends, strict=True)] == [
        b'{"n": %d}' % number for each in range(1, 6) for number in (each, -each)
    ]
    assert line_of(piece.data, values.begins, piece.first_line).tolist() == [2, 3, 5, 6, 8, 9, 11, 12, 14, 15]
    assert b"".join(part.before + part.data for part in piece.parts) == data[: piece.end]


def test_documents_beyond_the_octets_of_a_piece_are_the_next_one(path: Path) -> None:
    """What is read on from there is the same."""
    data = b"".join(_ENVELOPE % (number, -number) for number in range(1, 40))
    whole = [text for _, _, text, _, _ in spelled(pieces(path, data))]
    found = pieces(path, data, ReadLimits(piece_octets=300))
    rest = pieces(path, data, WHOLE, found[2].end)

    assert (len(found) > 5, [text for _, _, text, _, _ in spelled(found)]) == (True, whole)
    assert [text for _, _, text, _, _ in spelled([*found[:3], *rest])] == whole
