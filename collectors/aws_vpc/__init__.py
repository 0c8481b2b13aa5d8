"""AWS VPC flow logs: text lines with or without a header, alone or in JSON messages, and rows of Parquet files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from collectors.aws_vpc.forms import AwsVpcFormsDecoder, framing, recognise
from collectors.contract import Kind

if TYPE_CHECKING:
    from collectors.contract import SourceOptions


def _decoder(options: SourceOptions) -> AwsVpcFormsDecoder:
    return AwsVpcFormsDecoder(options.log_format)


KIND: Final = Kind(
    name="aws_vpc",
    title="AWS VPC flow logs",
    decoder=_decoder,
    recognise=recognise,
    framing=framing,
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
