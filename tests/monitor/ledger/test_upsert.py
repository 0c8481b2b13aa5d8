"""Rows add up in SQL as they do everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest
from sqlalchemy import select

from monitor import kept
from monitor.ledger.tables import BASES, COVERAGE, TRANSFERS
from monitor.ledger.upsert import add_rows, insert_new

if TYPE_CHECKING:
    from monitor.ledger.store import Ledger


def transfer(*, hour: int = 3_600, key: int = 7, octets: int = 0, until: int = 0) -> dict[str, int]:
    """One row of the table."""
    zero = dict.fromkeys(kept.MEASURE_NAMES, 0)
    return {"hour": hour, "key": key, **zero, "records": 1, "octets_out": octets, "retain_until": until}


def seen(*, records: int, first: int, last: int, until: int) -> dict[str, object]:
    """One row of coverage."""
    zero = dict.fromkeys(("statements", "octets", "not_ours_records", "not_ours_octets"), 0)
    words = {"hour": 0, "key": 1, "source": "aws_vpc", "observer": None, "state": "ok"}
    return {**words, **zero, "records": records, "first_time": first, "last_time": last, "retain_until": until}


def added(ledger: Ledger, *batches: list[dict[str, int]]) -> list[tuple[int, int, int, int]]:
    """Hour, key, records and octets after the batches."""
    for batch in batches:
        with ledger.writing() as connection:
            add_rows(connection, TRANSFERS, pl.DataFrame(batch))
    with ledger.reading() as connection:
        found = connection.execute(select(TRANSFERS).order_by("hour", "key"))
        return [(row.hour, row.key, row.records, row.octets_out) for row in found]


def test_equal_keys_add_up_and_others_stand_apart(ledger: Ledger) -> None:
    """Within a batch and after it."""
    batches = [[transfer(octets=5), transfer(key=8), transfer(octets=6)], [transfer(octets=7), transfer(hour=7_200)]]
    assert added(ledger, *batches) == [(3_600, 7, 3, 18), (3_600, 8, 1, 0), (7_200, 7, 1, 0)]


@pytest.mark.parametrize("first", [1, 2**62, kept.MOST - 1, kept.MOST])
@pytest.mark.parametrize("second", [1, 2**62, kept.MOST])
def test_a_sum_stays_at_the_largest_number(ledger: Ledger, first: int, second: int) -> None:
    """It never wraps around, and never becomes a floating point number."""
    ((*_, octets),) = added(ledger, [transfer(octets=first)], [transfer(octets=second)])
    assert (octets, type(octets)) == (min(first + second, 2**63 - 1), int)


def test_the_order_of_saturating_additions_does_not_matter(ledger: Ledger) -> None:
    """Rows of hostile records may come in any."""
    parts = [kept.MOST, 3, 2**62]
    found = added(
        ledger,
        *([transfer(key=1, octets=part)] for part in parts),
        *([transfer(key=2, octets=part)] for part in reversed(parts)),
    )
    assert [octets for *_, octets in found] == [kept.MOST, kept.MOST]


def test_the_day_until_which_a_row_is_kept_is_the_latest(ledger: Ledger) -> None:
    """Whichever batch came last."""
    added(ledger, [transfer(until=50)], [transfer(until=90)], [transfer(until=70)])
    with ledger.reading() as connection:
        assert connection.execute(select(TRANSFERS.c.retain_until)).scalar() == 90


def test_first_and_last_times_are_extremes(ledger: Ledger) -> None:
    """And words stay."""
    with ledger.writing() as connection:
        for row in (
            seen(records=2, first=20, last=30, until=5),
            seen(records=3, first=10, last=25, until=4),
            seen(records=4, first=15, last=40, until=3),
        ):
            add_rows(connection, COVERAGE, pl.DataFrame([row]))
        found = connection.execute(select(COVERAGE)).one()

    assert (found.records, found.first_time, found.last_time, found.retain_until) == (9, 10, 40, 5)
    assert (found.source, found.observer, found.state) == ("aws_vpc", None, "ok")


def test_what_is_there_is_not_inserted_again(ledger: Ledger) -> None:
    """The first words stay."""
    parts = dict.fromkeys(kept.BASIS_PARTS, "x")
    with ledger.writing() as connection:
        for law in ("first", "second"):
            insert_new(connection, BASES, pl.DataFrame([{"basis": "b", **parts, "law": law}]))
        assert connection.execute(select(BASES.c.basis, BASES.c.law)).all() == [("b", "first")]


def test_no_rows_are_no_statement(ledger: Ledger) -> None:
    """Frames without rows are usual."""
    assert added(ledger) == []
    with ledger.writing() as connection:
        add_rows(connection, TRANSFERS, pl.DataFrame([transfer()]).clear())
        insert_new(connection, BASES, kept.empty(kept.BASES))
