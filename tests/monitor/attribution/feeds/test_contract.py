"""The seam: what every reader takes and gives."""

from __future__ import annotations

import inspect

import pytest

from monitor.attribution.feeds import DATABASES, FORMATS
from monitor.attribution.feeds.contract import RECORDED, STATED, Note


@pytest.mark.parametrize("word", FORMATS)
def test_a_feed_reader_takes_bytes_and_what_is_declared(word: str) -> None:
    """By these names."""
    assert list(inspect.signature(FORMATS[word]).parameters) == ["content", "feed"]


@pytest.mark.parametrize("word", DATABASES)
def test_a_database_reader_takes_bytes_and_a_name(word: str) -> None:
    """By these names."""
    assert list(inspect.signature(DATABASES[word]).parameters) == ["content", "file"]


def test_feeds_and_databases_give_ranges_alike() -> None:
    """So that one arithmetic lays them over each other."""
    names = ["version", "first_high", "first_low", "last_high", "last_low"]

    assert [STATED[name] for name in names] == [RECORDED[name] for name in names]


def test_notes_have_an_order() -> None:
    """A build prints them the same each time."""
    assert min(Note("unreadable", "b", 1), Note("no_country", "", 2)).what == "no_country"
