"""Numbers of what rows stand for: the same in every ledger, another for another row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl
import pytest

from monitor.kept import KEY, KEY_NAMES, TEXTS
from monitor.transfer_keys import KeyNumbers, number_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

_BASE: Final[dict[str, Any]] = {
    "exporter": "CHU Exemple",
    "exporter_country": "FR",
    "event": "admin",
    "actor_kind": "provider",
    "success": True,
    "system": "warehouse",
    "peer_system": None,
    "data_class": "health",
    "hosting_operator": "aws",
    "activity": "data",
    "direction": "outbound",
    "service": "tcp/443",
    "importer": None,
    "operator": "aws",
    "named_operator": None,
    "place_candidates": ["US"],
    "place_region": None,
    "place_confidence": "single",
    "control_countries": ["US"],
    "control_country": "US",
    "reach_laws": ["US_CLOUD_ACT", "US_FISA702"],
    "register_entries": [],
    "named_elsewhere": False,
    "place_verdict": "uncovered",
    "place_reason": "importer_unknown",
    "control_verdict": "exposed",
    "control_reason": "law",
    "mechanism": None,
    "counted": True,
    "basis": "0123456789abcdef",
}
_GOLDEN: Final = 7_110_739_825_648_879_989


def _frame(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame([{**_BASE, **row} for row in rows], schema={column.name: column.dtype for column in KEY})


def _others() -> Iterator[Any]:
    """Every other value of one column: another one, and null where it may be."""
    for column in KEY:
        value = _BASE[column.name]
        if column.dtype == TEXTS:
            yield pytest.param(column.name, [*value, "XX"], id=f"{column.name} one more")
            yield pytest.param(column.name, [] if value else ["XX"], id=f"{column.name} none or one")
        elif column.dtype == pl.Boolean:
            yield pytest.param(column.name, not value, id=f"{column.name} the other")
            if column.nullable:
                yield pytest.param(column.name, None, id=f"{column.name} unknown")
        else:
            yield pytest.param(column.name, "other", id=f"{column.name} another")
            yield pytest.param(column.name, "", id=f"{column.name} empty")
            if column.nullable and value is not None:
                yield pytest.param(column.name, None, id=f"{column.name} unknown")


def test_a_key_has_the_same_number_in_every_ledger() -> None:
    """What is written today is found by the program of tomorrow: if this number changes, ledgers come apart."""
    assert KeyNumbers().of(_frame({})).to_list() == [_GOLDEN]


@pytest.mark.parametrize(("name", "value"), list(_others()))
def test_a_key_that_differs_in_one_column_has_another_number(name: str, value: object) -> None:
    """In any of them."""
    one, other = KeyNumbers().of(_frame({}, {name: value})).to_list()

    assert one != other


def test_a_value_is_that_of_its_column() -> None:
    """The same words one column further are another key."""
    numbers = KeyNumbers().of(_frame({"system": "a", "peer_system": None}, {"system": None, "peer_system": "a"}))

    assert numbers[0] != numbers[1]


def test_laws_and_seats_are_lists_of_their_own() -> None:
    """One list that ends where the other begins is not one list."""
    numbers = KeyNumbers().of(_frame({"reach_laws": ["A", "B"]}, {"reach_laws": ["A"], "register_entries": ["B"]}))

    assert numbers[0] != numbers[1]


def test_equal_rows_share_a_number() -> None:
    """Whatever their order, and whether the columns are."""
    frame = _frame({}, {"system": "portal"}, {})
    numbers = KeyNumbers().of(frame).to_list()

    assert numbers == [numbers[0], numbers[1], numbers[0]]
    assert KeyNumbers().of(frame.select(reversed(KEY_NAMES))).to_list() == numbers


def test_columns_beside_the_key_change_nothing() -> None:
    """The country where the bytes land is in the candidates already."""
    assert KeyNumbers().of(_frame({}).with_columns(place_country=pl.lit("US"))).to_list() == [_GOLDEN]


def test_a_number_fits_a_column_of_every_database() -> None:
    """63 bits, without a sign."""
    numbers = KeyNumbers().of(_frame(*({"service": f"tcp/{port}"} for port in range(2_000))))

    assert (numbers.dtype, numbers.n_unique(), min(numbers.to_list()) >= 0) == (pl.Int64(), 2_000, True)


def test_no_rows_have_no_numbers() -> None:
    """But the column has its type."""
    numbers = KeyNumbers().of(_frame())

    assert (numbers.to_list(), numbers.dtype, numbers.name) == ([], pl.Int64(), "key")


def test_what_is_forgotten_has_the_same_number_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory is bounded; numbers do not depend on it."""
    monkeypatch.setattr("monitor.transfer_keys._REMEMBERED", 2)
    keys = KeyNumbers()
    frame = _frame(*({"service": f"tcp/{port}"} for port in range(10)))
    first = keys.of(frame).to_list()

    assert keys.of(frame).to_list() == first
    assert len(keys._numbers) <= 11  # the last call's: ten keys and one judgement


def test_rows_of_other_tables_are_numbered_by_all_of_their_columns() -> None:
    """The order of the columns counts there, because nothing else says which is which."""
    words = pl.DataFrame({"a": ["x", "x", None], "b": [["y"], [], ["y"]]})
    numbers = number_rows(words).to_list()

    assert len(set(numbers)) == 3
    assert number_rows(words.select("a", "b")).to_list() == numbers
    assert number_rows(words.clear()).to_list() == []
