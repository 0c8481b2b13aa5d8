"""The typed decoder takes what fits and leaves the rest to be read with care."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from collectors.json_lines.typed import BY, typed
from collectors.json_lines.wanted import As, Field, Items, Wanted

_WANTED = Wanted(
    (
        Field("id", ("in", "id"), As.WHOLE),
        Field("deep", ("in", "side", "deep"), As.TEXT),
        Field("scalar", ("scalar",), As.SCALAR),
    ),
    (
        Items("names", ("in", "names"), (Field("name", (), As.TEXT),)),
        Items("answers", ("answers",), (Field("ttl", ("ttl",), As.WHOLE), Field("data", ("rr", "data"), As.TEXT))),
    ),
)
_TYPED = typed(("type",), _WANTED)


def _columns(*lines: bytes) -> dict[str, list[Any]]:
    return _TYPED.columns([_TYPED.decode(line) for line in lines])


def test_members_of_inner_objects_are_columns() -> None:
    """One value for each line; null where the object around it is not there or null."""
    columns = _columns(b'{"in":{"id":1,"side":{"deep":"x"}}}', b'{"in":{"id":2,"side":null}}', b"{}")

    assert (columns["id"], columns["deep"]) == ([1, 2, None], ["x", None, None])


def test_the_word_of_a_line_stands_beside_its_columns() -> None:
    """It may be another one than the line was decoded for."""
    assert _columns(b'{"type":"a"}', b"{}")[BY] == ["a", None]


def test_a_decoded_line_tells_its_word() -> None:
    """From an inner object too."""
    inner = typed(("event", "kind"), Wanted(()))

    assert inner.by(inner.decode(b'{"event":{"kind":"dns"}}')) == "dns"


def test_a_scalar_is_spelled_as_the_line_does() -> None:
    """But for a text, whose escapes are read; an object is left as it is, for others to refuse."""
    lines = [b'{"scalar":%b}' % each for each in (b'"\\u0041"', b" 1.50 ", b"true", b"null", b"{}")]

    assert _columns(*lines)["scalar"] == ["A", "1.50", "true", None, b"{}"]


def test_items_follow_each_other_with_their_number_in_each_line() -> None:
    """An array that is not there has none; null is an item."""
    lines = (b'{"answers":[{"ttl":1,"rr":{"data":"x"}},null]}', b"{}", b'{"answers":[{"ttl":3}]}')
    items = _TYPED.items([_TYPED.decode(line) for line in lines])

    assert items["answers"] == ([2, 0, 1], {"ttl": [1, None, 3], "data": ["x", None, None]})


def test_items_may_be_the_values_themselves() -> None:
    """A field with an empty path."""
    items = _TYPED.items([_TYPED.decode(b'{"in":{"names":["x","y"]}}')])

    assert items["names"] == ([2], {"name": ["x", "y"]})


@pytest.mark.parametrize(
    "line",
    [b'{"in":{"id":9223372036854775808}}', b'{"in":{"id":"1"}}', b'{"in":{"id":true}}', b'{"in":5}', b"[]", b'{"in":'],
)
def test_what_does_not_fit_is_refused(line: bytes) -> None:
    """A number in a string as well, which is right: `careful` reads it."""
    with pytest.raises(msgspec.MsgspecError):
        _TYPED.decode(line)
