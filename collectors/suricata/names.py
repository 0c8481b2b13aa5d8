"""Names: DNS queries and answers of all three versions of the log, and the names that TLS, QUIC and HTTP show.

Decides that a name stands for the addresses of an answer, whatever aliases lie between: each row has the name that was
asked for. A query without its answer is a row too, with no address: the name went out. The client of a DNS exchange is
the end that does not speak from port 53, because newer versions name the sender of each packet as the source.

Source: Suricata user guide, "EVE JSON Format", "Event type: DNS" (versions 1, 2 and 3), read 2026-11.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from collectors.contract import Names
from collectors.json_lines import PLACE, ROW
from collectors.suricata.parts import attributes, origin
from collectors.suricata.words import positions
from monitor import schema

if TYPE_CHECKING:
    from collections.abc import Mapping

    from collectors.suricata.parts import Events

_DNS_PORT: Final = 53
_ADDRESS_TYPES: Final = ("A", "AAAA")
_ORDER: Final = ("row", "kind", "place")


def shown_names(events: Events, via: str, first_line: int) -> tuple[Names, int]:
    """Names that a client showed to a server, and how many events show none."""
    client, server = events.address("src_ip"), events.address("dest_ip")
    for column in ("src_port", "dest_port"):
        events.port(column)
    frame = events.frame
    shows = frame["name"].is_not_null() & (frame["name"] != "")
    nothing = pl.Series([None], dtype=pl.String).new_from_index(0, frame.height)
    out = pl.DataFrame(
        [
            *origin(frame, first_line),
            frame["time"],
            client.alias("client_address"),
            frame["name"],
            server.alias("address"),
            nothing.alias("record_type"),
            pl.Series("ttl_seconds", [None], dtype=pl.Int64).new_from_index(0, frame.height),
            pl.Series("via", [via], dtype=schema.VIAS).new_from_index(0, frame.height),
            pl.Series("resolver_address", [None], dtype=pl.UInt32).new_from_index(0, frame.height),
            nothing.alias("response_code"),
            frame["flow_id"].alias("join_key"),
            attributes({}, frame.height),
        ]
    )
    good = pl.Series(~events.broken)
    return Names(out.filter(shows.fill_null(value=False) & good), events.book), int((~shows & good).sum())


def dns_names(events: Events, items: Mapping[str, pl.DataFrame], first_line: int) -> Names:
    """One row for each answer with an address, else one for the event."""
    ends = [events.address(column) for column in ("src_ip", "dest_ip")]
    ports = [events.port(column) for column in ("src_port", "dest_port")]
    frame = events.frame
    swapped = (ports[0] == _DNS_PORT).fill_null(value=False) & (ports[1] != _DNS_PORT).fill_null(value=True)
    client = pl.select(pl.when(swapped).then(ends[1]).otherwise(ends[0])).to_series()
    resolver = pl.select(pl.when(swapped).then(ends[0]).otherwise(ends[1])).to_series()
    asked = _asked(frame, items["queries"])
    rows = _answers(frame, items, events)
    of = pl.Series(rows[0])
    out = pl.DataFrame(
        [
            *(column[of] for column in origin(frame, first_line)),
            frame["time"][of],
            client[of].alias("client_address"),
            asked["rrname"][of].alias("name"),
            rows[1].alias("address"),
            asked["rrtype"].cast(pl.String)[of].alias("record_type"),
            rows[2].alias("ttl_seconds"),
            pl.Series("via", ["dns"], dtype=schema.VIAS).new_from_index(0, len(of)),
            resolver[of].alias("resolver_address"),
            frame["rcode"].cast(pl.String)[of].alias("response_code"),
            frame["flow_id"][of].alias("join_key"),
            attributes({"dns.type": frame["type"]}, frame.height)[of],
        ]
    )
    if events.broken.any():
        out = out.filter(pl.Series(~events.broken)[of])
    return Names(out, events.book)


def _asked(frame: pl.DataFrame, queries: pl.DataFrame) -> pl.DataFrame:
    """Name and type asked for: of the event itself (versions 1 and 2), else of its first query (version 3)."""
    own = frame.select("rrname", "rrtype")
    if not queries.height:
        return own
    first = queries.filter(pl.col(PLACE) == 0).select(ROW, "rrname", "rrtype")
    both = frame.select(ROW, own="rrname", own_type="rrtype").join(first, on=ROW, how="left", maintain_order="left")
    return both.select(rrname=pl.coalesce("own", "rrname"), rrtype=pl.coalesce("own_type", "rrtype"))


def _answers(
    frame: pl.DataFrame, items: Mapping[str, pl.DataFrame], events: Events
) -> tuple[np.ndarray[tuple[int], np.dtype[np.uint32]], pl.Series, pl.Series]:
    """Which event each row is of, its address (null: there is none) and how long it may be kept."""
    number = np.full(int(frame[ROW].to_numpy().max(initial=0)) + 1, frame.height, np.uint32)
    number[frame[ROW].to_numpy()] = np.arange(frame.height)
    detailed = _addresses(items["answers"], events, number)
    told = np.zeros(frame.height, np.bool_)
    told[number[items["answers"][ROW].to_numpy()]] = True
    # Where answers stand both in detail and grouped by type, they are the same ones.
    grouped = [_addresses(items[f"grouped.{each}"], events, number) for each in _ADDRESS_TYPES]
    grouped = [each.filter(pl.Series(~told[each["of"].to_numpy()])) for each in grouped]
    own = frame.select(of=pl.int_range(pl.len(), dtype=pl.UInt32), words="rdata", ttl="ttl", rrtype="rrtype")
    own = own.filter(pl.col("words").is_not_null() & pl.col("rrtype").cast(pl.String).is_in(_ADDRESS_TYPES))
    rows = pl.concat([detailed, *grouped, _placed(own, events)])
    without = np.ones(frame.height, np.bool_)
    without[rows["of"].to_numpy()] = False
    bare = np.flatnonzero(without).astype(np.uint32)
    nothing = {"address": pl.Series([None], dtype=pl.UInt32), "ttl": pl.Series([None], dtype=pl.Int64)}
    rest = pl.DataFrame(
        [pl.Series("of", bare), *(each.new_from_index(0, len(bare)).alias(name) for name, each in nothing.items())]
    )
    every = pl.concat([rows, rest]).sort("of", maintain_order=True)
    return every["of"].to_numpy(), every["address"], every["ttl"]


def _addresses(
    answers: pl.DataFrame, events: Events, number: np.ndarray[tuple[int], np.dtype[np.uint32]]
) -> pl.DataFrame:
    """Answers that are addresses."""
    ttl = (
        answers["ttl"]
        if "ttl" in answers.columns
        else pl.Series([None], dtype=pl.Int64).new_from_index(0, answers.height)
    )
    of = pl.Series(number[answers[ROW].to_numpy()])
    rows = pl.DataFrame([of.alias("of"), answers["rdata"].alias("words"), ttl.alias("ttl")])
    if "rrtype" in answers.columns:
        rows = rows.filter(answers["rrtype"].cast(pl.String).is_in(_ADDRESS_TYPES))
    return _placed(rows, events)


def _placed(rows: pl.DataFrame, events: Events) -> pl.DataFrame:
    places, _ = positions(rows["words"], events.book)
    return rows.select("of", pl.lit(places).alias("address"), "ttl").filter(places.is_not_null())
