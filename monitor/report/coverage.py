"""What each source saw of every hour of the month, and when nobody was looking.

Decides what an hour is called: a source that says "no traffic" was looking, one that says nothing was not, unless its
declared cadence lets it be silent for so long and it spoke before and after. An input that could not be read is a loss
of the hour in which it was last written. An hour after the newest record of the
ledger is neither seen nor a gap. Sources that were expected and never spoke have their row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from monitor.expectations import silences, silent_networks
from monitor.kept import UNREADABLE
from monitor.report.sums import WIDE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from monitor.report.slots import Slot

STATES: Final = ("records", "records_and_loss", "no_data", "quiet", "loss", "nothing", "after")
SEEN: Final = frozenset({"records", "records_and_loss", "no_data", "quiet"})
_LOSSES: Final = ("skipped", "gap", "dropped", UNREADABLE)
_SECONDS: Final = 3600


@dataclass(frozen=True, slots=True)
class HourFigures:
    """One hour of one source. `lost`: records that it says it lost, where it tells; it may have lost more."""

    begins: datetime
    state: str
    records: int
    lost: int


@dataclass(frozen=True, slots=True)
class Gap:
    """A span without a word of a source."""

    begins: datetime
    ends: datetime

    @property
    def hours(self) -> float:
        """How long."""
        return (self.ends - self.begins).total_seconds() / _SECONDS


@dataclass(frozen=True, slots=True)
class SilentNetwork:
    """A network of ours of which a source told until `since`, and no more while it went on."""

    system: str
    network: str
    since: datetime


@dataclass(frozen=True, slots=True)
class SourceCoverage:
    """One source in this month; hours are of the wall clock, so that a month may have 745.

    `every_seconds`: the longest silence that is normal, null where none is declared; `hours_quiet`, of those seen: it
    was silent, for no longer than that.
    """

    source: str
    expected: bool
    every_seconds: int | None
    hours: tuple[HourFigures, ...]
    hours_in_month: float
    hours_seen: float
    hours_quiet: float
    hours_with_loss: float
    hours_silent: float
    hours_to_come: float
    records: int
    octets: int
    not_ours_records: int
    not_ours_octets: int
    gaps: tuple[Gap, ...]
    silent_networks: tuple[SilentNetwork, ...] = ()


def coverage_of(
    coverage: pl.DataFrame,
    slots: Sequence[Slot],
    expected: Iterable[str],
    newest: datetime | None,
    every_seconds: Mapping[str, int] | None = None,
    networks: pl.DataFrame | None = None,
) -> tuple[SourceCoverage, ...]:
    """Coverage of every source that spoke or was expected, in the order of the letters.

    `every_seconds`: the longest silence that is normal, of the sources that declare one. `networks` conforms to
    `kept.NETWORKS`.
    """
    cadence = every_seconds or {}
    begins, ends = slots[0].begins, slots[-1].ends
    ends = begins if newest is None else min(ends, max(begins, newest))
    silent: dict[str, list[Gap]] = {}
    for each in silences(coverage, cadence, begins, ends):
        silent.setdefault(each.source, []).append(Gap(each.begins, each.ends))
    wide = coverage.with_columns(pl.col("records", "octets", "not_ours_records", "not_ours_octets").cast(WIDE))
    said = _by_slot(wide, slots)
    expected = set(expected)
    totals = {
        row[0]: row[1:]
        for row in wide.filter(pl.col("state") == "ok")
        .group_by("source")
        .agg(pl.col("records", "octets", "not_ours_records", "not_ours_octets").sum())
        .iter_rows()
    }
    unheard: dict[str, list[SilentNetwork]] = {}
    if networks is not None:
        for source, *network in silent_networks(networks, coverage, cadence).iter_rows():
            unheard.setdefault(source, []).append(SilentNetwork(*network))
    names = sorted(expected | set(coverage["source"].unique()))
    return tuple(
        _source(
            _Told(
                name,
                name in expected,
                cadence.get(name),
                tuple(silent.get(name, ())),
                newest,
                tuple(unheard.get(name, ())),
            ),
            slots,
            said.get(name, {}),
            totals.get(name, (0, 0, 0, 0)),
        )
        for name in names
    )


_Said = dict["datetime", tuple[bool, bool, bool, int, int]]


def _by_slot(coverage: pl.DataFrame, slots: Sequence[Slot]) -> dict[str, _Said]:
    """What each source said of each slot: read, no data, loss, records read, records lost."""
    hour = coverage.schema["hour"]
    begins = pl.DataFrame({"slot": [slot.begins for slot in slots]}, schema={"slot": hour})
    slot_of = coverage.select(pl.col("hour").unique().sort()).join_asof(begins, left_on="hour", right_on="slot")
    state, records = pl.col("state"), pl.col("records")
    losing = state.is_in(_LOSSES)
    summed = (
        coverage.join(slot_of, on="hour")
        .group_by("source", "slot")
        .agg(
            read=((state == "ok") & (records > 0)).any(),
            no_data=state.is_in(("no_data", "ok", "sampled")).any(),
            loss=losing.any(),
            records=records.filter(state == "ok").sum(),
            lost=records.filter(losing).sum(),
        )
    )
    found: dict[str, _Said] = {}
    for source, slot, read, no_data, loss, count, lost in summed.iter_rows():
        found.setdefault(source, {})[slot] = (read, no_data, loss, int(count), int(lost))
    return found


@dataclass(frozen=True, slots=True)
class _Told:
    """What is known of a source beside its words; `silent` are its silences beyond `every_seconds`."""

    source: str
    expected: bool
    every_seconds: int | None
    silent: tuple[Gap, ...]
    newest: datetime | None
    silent_networks: tuple[SilentNetwork, ...]

    def is_quiet(self, slot: Slot) -> bool:
        """Whether its silence in an hour is one that is normal."""
        return self.every_seconds is not None and all(
            slot.ends <= gap.begins or slot.begins >= gap.ends for gap in self.silent
        )


def _source(told: _Told, slots: Sequence[Slot], said: _Said, totals: tuple[int, ...]) -> SourceCoverage:
    hours = tuple(_hour(slot, said.get(slot.begins), told) for slot in slots)
    length = [(slot.ends - slot.begins).total_seconds() / _SECONDS for slot in slots]

    def of(*states: str) -> float:
        return sum(long for hour, long in zip(hours, length, strict=True) if hour.state in states)

    return SourceCoverage(
        source=told.source,
        expected=told.expected,
        every_seconds=told.every_seconds,
        hours=hours,
        hours_in_month=sum(length),
        hours_seen=of(*SEEN),
        hours_quiet=of("quiet"),
        hours_with_loss=of("loss", "records_and_loss"),
        hours_silent=of("nothing", "loss"),
        hours_to_come=of("after"),
        records=totals[0],
        octets=totals[1],
        not_ours_records=totals[2],
        not_ours_octets=totals[3],
        gaps=_gaps(hours, slots) if told.every_seconds is None else told.silent,
        silent_networks=told.silent_networks,
    )


def _hour(slot: Slot, said: tuple[bool, bool, bool, int, int] | None, told: _Told) -> HourFigures:
    if said is None:
        after = told.newest is not None and slot.begins > told.newest
        silent = "quiet" if told.is_quiet(slot) else "nothing"
        return HourFigures(slot.begins, "after" if after else silent, 0, 0)
    read, no_data, loss, records, lost = said
    if read:
        state = "records_and_loss" if loss else "records"
    elif loss:
        state = "loss"
    else:
        state = "no_data" if no_data else "nothing"
    return HourFigures(slot.begins, state, records, lost)


def _gaps(hours: Sequence[HourFigures], slots: Sequence[Slot]) -> tuple[Gap, ...]:
    """Runs of hours without a word."""
    gaps: list[Gap] = []
    for hour, slot in zip(hours, slots, strict=True):
        if hour.state == "nothing":
            if gaps and gaps[-1].ends == slot.begins:
                gaps[-1] = Gap(gaps[-1].begins, slot.ends)
            else:
                gaps.append(Gap(slot.begins, slot.ends))
    return tuple(gaps)
