"""Add judged records up to what is kept of them: transfer rows by hour and key, probes, evidence, coverage.

Decides which records are evidence, and that probes are only a number. Pure: equal records give equal sums, whatever
the batch, and sums of parts add up to those of the whole (`folding`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
import polars as pl

from monitor import kept, schema
from monitor.combinations import Combinations, combinations, distinct_texts
from monitor.folding import PROBE_KEY
from monitor.hours import HOUR_MICROSECONDS, Hours
from monitor.kept import Sums
from monitor.measures import summable
from monitor.networks_seen import OwnNetworks
from monitor.orient import PROBE
from monitor.services import service_names
from monitor.totals import fitting, saturated, sums_by
from monitor.transfer_keys import KeyNumbers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from collectors.contract import Batch
    from monitor.config import Site
    from monitor.pipeline import Judged
    from monitor.services import ServiceNames

    Numbers = NDArray[np.int64]

# The place verdicts whose addresses a person must see to find out more.
_UNSETTLED: Final = ("uncovered", "undetermined")
_PUBLIC: Final = "public"
_NONE: Final = -1
_OK: Final = "ok"
_TRANSFER_NUMBERS: Final = (
    "hour", "verdict", "system", "peer", "host", "activity", "direction", "service", "operator", "counted",
)  # fmt: skip
_FROM_VERDICT: Final = (
    "importer", "named_operator", "place_candidates", "place_country", "place_region", "place_confidence",
    "control_countries", "control_country", "reach_laws", "register_entries", "named_elsewhere", "place_verdict",
    "place_reason", "control_verdict", "control_reason", "mechanism", *kept.ACTOR_KEY,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Summation:
    """What is needed to add a site's judged records up."""

    exporter: str
    exporter_country: str
    hours: Hours
    networks: OwnNetworks
    keys: KeyNumbers = field(default_factory=KeyNumbers)

    @classmethod
    def of(cls, site: Site) -> Summation:
        """Make ready for a site."""
        return cls(site.exporter.name, site.exporter.country, Hours(site.timezone), OwnNetworks.of(site.inventory))

    def sums(self, judged: Judged) -> Sums:
        """Add up one part of a batch. Without `outcomes`, which belong to the batch."""
        apart = _Apart.of(_Rows.of(judged, self.hours))
        transfers, row = _by_key(self._transfers(*apart.where(~apart.is_probe)))
        # Transfer row of each group: groups of probes have none, the others are in the order of the groups.
        transfer = np.where(apart.is_probe, _NONE, np.append(row, _NONE)[np.cumsum(~apart.is_probe) - 1])
        return Sums(
            transfers=transfers,
            probes=self._probes(*apart.where(apart.is_probe)),
            evidence=_evidence(apart.rows, transfers, transfer[apart.grouped.group]),
            coverage=_coverage(judged, self.hours),
            outcomes=_NO_OUTCOMES,
            networks=self.networks.heard(judged, self.hours),
        )

    def totals(self, judged: Judged) -> Sums:
        """Add up what a summary needs: transfers, without the number of their key, and probes; nothing else."""
        apart = _Apart.of(_Rows.of(judged, self.hours))
        first, sums = apart.where(~apart.is_probe)
        words = self._words(first).with_columns(
            first.hour().alias("hour"), pl.lit(0, pl.Int64).alias("key"), *sums.get_columns()
        )
        return Sums(
            transfers=words.select(column.name for column in kept.TRANSFERS),
            probes=self._probes(*apart.where(apart.is_probe)),
            evidence=kept.empty(kept.EVIDENCE),
            coverage=kept.empty(kept.COVERAGE),
            outcomes=_NO_OUTCOMES,
        )

    def _transfers(self, first: _Rows, sums: pl.DataFrame) -> pl.DataFrame:
        """Transfer rows, by one record of each and what they add up to."""
        keys = self._words(first)
        frame = keys.with_columns(
            first.hour().alias("hour"), self.keys.of(keys, first.number["verdict"]), *sums.get_columns()
        )
        return frame.select(column.name for column in kept.TRANSFERS)

    def _words(self, first: _Rows) -> pl.DataFrame:
        """What transfer rows say beside their hour and what they count, by one record of each."""
        judged = first.judged
        verdict = judged.verdicts.select(pl.col(_FROM_VERDICT).gather(_index(first.number["verdict"])))
        keys = self._ours(first).with_columns(
            _words(judged.hosts.operators, first.number["host"]).alias("hosting_operator"),
            _enum(schema.ACTIVITIES, first.number["activity"]).alias("activity"),
            first.services.names[_index(first.number["service"])].alias("service"),
            first.operator().alias("operator"),
            *(_plain(verdict[name]) for name in _FROM_VERDICT),
        )
        return keys.with_columns(pl.when(pl.col("control_verdict") != "none").then("operator").alias("operator"))

    def _probes(self, first: _Rows, sums: pl.DataFrame) -> pl.DataFrame:
        rows = self._ours(first).with_columns(first.hour().alias("hour"), *sums.get_columns())
        return rows.group_by(PROBE_KEY).agg(*saturated(*kept.MEASURE_NAMES)).select(c.name for c in kept.PROBES)

    def _ours(self, first: _Rows) -> pl.DataFrame:
        """What the site's own files, and who started, say of one row each."""
        systems = first.judged.orienter.inventory.systems
        ids = [system.id for system in systems]
        return pl.DataFrame(
            {
                "system": _words(ids, first.number["system"]),
                "peer_system": _words(ids, first.number["peer"]),
                "data_class": _words([system.data_class for system in systems], first.number["system"]),
                "direction": _enum(schema.DIRECTIONS, first.number["direction"]),
                "counted": pl.Series(first.number["counted"].astype(np.bool_)),
            }
        ).with_columns(
            exporter=pl.lit(self.exporter),
            exporter_country=pl.lit(self.exporter_country),
            basis=pl.lit(first.judged.basis),
        )


