"""Turn records of ssh.log and rdp.log into actions of administrators: who logged in to what, and whether it worked.

Decides what success is: of ssh.log what Zeek concluded from the size of the packets; of rdp.log only a refusal is
known, because a session that was set up has not authenticated anybody yet.

Source: Zeek, base/protocols/ssh/main.zeek and base/protocols/rdp/main.zeek (docs.zeek.org), read 2026-11.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from collectors.contract import Admins
from collectors.zeek.origin import attributes, origin
from monitor import schema

if TYPE_CHECKING:
    from collectors.zeek.table import Table

LOGINS: Final = {"ssh": "ssh login", "rdp": "rdp login"}
_WITH_COLUMN: Final = frozenset({"ts", "id.orig_h", "id.resp_h"})
# Results of rdp.log that are no refusal: the session is encrypted from here on, or was set up.
_NO_REFUSAL: Final = ("encrypted", "Success")
_YES, _NO = ("T", "true"), ("F", "false")


def logins(table: Table, log: str) -> Admins:
    """Log-ins over SSH or RDP."""
    target = table.column("id.resp_h", pl.UInt32)
    frame = pl.DataFrame(
        [
            table.number_of_line(),
            table.column("ts", schema.TIME).alias("time"),
            (table.text("cookie") if log == "rdp" else table.nulls("actor", pl.String)).alias("actor"),
            table.constant("actor_kind", "customer", schema.ACTOR_KINDS),
            table.column("id.orig_h", pl.UInt32).alias("actor_address"),
            table.nulls("actor_country", pl.String),
            table.constant("action", LOGINS[log], pl.String),
            table.addresses.text.gather(target).alias("target"),
            (_ssh_success(table) if log == "ssh" else _rdp_success(table)).alias("success"),
            table.nulls("justification", pl.String),
            *origin(table),
            target.alias("target_address"),
            attributes(table, _WITH_COLUMN | ({"auth_success"} if log == "ssh" else {"cookie"})),
        ]
    )
    return Admins(frame, table.addresses)


def _ssh_success(table: Table) -> pl.Series:
    said = table.text("auth_success")
    return pl.select(pl.when(said.is_in(_YES)).then(pl.lit(True)).when(said.is_in(_NO)).then(pl.lit(False))).to_series()


def _rdp_success(table: Table) -> pl.Series:
    said = table.text("result")
    refused = said.is_not_null() & ~said.is_in(_NO_REFUSAL)
    return pl.select(pl.when(refused).then(pl.lit(False))).to_series().cast(pl.Boolean)
