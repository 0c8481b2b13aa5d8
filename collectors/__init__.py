"""Sources: one module or folder each, all through the seam in `contract`. `KINDS` is the list of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from collectors import aws_vpc, azure_nsg, azure_vnet, gcp_vpc, suricata

if TYPE_CHECKING:
    from collectors.contract import Kind

# One line a source. The order is the order in which `--format auto` asks them.
KINDS: Final[dict[str, Kind]] = {
    "aws_vpc": aws_vpc.KIND,
    "azure_nsg": azure_nsg.KIND,
    "azure_vnet": azure_vnet.KIND,
    "gcp_vpc": gcp_vpc.KIND,
    "suricata": suricata.KIND,
}