@dataclass(frozen=True, slots=True)
class _Rows:
    """Some rows of a judged part; `at` tells where each stands in it, `number` what it is, `value` what it counts."""

    judged: Judged
    services: ServiceNames
    at: NDArray[np.intp]
    number: Mapping[str, Numbers]
    value: Mapping[str, Numbers]

    @classmethod
    def of(cls, judged: Judged, hours: Hours) -> _Rows:
        oriented = judged.oriented
        hour = hours.begin(_microseconds(oriented.frame["end_time"]))
        services = service_names(oriented.frame["protocol"], oriented.service_port)
        operator = np.append(judged.operator.to_physical().cast(pl.Int64).fill_null(_NONE).to_numpy(), _NONE)
        number: dict[str, NDArray[Any]] = {
            # An hour and the part of it that a local midnight cuts off are two numbers, side by side.
            "hour": hour // HOUR_MICROSECONDS * 2 + (hour % HOUR_MICROSECONDS != 0),
            "begin": hour,
            "verdict": judged.verdict,
            "system": oriented.system,
            "peer": oriented.peer_system,
            "host": judged.host,
            "activity": oriented.activity,
            "direction": oriented.direction,
            "service": services.number,
            "operator": operator[oriented.remote],
            "counted": oriented.counted,
            "remote": oriented.remote,
            "local": oriented.local,
        }
        numbers = {name: column.astype(np.int64, copy=False) for name, column in number.items()}
        return cls(judged, services, np.arange(len(hour)), numbers, summable(oriented))

    def where(self, rows: NDArray[np.bool_] | NDArray[np.intp]) -> _Rows:
        """Some of the rows, by a mask or by positions; without what they count."""
        number = {name: column[rows] for name, column in self.number.items()}
        return replace(self, at=self.at[rows], number=number, value={})

    def grouped(self) -> _Grouped:
        """Group the rows by hour, verdict and what else a transfer is keyed by."""
        distinct = combinations([self.number[name] for name in _TRANSFER_NUMBERS])
        return _Grouped(distinct.ids, distinct.row_of, self.value)

    def hour(self) -> pl.Series:
        return pl.Series(self.number["begin"]).cast(schema.TIME)

    def operator(self) -> pl.Series:
        """Names of the operators of the far ends; null for an address that no record tells."""
        remote = self.number["remote"]
        return self.judged.operator[_present(remote)].cast(pl.String)


