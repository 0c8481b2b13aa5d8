"""The order of the stages: decoded events in, judged records out; flows, names and administration in one shape.

Decides nothing; it hands frames and small values from one stage to the next, and counts what leaves on the way. What
comes out are numbers and small tables: `rows` spells them out, `sums` adds them up, and neither pays for the other.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import polars as pl

from collectors.contract import Admins, Flows, Names
from monitor.combinations import combinations
from monitor.far_actors import acting
from monitor.orient import orient
from monitor.orient_admins import orient_admins
from monitor.orient_names import orient_names
from monitor.totals import total

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from collectors.contract import Batch
    from monitor.address import ParsedAddresses
    from monitor.atlas_days import AtlasDays
    from monitor.attribution.far_ends import Attributor
    from monitor.hosting import Hosts
    from monitor.judge import Judge, Verdicts
    from monitor.orient import Oriented, Orienter
    from monitor.providers import ProviderTable

Part: TypeAlias = Flows | Names | Admins


def parts_of(batch: Batch) -> list[Part]:
    """What there is to judge in a batch."""
    return [*batch.flows, *batch.names, *batch.admins]


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """What the pipeline must know of the source of a batch."""

    kind: str
    count_at_forwarders: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """Judged records of a part, and what was not judged: records, and octets of them, by reason.

    `oriented` holds the records of which an end is ours, row by row; `verdict` numbers their verdicts in `verdicts`;
    `host` numbers who hosts our end in `hosts`; `operator` names the operator of each address. `timed` holds every
    record that has a time, whoever's it is, and `ours` all of it but what is not ours. `event` is `flow`, `name` or
    `admin`; `unjudged` counts what is ours and no conversation of its own, by reason. `atlas_days` are those of the
    atlas's sources.
    """

    oriented: Oriented
    timed: pl.DataFrame
    ours: pl.DataFrame
    addresses: ParsedAddresses
    operator: pl.Series
    verdicts: pl.DataFrame
    verdict: NDArray[np.intp]
    hosts: Hosts
    host: NDArray[np.int32]
    orienter: Orienter
    source: SourceSettings
    basis: str
    atlas_days: AtlasDays | None = None
    no_time: int = 0
    no_time_octets: int = 0
    event: str = "flow"
    unjudged: Counter[str] = field(default_factory=Counter)

    @property
    def not_ours(self) -> int:
        """Records of which no end is ours."""
        return self.oriented.not_ours

    @property
    def not_ours_octets(self) -> int:
        """Octets of these."""
        return self.oriented.not_ours_octets


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The stages of one site, built once."""

    orienter: Orienter
    attributor: Attributor
    judge: Judge
    hosts: Hosts
    providers: ProviderTable
    basis: str
    atlas_days: AtlasDays | None = None

    def run(self, part: Part, source: SourceSettings) -> Judged:
        """Orient, attribute and judge one part of a batch. Pure: equal records give equal rows, whatever the batch."""
        if isinstance(part, Admins):
            return self._admins(part, source)
        return self._names(part, source) if isinstance(part, Names) else self._flows(part, source)

    def _flows(self, flows: Flows, source: SourceSettings) -> Judged:
        frame, no_time = _timed(flows.frame, "end_time")
        no_time_octets = total(flows.frame.filter(pl.col("end_time").is_null())["octets"]) if no_time else 0
        oriented = orient(
            frame,
            flows.addresses,
            self.orienter,
            count_at_forwarders=source.count_at_forwarders,
            link_octets=flows.link_octets,
            payload_alone=flows.payload_alone,
        )
        far = self.attributor.attribute(flows.addresses)
        verdicts = self.judge.judge(oriented, flows.addresses, far)
        done = _Done("flow", oriented, frame, oriented.frame, flows.addresses, verdicts, no_time, no_time_octets)
        return self._judged(done, source, far.operator_name)

    def _names(self, names: Names, source: SourceSettings) -> Judged:
        frame, no_time = _timed(names.frame, "time")
        asked = orient_names(frame, names.addresses, self.orienter)
        far = self.attributor.attribute(asked.addresses)
        verdicts = self.judge.judge(asked.oriented, asked.addresses, far)
        done = _Done("name", asked.oriented, asked.timed, asked.ours, asked.addresses, verdicts, no_time)
        return replace(self._judged(done, source, far.operator_name), unjudged=asked.unjudged)

    def _admins(self, admins: Admins, source: SourceSettings) -> Judged:
        frame, no_time = _timed(admins.frame, "time")
        acts = orient_admins(frame, admins.addresses, self.orienter, source.kind, self.judge.claimed_answer)
        host = self._hosts_of(acts.oriented, acts.addresses)
        provider = self.providers.of_acts(acts, host, source.kind)
        far = self.attributor.attribute(acts.addresses)
        oriented, addresses, far = acting(
            acts.oriented, acts.addresses, far, acts.claim, provider, self.providers.operators
        )
        verdicts = self.judge.judge(oriented, addresses, far)
        done = _Done("admin", oriented, acts.timed, oriented.frame, addresses, verdicts, no_time)
        return self._judged(done, source, far.operator_name)

    def _hosts_of(self, oriented: Oriented, addresses: ParsedAddresses) -> NDArray[np.int32]:
        end = oriented.frame["end_time"].to_physical().to_numpy()
        return self.hosts.of_rows(oriented.system, oriented.local, end, addresses)

    def _judged(self, done: _Done, source: SourceSettings, operator: pl.Series) -> Judged:
        table, row = _with_actors(done)
        return Judged(
            oriented=done.oriented,
            timed=done.timed,
            ours=done.ours,
            addresses=done.addresses,
            operator=operator,
            verdicts=table,
            verdict=row,
            hosts=self.hosts,
            host=self._hosts_of(done.oriented, done.addresses),
            orienter=self.orienter,
            source=source,
            basis=self.basis,
            atlas_days=self.atlas_days,
            no_time=done.no_time,
            no_time_octets=done.no_time_octets,
            event=done.event,
        )


