"""Rows of a Parquet flow log are read as the lines that they stand for."""

from __future__ import annotations

from collections import Counter

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.aws_vpc.fields import DOCUMENTED, VERSION_2
from collectors.aws_vpc.forms import AwsVpcFormsDecoder
from collectors.aws_vpc.tables import decode_table
from collectors.contract import Batch, Piece
from tests.collectors.aws_vpc.decoding import decode, events

# As AWS types the columns of its Parquet files.
GOOD = pl.DataFrame(
    {
        "version": pl.Series([2], dtype=pl.Int32),
        "account_id": ["111122223333"],
        "interface_id": ["eni-0a1"],
        "srcaddr": ["10.20.0.5"],
        "dstaddr": ["192.0.2.9"],
        "srcport": pl.Series([50514], dtype=pl.Int32),
        "dstport": pl.Series([443], dtype=pl.Int32),
        "protocol": pl.Series([6], dtype=pl.Int32),
        "packets": pl.Series([12], dtype=pl.Int64),
        "bytes": pl.Series([3480], dtype=pl.Int64),
        "start": pl.Series([1767225600], dtype=pl.Int64),
        "end": pl.Series([1767225660], dtype=pl.Int64),
        "action": ["ACCEPT"],
        "log_status": ["OK"],
    }
)
LINE = b"2 111122223333 eni-0a1 10.20.0.5 192.0.2.9 50514 443 6 12 3480 1767225600 1767225660 ACCEPT OK\n"
TEXTS = "- 0 6 443 65536 1767225600 +6 -6 1e3 10.20.0.5 10.20.0.256 2001:DB8::1 ACCEPT NODATA OK eni-0a1 5\u00e9"
VALUES = st.sampled_from(TEXTS.split())
ANY_VALUE = st.one_of(st.none(), VALUES, st.text(max_size=6), st.sampled_from(["srcaddr", "dst addr", "a\nb", "\r"]))


def batch(table: pl.DataFrame) -> Batch:
    """Decode a table as the first of an input."""
    return AwsVpcFormsDecoder().decode(Piece(b"", 1, 0, table=table))


def test_a_row_is_read_as_its_line() -> None:
    """The same event, attributes and all."""
    assert events(batch(GOOD)) == events(decode(LINE))


def test_names_with_dashes_are_those_with_underscores() -> None:
    """AWS writes either."""
    dashed = GOOD.rename({name: name.replace("_", "-") for name in GOOD.columns})

    assert events(batch(dashed)) == events(decode(LINE))


@pytest.mark.parametrize("unknown", [None, "-", ""])
def test_nothing_is_unknown(unknown: str | None) -> None:
    """In a column nothing can be misread for want of a value."""
    (made,) = events(batch(GOOD.with_columns(pl.lit(unknown, dtype=pl.String).alias("srcaddr"))))

    assert made["src_address"] is None


@given(st.sets(st.sampled_from(sorted(DOCUMENTED)), min_size=2, max_size=5), st.data())
def test_a_table_is_read_as_the_text_of_it(names: set[str], data: st.DataObject) -> None:
    """Of the same values: the same events, and the same reasons for bad rows."""
    fields = sorted(names)
    rows = data.draw(st.lists(st.lists(VALUES, min_size=len(fields), max_size=len(fields)), max_size=6))
    table = pl.DataFrame(
        {name: [row[place] for row in rows] for place, name in enumerate(fields)}, dict.fromkeys(fields, pl.String)
    )
    text = "".join(f"{' '.join(row)}\n" for row in [fields, *rows]).encode()

    by_table, by_text = batch(table), decode(text)

    assert events(by_table) == events(by_text)
    assert [(bad.line + 1, bad.reason, bad.what) for bad in by_table.bad] == [
        (bad.line, bad.reason, bad.what) for bad in by_text.bad
    ]


@given(st.sets(st.sampled_from([*sorted(DOCUMENTED), "zone", ""]), min_size=1, max_size=4), st.data())
def test_any_table_is_records_or_counted(names: set[str], data: st.DataObject) -> None:
    """Whatever stands in it; and it may be cut anywhere."""
    fields = sorted(names)
    rows = data.draw(st.lists(st.lists(ANY_VALUE, min_size=len(fields), max_size=len(fields)), max_size=6))
    table = pl.DataFrame(
        {name: [row[place] for row in rows] for place, name in enumerate(fields)}, dict.fromkeys(fields, pl.String)
    )
    whole = batch(table)
    parts = [decode_table(table[row : row + 1], row + 1) for row in range(table.height)]

    assert whole.records == table.height == len(events(whole)) + whole.bad_by_reason.total()
    assert [each for part in parts for each in events(part)] == events(whole)
    assert [bad for part in parts for bad in part.bad] == list(whole.bad)


def test_a_value_may_hold_what_separates_fields() -> None:
    """A tag may; it stays in its field."""
    table = GOOD.with_columns(pl.lit("two words\nand a line").alias("instance_tag"))
    (made,) = events(batch(table))

    assert made["attributes"] == {"version": "2", "log-status": "OK", "instance-tag": "two words\nand a line"}


def test_a_table_of_another_subject_is_bad_records() -> None:
    """All rows, told with what the columns are."""
    made = batch(pl.DataFrame({"place": ["FR", "DE"]}))

    assert (made.records, made.bad_by_reason) == (2, Counter(unknown_order=2))
    assert made.bad[0].what == "the table has no column of a flow log, only `place`"


def test_rows_are_numbered_from_where_the_piece_stands() -> None:
    """Of flows and bad records alike."""
    table = pl.concat([GOOD, GOOD.with_columns(pl.lit("x").alias("action")), GOOD])
    made = AwsVpcFormsDecoder().decode(Piece(b"", 1001, 1000, table=table))

    assert made.flows[0].frame["line"].to_list() == [1001, 1003]
    assert [bad.line for bad in made.bad] == [1002]


def test_nested_columns_are_left_out() -> None:
    """AWS writes none."""
    made = batch(GOOD.with_columns(pl.Series("tags", [["a"]])))

    assert events(made) == events(decode(LINE))


def test_no_rows_decode_to_nothing() -> None:
    """As no lines do."""
    assert batch(GOOD.clear()) == Batch()


def test_the_columns_of_the_default_format_are_all_there() -> None:
    """The sample of this file is complete."""
    assert [name.replace("_", "-") for name in GOOD.columns] == list(VERSION_2)
