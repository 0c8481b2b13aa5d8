"""The tables hold what the frames of `kept` have, and every row that is personal data has its day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import BigInteger

from monitor import kept
from monitor.ledger.tables import (
    ATLASES,
    BASES,
    BEGINNINGS,
    COVERAGE,
    EVIDENCE,
    INPUTS,
    JUDGEMENT_WORDS,
    JUDGEMENTS,
    METADATA,
    OUTCOMES,
    PROBES,
    TRANSFER_KEYS,
    TRANSFERS,
)

if TYPE_CHECKING:
    from sqlalchemy import Table

    from monitor.schema import Column


def names(table: Table) -> set[str]:
    """Columns of a table."""
    return {column.name for column in table.columns}


def test_a_transfer_is_its_hour_and_key_and_what_the_key_stands_for() -> None:
    """Every column of the frame lies in one of three tables."""
    whole = names(TRANSFERS) | names(TRANSFER_KEYS) | names(JUDGEMENTS)
    assert whole == {column.name for column in kept.TRANSFERS} | {"judgement", "retain_until"}


def test_words_of_a_key_lie_in_one_table_each() -> None:
    """Those of the judgement apart from the others."""
    assert (names(TRANSFER_KEYS) & set(JUDGEMENT_WORDS), names(JUDGEMENTS)) == (set(), {*JUDGEMENT_WORDS, "judgement"})


@pytest.mark.parametrize(
    ("table", "columns", "beside"),
    [
        (PROBES, kept.PROBES, {"key", "retain_until"}),
        (COVERAGE, kept.COVERAGE, {"key", "retain_until"}),
    ],
    ids=["probes", "coverage"],
)
def test_a_table_has_the_columns_of_its_frame(table: Table, columns: tuple[Column, ...], beside: set[str]) -> None:
    """And only what the ledger itself needs besides."""
    assert names(table) == {column.name for column in columns} | beside


def test_a_basis_lies_in_two_tables() -> None:
    """The versions, and the days of the atlas that one of them names."""
    assert (names(BASES) | names(ATLASES), names(BASES) & names(ATLASES)) == (
        {column.name for column in kept.BASES},
        {"atlas"},
    )


@pytest.mark.parametrize("table", [TRANSFERS, PROBES, COVERAGE, EVIDENCE], ids=lambda table: str(table.name))
def test_every_row_of_an_hour_says_until_when_it_is_kept(table: Table) -> None:
    """It is never unknown."""
    assert not table.c.retain_until.nullable


def test_what_is_kept_for_good_names_no_address() -> None:
    """Keys, inputs and outcomes have no such column."""
    for_good = (BASES, BEGINNINGS, JUDGEMENTS, TRANSFER_KEYS, INPUTS, OUTCOMES)
    assert [name for table in for_good for name in names(table) if "address" in name] == []


def test_sums_are_as_wide_as_the_largest_number() -> None:
    """64 bits."""
    columns = [TRANSFERS.c[name] for name in kept.MEASURE_NAMES] + [INPUTS.c.offset, OUTCOMES.c.octets]
    assert [column for column in columns if not isinstance(column.type, BigInteger)] == []


def test_tables_have_the_names_that_operators_see() -> None:
    """Whoever looks into the file with SQLite finds these."""
    assert sorted(METADATA.tables) == [
        "atlases", "bases", "beginnings", "coverage", "evidence", "finding_buckets", "finding_ends", "findings",
        "findings_told", "inputs", "judgements", "names_held", "networks", "outcomes", "probes",
        "rules_held", "schema_version", "transfer_keys", "transfers", "unreadable",
    ]  # fmt: skip
