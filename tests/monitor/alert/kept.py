"""A ledger that takes matches, for the tests of alerts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitor.alert.findings import Finding, Life, as_findings, fold
from monitor.ledger.findings import add_findings, findings_of
from tests.monitor.alert.matches import NOW_SECONDS, frame

if TYPE_CHECKING:
    import polars as pl

    from monitor.ledger.store import Ledger

FAR_AWAY = 1 << 40


def add(ledger: Ledger, matches: pl.DataFrame, *, now: int = NOW_SECONDS, life: Life | None = None) -> None:
    """Add matches as a batch at `now` does."""
    with ledger.writing() as connection:
        add_findings(connection, *fold(matches, life or Life(), now).frames, FAR_AWAY)


def read(ledger: Ledger, *, now: int = NOW_SECONDS) -> list[Finding]:
    """Every finding of a ledger."""
    with ledger.reading() as connection:
        kept = findings_of(connection, now)
    return as_findings(kept.findings, kept.ends, kept.hours)


def one(ledger: Ledger, *rows: dict[str, Any], now: int = NOW_SECONDS) -> Finding:
    """The finding that these matches are."""
    add(ledger, frame(*rows), now=now)
    (found,) = read(ledger, now=now)
    return found
