"""The order of the stages: decoded flows in, judged rows out.

Decides nothing; it hands frames and small values from one stage to the next, spells numbers out as the schema has
them, and counts what leaves on the way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from monitor import schema
from monitor.combinations import combinations
from monitor.orient import NOBODY, Orienter, orient
from monitor.services import PORTS, WITH_PORTS, protocol_name
from monitor.totals import total

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from collectors.contract import Flows
    from monitor.attribution.far_ends import Attributor
    from monitor.judge import Judge, Verdicts
    from monitor.orient import Oriented

# Protocols with ports count from 1, so that (protocol, port) stays a small number; all others are 0.
_FAMILY: Final = np.zeros(257, dtype=np.int64)
_FAMILY[list(WITH_PORTS)] = range(1, len(WITH_PORTS) + 1)


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """What the pipeline must know of the source of a batch."""

    kind: str
    count_at_forwarders: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """Judged rows, and what was not judged: records, and octets of them, by reason.

    `frame` conforms to `schema.JUDGED`; `verdict` numbers its rows' distinct verdicts in `verdicts`.
    """

    frame: pl.DataFrame
    verdicts: pl.DataFrame
    verdict: NDArray[np.intp]
    source: str
    not_ours: int = 0
    not_ours_octets: int = 0
    no_time: int = 0
    no_time_octets: int = 0


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The stages of one site, built once."""

    orienter: Orienter
    attributor: Attributor
    judge: Judge
    basis: str

    def run(self, flows: Flows, source: SourceSettings) -> Judged:
        """Orient, attribute and judge one part of a batch. Pure: equal records give equal rows, whatever the batch."""
        frame, addresses = flows.frame, flows.addresses
        without_time = frame["end_time"].null_count()
        no_time_octets = 0
        if without_time:
            no_time_octets = total(frame.filter(pl.col("end_time").is_null())["octets"])
            frame = frame.filter(pl.col("end_time").is_not_null())
        oriented = orient(frame, addresses, self.orienter, count_at_forwarders=source.count_at_forwarders)
        far = self.attributor.attribute(addresses)
        verdicts = self.judge.judge(oriented, addresses, far)
        return Judged(
            frame=self._rows(oriented, addresses.text, far.operator_name, verdicts, source.kind),
            verdicts=verdicts.table,
            verdict=verdicts.row,
            source=source.kind,
            not_ours=oriented.not_ours,
            not_ours_octets=oriented.not_ours_octets,
            no_time=without_time,
            no_time_octets=no_time_octets,
        )

    def _rows(
        self, oriented: Oriented, address: pl.Series, operator: pl.Series, verdicts: Verdicts, kind: str
    ) -> pl.DataFrame:
        """Spell the rows out, in the order of the schema."""
        frame = oriented.frame
        height = frame.height
        systems = self.orienter.inventory.systems
        ids = [system.id for system in systems]
        local_is_src = pl.Series(oriented.local_is_src)
        spread = verdicts.table.select(pl.all().gather(pl.Series(verdicts.row.astype(np.uint32))))
        internal = spread["control_verdict"] == "none"
        columns = {
            **{name: frame[name] for name in frame.columns},
            **{name: spread[name] for name in spread.columns},
            "event": _constant("flow", schema.EVENTS, height),
            "source": _constant(kind, schema.SOURCES, height),
            "src_address": address.gather(frame["src_address"]),
            "dst_address": address.gather(frame["dst_address"]),
            "system": _word(ids, oriented.system, schema.SYSTEMS),
            "peer_system": _word(ids, oriented.peer_system, schema.SYSTEMS),
            "data_class": _word([system.data_class for system in systems], oriented.system, schema.DATA_CLASSES),
            "activity": pl.Series(oriented.activity).cat.to(schema.ACTIVITIES),
            "direction": pl.Series(oriented.direction).cat.to(schema.DIRECTIONS),
            "local_address": address.gather(_positions(oriented.local)),
            "remote_address": address.gather(_positions(oriented.remote)),
            "service": self._service(oriented),
            "counted": pl.Series(oriented.counted),
            "operator": _unless(internal, operator.gather(_positions(oriented.remote))),
            "place_region": _constant(None, schema.REGIONS, height),
            "basis": _constant(self.basis, schema.BASES, height),
            **_ports(frame, local_is_src),
            **_measures(frame, local_is_src),
        }
        return pl.DataFrame([columns[column.name].alias(column.name) for column in schema.JUDGED])

    def _service(self, oriented: Oriented) -> pl.Series:
        """`tcp/22`, or the protocol's name alone where there is no port; each distinct one is spelled once."""
        protocol = oriented.frame["protocol"].cast(pl.Int64).fill_null(-1).to_numpy()
        port = oriented.service_port
        distinct = combinations([_FAMILY[protocol] * (PORTS + 1) + port, np.where(port >= 0, -1, protocol)])
        pairs = zip(protocol[distinct.row_of].tolist(), port[distinct.row_of].tolist(), strict=True)
        table = pl.Series([_service_name(*pair) for pair in pairs], dtype=schema.SERVICES)
        return table.gather(pl.Series(distinct.ids.astype(np.uint32)))


def _service_name(protocol: int, port: int) -> str | None:
    if protocol < 0:
        return None
    name = protocol_name(protocol)
    return f"{name}/{port}" if port >= 0 else name


def _ports(frame: pl.DataFrame, local_is_src: pl.Series) -> dict[str, pl.Series]:
    chosen = frame.select(
        local_port=pl.when(local_is_src).then("src_port").otherwise("dst_port"),
        remote_port=pl.when(local_is_src).then("dst_port").otherwise("src_port"),
    )
    return {name: chosen[name] for name in chosen.columns}


def _measures(frame: pl.DataFrame, local_is_src: pl.Series) -> dict[str, pl.Series]:
    """Octets and packets by direction, scaled by sampling; null where the record does not count that way."""
    scale = pl.col("sampling_interval").fill_null(1).cast(pl.Int64)
    sampled = bool((frame["sampling_interval"].max() or 1) != 1)
    expressions = []
    for measure in ("octets", "packets"):
        forth, back = pl.col(measure), pl.col(f"reverse_{measure}")
        if sampled:
            forth, back = forth * scale, back * scale
        expressions.append(pl.when(local_is_src).then(forth).otherwise(back).alias(f"{measure}_out"))
        expressions.append(pl.when(local_is_src).then(back).otherwise(forth).alias(f"{measure}_in"))
    measured = frame.select(expressions)
    return {name: measured[name] for name in measured.columns}


def _unless(mask: pl.Series, values: pl.Series) -> pl.Series:
    return pl.select(pl.when(~mask).then(values)).to_series()


def _word(words: list[str], position: NDArray[np.int32], dtype: pl.Categorical) -> pl.Series:
    """Words by position, null for NOBODY."""
    table = pl.Series([*words, None], dtype=dtype)
    return table.gather(pl.Series(np.where(position == NOBODY, len(words), position).astype(np.uint32)))


def _positions(position: NDArray[np.int64]) -> pl.Series:
    """Positions to gather by, null for an absent address."""
    series = pl.Series(position)
    return (
        series if not len(series) or position.min() >= 0 else pl.select(pl.when(series >= 0).then(series)).to_series()
    )


def _constant(value: str | None, dtype: pl.DataType, height: int) -> pl.Series:
    return pl.Series([value], dtype=dtype).new_from_index(0, height)
