"""What was read and is in no total of transfers: probes, broken and skipped records, far ends that are not ours.

Decides how these are counted; none of them ever enters the octets of a table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from monitor.expectations import silent_observers
from monitor.kept import BASIS_PARTS, MEASURE_NAMES
from monitor.report.sums import WIDE, Sums, both_ways, summed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class ProbeLine:
    """Probes of one system, by who knocked."""

    system: str | None
    direction: str
    sums: Sums


@dataclass(frozen=True, slots=True)
class Probes:
    """Records that were rejected or carry no payload: a number. `uncounted` are counted by another record."""

    records: int
    uncounted: int
    lines: tuple[ProbeLine, ...]


@dataclass(frozen=True, slots=True)
class OutcomeLine:
    """Records that could not be judged, of every input that touches the month; an input may reach beyond it."""

    source: str
    outcome: str
    reason: str
    inputs: int
    records: int
    octets: int


@dataclass(frozen=True, slots=True)
class ObserverLine:
    """One exporter, interface or sensor: how many hours it was heard, and the records that it reported.

    `silent_since`: its last record, where it used to report and stopped while its source goes on.
    """

    source: str
    observer: str | None
    hours: int
    records: int
    first_time: datetime
    last_time: datetime
    silent_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One set of versions, and what was judged under it. A version is null where the ledger has lost it."""

    basis: str
    parts: Mapping[str, str | None]
    rows: int
    sums: Sums


def probes_of(probes: pl.DataFrame) -> Probes:
    """Count the probes. `probes` conforms to `kept.PROBES`."""
    wide = probes.with_columns(pl.col(MEASURE_NAMES).cast(WIDE))
    counted = wide.filter("counted")
    lines = (
        counted.group_by("system", "direction")
        .agg(pl.col(MEASURE_NAMES).sum())
        .sort("records", "system", "direction", descending=[True, False, False], nulls_last=True)
    )
    return Probes(
        records=summed(counted).records,
        uncounted=summed(wide.filter(~pl.col("counted"))).records,
        lines=tuple(
            ProbeLine(line["system"], line["direction"], Sums(**{name: int(line[name]) for name in MEASURE_NAMES}))
            for line in lines.iter_rows(named=True)
        ),
    )


def outcomes_of(outcomes: pl.DataFrame) -> tuple[OutcomeLine, ...]:
    """Add up outcomes by source and reason, the largest first. `outcomes` conforms to `kept.OUTCOMES`."""
    keys = ("source", "outcome", "reason")
    lines = (
        outcomes.group_by(keys)
        .agg(pl.col("input").n_unique().alias("inputs"), pl.col("records", "octets").cast(WIDE).sum())
        .sort("records", *keys, descending=[True, False, False, False])
    )
    return tuple(OutcomeLine(**line) for line in lines.iter_rows(named=True))


def observers_of(coverage: pl.DataFrame, every_seconds: Mapping[str, int]) -> tuple[ObserverLine, ...]:
    """Who reported: those that fell silent first, then the one that was heard least: a sensor hides behind others."""
    silent = silent_observers(coverage, every_seconds)
    lines = (
        coverage.filter(pl.col("state") == "ok")
        .group_by("source", "observer")
        .agg(
            hours=pl.col("hour").n_unique(),
            records=pl.col("records").cast(WIDE).sum(),
            first_time=pl.col("first_time").min(),
            last_time=pl.col("last_time").max(),
        )
        .join(silent, on=["source", "observer"], how="left")
        .sort(pl.col("silent_since").is_null(), "hours", "source", "observer", nulls_last=True)
    )
    return tuple(ObserverLine(**line) for line in lines.iter_rows(named=True))


def versions_of(bases: pl.DataFrame, rows: pl.DataFrame) -> tuple[VersionLine, ...]:
    """Versions of everything that the month was judged with, by how much. `rows` come from `tables.prepared`."""
    used = (
        rows.group_by("basis")
        .agg(pl.len().alias("rows"), pl.col(MEASURE_NAMES).sum())
        .join(bases.unique("basis"), on="basis", how="left")
        .sort(both_ways(), "basis", descending=[True, False])
    )
    return tuple(
        VersionLine(
            basis=line["basis"],
            parts={part: line[part] for part in BASIS_PARTS},
            rows=line["rows"],
            sums=Sums(**{name: int(line[name]) for name in MEASURE_NAMES}),
        )
        for line in used.iter_rows(named=True)
    )
