"""Gather what a monthly report is made from: the ledger's rows of the month, and what the site's files say.

Decides nothing: it reads one moment of the ledger, and asks the law how hosts stand at the month's end.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.app import doubts_of
from monitor.ledger import read
from monitor.posture import offers_at, systems_at
from monitor.report.month import DeclaredFacts, ExporterFacts, ReportInput, month_span

if TYPE_CHECKING:
    from monitor.app import Knowledge
    from monitor.config import Site
    from monitor.ledger.store import Ledger


def month_input(month: str, site: Site, knowledge: Knowledge, ledger: Ledger) -> ReportInput:
    """Everything that a report of a month says something about.

    Raises:
        ValueError: this is no month.
        LedgerError: the ledger cannot be read.
    """
    begins, ends = month_span(month, str(site.timezone))
    with ledger.reading() as connection:
        transfers, course = read.month_of(connection, begins, ends)
        probes = read.probes_of(connection, begins, ends)
        coverage = read.coverage_of(connection, begins, ends)
        outcomes = read.outcomes_of(connection, begins, ends)
        bases = read.bases(connection)
        newest = read.last_record(connection)
    doubts = doubts_of(site, knowledge)
    transfers = doubts.marked(transfers, begins, ends, bases)
    last = ends - timedelta(microseconds=1)
    return ReportInput(
        site=site.name,
        exporter=ExporterFacts(site.exporter.name, site.exporter.country, site.exporter.role),
        timezone=str(site.timezone),
        month=month,
        begins=begins,
        ends=ends,
        transfers=transfers,
        course=course,
        probes=probes,
        coverage=coverage,
        outcomes=outcomes,
        bases=bases.join(transfers.select("basis"), on="basis", how="semi"),
        systems=systems_at(site.inventory, doubts, last),
        declared=tuple(
            DeclaredFacts(entry.id, entry.importer, entry.basis, entry.valid_from, entry.valid_to)
            for entry in site.register.transfers
        ),
        names={operator.id: operator.name for operator in knowledge.operators.operators},
        law_names={code: law.name for code, law in knowledge.regimes.laws.items()},
        sources=site.source_names,
        newest_record=newest,
        offers=offers_at(doubts, last),
    )
