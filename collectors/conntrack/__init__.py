"""Connection tracking of Linux: events and listings of conntrack-tools, and the kernel's table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from collectors.contract import Kind

if TYPE_CHECKING:
    from collectors.contract import Decoder, SourceOptions

_ENTRY: Final = re.compile(
    rb"^(?:\[\d+ *\.\d+ *\])?\s*(?:\[(?:NEW|UPDATE|DESTROY)\])?\s*(?:(?:ipv4|ipv6|unknown) +\d+ +)?"
    rb"[a-z][a-z0-9-]* +\d+ +(?:\d+ +)?(?:[A-Z][A-Z0-9_]* +)?src=\S+ dst=\S+ .*\bsrc=\S+ dst=\S+",
    re.MULTILINE,
)
_XML: Final = re.compile(rb'^\s*(?:<\?xml [^>]*>\s*)?<conntrack>|^\s*<flow(?: type="\w+")?><meta direction="original">')


def _decoder(options: SourceOptions) -> Decoder:
    from collectors.conntrack.decode import ConntrackDecoder

    return ConntrackDecoder(options)


def recognise(beginning: bytes) -> str | None:
    """Why an input is of conntrack: an entry with two directions, or its XML."""
    if _XML.search(beginning):
        return "the first element is conntrack's"
    if _ENTRY.search(beginning):
        return "a line tells a connection in both directions as conntrack does"
    return None


KIND: Final = Kind(
    name="conntrack",
    title="Linux connection tracking",
    decoder=_decoder,
    recognise=recognise,
    gives=("flow",),
    reads=(
        ("src, dst of the original direction", "src_address, dst_address"),
        ("sport, dport of the original direction", "src_port, dst_port"),
        ("number of the protocol", "protocol"),
        ("bytes, packets of the original direction", "octets, packets"),
        ("bytes, packets of the reply", "reverse_octets, reverse_packets"),
        ("time stamp of the event, stop", "end_time"),
        ("start, else end less delta-time", "start_time"),
    ),
    cannot_see=(
        "connections that are not over yet: each is told once, at its end",
        "names, users, payload, TCP flags",
        "counts and times, unless nf_conntrack_acct and nf_conntrack_timestamp are on",
        "what is not tracked (notrack rules), and events that the kernel dropped",
    ),
    sample="""- type: conntrack
  path: /var/log/conntrack/*.log
  count_at: forwarders
""",
)
