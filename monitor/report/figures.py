"""The figures of a monthly report: numbers only, every one of them a sum of rows of the ledger.

Decides what the report says first. Knows no words and no page: `as_json` and `page` render the same value. Takes frames
and frozen facts, opens no ledger and reads no clock, so that the same ledger gives the same report on any day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import polars as pl

from monitor.report.atlas_apart import AtlasApart, atlas_apart_of
from monitor.report.course import DayFigures, course_of
from monitor.report.coverage import SEEN, SourceCoverage, coverage_of
from monitor.report.effect import Effect, effect_of
from monitor.report.exceptions import WaiverLine, waivers_of
from monitor.report.outside_totals import (
    ObserverLine,
    OutcomeLine,
    Probes,
    VersionLine,
    observers_of,
    outcomes_of,
    probes_of,
    versions_of,
)
from monitor.report.posture import Posture, posture_of
from monitor.report.sections import COUNTED, SECTIONS
from monitor.report.slots import Day, days_of
from monitor.report.standing import (
    DeclaredLine,
    HostingLine,
    TransitionLine,
    declared_of,
    hosting_of,
    relied_on_in,
    transitions_of,
)
from monitor.report.sums import Share, Sums, summed
from monitor.report.tables import Table, prepared, table_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from monitor.report.month import ReportInput


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer on one screen. Shares are of octets both ways.

    `outward`: all counted traffic with far ends that are not ours. `left`: what left the EEA for certain.
    `exposed_inside_share` is of what stayed in the EEA, the other shares are of `outward`. `unverified`: a verdict
    rests on an unverified fact; of `other_versions` nobody can tell. `provider_access`: by the provider's own people.
    `without_name`: octets of records that tell no host name (encrypted names, name service beside the sensor, or a
    source that tells none).
    """

    outward: Sums
    left: Sums
    no_ground: Sums
    no_ground_share: Share
    undetermined: Sums
    undetermined_share: Share
    control_undetermined: Sums
    control_undetermined_share: Share
    unverified: Sums
    unverified_share: Share
    other_versions: Sums
    exposed_inside: Sums
    exposed_inside_share: Share
    administration: Sums
    provider_access: Sums
    probes: int
    without_name: Share


@dataclass(frozen=True, slots=True)
class Report:
    """All figures of a month; under an assumed law `effect` says what that changes.

    `status`: `complete`, `preliminary` (no record is from after the month) or `no_data` (nothing of it was read).
    """

    given: ReportInput
    status: str
    days: tuple[Day, ...]
    answer: Answer
    tables: Mapping[str, Table]
    course: tuple[DayFigures, ...]
    hosting: tuple[HostingLine, ...]
    transitions: tuple[TransitionLine, ...]
    posture: Posture
    declared: tuple[DeclaredLine, ...]
    waivers: tuple[WaiverLine, ...]
    probes: Probes
    coverage: tuple[SourceCoverage, ...]
    observers: tuple[ObserverLine, ...]
    outcomes: tuple[OutcomeLine, ...]
    versions: tuple[VersionLine, ...]
    atlas: AtlasApart
    effect: Effect | None = None

    @property
    def month(self) -> str:
        """Such as 2026-10."""
        return self.given.month


def figures(given: ReportInput) -> Report:
    """Work the figures of a month out."""
    rows = prepared(given.transfers)
    tables = {section.name: table_of(section, given.label, rows) for section in SECTIONS}
    days = days_of(given.begins, given.ends, given.timezone)
    slots = [slot for day in days for slot in day.slots]
    coverage = coverage_of(
        given.coverage, slots, given.sources, given.newest_record, given.every_seconds, given.networks
    )
    seen = frozenset(hour.begins for source in coverage for hour in source.hours if hour.state in SEEN)
    first_day, last_day = _first_and_last(given)
    probes = probes_of(given.probes)
    hosting = hosting_of(given.systems, last_day)
    transitions = transitions_of(given.systems, tables["hosted"], last_day)
    return Report(
        given=given,
        status=_status(given),
        days=days,
        answer=_answer(rows, tables, probes),
        tables=tables,
        course=course_of(given.course, days, seen),
        hosting=hosting,
        transitions=transitions,
        posture=posture_of(given.systems, hosting, transitions, tables["hosted"]),
        declared=declared_of(given.declared, tables["register"], relied_on_in(given.transfers), first_day, last_day),
        waivers=waivers_of(given.waivers, last_day),
        probes=probes,
        coverage=coverage,
        observers=observers_of(given.coverage, given.every_seconds),
        outcomes=outcomes_of(given.outcomes),
        versions=versions_of(given.bases, rows),
        atlas=atlas_apart_of(given.course, given.bases),
        effect=None if given.assumption is None else effect_of(given.assumption.changes),
    )


def _answer(rows: pl.DataFrame, tables: Mapping[str, Table], probes: Probes) -> Answer:
    outward_rows = COUNTED & (pl.col("place_verdict") != "internal")
    outward = summed(rows.filter(outward_rows))
    inside = summed(rows.filter(COUNTED & (pl.col("place_verdict") == "eea")))
    no_ground, undetermined = tables["no-ground"].total, tables["open-place"].total
    open_control, exposed = tables["open-control"].total, tables["exposed-eea"].total
    return Answer(
        outward=outward,
        left=tables["left-verdict"].total,
        no_ground=no_ground,
        no_ground_share=Share(no_ground.octets, outward.octets),
        undetermined=undetermined,
        undetermined_share=Share(undetermined.octets, outward.octets),
        control_undetermined=open_control,
        control_undetermined_share=Share(open_control.octets, outward.octets),
        unverified=tables["unverified"].total,
        unverified_share=Share(tables["unverified"].total.octets, outward.octets),
        other_versions=tables["other-versions"].total,
        exposed_inside=exposed,
        exposed_inside_share=Share(exposed.octets, inside.octets),
        administration=tables["admin-outside"].total,
        provider_access=tables["provider-access"].total,
        probes=probes.records,
        without_name=Share(outward.octets_without_name, outward.octets),
    )


def _first_and_last(given: ReportInput) -> tuple[date, date]:
    zone = ZoneInfo(given.timezone)
    return given.begins.astimezone(zone).date(), (given.ends - timedelta(microseconds=1)).astimezone(zone).date()


def _status(given: ReportInput) -> str:
    """Whether the month is over for the ledger; a ledger that read nothing of it says that, and not "no transfers"."""
    read = given.coverage.filter(pl.col("state").is_in(("ok", "no_data"))).height
    if not (read or given.transfers.height or given.probes.height):
        return "no_data"
    return "complete" if _is_over(given.newest_record, given.ends) else "preliminary"


def _is_over(newest: datetime | None, ends: datetime) -> bool:
    return newest is not None and newest >= ends
