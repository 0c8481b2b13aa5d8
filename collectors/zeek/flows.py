"""Turn records of conn.log into flow records.

Decides what a connection of Zeek's is here: its originator is the source and has initiated; octets are those of the
IP layer, or of the payload where only that was counted, and marked so. Refuses to know whose an address is.

Source: Zeek, base/protocols/conn/main.zeek (docs.zeek.org/en/master/scripts/base/protocols/conn/main.zeek.html),
read 2026-11.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from collectors.contract import Flows
from collectors.zeek.origin import attributes, origin
from collectors.zeek.table import as_time
from monitor import schema
from monitor.address import IPV6
from monitor.services import TCP, UDP, WITH_PORTS

if TYPE_CHECKING:
    from collectors.zeek.table import Table

_ICMP: Final = 1
_ICMP6: Final = 58
_ICMP_WORD: Final = "icmp"
_HIGHEST_PROTOCOL: Final = 255
_WITH_COLUMN: Final = frozenset({
    "ts", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "proto", "ip_proto", "service", "duration",
    "orig_pkts", "orig_ip_bytes", "resp_pkts", "resp_ip_bytes",
})  # fmt: skip
# What each letter of `history` says was set in a packet of one end; `d` (payload), `c`, `g`, `t`, `w` say nothing of
# flags, and PSH and URG are never told.
_FIN, _SYN, _RST, _ACK = 0x01, 0x02, 0x04, 0x10
_FLAGS: Final = {"s": _SYN, "h": _SYN | _ACK, "a": _ACK, "f": _FIN, "r": _RST, "i": _FIN | _RST, "q": _SYN}
# A record waits for the name that another log may tell of it where Zeek saw one of these in it, or cannot say yet.
_NAMED_SERVICES: Final = ("ssl", "tls", "http", "quic")


def conn_flows(table: Table) -> Flows:
    """Flow records of conn.log, in the order of its lines."""
    start = table.column("ts", schema.TIME)
    duration = table.column("duration", pl.Int64)
    protocol = _protocol(table)
    ported = protocol.is_in(list(WITH_PORTS)).fill_null(value=False)
    octets, forth = _octets(table, "orig")
    reverse_octets, back = _octets(table, "resp")
    payload = forth | back
    more: dict[str, pl.Series] = {}
    if payload.any():
        mark = pl.select(pl.when(payload).then(pl.lit("payload"))).to_series()
        more["octets_layer"] = mark.cast(pl.Categorical(pl.Categories.random()))
    frame = pl.DataFrame(
        [
            table.number_of_line(),
            start.alias("start_time"),
            as_time(start.to_physical() + duration.fill_null(0)).alias("end_time"),
            table.column("id.orig_h", pl.UInt32).alias("src_address"),
            table.column("id.resp_h", pl.UInt32).alias("dst_address"),
            table.nulls("interface_src", pl.UInt32),
            table.nulls("interface_dst", pl.UInt32),
            table.constant("packet_addresses", value=False, dtype=pl.Boolean),
            _port(table, "id.orig_p", ported).alias("src_port"),
            _port(table, "id.resp_p", ported).alias("dst_port"),
            protocol.alias("protocol"),
            octets.alias("octets"),
            table.column("orig_pkts", pl.Int64).alias("packets"),
            reverse_octets.alias("reverse_octets"),
            table.column("resp_pkts", pl.Int64).alias("reverse_packets"),
            _flags(table, protocol).alias("tcp_flags"),
            table.nulls("action", schema.ACTIONS),
            table.constant("initiator", "src", schema.ENDS),
            table.constant("sampling_interval", 1, pl.UInt32),
            table.nulls("name", pl.String),
            table.text("service").alias("application"),
            *origin(table),
            table.nulls("reporter", schema.ENDS),
            attributes(table, _WITH_COLUMN, more | _type_and_code(table, protocol)),
            _join_key(table, ported).alias("join_key"),
        ]
    )
    return Flows(frame, table.addresses)


def _protocol(table: Table) -> pl.Series:
    """IANA number: `ip_proto` where the log has it, else by the word; `icmp` is of the addresses' version."""
    word = table.column("proto", pl.Categorical)
    stated = table.column("ip_proto", pl.Int64)
    source = table.column("id.orig_h", pl.UInt32).fill_null(len(table.addresses)).to_numpy()
    is_six = pl.Series(np.append(table.addresses.version == IPV6, False)[source])
    said = pl.DataFrame({"word": word, "stated": stated, "six": is_six})
    chosen = said.select(
        pl.when(pl.col("stated").is_between(0, _HIGHEST_PROTOCOL))
        .then("stated")
        .when(pl.col("word") == _ICMP_WORD)
        .then(pl.when("six").then(_ICMP6).otherwise(_ICMP))
        .when(pl.col("word") == "tcp")
        .then(TCP)
        .when(pl.col("word") == "udp")
        .then(UDP)
    ).to_series()
    return chosen.cast(pl.UInt8)


