"""What is said of a word holds for every row that has it."""

from __future__ import annotations

import polars as pl
import pytest

from collectors.suricata.words import address_book, codes_of, meant, positions


def _words(*texts: str | None) -> pl.Series:
    return pl.Series(texts, dtype=pl.String).cast(pl.Categorical(pl.Categories.random()))


@pytest.mark.parametrize("texts", [["a", "bb", "a"], ["a", None, "bb"], [None, None], []])
def test_every_row_has_the_meaning_of_its_word(texts: list[str | None]) -> None:
    """Null means null."""
    expected = [None if each is None else len(each) for each in texts]

    assert meant(_words(*texts), len, pl.UInt8()).to_list() == expected


def test_a_word_may_mean_nothing() -> None:
    """Then its rows are null."""
    assert meant(_words("a", "b", "a"), {"b": 1}.get, pl.UInt8()).to_list() == [None, 1, None]


def test_each_word_is_looked_at_once() -> None:
    """However many rows have it, and not those that no row has any more."""
    seen: list[str] = []
    meant(_words("gone", "a", "b", "a", None)[1:], seen.append, pl.Null())

    assert sorted(seen) == ["a", "b"]


def test_a_row_without_a_word_has_no_code() -> None:
    """Whatever codes the others have."""
    codes = codes_of(_words("a", None, "b", "a")).tolist()

    assert (codes[1], codes[0] == codes[3], codes[0] == codes[2]) == (-1, True, False)


def test_addresses_of_all_columns_are_in_one_book() -> None:
    """An address has the same position, whichever column it stands in."""
    words = _words("192.0.2.1", "2001:db8::1", "192.0.2.1")
    one, other = words[:2], words[2:]
    book = address_book([one, other])

    assert positions(other, book)[0][0] == positions(one, book)[0][0]
    assert book.text[positions(words, book)[0]].to_list() == words.to_list()


def test_text_that_is_no_address_is_wrong_and_null_is_not() -> None:
    """Neither has a position."""
    words = _words("192.0.2.1", "host.example", None)
    places, wrong = positions(words, address_book([words]))

    assert (places.is_null().to_list(), wrong.tolist()) == ([False, True, True], [False, True, False])


def test_a_batch_without_addresses_has_a_book() -> None:
    """Its rows are nowhere."""
    words = _words(None, None)

    assert positions(words, address_book([words]))[0].to_list() == [None, None]
