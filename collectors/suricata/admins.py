"""SSH and RDP events as actions of administrators.

Decides which of them begin a session. Suricata sees that two programs speak SSH or RDP, not who logged in: `success` is
null, but for an RDP server that refuses. The later messages of one RDP session are passed over.

Source: Suricata source, `rust/src/ssh/logger.rs`, `rust/src/rdp/log.rs`, read 2026-11.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from collectors.contract import Admins
from collectors.suricata.parts import attributes, origin
from monitor import schema

if TYPE_CHECKING:
    from collectors.suricata.parts import Events

_ATTRIBUTES = {
    "ssh": ("ssh.client.software_version", "ssh.server.software_version"),
    "rdp": ("rdp.event_type", "rdp.protocol", "rdp.reason", "rdp.error_code"),
}


def admins(events: Events, action: str, first_line: int) -> tuple[Admins, int]:
    """Sessions that begin, and how many events tell only how one goes on."""
    actor, target = events.address("src_ip"), events.address("dest_ip")
    for column in ("src_port", "dest_port"):
        events.port(column)
    frame = events.frame
    text = pl.Series([None], dtype=pl.String).new_from_index(0, frame.height)
    begins = np.ones(frame.height, np.bool_)
    refused = np.zeros(frame.height, np.bool_)
    if action == "rdp":
        kind = frame["rdp.event_type"].cast(pl.String)
        refused = (frame["rdp.error_code"].is_not_null() | frame["rdp.reason"].is_not_null()).to_numpy()
        begins = (kind == "initial_request").fill_null(value=False).to_numpy() | refused
    out = pl.DataFrame(
        [
            *origin(frame, first_line),
            frame["time"],
            (frame["cookie"] if action == "rdp" else text).alias("actor"),
            pl.Series("actor_kind", [None], dtype=schema.ACTOR_KINDS).new_from_index(0, frame.height),
            actor.alias("actor_address"),
            text.alias("actor_country"),
            pl.Series("action", [action], dtype=pl.String).new_from_index(0, frame.height),
            _target(frame).alias("target"),
            target.alias("target_address"),
            pl.select(pl.when(pl.Series(refused)).then(pl.lit(value=False)))
            .to_series()
            .cast(pl.Boolean)
            .alias("success"),
            text.alias("justification"),
            attributes({name: frame[name] for name in _ATTRIBUTES[action]}, frame.height),
        ]
    )
    good = ~events.broken
    return Admins(out.filter(pl.Series(begins & good)), events.book), int((~begins & good).sum())


def _target(frame: pl.DataFrame) -> pl.Series:
    """The other end as the event spells it, with its port where there is one: `10.20.0.5 22`."""
    parts = [frame["dest_ip"].cast(pl.String), frame["dest_port"].cast(pl.String)]
    text = pl.select(pl.concat_str(parts, separator=" ", ignore_nulls=True)).to_series()
    return pl.select(pl.when(text != "").then(text)).to_series()
