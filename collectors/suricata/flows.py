"""Flow and netflow events as flow records.

Decides octets: Suricata counts whole frames as they were captured (`GET_PKT_LEN` in its `flow.c`), so that on Ethernet
each packet has 14 octets more than its IP layer, and 4 for each VLAN tag. They are taken off where what is left can be
IP packets; else the count stays and `octets_layer` says so. A frame that was padded to 60 octets keeps its padding.

Source: Suricata source, `src/flow.c`, `src/output-json-flow.c`, `src/output-json-netflow.c`, read 2026-11.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from collectors.contract import Flows
from collectors.initiator import UNKNOWN, initiators
from collectors.json_lines import ROW
from collectors.suricata.events import FLOW_ATTRIBUTES, NETFLOW_ATTRIBUTES
from collectors.suricata.parts import END_BEFORE_START, attributes, origin
from collectors.suricata.words import meant
from monitor import schema
from monitor.address import IPV6
from monitor.services import WITH_PORTS, WITHOUT_PORTS, shipped_services

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from collectors.suricata.parts import Events

ETHERNET_OCTETS: Final = 14
_TAG_OCTETS: Final = 4  # IEEE 802.1Q
_HEADER: Final = {4: 20, IPV6: 40}  # RFC 791 section 3.1, RFC 8200 section 3
_PROTOCOLS: Final = {name: number for table in (WITH_PORTS, WITHOUT_PORTS) for number, name in table.items()}
_LARGEST_BYTE: Final = 255


def flows(events: Events, tags: pl.DataFrame, first_line: int, link_octets: int, *, both_ways: bool) -> Flows:
    """Flow records; those that are broken are called so in `events` and left out."""
    src, dst = events.address("src_ip"), events.address("dest_ip")
    ports = [events.port(column) for column in ("src_port", "dest_port")]
    named = {"bytes": "bytes_toserver", "pkts": "pkts_toserver"} if both_ways else {"bytes": "bytes", "pkts": "pkts"}
    counts = {column: events.count(column, name) for column, name in named.items()}
    for column, name in (("bytes_back", "bytes_toclient"), ("pkts_back", "pkts_toclient")):
        nothing = pl.Series([None], dtype=pl.Int64).new_from_index(0, events.frame.height)
        counts[column] = events.count(column, name) if both_ways else nothing
    start, end = events.frame["start"], events.frame["end"]
    events.blame(
        (end < start).fill_null(value=False).to_numpy(),
        END_BEFORE_START,
        ["end", "start"],
        ["end", "start"],
        "are in disorder",
    )
    frame = events.frame
    vlan, tag_count = _vlan(tags, frame)
    octets, frames = _ip_octets(events, src, counts, link_octets, tag_count)
    protocol = meant(frame["proto"], _protocol, pl.UInt8())
    said = {name: frame[name] for name in (FLOW_ATTRIBUTES if both_ways else NETFLOW_ATTRIBUTES)}
    said["vlan"] = vlan
    if frames is not None:
        said["octets_layer"] = pl.select(pl.when(pl.Series(frames)).then(pl.lit("frame"))).to_series()
    unnamed = protocol.null_count() > frame["proto"].null_count()
    if unnamed:
        said["proto"] = pl.select(pl.when(protocol.is_null()).then(frame["proto"].cast(pl.String))).to_series()
    out = pl.DataFrame(
        [
            *origin(frame, first_line),
            start.alias("start_time"),
            end.alias("end_time"),
            src.alias("src_address"),
            dst.alias("dst_address"),
            *(_nothing(name, pl.UInt32(), frame.height) for name in ("interface_src", "interface_dst")),
            pl.Series("packet_addresses", [False]).new_from_index(0, frame.height),
            ports[0].alias("src_port"),
            ports[1].alias("dst_port"),
            protocol.alias("protocol"),
            octets["bytes"].alias("octets"),
            counts["pkts"].alias("packets"),
            octets["bytes_back"].alias("reverse_octets"),
            counts["pkts_back"].alias("reverse_packets"),
            meant(frame["tcp_flags"], _flags, pl.UInt8()).alias("tcp_flags"),
            _action(frame, both_ways=both_ways).alias("action"),
            _initiator(protocol, ports, both_ways=both_ways).alias("initiator"),
            pl.Series("sampling_interval", [1], dtype=pl.UInt32).new_from_index(0, frame.height),
            _nothing("name", pl.String(), frame.height),
            meant(frame["app_proto"], _application, pl.String()).alias("application"),
            _nothing("reporter", schema.ENDS, frame.height),
            frame["flow_id"].alias("join_key"),
            attributes(said, frame.height),
        ]
    )
    return Flows(out.filter(pl.Series(~events.broken)) if events.broken.any() else out, events.book)


def _nothing(name: str, dtype: pl.DataType, height: int) -> pl.Series:
    return pl.Series(name, [None], dtype=dtype).new_from_index(0, height)


def _vlan(tags: pl.DataFrame, frame: pl.DataFrame) -> tuple[pl.Series, NDArray[np.int64]]:
    """VLAN tags as text, such as `100 200`, and how many there are."""
    if not tags.height:
        return _nothing("vlan", pl.String(), frame.height), np.zeros(frame.height, np.int64)
    joined = tags.group_by(ROW, maintain_order=True).agg(
        pl.col("vlan").cast(pl.String).str.join(" ").alias("text"), pl.len().alias("count")
    )
    both = frame.select(ROW).join(joined, on=ROW, how="left", maintain_order="left")
    return both["text"], both["count"].fill_null(0).cast(pl.Int64).to_numpy()


def _ip_octets(
    events: Events, src: pl.Series, counts: Mapping[str, pl.Series], link_octets: int, tags: NDArray[np.int64]
) -> tuple[dict[str, pl.Series], NDArray[np.bool_] | None]:
    """Octets of the IP layer where they can be told, and in which rows they are those of frames after all."""
    if not link_octets:
        return {name: counts[name] for name in ("bytes", "bytes_back")}, None
    version = events.book.version[src.fill_null(0).to_numpy()]
    least = np.where(version == IPV6, _HEADER[IPV6], _HEADER[4])
    link = link_octets + _TAG_OCTETS * tags
    doubtful = np.zeros(len(tags), np.bool_)
    less = {}
    for octets, packets in (("bytes", "pkts"), ("bytes_back", "pkts_back")):
        count = counts[packets].fill_null(0).to_numpy()
        less[octets] = counts[octets] - pl.Series(count * link)
        known = counts[octets].is_not_null().to_numpy()
        # Divided, because the octets that a count of packets would need may be beyond 64 bits.
        doubtful |= known & (count > counts[octets].fill_null(0).to_numpy() // (link + least))
        doubtful |= known & counts[packets].is_null().to_numpy()
    if not doubtful.any():
        return less, None
    keep = pl.Series(doubtful)
    mixed = {
        name: pl.select(pl.when(keep).then(counts[name]).otherwise(each)).to_series() for name, each in less.items()
    }
    return mixed, doubtful


def _protocol(word: str) -> int | None:
    """IANA number of what Suricata calls a protocol: its keyword, or a number of three digits."""
    number = _PROTOCOLS.get(word.lower())
    if number is None and word.isascii() and word.isdigit() and len(word) <= len("255"):
        number = int(word)
    return number if number is not None and number <= _LARGEST_BYTE else None


def _flags(word: str) -> int | None:
    """Flags from two hexadecimal digits."""
    if len(word) > len("ff") or not word.isascii() or not word.isalnum():
        return None
    try:
        return int(word, 16)
    except ValueError:
        return None


def _application(word: str) -> str | None:
    """Application as Suricata calls it; `failed` says that it knows none."""
    return None if word in {"failed", "unknown", "not-applicable"} else word


def _action(frame: pl.DataFrame, *, both_ways: bool) -> pl.Series:
    """What the sensor did to the flow, where it can act (`drop`, `reject`, `pass`, `accept`)."""
    if not both_ways or frame["flow.action"].null_count() == frame.height:
        return _nothing("action", schema.ACTIONS, frame.height)
    words = {"drop": "reject", "reject": "reject", "pass": "accept", "accept": "accept"}
    return meant(frame["flow.action"], words.get, schema.ACTIONS)


def _initiator(protocol: pl.Series, ports: list[pl.Series], *, both_ways: bool) -> pl.Series:
    """Who opened the conversation: a flow event names the client as its source, a netflow event either end."""
    if both_ways:
        return pl.Series(["src"], dtype=schema.ENDS).new_from_index(0, len(protocol))
    src, dst = ports
    opened = initiators(
        shipped_services(),
        protocol.fill_null(0).to_numpy(),
        src.fill_null(0).to_numpy(),
        dst.fill_null(0).to_numpy(),
        (src.is_not_null() & dst.is_not_null()).to_numpy(),
    )
    codes = pl.Series(np.where(opened == UNKNOWN, 2, opened).astype(np.uint32))
    return pl.Series(["src", "dst", None], dtype=schema.ENDS)[codes]
