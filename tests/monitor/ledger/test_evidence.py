"""What stays of who spoke with whom: all while an hour is open, the largest when it is closed."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl
import pytest
from sqlalchemy import select

from monitor import kept
from monitor.folding import folded_evidence
from monitor.ledger import evidence as module
from monitor.ledger.evidence import LARGEST_ROWS, add_evidence, close_hour, evidence_of, packed, unpacked
from monitor.ledger.tables import EVIDENCE
from tests.monitor.ledger.evidence_rows import BEGIN, HOUR, frame, row, totals

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.ledger.store import Ledger

_DAY = 86_400


def add(ledger: Ledger, *batches: pl.DataFrame, today: int = 0) -> None:
    """Add each batch in a transaction of its own."""
    for batch in batches:
        with ledger.writing() as connection:
            add_evidence(connection, batch, _DAY, today)


def close(ledger: Ledger, hour: int = BEGIN) -> None:
    """Close an hour."""
    with ledger.writing() as connection:
        close_hour(connection, hour)


def said(ledger: Ledger, keys: Iterable[int] | None = None) -> pl.DataFrame:
    """All evidence, or that of some keys."""
    with ledger.reading() as connection:
        wanted = None if keys is None else pl.Series(list(keys), dtype=pl.Int64)
        return evidence_of(connection, 0, BEGIN + 99 * _DAY, wanted)


def parts(ledger: Ledger) -> list[tuple[int, bool, int]]:
    """Number, closed and rows of each part."""
    with ledger.reading() as connection:
        found = connection.execute(select(EVIDENCE.c.part, EVIDENCE.c.closed, EVIDENCE.c.rows).order_by("part"))
        return [(each.part, each.closed, each.rows) for each in found]


def many(count: int, key: int = 1, seed: int = 1) -> list[dict[str, object]]:
    """Conversations of many sizes with many far ends."""
    chance = random.Random(seed)
    return [row(number, chance.randint(1, 1_000_000), key=key) for number in range(count)]


# While the hour is open


def test_an_open_hour_holds_every_row(ledger: Ledger) -> None:
    """Rows of one conversation in several batches add up."""
    rows = many(300)
    add(ledger, frame(rows[:200]), frame(rows[150:]))
    expected = folded_evidence([frame(rows[:200]), frame(rows[150:])])

    assert said(ledger).sort("remote_address").equals(expected.sort("remote_address"))


def test_batches_of_one_row_fill_few_parts(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """A part is filled before the next one begins."""
    monkeypatch.setattr(module, "_PART_ROWS", 10)
    rows = many(47)
    add(ledger, *(frame([each]) for each in rows))

    assert parts(ledger) == [(0, False, 10), (1, False, 10), (2, False, 10), (3, False, 10), (4, False, 7)]
    assert totals(said(ledger)) == totals(frame(rows))


def test_the_same_conversation_again_and_again_is_one_row(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many batches name it."""
    monkeypatch.setattr(module, "_PART_ROWS", 10)
    add(ledger, *(frame([row(1, 5)]) for _ in range(30)))

    assert (parts(ledger), said(ledger)["octets_out"].to_list()) == ([(0, False, 1)], [150])


def test_rows_of_some_keys_are_those_alone(ledger: Ledger) -> None:
    """A report asks for a few of them."""
    add(ledger, frame(many(5, key=1) + many(6, key=2) + many(7, key=3)))
    assert (said(ledger, [1, 3]).height, said(ledger, []).height) == (12, 0)


def test_unknown_ends_are_kept(ledger: Ledger) -> None:
    """A record may tell no address, protocol or name."""
    unknown = row(1, 5) | dict.fromkeys(("remote_address", "local_address", "protocol"))
    add(ledger, frame([unknown]), frame([unknown]))
    close(ledger)

    assert said(ledger).select("remote_address", "protocol", "records", "folded").rows() == [(None, None, 2, 0)]


# When it is closed


@pytest.mark.parametrize("count", [1, LARGEST_ROWS, LARGEST_ROWS + 1, 1_000])
def test_a_closed_hour_holds_the_largest_rows_and_one_remainder(ledger: Ledger, count: int) -> None:
    """Of each key, by octets both ways; the remainder says how many it stands for."""
    rows = frame(many(count))
    add(ledger, rows)
    close(ledger)
    after = said(ledger)
    largest = rows.with_columns(both=pl.col("octets_out") + pl.col("octets_in")).sort("both", descending=True)

    named = after.filter(pl.col("folded") == 0)
    assert set(named["remote_address"]) == set(largest["remote_address"].head(LARGEST_ROWS))
    assert after.filter(pl.col("folded") > 0)["folded"].to_list() == [count - 100] * (count > LARGEST_ROWS)
    assert totals(after) == totals(rows)


def test_a_remainder_names_nobody(ledger: Ledger) -> None:
    """Neither end, protocol nor name."""
    add(ledger, frame(many(101)))
    close(ledger)
    remainder = said(ledger).filter(pl.col("folded") > 0)

    assert remainder.select("remote_address", "local_address", "protocol", "name").rows() == [(None,) * 4]


def test_sums_of_every_key_are_kept_to_the_octet(ledger: Ledger) -> None:
    """Keys with few rows and with many, side by side."""
    rows = frame([each for key, count in enumerate((1, 99, 100, 101, 700)) for each in many(count, key, key)])
    add(ledger, rows[::2], rows[1::2])
    close(ledger)

    assert totals(said(ledger)) == totals(rows)


