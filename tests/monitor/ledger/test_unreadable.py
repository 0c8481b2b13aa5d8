"""An input that cannot be read is in the ledger once, and no longer than until it is read."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pytest

from monitor.ledger.read import coverage_of, outcomes_of
from monitor.ledger.unreadable import Looks, add_unreadable, is_any_unreadable, remove_unreadable
from tests.judging import NOON
from tests.monitor.ledger.keepers import FROM, TODAY, UNTIL

if TYPE_CHECKING:
    from monitor.ledger.store import Ledger

_BOMB: Final = Looks("/logs/a.gz", b"\x1f\x8b" + b"x" * 500, "1:7", int(NOON.timestamp()))
_CLOSED: Final = Looks("/logs/b.log", b"", "1:8", int(NOON.timestamp()) + 3_600)


def add(ledger: Ledger, *looks: Looks, reason: str = "bomb") -> list[bool]:
    """Keep them, each in a transaction; whether each was new."""
    added = []
    for each in looks:
        with ledger.writing() as connection:
            added.append(add_unreadable(connection, "core", reason, each, TODAY))
    return added


@pytest.mark.parametrize(
    ("again", "expected"),
    [
        (_BOMB, False),
        (replace(_BOMB, path="/elsewhere/a.gz", hint="2:9"), False),
        (replace(_BOMB, first=_BOMB.first + b"more"), False),
        (replace(_BOMB, first=b"another"), True),
        (_CLOSED, True),
        (replace(_CLOSED, first=_BOMB.first), False),
    ],
    ids=["seen again", "renamed", "grown", "another content", "without content", "by its content"],
)
def test_it_is_known_by_its_first_octets(ledger: Ledger, again: Looks, *, expected: bool) -> None:
    """Wherever it lies, and however it has grown."""
    assert add(ledger, _BOMB, again) == [True, expected]


def test_one_that_gives_no_octet_is_known_by_where_it_lies(ledger: Ledger) -> None:
    """And by what it looks like there."""
    other = replace(_CLOSED, hint="1:9")

    assert add(ledger, _CLOSED, _CLOSED, other) == [True, False, True]


def test_a_few_octets_that_many_begin_with_stand_for_no_other_file(ledger: Ledger) -> None:
    """An upload that broke off within the header of gzip is not read because another file is."""
    header = gzip.compress(b"", mtime=0)[:10]
    whole = Looks("/logs/b.gz", gzip.compress(b"2 123456789012 eni-0a 10.0.0.1 OK\n", mtime=0), "1:8", _BOMB.written)
    add(ledger, replace(_BOMB, first=header), reason="cut_off")
    with ledger.writing() as connection:
        remove_unreadable(connection, whole)
        left = is_any_unreadable(connection)
        remove_unreadable(connection, replace(whole, path=_BOMB.path))

        assert (left, is_any_unreadable(connection)) == (True, False)


def test_it_is_a_row_of_coverage_in_the_hour_of_its_last_word(ledger: Ledger) -> None:
    """By source, counted."""
    add(ledger, _BOMB, replace(_BOMB, first=b"another"), _CLOSED)
    with ledger.reading() as connection:
        found = coverage_of(connection, NOON, NOON + timedelta(hours=2)).sort("hour")

    assert found.select("hour", "source", "state", "statements", "records").rows() == [
        (NOON, "core", "unreadable", 2, 0),
        (NOON + timedelta(hours=1), "core", "unreadable", 1, 0),
    ]


def test_its_reason_is_an_outcome(ledger: Ledger) -> None:
    """Of the months whose time it touches."""
    add(ledger, _BOMB)
    with ledger.reading() as connection:
        found = [outcomes_of(connection, *span) for span in ((NOON, UNTIL), (FROM, NOON))]

    assert [each.select("source", "outcome", "reason").rows() for each in found] == [
        [("core", "unreadable", "bomb")],
        [],
    ]


def test_one_that_was_read_is_forgotten(ledger: Ledger) -> None:
    """The others stay."""
    add(ledger, _BOMB, _CLOSED)
    left = []
    for each in (_BOMB, _CLOSED):
        with ledger.writing() as connection:
            remove_unreadable(connection, each)
            left.append(is_any_unreadable(connection))

    assert left == [True, False]
