"""Records of the journal: where they end, what is read of them, and where a piece may cut them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.contract import Piece
from collectors.journal import EXPORT, JSON, RECORD_OCTETS, JournalReader, journal_form

PLAIN = b"__CURSOR=a\n__REALTIME_TIMESTAMP=1795651242000000\nSYSLOG_IDENTIFIER=sshd\nMESSAGE=hello\n\n"
OCTETS = b"__CURSOR=b\nMESSAGE\n" + (7).to_bytes(8, "little") + b"a\n\nb\xffc\n\n" + b"PRIORITY=6\n\n"


def messages(data: bytes) -> list[tuple[object, ...]]:
    """Line, message and what was wrong of each record."""
    frame = JournalReader(EXPORT).read(Piece(data, 1, 0))
    return frame.select("line", "message", "unreadable").rows()


def in_lines(data: bytes) -> list[tuple[object, ...]]:
    """Do the same line by line, each with a reader that knows only the state of the one before."""
    reader, rows, offset = JournalReader(EXPORT), [], 0
    for number, line in enumerate(data.splitlines(keepends=True), start=1):
        rows += reader.read(Piece(line, number, offset)).select("line", "message", "unreadable").rows()
        reader = JournalReader.resumed(json.loads(json.dumps(reader.state())))
        offset += len(line)
    return rows


@pytest.mark.parametrize(
    ("data", "form"), [(b" \n{", JSON), (b"__CURSOR=a\n", EXPORT), (b"Nov 26", None), (b"MESSAGE=a", None)]
)
def test_the_form_is_told_by_the_beginning(data: bytes, form: str | None) -> None:
    """JSON, export, or neither."""
    assert journal_form(data) == form


def test_a_field_of_octets_may_hold_line_ends() -> None:
    """It says how long it is; the message becomes one line."""
    assert messages(PLAIN + OCTETS + PLAIN) == [(1, "hello", None), (6, "a  b\ufffdc ", None), (14, "hello", None)]


def test_a_record_that_is_not_over_waits() -> None:
    """Nothing is told of it yet."""
    assert messages(PLAIN + PLAIN[:-1]) == [(1, "hello", None)]


def test_a_field_that_ends_elsewhere_than_it_says_is_broken() -> None:
    """What follows the next blank line is read."""
    wrong = OCTETS.replace((7).to_bytes(8, "little"), (5).to_bytes(8, "little"))

    rows = messages(wrong + PLAIN)

    assert (rows[0][2] is None, rows[-1][1:]) == (False, ("hello", None))


def test_a_record_longer_than_is_kept_is_broken() -> None:
    """And the next is read."""
    rows = messages(PLAIN[:-1] + b"X=" + b"a" * RECORD_OCTETS + b"\n\n" + PLAIN)

    assert [(line, message) for line, message, _ in rows] == [(1, None), (7, "hello")]


PARTS = st.lists(
    st.sampled_from([PLAIN, OCTETS, b"MESSAGE=x\n", b"\n", b"MESSAGE\n", b"no field\n", b"\x07\0\0\0\0\0\0\0", b"=\n"])
)


@given(PARTS)
def test_where_a_piece_ends_changes_nothing(parts: list[bytes]) -> None:
    """Line by line as all at once."""
    data = b"".join([PLAIN, *parts, b"\n"])

    assert in_lines(data) == messages(data)
