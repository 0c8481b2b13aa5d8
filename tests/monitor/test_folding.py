"""Sums of parts, folded: what adds up, what is the smallest or the largest, what is the same in all rows."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import polars as pl
import pytest

from monitor import kept
from monitor.folding import (
    folded_coverage,
    folded_evidence,
    folded_networks,
    folded_outcomes,
    folded_probes,
    folded_transfers,
    narrow_transfers,
)
from monitor.kept import MEASURE_NAMES, MOST, TEXTS
from monitor.schema import TIME, departures, frame_schema
from tests.judging import NOON

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.schema import Column

_OUTCOMES: Final = tuple(column for column in kept.OUTCOMES if column.name not in {"input", "first_time", "last_time"})
_LATER: Final = NOON + timedelta(minutes=5)


def _row(columns: Sequence[Column], **values: object) -> pl.DataFrame:
    """A frame of one row: counts are 1, times noon, words their own names."""
    row: dict[str, Any] = {}
    for column in columns:
        if column.dtype == pl.Boolean:
            row[column.name] = True
        elif column.dtype == TIME:
            row[column.name] = NOON
        elif column.dtype.is_integer():
            row[column.name] = 1
        else:
            row[column.name] = [column.name] if column.dtype == TEXTS else column.name
    return pl.DataFrame([row | values], schema=frame_schema(columns))


_TABLES: Final = {
    "transfers": (folded_transfers, kept.TRANSFERS, "octets_out"),
    "probes": (folded_probes, kept.PROBES, "octets_out"),
    "evidence": (folded_evidence, kept.EVIDENCE, "octets_out"),
    "coverage": (folded_coverage, kept.COVERAGE, "octets"),
    "networks": (folded_networks, kept.NETWORKS, "records"),
    "outcomes": (folded_outcomes, _OUTCOMES, "octets"),
}
_tables = pytest.mark.parametrize("table", _TABLES)


@_tables
def test_rows_of_one_key_are_one_row(table: str) -> None:
    """In the columns of the table, whose types and order stay."""
    fold, columns, measure = _TABLES[table]
    whole = fold([_row(columns, **{measure: octets}) for octets in (5, 7)])

    assert (whole[measure].to_list(), departures(whole, columns)) == ([12], [])
    assert whole.columns == [column.name for column in columns]


@_tables
def test_what_was_folded_folds_again_to_the_same(table: str) -> None:
    """Alone, or with nothing beside it."""
    fold, columns, _ = _TABLES[table]
    row = _row(columns)

    assert fold([fold([row]), kept.empty(columns)]).equals(row, null_equal=True)


@_tables
def test_nothing_folds_to_nothing(table: str) -> None:
    """With the columns of the table."""
    fold, columns, _ = _TABLES[table]

    assert fold([kept.empty(columns)] * 2).schema == frame_schema(columns)


@_tables
def test_a_sum_stays_at_the_largest_number(table: str) -> None:
    """However the parts were cut."""
    fold, columns, measure = _TABLES[table]
    most = _row(columns, **{measure: MOST})

    assert fold([fold([most, most]), most])[measure].to_list() == [MOST]


@_tables
def test_what_is_unknown_is_one_value(table: str) -> None:
    """Two rows that know nothing there are of one key."""
    fold, columns, measure = _TABLES[table]
    unknown: dict[str, object] = {column.name: None for column in columns if column.nullable}

    assert fold([_row(columns, **unknown)] * 2)[measure].to_list() == [2]


@_tables
def test_rows_of_two_hours_or_reasons_stay_apart(table: str) -> None:
    """As does everything else that differs in the key."""
    fold, columns, measure = _TABLES[table]
    other: dict[str, object] = {"reason": "other"} if table == "outcomes" else {"hour": _LATER}

    assert fold([_row(columns), _row(columns, **other)])[measure].to_list() == [1, 1]


def test_every_measure_adds_up() -> None:
    """None is taken for a part of the key."""
    rows = [_row(kept.TRANSFERS, **dict.fromkeys(MEASURE_NAMES, count)) for count in (3, 4)]

    assert folded_transfers(rows).select(MEASURE_NAMES).rows() == [(7,) * len(MEASURE_NAMES)]


def test_words_of_a_key_are_those_of_its_rows() -> None:
    """Lists and all; another key has its own."""
    rows = [_row(kept.TRANSFERS), _row(kept.TRANSFERS, key=2, place_candidates=["FR", "US"]), _row(kept.TRANSFERS)]
    whole = folded_transfers(rows).sort("key")

    assert whole.select("key", "place_candidates", "records").rows() == [
        (1, ["place_candidates"], 2),
        (2, ["FR", "US"], 1),
    ]


def test_narrow_rows_have_no_words() -> None:
    """Hour, key and what is counted: all that a ledger adds up."""
    whole = narrow_transfers([_row(kept.TRANSFERS), _row(kept.TRANSFERS, octets_in=8)])

    assert whole.columns == ["hour", "key", *MEASURE_NAMES]
    assert whole.select("key", "records", "octets_in").rows() == [(1, 2, 9)]


def test_seen_is_from_the_first_to_the_last() -> None:
    """The smallest and the largest of all parts; what is folded into a remainder adds up."""
    rows = [
        _row(kept.EVIDENCE, first_seen=NOON, last_seen=NOON, folded=3),
        _row(kept.EVIDENCE, first_seen=NOON - timedelta(hours=1), last_seen=_LATER, folded=4),
    ]

    assert folded_evidence(rows).select("first_seen", "last_seen", "folded").rows() == [
        (NOON - timedelta(hours=1), _LATER, 7)
    ]


def test_coverage_is_from_the_first_time_to_the_last() -> None:
    """By observer and state."""
    rows = [
        _row(kept.COVERAGE, first_time=NOON, last_time=_LATER),
        _row(kept.COVERAGE, first_time=NOON - timedelta(minutes=1), last_time=NOON),
        _row(kept.COVERAGE, state="no_data"),
    ]

    assert folded_coverage(rows).sort("state").select("state", "first_time", "last_time", "records").rows() == [
        ("no_data", NOON, NOON, 1),
        ("state", NOON - timedelta(minutes=1), _LATER, 2),
    ]
