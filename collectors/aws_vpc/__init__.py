"""AWS VPC flow logs: text records, one a line, with or without a header."""

from __future__ import annotations

from typing import Final

from collectors.aws_vpc.decode import AwsVpcDecoder
from collectors.aws_vpc.fields import BYTE_ORDER_MARK, VERSION_2, header_fields
from collectors.contract import Kind, SourceOptions


def _decoder(options: SourceOptions) -> AwsVpcDecoder:
    return AwsVpcDecoder(options.log_format)


def recognise(beginning: bytes) -> str | None:
    """Why an input is an AWS VPC flow log: a header of its fields, or the default format's 14 fields."""
    first = beginning.removeprefix(BYTE_ORDER_MARK).split(b"\n", 1)[0].rstrip(b"\r")
    if header_fields(first):
        return "the first line names flow log fields"
    parts = first.split(b" ")
    if len(parts) == len(VERSION_2) and parts[0] == b"2" and parts[-1] in {b"OK", b"NODATA", b"SKIPDATA"}:
        return "the first line has the 14 fields of the default format"
    return None


KIND: Final = Kind(
    name="aws_vpc",
    title="AWS VPC flow logs",
    decoder=_decoder,
    recognise=recognise,
    gives=("flow", "coverage"),
    reads=(
        ("account-id", "account"),
        ("interface-id", "observer"),
        ("vpc-id", "network_id"),
        ("region", "region_hint"),
        ("pkt-srcaddr, else srcaddr", "src_address"),
        ("pkt-dstaddr, else dstaddr", "dst_address"),
        ("srcport, dstport", "src_port, dst_port"),
        ("protocol", "protocol"),
        ("bytes", "octets"),
        ("packets", "packets"),
        ("start, end", "start_time, end_time"),
        ("action", "action"),
        ("tcp-flags", "tcp_flags"),
        ("pkt-dst-aws-service, else pkt-src-aws-service", "service_hint"),
        ("log-status", "event coverage"),
    ),
    cannot_see=(
        "host names: who is behind a shared address stays unknown",
        "traffic to the metadata service, to Amazon's DNS and time servers, DHCP, mirrored traffic",
        "who acted: an administration session is only its ports and octets",
    ),
    sample="""- type: aws_vpc
  path: flow-logs/*.gz
  expect_every_seconds: 600
  count_at: endpoints
""",
)