@dataclass(frozen=True, slots=True)
class _Grouped:
    """The group of each row, one row of each group, and what the rows count."""

    group: NDArray[np.intp]
    row_of: NDArray[np.intp]
    value: Mapping[str, Numbers]

    def measures(self) -> pl.DataFrame:
        """Add up the measures of each group."""
        groups = len(self.row_of)
        if groups == len(self.group):
            return pl.DataFrame({name: each[self.row_of] for name, each in self.value.items()})
        return pl.DataFrame({name: sums_by(self.group, groups, each) for name, each in self.value.items()})


@dataclass(frozen=True, slots=True)
class _Apart:
    """The groups of some rows, one row of each with what the group adds up to, and which are probes."""

    rows: _Rows
    grouped: _Grouped
    first: _Rows
    sums: pl.DataFrame
    is_probe: NDArray[np.bool_]

    @classmethod
    def of(cls, rows: _Rows) -> _Apart:
        grouped = rows.grouped()
        first = rows.where(grouped.row_of)
        return cls(rows, grouped, first, grouped.measures(), first.number["activity"] == PROBE)

    def where(self, groups: NDArray[np.bool_]) -> tuple[_Rows, pl.DataFrame]:
        """Some of the groups: one row of each, and the sums."""
        return self.first.where(groups), self.sums.filter(pl.Series(groups))


def _by_key(transfers: pl.DataFrame) -> tuple[pl.DataFrame, NDArray[np.intp]]:
    """One row for each hour and key, and which of them each row went into: verdicts may differ in what is not kept."""
    hour = np.unique(_microseconds(transfers["hour"]), return_inverse=True)[1]
    distinct = combinations([hour, transfers["key"].to_numpy()])
    values = {name: transfers[name].to_numpy() for name in kept.MEASURE_NAMES}
    merged = _Grouped(distinct.ids, distinct.row_of, values)
    return transfers[distinct.row_of].with_columns(*merged.measures().get_columns()), distinct.ids


def _evidence(rows: _Rows, transfers: pl.DataFrame, transfer: Numbers) -> pl.DataFrame:
    """Who spoke with whom, for the counted transfers that a person must be able to look into."""
    exposed = (pl.col("control_verdict") == "exposed") & (pl.col("data_class").fill_null("") != _PUBLIC)
    wanted = transfers.select(pl.col("counted") & (pl.col("place_verdict").is_in(_UNSETTLED) | exposed)).to_series()
    at = np.flatnonzero(np.append(wanted.to_numpy(), False)[transfer])  # the last one is that of probes, -1
    if not len(at):
        return kept.empty(kept.EVIDENCE)
    frame = rows.judged.oriented.frame
    transfer, remote, local = transfer[at], rows.number["remote"][at], rows.number["local"][at]
    protocol = frame["protocol"].cast(pl.Int64).fill_null(_NONE).to_numpy()[at]
    names = frame["name"][_index(at)]
    distinct = combinations([transfer, remote, local, protocol, _codes(names)])
    seen = _Grouped(distinct.ids, distinct.row_of, {name: each[at] for name, each in rows.value.items()})
    end = _microseconds(frame["end_time"])[at]
    begin = _microseconds(frame["start_time"].fill_null(frame["end_time"]))[at]
    smallest, largest = _extremes(distinct, begin, end)
    row, first = _index(transfer[seen.row_of]), seen.row_of
    text = rows.judged.addresses.text
    return pl.DataFrame(
        {
            "hour": transfers["hour"][row],
            "key": transfers["key"][row],
            "remote_address": text[_present(remote[first])],
            "local_address": text[_present(local[first])],
            "protocol": frame["protocol"][_index(at[first])],
            "name": names[_index(first)],
        }
    ).with_columns(
        *seen.measures().get_columns(),
        first_seen=pl.Series(smallest).cast(schema.TIME),
        last_seen=pl.Series(largest).cast(schema.TIME),
        folded=pl.lit(0, pl.Int64),
    )


