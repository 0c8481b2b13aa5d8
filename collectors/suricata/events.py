"""The event types of an EVE log that say something about transfers, and the members of each that are read.

Refuses to know what they mean: `flows`, `names`, `admins` and `coverage` do.

Source: Suricata user guide, "EVE JSON Format" (versions 4 to 8), read 2026-11; the loggers of its source
(`output-json*.c`, `rust/src/*/log*.rs`), read 2026-11.
"""

from __future__ import annotations

from typing import Final

from collectors.json_lines import As, Field, Items, Path, Wanted

EVENT_TYPE: Final[Path] = ("event_type",)

# Members with the attribute that each becomes: its name is its path.
FLOW_ATTRIBUTES: Final = ("flow.state", "flow.reason", "flow.alerted", "icmp_type", "icmp_code", "community_id")
NETFLOW_ATTRIBUTES: Final = ("icmp_type", "icmp_code", "community_id")

_ORIGIN: Final = (
    Field("time", ("timestamp",), As.TIME),
    Field("flow_id", ("flow_id",), As.SCALAR),
    Field("in_iface", ("in_iface",), As.WORD),
    Field("host", ("host",), As.WORD),
    Field("sensor_name", ("sensor_name",), As.WORD),
)
_ENDS: Final = (
    *_ORIGIN,
    Field("src_ip", ("src_ip",), As.WORD),
    Field("src_port", ("src_port",), As.WHOLE),
    Field("dest_ip", ("dest_ip",), As.WORD),
    Field("dest_port", ("dest_port",), As.WHOLE),
)
_CONVERSATION: Final = (
    *_ENDS,
    Field("proto", ("proto",), As.WORD),
    Field("app_proto", ("app_proto",), As.WORD),
    Field("icmp_type", ("icmp_type",), As.WHOLE),
    Field("icmp_code", ("icmp_code",), As.WHOLE),
    Field("community_id", ("community_id",), As.TEXT),
    Field("tcp_flags", ("tcp", "tcp_flags"), As.WORD),
)
_VLAN: Final = Items("vlan", ("vlan",), (Field("vlan", (), As.WHOLE),), lone=True)
_TYPE: Final = Field("rrtype", ("rrtype",), As.WORD)

FLOW: Final = Wanted(
    fields=(
        *_CONVERSATION,
        Field("start", ("flow", "start"), As.TIME),
        Field("end", ("flow", "end"), As.TIME),
        Field("bytes", ("flow", "bytes_toserver"), As.WHOLE),
        Field("pkts", ("flow", "pkts_toserver"), As.WHOLE),
        Field("bytes_back", ("flow", "bytes_toclient"), As.WHOLE),
        Field("pkts_back", ("flow", "pkts_toclient"), As.WHOLE),
        Field("flow.state", ("flow", "state"), As.WORD),
        Field("flow.reason", ("flow", "reason"), As.WORD),
        Field("flow.alerted", ("flow", "alerted"), As.FLAG),
        Field("flow.action", ("flow", "action"), As.WORD),
    ),
    items=(_VLAN,),
)
NETFLOW: Final = Wanted(
    fields=(
        *_CONVERSATION,
        Field("start", ("netflow", "start"), As.TIME),
        Field("end", ("netflow", "end"), As.TIME),
        Field("bytes", ("netflow", "bytes"), As.WHOLE),
        Field("pkts", ("netflow", "pkts"), As.WHOLE),
    ),
    items=(_VLAN,),
)
DNS: Final = Wanted(
    fields=(
        *_ENDS,
        Field("type", ("dns", "type"), As.WORD),
        Field("rcode", ("dns", "rcode"), As.WORD),
        Field("rrname", ("dns", "rrname"), As.TEXT),
        Field("rrtype", ("dns", "rrtype"), As.WORD),
        Field("ttl", ("dns", "ttl"), As.WHOLE),
        Field("rdata", ("dns", "rdata"), As.WORD),
    ),
    items=(
        Items("queries", ("dns", "queries"), (Field("rrname", ("rrname",), As.TEXT), _TYPE)),
        Items(
            "answers",
            ("dns", "answers"),
            (_TYPE, Field("ttl", ("ttl",), As.WHOLE), Field("rdata", ("rdata",), As.WORD)),
        ),
        Items("grouped.A", ("dns", "grouped", "A"), (Field("rdata", (), As.WORD),)),
        Items("grouped.AAAA", ("dns", "grouped", "AAAA"), (Field("rdata", (), As.WORD),)),
    ),
)
SHOWN_NAMES: Final[dict[str, Path]] = {"tls": ("tls", "sni"), "quic": ("quic", "sni"), "http": ("http", "hostname")}
SSH: Final = Wanted(
    fields=(
        *_ENDS,
        Field("ssh.client.software_version", ("ssh", "client", "software_version"), As.WORD),
        Field("ssh.server.software_version", ("ssh", "server", "software_version"), As.WORD),
    )
)
RDP: Final = Wanted(
    fields=(
        *_ENDS,
        Field("rdp.event_type", ("rdp", "event_type"), As.WORD),
        Field("cookie", ("rdp", "cookie"), As.TEXT),
        Field("rdp.protocol", ("rdp", "protocol"), As.WORD),
        Field("rdp.reason", ("rdp", "reason"), As.WORD),
        Field("rdp.error_code", ("rdp", "error_code"), As.WHOLE),
    )
)
STATS: Final = Wanted(
    fields=(
        *_ORIGIN,
        Field("uptime", ("stats", "uptime"), As.WHOLE),
        Field("kernel_packets", ("stats", "capture", "kernel_packets"), As.WHOLE),
        Field("kernel_drops", ("stats", "capture", "kernel_drops"), As.WHOLE),
    )
)


def wanted(flows_from: str) -> dict[str, Wanted]:
    """What is read of each event type, with `flow` or `netflow` as the records of conversations."""
    return {
        flows_from: FLOW if flows_from == "flow" else NETFLOW,
        "dns": DNS,
        **{word: Wanted((*_ENDS, Field("name", path, As.TEXT))) for word, path in SHOWN_NAMES.items()},
        "ssh": SSH,
        "rdp": RDP,
        "stats": STATS,
    }
