"""The values that pass between sources and the rest."""

from __future__ import annotations

from collections import Counter

import polars as pl

from collectors.contract import SAMPLED_BAD_RECORDS, BadRecord, Batch, Flows, Piece, joined
from monitor.address import parse_addresses


def test_what_follows_keeps_its_place() -> None:
    """Line number and offset of the rest count what was taken off."""
    lines = Piece(b"a\nbc\nd\n", first_line=5, offset=100)

    assert lines.after(5, 2) == Piece(b"d\n", first_line=7, offset=105)


def test_a_range_ends_where_its_octets_end() -> None:
    """The line that follows has the next number."""
    lines = Piece(b"a\nbc\nd\n", first_line=5, offset=100)

    assert (lines.end, lines.next_line) == (107, 8)


def test_a_last_line_without_its_end_is_a_line() -> None:
    """What is appended to it later would be the line after it."""
    lines = Piece(b"a\nbc", first_line=5, offset=100, ended=False)

    assert (lines.end, lines.next_line) == (104, 7)


def test_a_line_without_its_text_has_its_length() -> None:
    """With its end or without."""
    whole, cut = (Piece(b"", 5, 100, oversized=70, last=b"x", ended=ended) for ended in (True, False))

    assert [(each.end, each.next_line) for each in (whole, cut)] == [(170, 6)] * 2


def test_an_empty_range_ends_where_it_begins() -> None:
    """No line was read."""
    lines = Piece(b"", first_line=5, offset=100)

    assert (lines.end, lines.next_line) == (100, 5)


def test_what_follows_ends_where_the_whole_ends() -> None:
    """However much was taken off."""
    lines = Piece(b"a\nbc\nd\n", first_line=5, offset=100)
    rest = lines.after(5, 2)

    assert (rest.end, rest.next_line) == (lines.end, lines.next_line)


def test_nothing_joined_is_an_empty_batch() -> None:
    """A piece of headers alone gives no records."""
    assert joined([]) == Batch()


def test_joined_parts_keep_their_order() -> None:
    """Flows and coverage come in the order of the parts."""
    first, second = (Flows(pl.DataFrame({"line": [line]}), parse_addresses(pl.Series(["::1"]))) for line in (1, 2))
    coverage = pl.DataFrame({"line": [3]})

    batch = joined([Batch(flows=(first,)), Batch(flows=(second,), coverage=(coverage,))])

    assert [flows.frame["line"].item() for flows in batch.flows] == [1, 2]
    assert [frame["line"].item() for frame in batch.coverage] == [3]


def test_joined_counts_add_up() -> None:
    """Records and reasons are sums."""
    one = Batch(records=3, bad_by_reason=Counter(empty_field=1))
    two = Batch(records=4, bad_by_reason=Counter(empty_field=2, not_a_number=1))

    batch = joined([one, two])

    assert (batch.records, batch.bad_by_reason) == (7, Counter(empty_field=3, not_a_number=1))


def test_joined_parts_keep_the_first_sample_only() -> None:
    """However many parts a piece has, it shows no more broken records than one part would."""
    parts = [Batch(bad=(BadRecord(line, "empty_field", "x is empty"),) * 60) for line in (1, 2)]

    batch = joined(parts)

    assert [bad.line for bad in batch.bad] == [1] * 60 + [2] * (SAMPLED_BAD_RECORDS - 60)
