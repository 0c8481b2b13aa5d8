"""One line alone is read, or is said to be none with the reason and the member."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from collectors.json_lines.careful import NO_TYPE, NOT_JSON, WRONG_TYPE, Unfit, read_line, time_of
from collectors.json_lines.wanted import As, Field, Items, Wanted

_BY = ("event", "type")
_WANTED = {"flow": Wanted((Field("id", ("in", "id"), As.WHOLE),))}
_LONE = {"": Wanted((), (Items("tags", ("tags",), (Field("tag", (), As.WHOLE),), lone=True),))}


def _why(line: bytes) -> tuple[str, str]:
    with pytest.raises(Unfit) as found:
        read_line(line, _BY, _WANTED)
    return found.value.reason, found.value.what


def test_a_line_is_of_the_kind_that_its_inner_member_says() -> None:
    """Its values are those that this kind wants."""
    word, row = read_line(b'{"in":{"id":7},"event":{"type":"flow"}}', _BY, _WANTED)

    assert (word, row and row.values) == ("flow", {"id": 7})


def test_nothing_is_read_of_a_kind_that_nobody_wants() -> None:
    """Whatever stands where another kind has its values."""
    assert read_line(b'{"in":"x","event":{"type":"alert"}}', _BY, _WANTED) == ("alert", None)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b'{"in":{"id":7}}', (NO_TYPE, "event.type is not there")),
        (b'{"event":{"type":null}}', (NO_TYPE, "event.type is not there")),
        (b'{"event":{"type":5}}', (WRONG_TYPE, "event.type `5` is not text")),
        (b'{"event":5}', (WRONG_TYPE, "event `5` is not an object")),
        (b'{"event":{"type":"flow"},"in":[]}', (WRONG_TYPE, "in `[]` is not an object")),
        (b'{"event":"\xed\xa0\x80"}', (NOT_JSON, "octet 11 of the line is not UTF-8")),
    ],
)
def test_the_sentence_names_the_member(line: bytes, expected: tuple[str, str]) -> None:
    """By its path from the outermost object inwards."""
    assert _why(line) == expected


def test_a_sentence_shows_only_the_beginning_of_a_long_value() -> None:
    """A line may have megabytes."""
    _, what = _why(b'{"event":{"type":"flow"},"in":{"id":"' + b"x" * 10_000 + b'"}}')

    assert len(what) < 100


@pytest.mark.parametrize("sign", ["\u202e", "\x9b"])
def test_a_sentence_has_no_sign_that_a_terminal_acts_on(sign: str) -> None:
    """It is escaped."""
    _, what = _why(f'{{"event":{{"type":"flow"}},"in":{{"id":"{sign}"}}}}'.encode())

    assert what.isprintable()


@pytest.mark.parametrize(
    ("tags", "expected"), [("5", [5]), ("[5,6]", [5, 6]), ("[]", []), ("null", []), ("[null]", [None])]
)
def test_a_lone_value_is_an_array_of_one(tags: str, expected: list[int | None]) -> None:
    """Null is none, but for one that stands in the array."""
    _, row = read_line(f'{{"tags":{tags}}}'.encode(), (), _LONE)

    assert row is not None
    assert [item["tag"] for item in row.items["tags"]] == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-10-05T07:00:00.123456789Z", datetime(2026, 10, 5, 7, 0, 0, 123456, UTC)),
        ("2026-10-05 07:00:00,5+0200", datetime(2026, 10, 5, 5, 0, 0, 500000, UTC)),
        ("2026-10-05T07:00:00-09:30", datetime(2026, 10, 5, 16, 30, tzinfo=UTC)),
        ("1791183600.25", datetime(2026, 10, 5, 7, 0, 0, 250000, UTC)),
        (-1, datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)),
        (-62_135_596_800, datetime(1, 1, 1, tzinfo=UTC)),
        (-62_135_596_801, None),
        (253_402_300_800, None),
        ("2026-10-05T07:00:00", None),
        ("2026-10-05T07:00:60Z", None),
        ("2026-02-29T07:00:00Z", None),
        ("0001-01-01T00:00:00+01:00", None),
        ("\uff12026-10-05T07:00:00Z", None),
        ("inf", None),
        ("", None),
    ],
)
def test_a_time_has_its_offset_or_counts_from_1970(value: str | float, expected: datetime | None) -> None:
    """Nanoseconds are cut; what no calendar has is no time."""
    assert time_of(value) == expected
