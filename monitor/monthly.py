"""Gather what a monthly report is made from: the ledger's rows of the month, and what the site's files say.

Decides nothing: it reads one moment of the ledger, and asks the law how hosts stand at the month's end. Under an
assumed law the rows are judged again in memory; the ledger stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from monitor.alert.findings import as_findings
from monitor.alert.waivers import waived_between
from monitor.app import basis_of, build_grounds, doubts_of
from monitor.assumed import assumed
from monitor.law.adequacy import Decision
from monitor.law.changes import subject_of
from monitor.ledger import read
from monitor.ledger.findings import findings_of
from monitor.posture import offers_at, systems_at
from monitor.rejudge import Rejudge
from monitor.report.figure_ids import assumed_mark
from monitor.report.month import (
    AssumedLine,
    AssumptionFacts,
    DeclaredFacts,
    ExporterFacts,
    ReportInput,
    WaiverFacts,
    month_span,
)

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from monitor.app import Basis, Knowledge
    from monitor.config import Site
    from monitor.law.changes import Change
    from monitor.law.regimes import Regimes
    from monitor.ledger.store import Ledger


@dataclass(frozen=True, slots=True)
class Assumption:
    """A law that is assumed: the name of its file, and its lines upon the law of the site."""

    file: str
    lines: tuple[Change, ...]


def month_input(
    month: str, site: Site, knowledge: Knowledge, ledger: Ledger, assumption: Assumption | None = None
) -> ReportInput:
    """Everything that a report of a month says something about.

    Raises:
        ValueError: this is no month.
        LedgerError: the ledger cannot be read.
    """
    begins, ends = month_span(month, str(site.timezone))
    judged_by = site if assumption is None else replace(site, law=(*site.law, *assumption.lines))
    doubts = doubts_of(judged_by, knowledge)
    grounds = doubts.grounds
    with ledger.reading() as connection:
        narrow, words = read.sums_and_words(connection, begins, ends)
        probes = read.probes_of(connection, begins, ends)
        coverage = read.coverage_of(connection, begins, ends)
        outcomes = read.outcomes_of(connection, begins, ends)
        networks = read.networks_of(connection, begins, ends)
        bases = read.bases(connection)
        newest = read.last_record(connection)
        waivers = _waivers(connection, site, begins, ends)
    facts = None
    if assumption is None:
        transfers, course = read.month_and_course(narrow, words)
    else:
        basis = basis_of(judged_by, knowledge)
        present = basis_of(site, knowledge).name
        same = set(words["basis"].unique()) <= {present}
        before = None if same else Rejudge(build_grounds(site, knowledge), present)
        found = assumed(narrow, words, before, Rejudge(grounds, basis.name))
        transfers, course = found.transfers, found.course
        bases = _one_basis(basis, bases.join(words.select("basis"), on="basis", how="semi"))
        facts = AssumptionFacts(
            file=assumption.file,
            mark=assumed_mark(grounds.law.regimes.digest),
            lines=tuple(_line(line, grounds.law.regimes) for line in assumption.lines),
            same_versions=same,
            changes=found.changes,
        )
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
        networks=networks,
        bases=bases.join(transfers.select("basis"), on="basis", how="semi"),
        systems=systems_at(site.inventory, doubts, last),
        declared=tuple(
            DeclaredFacts(entry.id, entry.importer, entry.basis, entry.valid_from, entry.valid_to)
            for entry in site.register.transfers
        ),
        waivers=waivers,
        names={operator.id: operator.name for operator in knowledge.operators.operators},
        law_names={code: law.name for code, law in grounds.law.regimes.laws.items()},
        sources=site.source_names,
        newest_record=newest,
        offers=offers_at(doubts, last),
        assumption=facts,
        every_seconds=site.expected_seconds,
    )


def _waivers(connection: Connection, site: Site, begins: datetime, ends: datetime) -> tuple[WaiverFacts, ...]:
    """The site's waivers with the findings of the month that each was about."""
    if not site.waivers.held:
        return ()
    between = int(begins.timestamp()), int(ends.timestamp())
    kept = findings_of(connection, between[1], between=between)
    found = as_findings(kept.findings, kept.ends, kept.hours)
    return tuple(
        WaiverFacts(
            id=waiver.id,
            rules=waiver.match.rules,
            systems=waiver.match.systems,
            operators=waiver.match.operators,
            countries=waiver.match.countries,
            sources=waiver.match.sources,
            owner=waiver.owner,
            reason=waiver.reason,
            starts=waiver.starts,
            expires=waiver.expires,
            findings=ids,
        )
        for waiver, ids in waived_between(site.waivers, found, begins, ends)
    )


def _one_basis(basis: Basis, judged_by: pl.DataFrame) -> pl.DataFrame:
    """The versions of an assumption; the places are still those of the atlases that the rows were judged with.

    Columns in and out: `kept.BASES`.
    """
    oldest, newest = judged_by["atlas_oldest"], judged_by["atlas_newest"]
    known = not (oldest.has_nulls() or newest.has_nulls())
    days = {"atlas_oldest": oldest.min() if known else None, "atlas_newest": newest.max() if known else None}
    return pl.DataFrame([{"basis": basis.name, **basis.parts, **days}], schema=judged_by.schema)


def _line(line: Change, regimes: Regimes) -> AssumedLine:
    """A line with the names that a reader knows."""
    subject = subject_of(line, regimes)
    country, framework = line.adequate, line.framework
    if isinstance(subject, Decision):
        number, title, country, framework = subject.number, subject.title, subject.country, subject.framework
    elif subject is not None:
        number, title, country = subject.code, subject.name, subject.country
    else:
        number, title = line.number or "", line.title or ""
    return AssumedLine(
        about=line.about,
        number=number,
        title=title,
        source=line.source,
        verified=line.verified,
        country=country,
        framework=framework,
        begins=line.begins,
        ends_before=line.ends_before,
        last_day=line.last_day,
        eea_efta_from=line.eea_efta_from,
    )
