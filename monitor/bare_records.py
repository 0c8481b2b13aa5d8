"""Events that count no octets, in the columns that judging and adding up ask of a record.

Decides what is null of them: ports, protocol, octets, packets. `end_time` is when it happened, the instant whose law
applies; a row that is spelled out has it as `time` alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from monitor import schema
from monitor.attribution.names import NOTHING
from monitor.host_names import HostNames
from monitor.orient import Oriented

if TYPE_CHECKING:
    from monitor.orient import Flags, Numbers

_NULL: Final = {
    column.name: column.dtype
    for column in schema.FLOW
    if column.name
    in {
        "start_time", "src_port", "dst_port", "protocol", "octets", "packets", "reverse_octets", "reverse_packets",
        "sampling_interval",
    }
}  # fmt: skip


def bare_records(frame: pl.DataFrame, name: pl.Expr) -> pl.DataFrame:
    """Events with the columns of a record; `name` is what evidence names them by.

    Columns in: those of the event, `time` not null. Columns out: those besides, as in `schema.FLOW`.
    """
    return frame.with_columns(
        end_time=pl.col("time"),
        name=name,
        **{column: pl.lit(None, dtype=dtype) for column, dtype in _NULL.items()},
    )


def oriented_bare(  # noqa: PLR0913 - what a kind of event decides, each by its name
    frame: pl.DataFrame,
    *,
    local: np.ndarray,
    remote: np.ndarray,
    system: Numbers,
    remote_role: np.ndarray,
    remote_number: Numbers,
    peer_system: Numbers,
    activity: int,
    direction: np.ndarray | int,
    counted: Flags,
    not_ours: int,
) -> Oriented:
    """Oriented events of one activity and direction: nobody's direct collection, without service, names or octets."""
    height = frame.height
    return Oriented(
        frame=frame,
        local_is_src=np.zeros(height, dtype=np.bool_),
        local=local,
        remote=remote,
        system=system.astype(np.int32),
        peer_system=peer_system.astype(np.int32),
        remote_role=remote_role.astype(np.int8),
        remote_number=remote_number.astype(np.int32),
        activity=np.full(height, activity, dtype=np.uint8),
        direction=np.broadcast_to(np.asarray(direction, dtype=np.uint8), height).copy(),
        direct_collection=np.zeros(height, dtype=np.bool_),
        service_port=np.full(height, -1, dtype=np.int32),
        names=HostNames.of(pl.Series([None], dtype=pl.String).new_from_index(0, height)),
        named=np.full(height, NOTHING, dtype=np.int64),
        counted=counted,
        not_ours=not_ours,
        not_ours_octets=0,
    )