def _extremes(groups: Combinations, start: Numbers, end: Numbers) -> tuple[Numbers, Numbers]:
    """Smallest start and largest end of each group."""
    smallest, largest = start[groups.row_of], end[groups.row_of]
    if len(groups) < len(start):
        np.minimum.at(smallest, groups.ids, start)
        np.maximum.at(largest, groups.ids, end)
    return smallest, largest


def _codes(column: pl.Series) -> Numbers:
    """Numbers of distinct texts, for this part only."""
    if column.null_count() == len(column):
        return np.full(len(column), _NONE)
    return distinct_texts(column).ids


def _coverage(judged: Judged, hours: Hours) -> pl.DataFrame:
    """What the source saw of each hour, by observer; of that, what is not ours."""
    if not judged.timed.height:
        return kept.empty(kept.COVERAGE)
    seen = _seen(judged.timed, hours)
    if judged.not_ours:
        ours = _seen(judged.ours, hours)
        ours = ours.select("hour", "observer", of_ours="records", octets_of_ours="octets")
        seen = seen.join(ours, on=["hour", "observer"], how="left", nulls_equal=True).with_columns(
            not_ours_records=pl.col("records") - pl.col("of_ours").fill_null(0),
            not_ours_octets=fitting(pl.col("octets") - pl.col("octets_of_ours").fill_null(0)),
        )
    else:
        seen = seen.with_columns(not_ours_records=pl.lit(0, pl.Int64), not_ours_octets=pl.lit(0, pl.Int64))
    return seen.with_columns(fitting(pl.col("octets"))).select(
        "hour",
        pl.lit(judged.source.name or judged.source.kind).alias("source"),
        "observer",
        pl.lit(_OK).alias("state"),
        pl.lit(0, pl.Int64).alias("statements"),
        "records",
        "octets",
        "not_ours_records",
        "not_ours_octets",
        "first_time",
        "last_time",
    )


def _seen(frame: pl.DataFrame, hours: Hours) -> pl.DataFrame:
    """Records and octets, of any size, by hour and observer."""
    end = _microseconds(frame["end_time"])
    hour = hours.begin(end)
    both = ("octets", "reverse_octets")
    largest = sum(each or 0 for each in frame.select(pl.col(both).max()).row(0))
    if largest * frame.height >= kept.MOST:
        return _seen_of_any_size(frame.with_columns(hour=pl.Series(hour).cast(schema.TIME)), both)
    by = combinations([hour, _codes(frame["observer"])])
    octets = sum(frame[name].fill_null(0).to_numpy() for name in both if frame[name].null_count() < frame.height)
    first, last = _extremes(by, end, end)
    return pl.DataFrame(
        {
            "hour": pl.Series(hour[by.row_of]).cast(schema.TIME),
            "observer": frame["observer"][_index(by.row_of)],
            "records": np.bincount(by.ids, minlength=len(by)).astype(np.int64),
            "octets": sums_by(by.ids, len(by), np.broadcast_to(octets, end.shape)),
            "first_time": pl.Series(first).cast(schema.TIME),
            "last_time": pl.Series(last).cast(schema.TIME),
        }
    )


