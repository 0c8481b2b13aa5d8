"""Lines that gave no event: counted, and some shown."""

from __future__ import annotations

import polars as pl

from collectors.contract import SAMPLED_BAD_RECORDS, BadRecord
from collectors.line_counts import counted, shown


def lines(*rows: tuple[str | None, str | None]) -> pl.DataFrame:
    """Lines with their reason or what they are."""
    schema = {"line": pl.UInt64(), "bad": pl.String(), "passed": pl.String(), "text": pl.String()}
    return pl.DataFrame([(number, *row, "x") for number, row in enumerate(rows, start=1)], schema=schema, orient="row")


def test_each_line_is_counted_as_one_thing() -> None:
    """Bad before passed over; neither: it gave an event."""
    batch = counted(lines(("a", None), (None, "b"), ("a", "b"), (None, None)), lambda reason, text: f"{reason} {text}")

    assert (batch.records, dict(batch.bad_by_reason), dict(batch.passed_over)) == (4, {"a": 2}, {"b": 1})
    assert batch.bad == (BadRecord(1, "a", "a x"), BadRecord(3, "a", "a x"))


def test_not_all_bad_lines_are_shown() -> None:
    """All are counted."""
    batch = counted(lines(*[("a", None)] * (SAMPLED_BAD_RECORDS + 5)), lambda reason, _: reason)

    assert (len(batch.bad), batch.bad_by_reason["a"]) == (SAMPLED_BAD_RECORDS, SAMPLED_BAD_RECORDS + 5)


def test_what_a_terminal_would_act_on_is_escaped() -> None:
    """And long text shortened."""
    assert (shown("\x1b[2J\u202e"), shown("x" * 61)) == (r"\x1b[2J\u202e", "x" * 60 + "...")