def _port(table: Table, name: str, ported: pl.Series) -> pl.Series:
    """A port, where the protocol has ports: of ICMP these fields hold type and code."""
    port = table.column(name, pl.UInt16)
    return port if ported.all() else pl.select(pl.when(ported).then(port)).to_series()


def _type_and_code(table: Table, protocol: pl.Series) -> dict[str, pl.Series]:
    """Type and code of ICMP, which stand where ports would, as attributes under the fields' names."""
    icmp = protocol.is_in([_ICMP, _ICMP6]).fill_null(value=False)
    if not icmp.any():
        return {}
    kept = {}
    for name in ("id.orig_p", "id.resp_p"):
        text = table.column(name, pl.UInt16).cast(pl.String)
        kept[name] = pl.select(pl.when(icmp).then(text)).to_series().cast(pl.Categorical(pl.Categories.random()))
    return kept


def _octets(table: Table, end: str) -> tuple[pl.Series, pl.Series]:
    """Octets that one end sent, and where they are those of the payload alone."""
    whole = table.column(f"{end}_ip_bytes", pl.Int64)
    payload = table.column(f"{end}_bytes", pl.Int64)
    if not whole.null_count():
        return whole, pl.Series([False]).new_from_index(0, len(whole))
    chosen = pl.select(pl.coalesce(whole, payload)).to_series()
    return chosen, whole.is_null() & payload.is_not_null()


def _flags(table: Table, protocol: pl.Series) -> pl.Series:
    """Flags that the history proves, of TCP."""
    words = table.column("history", pl.Categorical)
    distinct = words.unique().drop_nulls()
    texts = distinct.cast(pl.String).to_list()
    union = []
    for text in texts:
        seen = 0
        for letter in set(text.lower()):
            seen |= _FLAGS.get(letter, 0)
        union.append(seen)
    table_of = np.zeros(int(distinct.to_physical().to_numpy().max(initial=0)) + 1, dtype=np.uint8)
    table_of[distinct.to_physical().to_numpy()] = union
    physical = words.to_physical()
    flags = pl.Series(table_of[physical.fill_null(0).to_numpy()])
    there = (protocol == TCP) & words.is_not_null()
    return pl.select(pl.when(there).then(flags)).to_series().cast(pl.UInt8)


def _join_key(table: Table, ported: pl.Series) -> pl.Series:
    """The connection's uid where another log may name its far end: something was sent, and no other service is told."""
    service = table.column("service", pl.Categorical)
    distinct = service.unique().drop_nulls()
    named = [text for text in distinct.cast(pl.String).to_list() if any(each in text for each in _NAMED_SERVICES)]
    sent = (table.column("orig_bytes", pl.Int64) != 0).fill_null(value=True)
    may = ported & sent & (service.is_null() | service.cast(pl.String).is_in(named))
    return pl.select(pl.when(may).then(table.column("uid", pl.String))).to_series()