@dataclass(frozen=True, slots=True)
class _Done:
    """What the stages made of one kind of event."""

    event: str
    oriented: Oriented
    timed: pl.DataFrame
    ours: pl.DataFrame
    addresses: ParsedAddresses
    verdicts: Verdicts
    no_time: int
    no_time_octets: int = 0


def _timed(frame: pl.DataFrame, column: str) -> tuple[pl.DataFrame, int]:
    """The records that have a time, and how many have none."""
    without = frame[column].null_count()
    return (frame.filter(pl.col(column).is_not_null()) if without else frame), without


def _with_actors(done: _Done) -> tuple[pl.DataFrame, NDArray[np.intp]]:
    """Verdicts by event and, of administration, by whose people acted and whether they succeeded.

    A transfer is keyed by these as well (`kept.ACTOR_KEY`); they are put to the distinct verdicts, not to every row.
    """
    table, row = done.verdicts.table, done.verdicts.row
    event = pl.lit(done.event, pl.String).alias("event")
    if done.event != "admin":
        nobody = {"actor_kind": pl.lit(None, pl.String), "success": pl.lit(None, pl.Boolean)}
        return table.with_columns(event, **nobody), row
    frame = done.oriented.frame
    kind = frame["actor_kind"].to_physical().cast(pl.Int64).fill_null(-1).to_numpy()
    success = frame["success"].cast(pl.Int64).fill_null(-1).to_numpy()
    distinct = combinations([row, kind, success])
    at = distinct.row_of
    spread = table.select(pl.all().gather(pl.Series(row[at].astype(np.uint32))))
    acted = frame.select(pl.col("actor_kind").cast(pl.String), "success").select(
        pl.all().gather(pl.Series(at.astype(np.uint32)))
    )
    return spread.with_columns(event, *acted.get_columns()), distinct.ids
