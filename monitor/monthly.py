"""Gather what a monthly report is made from: the ledger's rows of the month, and what the site's files say.

Decides nothing: it reads one moment of the ledger, and asks the law how hosts stand at the month's end.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.app import build_grounds
from monitor.ledger import read
from monitor.report.month import (
    DeclaredFacts,
    ExporterFacts,
    HostingFacts,
    ReportInput,
    SystemFacts,
    TransitionFacts,
    month_span,
)

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.app import Knowledge
    from monitor.config import Site
    from monitor.grounds import Grounds
    from monitor.inventory import Hosting, System
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
    grounds = build_grounds(site, knowledge)
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
        systems=tuple(_system(system, grounds, last) for system in site.inventory.systems),
        declared=tuple(
            DeclaredFacts(entry.id, entry.importer, entry.basis, entry.valid_from, entry.valid_to)
            for entry in site.register.transfers
        ),
        names={operator.id: operator.name for operator in knowledge.operators.operators},
        law_names={code: law.name for code, law in knowledge.regimes.laws.items()},
        sources=site.source_names,
        newest_record=newest,
    )


def _system(system: System, grounds: Grounds, moment: datetime) -> SystemFacts:
    transition = system.transition
    return SystemFacts(
        id=system.id,
        title=system.title,
        data_class=system.data_class,
        serves=system.serves,
        hosting=tuple(_hosting(entry, grounds, moment) for entry in system.hosting),
        transition=TransitionFacts(transition.target, transition.deadline) if transition else None,
    )


def _hosting(entry: Hosting, grounds: Grounds, moment: datetime) -> HostingFacts:
    position = grounds.operator_named(entry.operator)
    if position is None:
        message = f"the operator {entry.operator} was checked when the inventory was loaded"
        raise LookupError(message)
    control = grounds.controls[grounds.control(position, grounds.epochs.number_of(moment))]
    return HostingFacts(
        operator=entry.operator,
        operator_name=grounds.operators.operators[position].name,
        country=entry.country,
        keys=entry.keys,
        from_day=entry.from_day,
        networks=tuple(str(network) for network in entry.networks),
        control_verdict=control.verdict,
        control_reason=control.reason,
        reach_laws=control.laws,
    )
