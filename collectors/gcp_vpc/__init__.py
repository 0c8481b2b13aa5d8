"""Google Cloud VPC flow logs: entries of Cloud Logging, one a line, in an array, or one after the other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from collectors.contract import Kind, values_only

if TYPE_CHECKING:
    from collectors.contract import Decoder, SourceOptions

_LOG_NAME: Final = re.compile(
    rb'"logName"\s*:\s*"[^"]*/logs/(compute|networkmanagement)\.googleapis\.com(%2F|/)vpc_flows"'
)
_PAYLOAD: Final = (b'"jsonPayload"', b'"bytes_sent"', b'"connection"', b'"reporter"', b'"dest_ip"')


def _decoder(options: SourceOptions) -> Decoder:
    from collectors.gcp_vpc.decode import GcpVpcDecoder

    del options
    return GcpVpcDecoder()


def recognise(beginning: bytes) -> str | None:
    """Why an input is a VPC flow log: an entry names that log, or has its payload."""
    found = _LOG_NAME.search(beginning)
    if found:
        return f"an entry is of the log {found.group(1).decode()}.googleapis.com/vpc_flows"
    if beginning.lstrip()[:1] in {b"{", b"["} and all(name in beginning for name in _PAYLOAD):
        return "an entry has the payload of a VPC flow log"
    return None


KIND: Final = Kind(
    name="gcp_vpc",
    title="Google Cloud VPC flow logs",
    decoder=_decoder,
    recognise=recognise,
    framing=values_only,
    gives=("flow",),
    reads=(
        ("logName", "account"),
        ("vm_name, else gateway, else subnetwork of the reporter", "observer"),
        ("vpc_name of the reporter", "network_id"),
        ("subnetwork_region of the reporter", "region_hint"),
        ("connection.src_ip, connection.dest_ip", "src_address, dst_address"),
        ("connection.src_port, connection.dest_port", "src_port, dst_port"),
        ("connection.protocol", "protocol"),
        ("bytes_sent", "octets"),
        ("packets_sent", "packets"),
        ("start_time, end_time", "start_time, end_time"),
        ("dest_google_service, else src_google_service", "service_hint"),
    ),
    cannot_see=(
        "packets that were not sampled, and short conversations of which none was",
        "exact octets: Google scales its counters up from the packets that it saw",
        "inbound packets that a firewall refused, and whether an outbound one was",
        "host names: who is behind a shared address stays unknown",
    ),
    sample="""- type: gcp_vpc
  path: vpc-flows/**/*.json
  expect_every_seconds: 600
""",
)
