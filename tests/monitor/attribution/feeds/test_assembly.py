"""Rows of a feed become statements; what cannot be read refuses the file or is counted."""

from __future__ import annotations

import polars as pl
import pytest

from monitor.attribution.feeds.assembly import RAW, placed, statements
from monitor.attribution.feeds.contract import LARGEST_FEED_OCTETS, SCOPE, STATED, Note
from monitor.problem import ProblemsFound
from tests.monitor.attribution.feeds.feed_files import feed, problem


def raw(*regions: str | None, text: str = "192.0.2.0/24") -> pl.DataFrame:
    """Rows as a reader hands them over."""
    return pl.DataFrame(
        {"text": text, "operator": "aws", "region": list(regions)}, schema_overrides={"region": pl.String}
    ).select(
        "text",
        "operator",
        service=pl.lit(None, pl.String),
        region="region",
        country=pl.lit(None, pl.String),
        scope=pl.lit("whose", SCOPE),
    )


def test_a_region_gives_its_country() -> None:
    """By the table, whatever its capitals."""
    rows, _ = placed(raw("EU-West-3"), feed(), "aws")

    assert rows.select("country", "scope").rows() == [("FR", "regional")]


def test_a_region_of_another_provider_is_unknown() -> None:
    """`eu-west-2` is London at one and Paris at another."""
    rows, _ = placed(raw("eu-west-2"), feed(), "outscale")

    assert rows["country"].to_list() == ["FR"]


def test_a_region_that_the_table_lacks_is_not_guessed() -> None:
    """It says whose, and is noted with its rows."""
    rows, notes = placed(raw("eu-west-9", "eu-west-9"), feed(), "aws")

    assert (rows.select("country", "scope").unique().rows(), notes) == (
        [(None, "whose")],
        [Note("unknown_region", "eu-west-9", 2)],
    )


def test_a_region_that_the_table_does_not_place_is_noted() -> None:
    """So that a build tells how many networks that leaves open."""
    _, notes = placed(raw("me-west-1"), feed(), "aws")

    assert notes == [Note("unplaced_region", "me-west-1", 1)]


def test_a_row_without_region_keeps_its_scope() -> None:
    """The reader decided it."""
    rows, notes = placed(raw(None).with_columns(scope=pl.lit("global", SCOPE)), feed(), "aws")

    assert (rows["scope"].to_list(), notes) == (["global"], [])


def test_a_partition_has_its_own_operator() -> None:
    """By the operator table, where that has one."""
    rows, _ = placed(raw("eusc-de-east-1"), feed(), "aws")

    assert rows["operator"].to_list() == ["aws_eusc"]


def test_a_partition_whose_operator_is_in_no_table_names_none() -> None:
    """AWS in China is not run by AWS."""
    rows, _ = placed(raw("cn-north-1"), feed(), "aws")

    assert rows["operator"].to_list() == [None]


def test_the_columns_are_those_of_the_contract() -> None:
    """Names and types."""
    assert statements(raw(None), feed()).frame.schema == STATED


def test_a_file_without_a_prefix_is_refused() -> None:
    """Nobody publishes an empty list."""
    with pytest.raises(ProblemsFound, match="there is no prefix in it"):
        statements(pl.DataFrame(schema=RAW), feed())


def test_an_unreadable_row_refuses_a_machines_file() -> None:
    """With its place."""
    with pytest.raises(ProblemsFound, match=r'feed prefixes\[0\]: "192.0.2.1/24" is no prefix: it has bits set beyond'):
        statements(raw(None, text="192.0.2.1/24"), feed(), key_of=lambda row: f"prefixes[{row}]")


def test_an_unreadable_line_is_skipped_and_counted() -> None:
    """In a list that people keep."""
    good = raw(*[None] * 10)
    rows = pl.concat([good, raw(None, text="x")])

    assert statements(rows, feed(), lines=pl.Series(range(1, 12))).notes == (Note("unreadable", "line 11", 1),)


def test_too_many_unreadable_lines_refuse_the_list() -> None:
    """It is another kind of file then."""
    rows = pl.concat([raw(None), raw(None, text="x")])

    with pytest.raises(ProblemsFound, match=r'feed:2: "x" is no prefix'):
        statements(rows, feed(), lines=pl.Series([1, 2]))


@pytest.mark.parametrize("word", ["aws", "geofeed", "prefix_list"])
def test_a_file_that_is_too_large_is_refused(word: str) -> None:
    """Before it is read."""
    assert "it is larger than 32 MiB" in problem(word, b" " * (LARGEST_FEED_OCTETS + 1))
