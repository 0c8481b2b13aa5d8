"""What a monthly report is made from: the frames of the ledger and a few frozen facts of the site's files.

Decides what the caller must deliver, and how long a month is in the site's time zone. Opens no ledger and reads no
clock: whether a month is over is told by the newest record that the ledger holds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from monitor import kept

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    import polars as pl

    from monitor.schema import Column

_MONTH: Final = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_DECEMBER: Final = 12


@dataclass(frozen=True, slots=True)
class ExporterFacts:
    """Who answers for the transfers."""

    name: str
    country: str
    role: str


@dataclass(frozen=True, slots=True)
class QualificationFacts:
    """What a service of an operator is known to be qualified for at the month's end.

    `to_day`: first day without it. `stated`: newest day for which a source says so. Codes are those of
    `attribution.qualifications`; `service` null: no source names it.
    """

    scheme: str
    service: str | None
    status: str
    from_day: date | None
    to_day: date | None
    stated: date
    source: str
    verified: bool


@dataclass(frozen=True, slots=True)
class HostFacts:
    """How an operator that hosts, or may host, stands at the month's end.

    `control_verdict` and `control_reason` are those of `schema`, `reach_laws` codes of the laws in force then that
    reach the operator, `rests_on` the unverified facts without which the verdict would be another one.
    """

    operator: str
    name: str
    control_verdict: str
    control_reason: str | None
    reach_laws: tuple[str, ...]
    rests_on: tuple[str, ...] = ()
    qualifications: tuple[QualificationFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class OfferFacts:
    """A service that is known to be qualified at the month's end, or of which sources disagree, and its operator."""

    host: HostFacts
    qualification: QualificationFacts


@dataclass(frozen=True, slots=True)
class HostingFacts:
    """Who hosts a system, or some of its networks, from a day on; `networks` empty: the whole system."""

    host: HostFacts
    country: str
    keys: str
    from_day: date | None
    networks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TransitionFacts:
    """Where a system is to move, and by when; `host`: how the new host stands at the month's end."""

    target: str
    deadline: date | None
    host: HostFacts | None = None


@dataclass(frozen=True, slots=True)
class SystemFacts:
    """One system of the inventory."""

    id: str
    title: str | None
    data_class: str
    serves: str
    hosting: tuple[HostingFacts, ...] = ()
    transition: TransitionFacts | None = None


@dataclass(frozen=True, slots=True)
class DeclaredFacts:
    """One entry of the register; both days are included."""

    id: str
    importer: str
    basis: str
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class WaiverFacts:
    """One waiver of the site; both days are included.

    Empty `systems`, `operators`, `countries`, `sources`: any. `findings`: ids of those of the month that it was about
    while it held.
    """

    id: str
    rules: tuple[str, ...]
    systems: tuple[str, ...]
    operators: tuple[str, ...]
    countries: tuple[str, ...]
    sources: tuple[str, ...]
    owner: str
    reason: str
    starts: date | None
    expires: date
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AssumedLine:
    """One line of an assumed law. `about`: `decision` (it ends), `adequate` (a country becomes it) or `law`.

    `number`: of the decision, or the code of the law; `framework`: the list that the decision needs. Days are those of
    the file: first day, first day without, last day with, first day for exporters in the EEA-EFTA States.
    """

    about: str
    number: str
    title: str
    source: str
    verified: bool
    country: str | None = None
    framework: str | None = None
    begins: date | None = None
    ends_before: date | None = None
    last_day: date | None = None
    eea_efta_from: date | None = None


@dataclass(frozen=True, slots=True)
class AssumptionFacts:
    """A law that is assumed for a report, and what it changes.

    `mark` tells the ids of its figures from real ones; `same_versions`: the month was judged with the files of today.
    `changes`: the month's keys under the assumed law, with `was_...` for how each was judged without it.
    """

    file: str
    mark: str
    lines: tuple[AssumedLine, ...]
    same_versions: bool
    changes: pl.DataFrame


@dataclass(frozen=True, slots=True)
class ReportInput:
    """Everything that a report of one month says something about.

    `begins` and `ends` are the instants of the month in the zone (`month_span`). `transfers` conforms to `kept.MONTH`
    and may have `kept.RESTS_ON`, the other frames to the tables of their names; all hold rows of the month alone,
    `outcomes` those of every input that touches it. `names` gives operators their display names, `law_names` laws
    theirs. `sources` are the KINDs that were expected to speak. `newest_record` is the newest in the whole ledger.
    `offers` are the qualified services that are known at the month's end. `every_seconds`: the longest silence that is
    normal, of the sources that declare one.
    """

    site: str
    exporter: ExporterFacts
    timezone: str
    month: str
    begins: datetime
    ends: datetime
    transfers: pl.DataFrame
    course: pl.DataFrame
    probes: pl.DataFrame
    coverage: pl.DataFrame
    outcomes: pl.DataFrame
    bases: pl.DataFrame
    systems: tuple[SystemFacts, ...] = ()
    declared: tuple[DeclaredFacts, ...] = ()
    waivers: tuple[WaiverFacts, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    newest_record: datetime | None = None
    law_names: Mapping[str, str] = field(default_factory=dict)
    offers: tuple[OfferFacts, ...] = ()
    assumption: AssumptionFacts | None = None
    every_seconds: Mapping[str, int] = field(default_factory=dict)
    networks: pl.DataFrame = field(default_factory=lambda: kept.empty(kept.NETWORKS))

    @property
    def label(self) -> str:
        """What the ids of figures begin with: the month, and the mark of an assumed law."""
        return self.month if self.assumption is None else f"{self.month}.{self.assumption.mark}"

    def __post_init__(self) -> None:
        """Refuse frames of another shape or another month.

        Raises:
            ValueError: a frame lacks a column, or holds hours outside the month.
        """
        frames: tuple[tuple[str, pl.DataFrame, Sequence[Column]], ...] = (
            ("transfers", self.transfers, kept.MONTH),
            ("course", self.course, kept.COURSE),
            ("probes", self.probes, kept.PROBES),
            ("coverage", self.coverage, kept.COVERAGE),
            ("outcomes", self.outcomes, kept.OUTCOMES),
            ("bases", self.bases, kept.BASES),
            ("networks", self.networks, kept.NETWORKS),
        )
        for name, frame, columns in frames:
            missing = [column.name for column in columns if column.name not in frame.columns]
            if missing:
                raise ValueError(f"{name} lacks {', '.join(missing)}")
            if "hour" in frame.columns and frame.height:
                hours = frame["hour"]
                outside = hours.filter((hours < self.begins) | (hours >= self.ends))
                if outside.len():
                    raise ValueError(f"{name} holds {outside[0]}, which is not in {self.month}")


def month_span(month: str, timezone: str) -> tuple[datetime, datetime]:
    """First instant of a month in a zone, and of the month after it, in UTC.

    Raises:
        ValueError: the month is not written as 2026-10.
    """
    matched = _MONTH.fullmatch(month)
    if matched is None:
        raise ValueError(f"{month!r} is not a month. Write it as 2026-10.")
    year, number = int(matched[1]), int(matched[2])
    zone = ZoneInfo(timezone)
    after = (year + 1, 1) if number == _DECEMBER else (year, number + 1)
    begins, ends = (datetime(*each, 1, tzinfo=zone).astimezone(UTC) for each in ((year, number), after))
    return begins, ends
