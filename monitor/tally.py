"""Count what a replay did with every record: judged, not counted, not ours, without time, broken.

Decides how transfer rows are summed for people: by system, verdict, country and operator. Memory is bounded by the
number of distinct verdicts, not by the traffic.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, cast

import polars as pl

from monitor import kept
from monitor.totals import saturated, total
from monitor.unjudged import bounded

if TYPE_CHECKING:
    from datetime import datetime

    from collectors.contract import Batch
    from monitor.kept import Sums
    from monitor.pipeline import Judged

# Columns by which transfer rows are summed; all of them are bounded by our own files.
KEYS: Final = (
    "system",
    "peer_system",
    "data_class",
    "activity",
    "direction",
    "counted",
    "importer",
    "operator",
    "control_countries",
    "control_verdict",
    "control_reason",
    "place_country",
    "place_verdict",
    "place_reason",
    "mechanism",
)
PROBE_KEYS: Final = ("system", "data_class", "counted")
_MEASURES: Final = ("records", "octets_out", "octets_in")
_FOLD_AFTER_ROWS: Final = 200_000


@dataclass(slots=True)
class Tally:
    """What became of the records of a replay. Octets are as the records say, unscaled."""

    records: int = 0
    inputs: int = 0
    unreadable: dict[str, str] = field(default_factory=dict)
    judged: int = 0
    judged_octets: int = 0
    uncounted: int = 0
    uncounted_octets: int = 0
    not_ours_by_source: Counter[str] = field(default_factory=Counter)
    not_ours_octets: int = 0
    no_time: int = 0
    no_time_octets: int = 0
    coverage: Counter[str] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)
    evicted_names: int = 0
    passed_over: Counter[str] = field(default_factory=Counter)
    evidence: Counter[str] = field(default_factory=Counter)
    names: int = 0
    acts: Counter[str] = field(default_factory=Counter)
    first: datetime | None = None
    last: datetime | None = None
    _parts: list[pl.DataFrame] = field(default_factory=list)
    _probes: list[pl.DataFrame] = field(default_factory=list)

    def add_batch(self, batch: Batch) -> None:
        """Count what a decoder made of a piece."""
        self.records += batch.records
        self.broken.update(batch.bad_by_reason)
        self.passed_over = bounded(self.passed_over + batch.passed_over)
        for frame in batch.coverage:
            self.coverage.update(frame["state"].cast(pl.String).to_list())

    def add_judged(self, judged: Judged, sums: Sums) -> None:
        """Count judged records, of which `sums` are the sums."""
        frame = judged.oriented.frame
        if judged.not_ours:
            self.not_ours_by_source[judged.source.kind] += judged.not_ours
        self.not_ours_octets += judged.not_ours_octets
        self.no_time += judged.no_time
        self.no_time_octets += judged.no_time_octets
        self.evidence.update(judged.unjudged)
        self.add_span(judged.ours["end_time"])
        if not frame.height:
            return
        self.judged += frame.height
        self.judged_octets += total(frame["octets"])
        self._add_event(judged)
        if judged.event == "flow":  # acts and questions that do not count are told among their own
            uncounted = frame.filter(pl.Series(~judged.oriented.counted))
            self.uncounted += uncounted.height
            self.uncounted_octets += total(uncounted["octets"])
        self._parts.append(_fold([sums.transfers.with_columns(_listed_operator())], KEYS))
        self._probes.append(_fold([sums.probes], PROBE_KEYS))
        if sum(each.height for each in self._parts) > _FOLD_AFTER_ROWS:
            self._parts = [_fold(self._parts, KEYS)]
            self._probes = [_fold(self._probes, PROBE_KEYS)]

    def add_span(self, ends: pl.Series) -> None:
        """Widen the span by the ends of records that are ours, judged or not: evidence was seen at its time as well."""
        if not len(ends):
            return
        first, last = cast("datetime", ends.min()), cast("datetime", ends.max())
        self.first = first if self.first is None else min(self.first, first)
        self.last = last if self.last is None else max(self.last, last)

    def _add_event(self, judged: Judged) -> None:
        """Count what is no flow: questions to resolvers, and acts of administration by what became of them."""
        frame, oriented = judged.oriented.frame, judged.oriented
        if judged.event == "name":
            self.names += frame.height
        if judged.event != "admin":
            return
        failed = ~frame["success"].fill_null(value=True).to_numpy()
        provider = (frame["actor_kind"] == "provider").fill_null(value=False).to_numpy() & ~failed
        self.acts.update(
            {
                "acts": frame.height,
                "failed": int(failed.sum()),
                "provider": int(provider.sum()),
                "automatic": int((~oriented.counted & ~failed).sum()),
            }
        )

    def merge(self, other: Tally) -> None:
        """Add what another tally counted."""
        for name in ("records", "inputs", "judged", "judged_octets", "uncounted", "uncounted_octets", "names"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("not_ours_octets", "no_time", "no_time_octets", "evicted_names"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.passed_over = bounded(self.passed_over + other.passed_over)
        for name in ("not_ours_by_source", "coverage", "broken", "unreadable", "evidence", "acts"):
            getattr(self, name).update(getattr(other, name))
        firsts = [each for each in (self.first, other.first) if each is not None]
        lasts = [each for each in (self.last, other.last) if each is not None]
        self.first, self.last = min(firsts, default=None), max(lasts, default=None)
        self._parts = [_fold([*self._parts, *other._parts], KEYS)] if self._parts or other._parts else []
        self._probes = [_fold([*self._probes, *other._probes], PROBE_KEYS)] if self._probes or other._probes else []

    @property
    def not_ours(self) -> int:
        """Records of which no end is in the inventory."""
        return self.not_ours_by_source.total()

    @property
    def broken_records(self) -> int:
        """Lines that claim to be records and are not."""
        return sum(self.broken.values())

    def sums(self) -> pl.DataFrame:
        """One row per distinct value of KEYS. Columns out: KEYS, `records`, `octets_out`, `octets_in`."""
        return _fold([kept.empty(kept.TRANSFERS), *self._parts], KEYS)

    def probes(self) -> pl.DataFrame:
        """One row per distinct value of PROBE_KEYS, with the same sums."""
        return _fold([kept.empty(kept.PROBES), *self._probes], PROBE_KEYS)


def _listed_operator() -> pl.Expr:
    """The operators of the table; the long tail of networks outside it is one."""
    return pl.when(pl.col("control_reason").fill_null("") != "operator_unlisted").then("operator").alias("operator")


def _fold(parts: list[pl.DataFrame], keys: tuple[str, ...]) -> pl.DataFrame:
    chosen = [part.select(*keys, *_MEASURES) for part in parts]
    return pl.concat(chosen).group_by(keys, maintain_order=True).agg(saturated(*_MEASURES))
