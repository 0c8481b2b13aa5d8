"""Sources: one module or folder each, all through the seam in `contract`. `KINDS` is the list of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from collectors import (
    aws_cloudtrail,
    aws_vpc,
    azure_activity,
    conntrack,
    dns_bind,
    dns_dnsmasq,
    dns_unbound,
    gcp_audit,
    sshd,
    suricata,
)

if TYPE_CHECKING:
    from collectors.contract import Kind

# One line a source. The order is the order in which `--format auto` asks them.
KINDS: Final[dict[str, Kind]] = {
    "aws_vpc": aws_vpc.KIND,
    "suricata": suricata.KIND,
    "conntrack": conntrack.KIND,
    "dns_bind": dns_bind.KIND,
    "dns_dnsmasq": dns_dnsmasq.KIND,
    "dns_unbound": dns_unbound.KIND,
    "sshd": sshd.KIND,
    "aws_cloudtrail": aws_cloudtrail.KIND,
    "azure_activity": azure_activity.KIND,
    "gcp_audit": gcp_audit.KIND,
}