@pytest.mark.parametrize("seed", range(4))
def test_ties_are_resolved_the_same_way_in_every_order(ledger: Ledger, seed: int) -> None:
    """Of far ends with equal octets, those with the smallest addresses stay."""
    rows = [row(number, 500) for number in range(250)] + [row(300, 900), row(301, 100)]
    random.Random(seed).shuffle(rows)
    add(ledger, frame(rows[:77]), frame(rows[77:]))
    close(ledger)
    named = said(ledger).filter(pl.col("folded") == 0)["remote_address"].to_list()
    equal = sorted(f"198.18.0.{number}" for number in range(250))

    assert sorted(named) == sorted([*equal[:99], "198.18.1.50"])


def test_sizes_are_compared_beyond_what_floating_point_tells_apart(ledger: Ledger) -> None:
    """Two sums above 2**53 that differ by one, and two that do not fit 64 bits."""
    sizes = [2**60 + number for number in range(150)] + [kept.MOST, kept.MOST - 1]
    rows = [row(number, size) | {"octets_in": 0} for number, size in enumerate(sizes)]
    add(ledger, frame(rows[::-1]))
    close(ledger)
    stays = said(ledger).filter(pl.col("folded") == 0)["octets_out"]

    assert sorted(stays) == sorted(sizes)[-100:]


def test_closing_again_after_late_rows_keeps_the_totals(ledger: Ledger) -> None:
    """They come into a part of their own; an old remainder and a new one become one."""
    early, late = many(500), many(600, seed=2)[300:]
    add(ledger, frame(early))
    close(ledger)
    add(ledger, frame(late))
    open_again = totals(said(ledger))
    close(ledger)
    after = said(ledger)

    assert open_again[0][:-3] == totals(frame(early + late))[0][:-3]
    assert totals(after)[0][2:9] == totals(frame(early + late))[0][2:9]
    assert (after.filter(pl.col("folded") > 0).height, after.height, parts(ledger)) == (1, 101, [(0, True, 101)])


def test_closing_twice_changes_nothing(ledger: Ledger) -> None:
    """Nothing has come in between."""
    add(ledger, frame(many(300)))
    close(ledger)
    before = said(ledger)
    close(ledger)

    assert said(ledger).equals(before)


@pytest.mark.parametrize("at_once", [7, 100, 1_000])
def test_closing_share_by_share_gives_the_same(ledger: Ledger, monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    """So that an hour of many rows fits into memory; old remainders and late rows included."""
    monkeypatch.setattr(module, "_PART_ROWS", 50)
    rows = many(400) + many(90, key=2) + many(200, key=3, seed=3)
    add(ledger, frame(rows[::2]))
    close(ledger)
    add(ledger, frame(rows[1::2]), frame(rows[100:180]))
    with ledger.writing() as connection:
        monkeypatch.setattr(module, "_ROWS_AT_ONCE", at_once)
        close_hour(connection, BEGIN)
        shared = evidence_of(connection, 0, BEGIN + _DAY)
        connection.rollback()
    monkeypatch.undo()
    close(ledger)

    assert shared.equals(said(ledger))


def test_sums_of_a_remainder_stay_at_the_largest_number(ledger: Ledger) -> None:
    """Hostile records may claim anything."""
    add(ledger, frame(row(number, kept.MOST) for number in range(150)))
    close(ledger)

    assert said(ledger).filter(pl.col("folded") > 0)["octets_out"].to_list() == [kept.MOST]


def test_hours_are_closed_one_by_one(ledger: Ledger) -> None:
    """Another hour keeps all of its rows."""
    later = HOUR + timedelta(hours=1)
    add(ledger, frame(many(150)), frame([each | {"hour": later} for each in many(150)]))
    close(ledger)

    assert said(ledger).group_by("hour").len().sort("hour").rows() == [(HOUR, 101), (later, 150)]


# Until when it is kept


@pytest.mark.parametrize(("today", "until"), [(0, BEGIN + _DAY), (BEGIN + 9 * _DAY, BEGIN + 10 * _DAY)])
def test_evidence_is_kept_from_its_hour_or_from_the_day_of_writing(ledger: Ledger, today: int, until: int) -> None:
    """Whichever is later; closing keeps it."""
    add(ledger, frame(many(120)), today=today)
    close(ledger)
    with ledger.reading() as connection:
        assert connection.execute(select(EVIDENCE.c.retain_until)).scalars().all() == [until]


@pytest.mark.parametrize("compressed", [True, False])
def test_rows_come_back_as_they_were_packed(compressed: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """With their types, and without rows too."""
    rows = frame([*many(3), row(9, 1) | {"name": "x.example", "protocol": None}])
    for each in (rows, rows.head(1), rows.clear()):
        back = unpacked(packed(each, BEGIN, compressed=compressed), BEGIN)
        assert (back.equals(each), back.schema) == (True, rows.schema)


def test_numbers_and_times_of_any_size_come_back() -> None:
    """The largest that an input can claim, and a conversation that began years before the hour or ends after it."""
    rows = frame([row(1, 1)])
    for number in (0, 1, 255, 256, 2**16, 2**32 - 1, 2**32, kept.MOST):
        for days in (-9_000, -1, 0, 1):
            each = rows.with_columns(
                octets_out=pl.lit(number, pl.Int64), first_seen=pl.col("first_seen") + timedelta(days=days)
            )
            assert unpacked(packed(each, BEGIN, compressed=False), BEGIN).equals(each)
