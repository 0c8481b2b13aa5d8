"""Count what was judged, read and closed, for Prometheus.

Decides what moves which metric of `monitor.metrics.table`. Starts no thread, looks at no clock, opens no ledger: it is
told. `judged` is called once for each batch that the ledger committed, and then the sums over all series are the sums
of the ledger since the start.

Values are kept here and handed out by `collect`, prometheus-client's way for values that live elsewhere, instead of in
its `Counter` objects, for three reasons: whole numbers stay exact however many are added (a float stops counting single
records at 2**53), a scrape sees whole batches and whole hours, never half of one, and no series has a `_created` twin
that would double the largest metrics.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import product
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import polars as pl
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily

from monitor import schema
from monitor.kept import BASIS_PARTS, RESTS_ON
from monitor.metrics import table
from monitor.metrics.labels import FOLDING, NONE, OTHER, LabelSets, Operators, Reasons
from monitor.metrics.open_findings import folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from prometheus_client import CollectorRegistry
    from prometheus_client.metrics_core import Metric as Family

    from monitor.kept import Sums
    from monitor.metrics.open_findings import OpenFinding

Labels: TypeAlias = tuple[str, ...]
Value: TypeAlias = int | float
# Labels, whether counted, and the measures.
Total: TypeAlias = tuple[Labels, bool, tuple[int, ...]]

_MEASURES: Final = ("records", "octets_out", "octets_in")
_HOSTED: Final = ("system", "hosting_operator")
_SERIES_OF_A_LABEL_SET: Final = len(_MEASURES)
# Candidates that are judged alike are a place without a country of its own.
_PLACE: Final = (
    pl.when(
        pl.col("place_country").is_null()
        & (pl.col("place_candidates").list.len() > 1)
        & ~pl.col("place_verdict").is_in(["undetermined", "internal"])
    )
    .then(pl.lit("several"))
    .otherwise("place_country")
    .alias("place_country")
)
_OPERATOR: Final = table.TRAFFIC.index("operator")
# The fine counters of a system start with a label set that its traffic can really have, so that a dashboard shows no
# value that does not exist: data that it sends to another system of the site.
_AT_START: Final = {
    "activity": "data", "direction": "outbound", "place_verdict": "internal", "control_verdict": "none",
}  # fmt: skip
# Internal traffic is under nobody's law, and all other is under somebody's.
_VERDICT_PAIRS: Final = tuple(
    (place, control)
    for place in schema.PLACE_VERDICTS.categories
    for control in schema.CONTROL_VERDICTS.categories
    if (place == "internal") == (control == "none")
)
_STATED: Final = tuple(state for state in schema.STATES.categories if state != "ok")
# As the ledger calls it, where that differs from the word of DESIGN 3.1.
_OUTCOMES: Final = {"no_time": "skipped", "passed_over": "skipped", "evidence": "skipped"}
# A name that is evidence was read and stands in the coverage of its hour as well; the others stand nowhere else.
_READ_AS_WELL: Final = "evidence"
# An outcome of names, not of records: each of them is a record that was read as well.
_EVICTED: Final = "evicted"
_RESULTS: Final = {True: "done", False: "failed", None: "unknown"}


_BY_ATLAS_SOURCE: Final = (
    table.ATLAS_SOURCE_TIME, table.ATLAS_SOURCE_STALE, table.ATLAS_SOURCE_SUCCESS, table.ATLAS_SOURCE_FAILURES,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AtlasSourceState:
    """How fresh one source of the kept atlases is; null where there is no input, or never was a success."""

    id: str
    day: datetime | None
    succeeded: datetime | None
    stale_after_seconds: int
    failures: int


class Metrics:
    """Every metric of `table.METRICS`, registered as one collector; each method is safe against a scrape meanwhile."""

    def __init__(self, registry: CollectorRegistry, *, series_limit: int = 30_000, operator_slots: int = 50) -> None:
        """Register. Units: `series_limit` counts series of transferwatch_transfer_*, three a label set."""
        self._lock = Lock()
        self._values: dict[str, dict[Labels, Value]] = {metric.name: {} for metric in table.METRICS}
        self._operators = Operators(operator_slots)
        self._label_sets = LabelSets(table.TRAFFIC, series_limit // _SERIES_OF_A_LABEL_SET)
        self._reasons = Reasons()
        self._set(table.SERIES, (), 0)
        self._set(table.SERIES_LIMIT, (), series_limit)
        for label in FOLDING:
            self._add(table.FOLDED, (label,), 0)
        for reload in ("done", "refused"):
            self._add(table.RELOADS, (reload,), 0)
        self._set(table.RELOAD_PROBLEMS, (), 0)
        self._add(table.MATCHES_DROPPED, (), 0)
        registry.register(self)

    def start(self, systems: Iterable[tuple[str, str]], sources: Iterable[str], operators: Sequence[str] = ()) -> None:
        """Create what may be counted at zero: systems as (id, data class), sources as KIND.

        `operators` are the ledger's, the largest first: they get the first slots. Called again after a change of the
        inventory, it adds what is new and moves nothing.
        """
        with self._lock:
            self._operators.reserve(operators)
            for system, data_class in (*systems, (NONE, NONE)):
                at_start = {"system": system, "data_class": data_class, **_AT_START}
                self._transfer(tuple(at_start.get(label, NONE) for label in table.TRAFFIC), (0, 0, 0))
                for pair in _VERDICT_PAIRS:
                    self._verdict((system, data_class, *pair), (0, 0, 0))
                self._add(table.UNNAMED_OCTETS, (system,), 0)
                self._add(table.PROBES, (system,), 0)
                self._add(table.UNCOUNTED, (system,), 0)
                for kind, result in product((*schema.ACTOR_KINDS.categories, NONE), _RESULTS.values()):
                    self._add(table.ACTS, (system, kind, result), 0)
                for way in table.WAYS:
                    self._add(table.UNVERIFIED, (system, way), 0)
            for source in sources:
                self._start_source(source)

    def judged(self, sums: Sums, source: str) -> None:
        """Count a batch that the ledger has committed; its transfers may bear `kept.RESTS_ON`, null where not asked."""
        transfers = _totals(sums.transfers.with_columns(_PLACE), table.TRAFFIC)
        unverified = _unverified(sums.transfers)
        unnamed = _summed(sums.transfers.filter("counted"), ("system",), ("octets_without_name",))
        probes = _totals(sums.probes, ("system",))
        coverage = _summed(sums.coverage, ("state",), ("records", "not_ours_records", "statements"))
        outcomes = _summed(sums.outcomes, ("outcome", "reason"), ("records",))
        evidence = sum(records for outcome, _, records in outcomes if outcome == _READ_AS_WELL)
        told = sums.transfers.filter(pl.col("event") == "admin")
        acts = _summed(told, ("system", "actor_kind", "success"), ("records",))
        with self._lock:
            self._start_source(source)
            self._count_transfers(transfers)
            for system, kind, success, records in acts:
                self._add(table.ACTS, (system, kind, _RESULTS[success]), records)
            for system, *octets in unverified:
                for way, count in zip(table.WAYS, octets, strict=True):
                    self._add(table.UNVERIFIED, (system, way), count)
            for system, octets in unnamed:
                self._add(table.UNNAMED_OCTETS, (system,), octets)
            for labels, counted, measures in probes:
                self._add(table.PROBES if counted else table.UNCOUNTED, labels, measures[0])
            for state, records, not_ours, statements in coverage:
                if state == "ok":
                    self._add(table.SOURCE_RECORDS, (source, "judged"), records - not_ours - evidence)
                    self._add(table.SOURCE_RECORDS, (source, "not_ours"), not_ours)
                else:
                    self._add(table.SOURCE_STATEMENTS, (source, state), statements)
                    self._add(table.SOURCE_STATED, (source, state), records)
            for outcome, reason, records in outcomes:
                if outcome == _EVICTED:
                    self._add(table.SOURCE_EVICTED, (source,), records)
                    continue
                self._unjudged(source, _OUTCOMES.get(outcome, outcome), reason, records)

    def dropped(self, source: str, reason: str, records: int) -> None:
        """Count records that were read and lost here before they were judged."""
        with self._lock:
            self._start_source(source)
            self._unjudged(source, "dropped", reason, records)

    def unreadable(self, source: str, reason: str) -> None:
        """Count an input that cannot be read, as `schema.UNREADABLE` says why."""
        with self._lock:
            self._start_source(source)
            self._add(table.SOURCE_UNREADABLE, (source, reason), 1)

    def lag(self, source: str, now: datetime, newest: datetime | None = None) -> None:
        """Say how far a source is behind; `newest` is the end of the newest record just read, null when none was.

        A record of the future counts as one of now: one forged time shall not hide for years that a source is silent.
        """
        moment = now.timestamp()
        with self._lock:
            known = self._values[table.SOURCE_NEWEST.name].get((source,))
            read = None if newest is None else min(newest.timestamp(), moment)
            ends = [end for end in (known, read) if end is not None]
            if ends:
                self._set(table.SOURCE_NEWEST, (source,), max(ends))
                self._set(table.SOURCE_LAG, (source,), max(moment - max(ends), 0.0))

    def expected(self, every_seconds: Mapping[str, int]) -> None:
        """Say which silence is normal for which source."""
        with self._lock:
            self._values[table.SOURCE_EXPECTED.name] = {(source,): each for source, each in every_seconds.items()}

    def source_up(self, source: str, *, is_up: bool) -> None:
        """Say whether a source could be looked at."""
        with self._lock:
            self._set(table.SOURCE_UP, (source,), int(is_up))
            self._add(table.SOURCE_RESTARTS, (source,), 0)

    def sources_are(self, sources: Iterable[str]) -> None:
        """Forget how those sources are that the site has no more."""
        kept = {(source,) for source in sources}
        with self._lock:
            up = self._values[table.SOURCE_UP.name]
            self._values[table.SOURCE_UP.name] = {labels: each for labels, each in up.items() if labels in kept}

    def source_restarted(self, source: str) -> None:
        """Count that the reading of a source failed and begins again."""
        with self._lock:
            self._add(table.SOURCE_RESTARTS, (source,), 1)

    def told(self, route: str, delivery: str) -> None:
        """Count an attempt to tell a route: `told` or `failed`."""
        with self._lock:
            for each in ("told", "failed"):
                self._add(table.DELIVERIES, (route, each), int(each == delivery))

    def reloaded(self, problems: int) -> None:
        """Count a reload: done without problems, else refused."""
        with self._lock:
            self._add(table.RELOADS, ("refused" if problems else "done",), 1)
            self._set(table.RELOAD_PROBLEMS, (), problems)

    def seeing(
        self, silence: Mapping[str, float], silent_observers: Mapping[str, int], silent_networks: Mapping[str, int]
    ) -> None:
        """Show how long sources were silent beyond that, and how many of their observers and of our networks are."""
        with self._lock:
            self._values[table.SOURCE_SILENCE.name] = {(source,): each for source, each in silence.items()}
            self._values[table.SILENT_OBSERVERS.name] = {(source,): each for source, each in silent_observers.items()}
            self._values[table.SILENT_NETWORKS.name] = {(source,): each for source, each in silent_networks.items()}

    def versions(self, basis: str, parts: Mapping[str, str], *, atlas: datetime, law: datetime) -> None:
        """Say what records are judged by: every part of `kept.BASIS_PARTS`, and the dates of atlas and law."""
        with self._lock:
            self._values[table.BUILD.name] = {(basis, *(parts[part] for part in BASIS_PARTS)): 1}
            self._set(table.ATLAS_TIME, (), atlas.timestamp())
            self._set(table.LAW_TIME, (), law.timestamp())

    def kept_atlases(
        self, sources: Iterable[AtlasSourceState], succeeded: datetime | None, failed_updates: int
    ) -> None:
        """Show how fresh the kept atlases are; a source that the list no longer names is gone."""
        shown: dict[str, dict[Labels, Value]] = {metric.name: {} for metric in _BY_ATLAS_SOURCE}
        for source in sources:
            label = (source.id,)
            shown[table.ATLAS_SOURCE_STALE.name][label] = source.stale_after_seconds
            shown[table.ATLAS_SOURCE_FAILURES.name][label] = source.failures
            if source.day is not None:
                shown[table.ATLAS_SOURCE_TIME.name][label] = source.day.timestamp()
            if source.succeeded is not None:
                shown[table.ATLAS_SOURCE_SUCCESS.name][label] = source.succeeded.timestamp()
        with self._lock:
            self._values.update(shown)
            self._set(table.ATLAS_UPDATE_FAILURES, (), failed_updates)
            if succeeded is not None:
                self._set(table.ATLAS_UPDATE_SUCCESS, (), succeeded.timestamp())

    def closed_hour(self, hour: datetime, transfers: pl.DataFrame) -> None:
        """Show the last closed hour: its begin, and its rows out of the ledger, which conform to `kept.TRANSFERS`.

        Rows of a local midnight inside the hour belong to it; nothing here looks at their time.
        """
        records: dict[Labels, Value] = {}
        octets: dict[Labels, Value] = {}
        for labels, counted, measures in _totals(transfers, table.HOUR):
            if counted:
                records[labels], octets[*labels, "out"], octets[*labels, "in"] = measures
        hosted: dict[Labels, Value] = {}
        for *host, out, back in _summed(transfers.filter("counted"), _HOSTED, _MEASURES[1:]):
            hosted[*host, "out"], hosted[*host, "in"] = out, back
        with self._lock:
            self._values[table.HOUR_HOSTED.name] = hosted
            self._values[table.HOUR_RECORDS.name] = records
            self._values[table.HOUR_OCTETS.name] = octets
            self._set(table.HOUR_TIME, (), hour.timestamp())

    def posture(
        self, hosts: Iterable[tuple[str, str, str, bool]], deadlines: Iterable[tuple[str, str, datetime]]
    ) -> None:
        """Say where systems stand now.

        Hosts as (system, host, who holds the keys, whether exposed); deadlines as (system, target, the instant after).
        """
        exposed: dict[Labels, Value] = {}
        for *labels, is_exposed in hosts:
            # A host that has several networks of a system is exposed for all of them or for none.
            exposed[tuple(labels)] = int(is_exposed)
        ends: dict[Labels, Value] = {(system, target): end.timestamp() for system, target, end in deadlines}
        with self._lock:
            self._values[table.HOSTING.name] = exposed
            self._values[table.DEADLINE.name] = ends

    def open_findings(self, findings: Iterable[OpenFinding]) -> None:
        """Show which findings are open now."""
        sums = folded(findings)
        with self._lock:
            self._values[table.OPEN_FINDINGS.name] = {labels: count for labels, (count, _) in sums.items()}
            self._values[table.OPEN_FINDINGS_FIRST.name] = {labels: first for labels, (_, first) in sums.items()}

    def matches_dropped(self, matches: int) -> None:
        """Count matches that a correlation had no room for."""
        with self._lock:
            self._add(table.MATCHES_DROPPED, (), matches)

    def describe(self) -> Iterator[Family]:
        """Give every metric without values: what the registry asks for to refuse a second one of the same name."""
        return (_family(metric) for metric in table.METRICS)

    def collect(self) -> Iterator[Family]:
        """Give every metric with the values of one moment."""
        with self._lock:
            values = {name: list(series.items()) for name, series in self._values.items()}
        for metric in table.METRICS:
            family = _family(metric)
            for labels, value in values[metric.name]:
                family.add_metric(labels, value)
            yield family

    def _count_transfers(self, rows: list[Total]) -> None:
        octets: Counter[str] = Counter()
        for labels, counted, (_, out, back) in rows:
            if counted and labels[_OPERATOR] != NONE:
                octets[labels[_OPERATOR]] += out + back
        self._operators.weigh(octets)
        # The largest first: where detail runs out, it runs out for the small ones.
        for labels, counted, measures in sorted(rows, key=lambda row: (-row[2][1] - row[2][2], row[0])):
            if not counted:
                self._add(table.UNCOUNTED, labels[:1], measures[0])
                continue
            named = dict(zip(table.TRAFFIC, labels, strict=True))
            self._verdict(tuple(named[label] for label in table.VERDICTS), measures)
            self._transfer((*labels[:_OPERATOR], self._operators.name(labels[_OPERATOR])), measures)

    def _transfer(self, labels: Labels, measures: Sequence[int]) -> None:
        placed = self._label_sets.place(labels)
        for label in FOLDING:
            if placed[table.TRAFFIC.index(label)] == OTHER:
                self._add(table.FOLDED, (label,), measures[0])
        self._measure(table.TRANSFER_RECORDS, table.TRANSFER_OCTETS, placed, measures)
        self._set(table.SERIES, (), len(self._label_sets) * _SERIES_OF_A_LABEL_SET)

    def _verdict(self, labels: Labels, measures: Sequence[int]) -> None:
        self._measure(table.VERDICT_RECORDS, table.VERDICT_OCTETS, labels, measures)

    def _measure(self, records: table.Metric, octets: table.Metric, labels: Labels, measures: Sequence[int]) -> None:
        self._add(records, labels, measures[0])
        for way, count in zip(table.WAYS, measures[1:], strict=True):
            self._add(octets, (*labels, way), count)

    def _start_source(self, source: str) -> None:
        for outcome in table.OUTCOMES:
            self._add(table.SOURCE_RECORDS, (source, outcome), 0)
        self._add(table.SOURCE_EVICTED, (source,), 0)
        for reason in schema.UNREADABLE.categories:
            self._add(table.SOURCE_UNREADABLE, (source, reason), 0)
        for state in _STATED:
            self._add(table.SOURCE_STATEMENTS, (source, state), 0)
            self._add(table.SOURCE_STATED, (source, state), 0)

    def _unjudged(self, source: str, outcome: str, reason: str, records: int) -> None:
        self._add(table.SOURCE_RECORDS, (source, outcome), records)
        self._add(table.SOURCE_UNJUDGED, (source, outcome, self._reasons.name(source, outcome, reason)), records)

    def _add(self, metric: table.Metric, labels: Labels, amount: int) -> None:
        series = self._values[metric.name]
        series[labels] = series.get(labels, 0) + amount

    def _set(self, metric: table.Metric, labels: Labels, value: Value) -> None:
        self._values[metric.name][labels] = value


def _totals(frame: pl.DataFrame, labels: Sequence[str]) -> list[Total]:
    """Sum the measures of transfer or probe rows by distinct labels."""
    rows = _summed(frame, (*labels, "counted"), _MEASURES)
    width = len(labels)
    return [(row[:width], row[width], row[width + 1 :]) for row in rows]


def _unverified(frame: pl.DataFrame) -> list[tuple[Any, ...]]:
    """Octets out and in by system, of the rows of which a verdict rests on an unverified fact."""
    if RESTS_ON not in frame.columns:
        return []
    rests = pl.col("counted") & (pl.col("place_verdict") != "internal") & pl.col(RESTS_ON).is_not_null()
    return _summed(frame.filter(rests), ("system",), ("octets_out", "octets_in"))


def _summed(frame: pl.DataFrame, labels: Sequence[str], measures: Sequence[str]) -> list[tuple[Any, ...]]:
    """Sum `measures` by distinct labels. No sum wraps: one row may claim 2**63 - 1 octets, and two do not fit."""
    named = [pl.col(label) if frame.schema[label] == pl.Boolean else pl.col(label).fill_null(NONE) for label in labels]
    return frame.group_by(named).agg(pl.col(*measures).cast(pl.Int128).sum()).rows()


def _family(metric: table.Metric) -> CounterMetricFamily | GaugeMetricFamily:
    family = CounterMetricFamily if metric.type == "counter" else GaugeMetricFamily
    return family(metric.name, metric.meaning, labels=metric.labels)
