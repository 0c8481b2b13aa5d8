"""Suricata: the EVE JSON log, one event a line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from collectors.contract import Kind

if TYPE_CHECKING:
    from collectors.contract import Decoder, SourceOptions

# Every event begins with its time; a flow id, the packet of a recording, an interface may stand before its type.
_EVENT: Final = re.compile(
    rb'\s*\{\s*"timestamp"\s*:\s*"[0-9]{4}-[0-9]{2}-[0-9]{2}T[^"]{8,30}"\s*,'
    rb'(?:\s*"(?:flow_id|pcap_cnt|pcap_filename|in_iface|out_iface|host|sensor_name|sensor_id|tenant_id|vlan|parent_id'
    rb')"\s*:\s*(?:"[^"]{0,200}"|\[[0-9, ]{0,40}\]|[0-9]{1,20})\s*,)*'
    rb'\s*"event_type"\s*:\s*"[a-z0-9_]{1,40}"'
)


def _decoder(options: SourceOptions) -> Decoder:
    from collectors.suricata.decode import SuricataDecoder

    return SuricataDecoder(options)


def recognise(beginning: bytes) -> str | None:
    """Why an input is an EVE log: its first line begins with a time and soon names an `event_type`."""
    first = beginning.removeprefix(b"\xef\xbb\xbf").lstrip().split(b"\n", 1)[0]
    if _EVENT.match(first):
        return "the first line is an object with `timestamp` and `event_type` as Suricata writes them"
    return None


KIND: Final = Kind(
    name="suricata",
    joins=True,
    title="Suricata EVE JSON",
    decoder=_decoder,
    recognise=recognise,
    gives=("flow", "name", "admin", "coverage"),
    reads=(
        ("timestamp", "time"),
        ("flow.start, flow.end (netflow likewise)", "start_time, end_time"),
        ("src_ip, dest_ip", "src_address, dst_address; client_address, address, resolver_address; actor_address"),
        ("src_port, dest_port", "src_port, dst_port"),
        ("proto", "protocol"),
        ("flow.bytes_toserver, flow.bytes_toclient, less link headers", "octets, reverse_octets"),
        ("flow.pkts_toserver, flow.pkts_toclient", "packets, reverse_packets"),
        ("netflow.bytes, netflow.pkts, where chosen", "octets, packets"),
        ("tcp.tcp_flags", "tcp_flags"),
        ("flow.action", "action"),
        ("app_proto", "application"),
        ("host, else sensor_name, and in_iface", "observer"),
        (
            "dns.rrname, dns.queries; dns.answers, else dns.grouped; dns.rcode",
            "name, address, ttl_seconds, response_code",
        ),
        ("tls.sni, quic.sni, http.hostname", "name"),
        ("rdp.cookie", "actor"),
        ("stats.capture.kernel_drops", "event coverage"),
    ),
    cannot_see=(
        "what is inside TLS, SSH or RDP, and whether a log-in succeeded",
        "traffic that passes no tap, mirror port or bridge of the sensor, and what the kernel dropped before it",
        "names asked for over HTTPS or TLS, and names that an encrypted greeting (ECH) hides",
    ),
    sample="""- type: suricata
  path: /var/log/suricata/eve*.json*
  flows_from: flow
  link_octets: 14
""",
)
