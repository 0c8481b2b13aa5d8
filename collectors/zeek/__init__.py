"""Zeek: connections, names and log-ins that a network sensor has seen, as text under a header or as JSON lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from collectors.contract import Kind

if TYPE_CHECKING:
    from collectors.contract import Decoder, SourceOptions

_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_LOOKED_AT: Final = 4_096


def _decoder(options: SourceOptions) -> Decoder:
    from collectors.zeek.decode import ZeekDecoder

    del options
    return ZeekDecoder()


def recognise(beginning: bytes) -> str | None:
    """Why an input is a Zeek log: its header lines, or JSON objects with Zeek's names of the two ends."""
    text = beginning.removeprefix(_BYTE_ORDER_MARK)[:_LOOKED_AT]
    if text.startswith(b"#") and any(mark in b"\n" + text for mark in (b"\n#separator ", b"\n#fields\t")):
        return "the first lines are a Zeek header"
    first = text.lstrip().split(b"\n", 1)[0]
    if not first.startswith(b"{"):
        return None
    ends = (b'"id.orig_h":' in first and b'"id.resp_h":' in first) or (
        b'"id_orig_h":' in first and b'"id_resp_h":' in first
    )
    if b'"ts":' in first and b'"uid":' in first and ends:
        return "the first object has Zeek's uid and names of the two ends"
    if b'"_path":' in first and b'"ts":' in first:
        return "the first object names its log and has a ts"
    return None


KIND: Final = Kind(
    name="zeek",
    joins=True,
    title="Zeek logs",
    decoder=_decoder,
    recognise=recognise,
    gives=("flow", "name", "admin", "coverage"),
    reads=(
        ("conn: ts, ts + duration", "start_time, end_time"),
        ("conn: id.orig_h, id.resp_h", "src_address, dst_address"),
        ("conn: id.orig_p, id.resp_p", "src_port, dst_port"),
        ("conn: ip_proto, else proto", "protocol"),
        ("conn: orig_ip_bytes, else orig_bytes", "octets"),
        ("conn: resp_ip_bytes, else resp_bytes", "reverse_octets"),
        ("conn: orig_pkts, resp_pkts", "packets, reverse_packets"),
        ("conn: history", "tcp_flags"),
        ("conn: service", "application"),
        ("conn: uid, with ssl, quic, http", "name"),
        ("conn: missed_bytes", "event coverage"),
        ("dns: query, answers, TTLs", "name, address, ttl_seconds"),
        ("dns: qtype_name, rcode_name", "record_type, response_code"),
        ("dns: id.orig_h, id.resp_h", "client_address, resolver_address"),
        ("ssl, quic: server_name; http: host", "name"),
        ("ssl, quic, http: id.orig_h, id.resp_h", "client_address, address"),
        ("ssh, rdp: id.orig_h, id.resp_h", "actor_address, target"),
        ("ssh: auth_success", "success"),
        ("rdp: cookie, result", "actor, success"),
        ("capture_loss: percent_lost, peer", "event coverage, observer"),
        ("_system_name", "observer"),
    ),
    cannot_see=(
        "who logged in over SSH: the name of the user is encrypted",
        "the name of a TLS connection whose client encrypts it or shows none",
        "connections that are still open: their record is written when they end",
        "what the tap or mirror port does not show",
    ),
    sample="""- type: zeek
  path: zeek/*.log
  expect_every_seconds: 3600
""",
)
