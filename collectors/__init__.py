"""Sources: one module or folder each, all through the seam in `contract`. `KINDS` is the list of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from collectors import (
    aws_cloudtrail,
    aws_vpc,
    azure_activity,
    azure_nsg,
    azure_vnet,
    conntrack,
    dns_bind,
    dns_dnsmasq,
    dns_unbound,
    gcp_audit,
    gcp_vpc,
    sshd,
    suricata,
    zeek,
)

if TYPE_CHECKING:
    from collectors.contract import Kind

# One line a source: flows, sensors, names, administration. `--format auto` asks all of them.
KINDS: Final[dict[str, Kind]] = {
    "aws_vpc": aws_vpc.KIND,
    "azure_nsg": azure_nsg.KIND,
    "azure_vnet": azure_vnet.KIND,
    "gcp_vpc": gcp_vpc.KIND,
    "conntrack": conntrack.KIND,
    "zeek": zeek.KIND,
    "suricata": suricata.KIND,
    "dns_bind": dns_bind.KIND,
    "dns_unbound": dns_unbound.KIND,
    "dns_dnsmasq": dns_dnsmasq.KIND,
    "aws_cloudtrail": aws_cloudtrail.KIND,
    "azure_activity": azure_activity.KIND,
    "gcp_audit": gcp_audit.KIND,
    "sshd": sshd.KIND,
}
