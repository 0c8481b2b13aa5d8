"""Where findings lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import inspect

from monitor.ledger.finding_tables import FINDING_BUCKETS, FINDING_ENDS, FINDINGS, FINDINGS_TOLD
from monitor.ledger.store import open_ledger

if TYPE_CHECKING:
    from pathlib import Path

TABLES = (FINDINGS, FINDING_ENDS, FINDING_BUCKETS, FINDINGS_TOLD)


def test_a_ledger_of_before_gets_them_when_it_is_opened(tmp_path: Path) -> None:
    """Its rows stay, and findings begin."""
    url = f"sqlite:///{tmp_path / 'l.db'}"
    with open_ledger(url, create=True) as ledger, ledger.writing() as connection:
        for table in TABLES:
            table.drop(connection)
    with open_ledger(url) as ledger, ledger.reading() as connection:
        assert {table.name for table in TABLES} <= set(inspect(connection).get_table_names())


def test_every_row_of_a_person_is_deleted_in_time() -> None:
    """Addresses and names stand in `finding_ends`; a finding names systems and operators."""
    assert [table.name for table in (FINDINGS, FINDING_ENDS) if "retain_until" not in table.columns] == []