def _seen_of_any_size(frame: pl.DataFrame, both: Sequence[str]) -> pl.DataFrame:
    return (
        frame.select(
            "hour", "observer", "end_time", octets=pl.sum_horizontal(pl.col(both).fill_null(0).cast(pl.Int128))
        )
        .group_by("hour", "observer")
        .agg(
            pl.len().cast(pl.Int64).alias("records"),
            pl.col("octets").sum().cast(pl.Int128),
            pl.col("end_time").min().alias("first_time"),
            pl.col("end_time").max().alias("last_time"),
        )
    )


def batch_sums(batch: Batch, source: str, no_time: int, no_time_octets: int, hours: Hours) -> Sums:
    """What a batch says beside its flows: statements of coverage, and records that are in no hour."""
    statements = [_statements(frame, source, hours) for frame in batch.coverage]
    outcomes = [("broken", reason, count, 0) for reason, count in sorted(batch.bad_by_reason.items())]
    if no_time:
        outcomes.append(("no_time", "no_time", no_time, min(no_time_octets, kept.MOST)))
    silent = sum(frame["end_time"].null_count() for frame in batch.coverage)
    if silent:
        outcomes.append(("no_time", "statement", silent, 0))
    rows = [(source, *outcome) for outcome in outcomes]
    return Sums(
        transfers=kept.empty(kept.TRANSFERS),
        probes=kept.empty(kept.PROBES),
        evidence=kept.empty(kept.EVIDENCE),
        coverage=pl.concat([kept.empty(kept.COVERAGE), *statements]),
        outcomes=pl.DataFrame(rows, schema=_NO_OUTCOMES.schema, orient="row"),
    )


def _statements(frame: pl.DataFrame, source: str, hours: Hours) -> pl.DataFrame:
    """Statements of a source about its own seeing; one that names no time is for no hour and is left out."""
    timed = frame.filter(pl.col("end_time").is_not_null())
    hour = pl.Series("hour", hours.begin(_microseconds(timed["end_time"]))).cast(schema.TIME)
    return (
        timed.with_columns(hour, pl.col("state").cast(pl.String))
        .group_by("hour", "observer", "state")
        .agg(
            pl.len().cast(pl.Int64).alias("statements"),
            *saturated("records"),
            pl.col("end_time").min().alias("first_time"),
            pl.col("end_time").max().alias("last_time"),
        )
        .with_columns(
            pl.lit(source).alias("source"),
            *(pl.lit(0, pl.Int64).alias(name) for name in ("octets", "not_ours_records", "not_ours_octets")),
        )
        .select(column.name for column in kept.COVERAGE)
    )


_NO_OUTCOMES: Final = kept.empty(
    [column for column in kept.OUTCOMES if column.name not in {"input", "first_time", "last_time"}]
)


def _microseconds(times: pl.Series) -> Numbers:
    return cast("Numbers", times.to_physical().to_numpy())


def _words(words: Sequence[str], number: NDArray[np.integer]) -> pl.Series:
    """Words by number, null for -1."""
    table = pl.Series([*words, None], dtype=pl.String)
    return table[_index(np.where(number < 0, len(words), number))]


def _index(number: NDArray[np.integer]) -> pl.Series:
    return pl.Series(number.astype(np.uint32))


def _enum(dtype: pl.Enum, number: Numbers) -> pl.Series:
    return dtype.categories[_index(number)]


def _present(position: Numbers) -> pl.Series:
    """Positions to gather by, null for an absent address."""
    series = _index(position)
    absent = position < 0
    return pl.select(pl.when(pl.Series(~absent)).then(series)).to_series() if absent.any() else series


def _plain(column: pl.Series) -> pl.Series:
    """A column of a verdict as the ledger words it."""
    if column.name == "register_entries":
        return pl.select(_listed(column)).to_series().alias(column.name)
    if isinstance(column.dtype, pl.List):
        return column.cast(kept.TEXTS)
    return column if column.dtype == pl.Boolean else column.cast(pl.String)


def _listed(column: pl.Series) -> pl.Expr:
    none = pl.Series([[]], dtype=kept.TEXTS)
    return pl.when(column != "").then(column.str.split(" ")).otherwise(none)
