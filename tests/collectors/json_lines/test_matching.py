"""Lines are told apart by their shape, many at a time."""

from __future__ import annotations

import pytest

from collectors.json_lines.matching import Marks, Shapes, marks_of, matched
from collectors.json_lines.octets import Octets, Room
from collectors.json_lines.wanted import As, Field, Wanted

_WANTED = {"a": Wanted((Field("n", ("n",), As.WHOLE),))}


def _marks(data: bytes) -> tuple[Octets, Marks]:
    octets = Octets.of(data, Room())
    return octets, marks_of(octets, data)


def _lines(kind: str, count: int = 100, rest: str = "") -> list[str]:
    return [f'{{"type":"{kind}","n":{place}{rest}}}\n' for place in range(count)]


def _shapes() -> Shapes:
    return Shapes(("type",), _WANTED)


def _rows(lines: list[str], shapes: Shapes | None = None) -> list[tuple[str, list[int]]]:
    """Words of the shapes that lines are of, each with its lines."""
    octets, marks = _marks("".join(lines).encode())
    return [(shape.word, sorted(rows.tolist())) for shape, rows in matched(octets, marks, shapes or _shapes())]


def test_each_line_has_its_quotation_marks() -> None:
    """The last one needs no end."""
    assert _marks(b'{"a":"b"}\n\n{"c":1}')[1].counts.tolist() == [4, 0, 2]


@pytest.mark.parametrize("odd", [b"\\", b"\x00", b"\t", b"\r", b"\xff"])
def test_a_line_with_an_odd_octet_is_not_plain(odd: bytes) -> None:
    """Its neighbours are."""
    assert _marks(b'{"a":1}\n{"a":"' + odd + b'"}\n{"a":2}\n')[1].plain.tolist() == [True, False, True]


def test_text_beyond_ascii_is_plain() -> None:
    """As long as all of the data is UTF-8."""
    assert _marks('{"a":"é"}\n'.encode())[1].plain.tolist() == [True]


def test_lines_of_two_shapes_are_told_apart() -> None:
    """Where they have the same number of quotation marks, too; nobody need want them."""
    both = [line for pair in zip(_lines("a"), _lines("b"), strict=True) for line in pair]

    assert sorted(_rows(both)) == [("a", [*range(0, 200, 2)]), ("b", [*range(1, 200, 2)])]


def test_what_is_not_alike_is_of_no_shape() -> None:
    """One octet between the values is enough."""
    lines = _lines("a")
    lines[7] = lines[7].replace('":', '" :', 1)

    assert [row for _, rows in _rows(lines) for row in rows] == [row for row in range(100) if row != 7]


@pytest.mark.parametrize("value", ["x", "-", "01", "1.", "tru", "1e5", ""])
def test_a_number_that_nobody_wants_is_looked_at(value: str) -> None:
    """The line may be no JSON."""
    lines = [line.replace("}", f',"m":{place}}}') for place, line in enumerate(_lines("a"))]
    lines[7] = f'{{"type":"a","n":7,"m":{value}}}\n'

    assert 7 not in {row for _, rows in _rows(lines) for row in rows}


def test_few_lines_are_of_no_shape() -> None:
    """They are read sooner one by one."""
    assert _rows(_lines("a", 9)) == []


def test_a_shape_is_learnt_once() -> None:
    """And known in the next piece of data."""
    shapes = _shapes()
    _rows(_lines("a", rest=',"if":"eth0"'), shapes)
    learnt = shapes.count
    _rows(_lines("a", rest=',"if":"eth0"'), shapes)

    assert (learnt, shapes.count) == (1, 1)


def test_a_pattern_that_is_like_no_line_is_forgotten() -> None:
    """With a number that is not plain, it is not even like its own; it would be in the way of others."""
    shapes = _shapes()
    lines = [line.replace("}", f',"m":-{place}}}') for place, line in enumerate(_lines("a"))]

    assert (_rows(lines, shapes), shapes.count) == ([], 0)
