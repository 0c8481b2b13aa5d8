"""Judged records spelled out: one row each, every column of the schema.

Decides how numbers become words. The ledger and the metrics do without this: they add numbers up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from monitor import schema
from monitor.measures import by_direction
from monitor.orient import NOBODY
from monitor.services import service_names

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from monitor.pipeline import Judged

_JUDGED: Final = frozenset(column.name for column in schema.JUDGED) - {"event", "actor_kind", "success"}
# What stands in every event and is put to it here is not asked of its frame.
_OWN: Final = {
    event: frozenset(column.name for column in columns) - {"event", "source"}
    for event, columns in (("flow", schema.FLOW), ("name", schema.NAME), ("admin", schema.ADMIN))
}
# The words as text, by the numbers of the closed list.
_ACTION_WORDS: Final = schema.ACTIONS.categories


def rows(judged: Judged) -> pl.DataFrame:
    """Spell the records out. Columns out: those of `schema.JUDGED`, in their order."""
    oriented, frame, address = judged.oriented, judged.oriented.frame, judged.addresses.text
    height = frame.height
    systems = judged.orienter.inventory.systems
    ids = [system.id for system in systems]
    local_is_src = pl.Series(oriented.local_is_src)
    told = [name for name in judged.verdicts.columns if name in _JUDGED]
    spread = judged.verdicts.select(pl.col(told).gather(pl.Series(judged.verdict.astype(np.uint32))))
    internal = spread["control_verdict"] == "none"
    service = service_names(oriented.frame["protocol"], oriented.service_port)
    columns = {
        **{name: spread[name] for name in spread.columns},
        **_said(judged),
        "event": _constant(judged.event, schema.EVENTS, height),
        "source": _constant(judged.source.kind, schema.SOURCES, height),
        "system": _word(ids, oriented.system, schema.SYSTEMS),
        "peer_system": _word(ids, oriented.peer_system, schema.SYSTEMS),
        "data_class": _word([system.data_class for system in systems], oriented.system, schema.DATA_CLASSES),
        "activity": pl.Series(oriented.activity).cat.to(schema.ACTIVITIES),
        "direction": pl.Series(oriented.direction).cat.to(schema.DIRECTIONS),
        "local_address": address.gather(_positions(oriented.local)),
        "remote_address": address.gather(_positions(oriented.remote)),
        "service": service.names.cast(schema.SERVICES).gather(pl.Series(service.number.astype(np.uint32))),
        "counted": pl.Series(oriented.counted),
        "operator": _unless(internal, judged.operator.gather(_positions(oriented.remote))),
        "basis": _constant(judged.basis, schema.BASES, height),
        "atlas_age_days": _atlas_age(judged),
        **_ports(frame, local_is_src),
        **by_direction(oriented),
    }
    return pl.DataFrame([columns[column.name].alias(column.name) for column in schema.JUDGED])


def _said(judged: Judged) -> dict[str, pl.Series]:
    """The columns of the events: those of this one as it says them, the others null."""
    frame, event = judged.oriented.frame, judged.event
    own, ends = _OWN[event], schema.ADDRESSES[event]
    absent = {column.dtype for column in schema.SAID if column.name not in own}
    # One column of nulls for all columns of a type: they cost a quarter of a row's room otherwise.
    nothing = {dtype: pl.Series([None], dtype=dtype).new_from_index(0, frame.height) for dtype in absent}
    said = {column.name: frame[column.name] if column.name in own else nothing[column.dtype] for column in schema.SAID}
    said |= {name: judged.addresses.text.gather(frame[name]) for name in ends}
    if event == "flow":
        said["action"] = _ACTION_WORDS.gather(frame["action"].to_physical())
    if event == "name":
        said["name"] = frame["asked_name"]
    return said


def _ports(frame: pl.DataFrame, local_is_src: pl.Series) -> dict[str, pl.Series]:
    chosen = frame.select(
        local_port=pl.when(local_is_src).then("src_port").otherwise("dst_port"),
        remote_port=pl.when(local_is_src).then("dst_port").otherwise("src_port"),
    )
    return {name: chosen[name] for name in chosen.columns}


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


def _atlas_age(judged: Judged) -> pl.Series:
    end = judged.oriented.frame["end_time"]
    if judged.atlas_days is None:
        return pl.Series([None], dtype=pl.Int32).new_from_index(0, len(end))
    return pl.Series(judged.atlas_days.apart_column(end.to_physical().to_numpy()), dtype=pl.Int32)


def _constant(value: str, dtype: pl.DataType, height: int) -> pl.Series:
    return pl.Series([value], dtype=dtype).new_from_index(0, height)
