"""Lines become names, bad records, or are passed over, as their own decoder says."""

from __future__ import annotations

from collections import Counter

import polars as pl

from collectors.contract import Names, Piece, SourceOptions
from collectors.dns_lines import DnsLineDecoder
from monitor.address import parse_addresses


def decoder() -> DnsLineDecoder:
    """Read lines whose text says what becomes of them."""

    def read(lines: pl.DataFrame) -> pl.DataFrame:
        text = pl.coalesce("message", "rest").str.strip_chars()
        said = (pl.when(text == word).then(text).alias(word) for word in ("bad", "passed"))
        return lines.with_columns(text.alias("text"), *said)

    def names(rows: pl.DataFrame) -> Names:
        return Names(rows.select("line"), parse_addresses(pl.Series([], dtype=pl.String)))

    return DnsLineDecoder(SourceOptions(), read, names, lambda reason, text: f"{reason}: {text}")


def test_a_line_is_an_event_or_bad_or_passed_over() -> None:
    """And counted whichever it is."""
    batch = decoder().decode(Piece(b"bad\ngood\npassed\n", 1, 0))

    assert [part.frame["line"].to_list() for part in batch.names] == [[2]]
    assert [(bad.line, bad.what) for bad in batch.bad] == [(1, "bad: bad")]
    assert (batch.records, batch.passed_over) == (3, Counter({"passed": 1}))


def test_lines_without_an_event_give_no_names() -> None:
    """Nor does no line at all."""
    assert [decoder().decode(Piece(data, 1, 0)).names for data in (b"bad\n", b"")] == [(), ()]
