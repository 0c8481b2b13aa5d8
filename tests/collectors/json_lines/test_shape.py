"""A line that serves as a pattern tells where the values of lines like it are, and what must stand between them."""

from __future__ import annotations

import pytest

from collectors.json_lines.shape import STRETCH, Shape, Span, agreed, shape_of
from collectors.json_lines.wanted import As, Field, Items, Wanted

_WANTED = Wanted(
    (Field("name", ("in", "name"), As.TEXT), Field("count", ("in", "count"), As.WHOLE)),
    (Items("answers", ("answers",), (Field("data", ("data",), As.TEXT), Field("ttl", ("ttl",), As.WHOLE)), lone=True),),
)
_LINE = b'{"type":"dns","in":{"name":"abc","count":42},"answers":[{"data":"x"},{"data":"y","ttl":7}],"n":1.5,"f":true}'


def _shape(line: bytes = _LINE, constant: frozenset[tuple[str | int, ...]] = frozenset()) -> Shape:
    shape = shape_of(line, "dns", ("type",), _WANTED, constant)
    assert shape is not None
    return shape


def _marks(line: bytes) -> list[int]:
    """Places of the quotation marks, with the newline after the line last and the one before it at -1."""
    return [*(place for place, octet in enumerate(line) if octet == ord('"')), len(line), -1]


def _at(line: bytes, span: Span | None) -> bytes | None:
    if span is None:
        return None
    marks = _marks(line)
    return line[marks[span.begin_mark] + span.begin : marks[span.end_mark] + span.end]


def test_values_of_a_line_like_it_are_found_by_its_shape() -> None:
    """They have other lengths there."""
    other = _LINE.replace(b"abc", b"a longer name").replace(b"42", b"9").replace(b'"x"', b'""')
    shape = _shape()

    assert [_at(other, span) for span in shape.fields] == [b"a longer name", b"9"]
    assert [[_at(other, span) for span in item] for item in shape.items[0]] == [[b"", None], [b"y", b"7"]]


def test_numbers_and_flags_that_nobody_wants_are_known_too() -> None:
    """A line with something else in their place is no JSON."""
    shape = _shape()

    assert ([_at(_LINE, each) for each in shape.numbers], [_at(_LINE, each) for each in shape.literals]) == (
        [b"1.5"],
        [b"true"],
    )


def _checked(line: bytes, shape: Shape) -> bytes:
    """The line, with a dot for each octet that no check looks at."""
    marks = _marks(line)
    seen = {}
    for check in shape.checks:
        for at in range(STRETCH):
            if check.mask[at]:
                seen[marks[check.mark] + check.offset + at] = check.octets[at]
    return bytes(seen.get(place, ord(".")) for place in range(len(line)))


def test_every_octet_between_the_values_is_checked() -> None:
    """And the word that says the kind of the line; no octet of a value is."""
    assert _checked(_LINE, _shape()) == (
        b'{"type":"dns","in":{"name":"...","count":..},"answers":[{"data":"."},{"data":".","ttl":.}],"n":...,"f":....}'
    )


def test_constants_are_checked_as_they_stand() -> None:
    """They are no values any more."""
    shape = _shape(constant=frozenset({("in", "name"), ("f",)}))

    assert b'"abc"' in _checked(_LINE, shape)
    assert (shape.same, shape.literals) == ((True, False), ())


def test_what_stands_between_values_may_be_longer_than_one_stretch() -> None:
    """It is checked in several."""
    line = _LINE.replace(b'"in"', b'"' + b"k" * 3 * STRETCH + b'":null,"in"')

    assert _checked(line, _shape(line)).count(b"k") == 3 * STRETCH


@pytest.mark.parametrize(
    "line",
    [
        b'{"type":"dns","in":{"name":"a\\n"}}',
        b'{"type":"dns","in":{"name":"a","name":"b"}}',
        '{"type":"dns","in":{"name":"é"}}'.encode(),
        b'{"type":"dns","n":[1,2]}',
        b'{"type":"dns","in":{"count":"42"}}',
        b'{"type":"dns","in":{"name":5}}',
        b'{"type":"dns","answers":[{"ttl":1},{"ttl":"1"}]}',
        b'{"type":"dns","answers":{"ttl":1}}',
        b'{"type":"dns","answers":{}}',
        b'{"type":"dns","answers":"x"}',
    ],
)
def test_some_lines_are_no_patterns(line: bytes) -> None:
    """Escapes, a key twice, bare values side by side, a value that is read in another way, an item alone."""
    assert shape_of(line, "dns", ("type",), _WANTED) is None


def test_the_pattern_is_like_most_of_the_lines() -> None:
    """A structure that is rare is not."""
    lines = [b'{"b":1}', *(b'{"a":%d}' % each for each in range(5))]
    found = agreed(lines, ())

    assert found is not None
    assert found[0] in lines[1:]


def test_what_nearly_all_lines_have_is_constant() -> None:
    """The word that says their kind is no value at all."""
    lines = [b'{"type":"flow","if":"eth0","n":%d}' % each for each in range(40)]
    odd = b'{"type":"flow","if":"eth1","n":40}'

    assert agreed([*lines, odd], ("type",)) == (lines[0], frozenset({("if",)}))


def test_what_some_lines_have_otherwise_is_a_value() -> None:
    """They would be of another shape."""
    lines = [b'{"if":"eth%d"}' % (each % 4 == 0) for each in range(40)]

    assert agreed(lines, ()) == (lines[0], frozenset())


def test_lines_with_escapes_agree_on_nothing() -> None:
    """None of them may be a pattern."""
    assert agreed([b'{"a":"\\n"}'] * 9, ()) is None
