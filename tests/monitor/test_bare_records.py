"""Events that count nothing, in the columns of a record."""

from __future__ import annotations

import polars as pl

from monitor import schema
from monitor.bare_records import bare_records
from tests.judging import NOON
from tests.telling import act, admins


def test_an_act_ends_when_it_was_done() -> None:
    """That is the instant whose law applies; it has no start."""
    frame = bare_records(admins(act()).frame, pl.col("actor"))

    assert frame.select("start_time", "end_time", "name").row(0) == (None, NOON, "alice")


def test_what_is_not_counted_has_the_types_of_a_record() -> None:
    """Null in the type of the schema, so that sums need no other way."""
    frame = bare_records(admins(act()).frame, pl.lit(None, pl.String))
    types = {column.name: column.dtype for column in schema.FLOW}
    counts = ("octets", "packets", "reverse_octets", "reverse_packets", "sampling_interval", "protocol", "src_port")

    assert {name: frame.schema[name] for name in counts} == {name: types[name] for name in counts}
    assert frame.select(counts).row(0) == (None,) * len(counts)
