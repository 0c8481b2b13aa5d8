"""Turn records of dns.log, ssl.log, quic.log and http.log into names that were seen with an address.

Decides what a name stands for: of dns.log every address among the answers, of the others the responder's address.
An answer that is no address (an alias, a text) stays in the attributes.

Source: Zeek, base/protocols/dns, ssl, quic and http main.zeek (docs.zeek.org), read 2026-11.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from collectors.contract import Names
from collectors.zeek.layout import unescaped
from collectors.zeek.origin import attributes, origin
from collectors.zeek.table import LAST_SECOND, changed, more_addresses
from monitor import schema
from monitor.address import parse_addresses

if TYPE_CHECKING:
    from collectors.zeek.table import Table

# Of each log: the field that holds the name, and how it was seen.
SHOWN: Final = {"ssl": ("server_name", "tls"), "quic": ("server_name", "quic"), "http": ("host", "http")}
_ENDS: Final = {"ts", "id.orig_h", "id.resp_h"}
_OF_DNS: Final = frozenset(_ENDS | {"query", "qtype_name", "rcode_name", "answers", "TTLs"})


def dns_names(table: Table) -> Names:
    """Names of dns.log: one row for each address that answers, one without address where none does."""
    listed = table.column("answers", pl.List(pl.String))
    lives = table.column("TTLs", pl.List(pl.String))
    rows = pl.DataFrame({"row": pl.int_range(0, table.height, dtype=pl.UInt32, eager=True), "text": listed})
    rows = rows.with_columns(ttls=lives, place=pl.int_ranges(0, pl.col("text").list.len().fill_null(0)))
    answers = (
        rows.filter(pl.col("text").list.len() > 0)
        .explode("text", "place")
        .with_columns(ttl_seconds=_seconds(pl.col("ttls").list.get(pl.col("place"), null_on_oob=True)))
        .drop("ttls", "place")
    )
    addresses, position = more_addresses(table.addresses, answers["text"])
    answers = answers.with_columns(address=position)
    found = answers.filter(pl.col("address").is_not_null())
    without = rows.select("row").join(found, on="row", how="anti")
    picked = pl.concat([found.select("row", "address", "ttl_seconds"), without], how="diagonal").sort(
        "row", maintain_order=True
    )
    others = answers.filter(pl.col("address").is_null() & pl.col("text").is_not_null())
    spoken = others.group_by("row", maintain_order=True).agg(pl.col("text").str.join(","))
    spoken = spoken.with_columns(changed(spoken["text"], "\\x", unescaped))
    aliases = rows.select("row").join(spoken, on="row", how="left", maintain_order="left")["text"]
    kept = attributes(table, _OF_DNS, {"answers": aliases} if spoken.height else None)
    row = picked["row"]
    frame = pl.DataFrame(
        [
            table.number_of_line().gather(row),
            table.column("ts", schema.TIME).alias("time").gather(row),
            table.column("id.orig_h", pl.UInt32).alias("client_address").gather(row),
            table.text("query").alias("name").gather(row),
            picked["address"].cast(pl.UInt32),
            table.text("qtype_name").alias("record_type").gather(row),
            picked["ttl_seconds"].cast(pl.Int64),
            pl.Series("via", ["dns"], dtype=schema.VIAS).new_from_index(0, len(row)),
            table.column("id.resp_h", pl.UInt32).alias("resolver_address").gather(row),
            table.text("rcode_name").alias("response_code").gather(row),
            *(column.gather(row) for column in origin(table)),
            kept.gather(row),
        ]
    )
    return Names(frame, addresses)


def _seconds(text: pl.Expr) -> pl.Expr:
    """Whole seconds of an interval; null where it is none that can be kept."""
    seconds = text.cast(pl.Float64, strict=False)
    return pl.when((seconds >= 0) & (seconds <= LAST_SECOND)).then(seconds).cast(pl.Int64)


def _is_name(shown: pl.Series) -> pl.Series:
    """Whether something was shown that is a name: an address says nothing that the record does not say already."""
    distinct = shown.unique().drop_nulls()
    names = distinct.filter(pl.Series(parse_addresses(distinct).version == 0) & (distinct != ""))
    return shown.is_in(names.implode()).fill_null(value=False)


def shown_names(table: Table, log: str) -> Names:
    """Names that a client has shown to a server, with the key of the connection; records without one are left out."""
    field, via = SHOWN[log]
    table = table.where(_is_name(table.column(field, pl.String)))
    frame = pl.DataFrame(
        [
            table.number_of_line(),
            table.column("ts", schema.TIME).alias("time"),
            table.column("id.orig_h", pl.UInt32).alias("client_address"),
            table.column(field, pl.String).alias("name"),
            table.column("id.resp_h", pl.UInt32).alias("address"),
            table.nulls("record_type", pl.String),
            table.nulls("ttl_seconds", pl.Int64),
            table.constant("via", via, schema.VIAS),
            table.nulls("resolver_address", pl.UInt32),
            table.nulls("response_code", pl.String),
            *origin(table),
            attributes(table, _ENDS | {field}),
            table.column("uid", pl.String).alias("join_key"),
        ]
    )
    return Names(frame, table.addresses)
