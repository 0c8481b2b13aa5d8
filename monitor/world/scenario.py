"""The environment: systems, hosts with their interfaces, and the ways that a conversation leaves lines in the logs.

Decides which interfaces report a conversation, in which words, and which of those reports counts. Two VPCs: `portal`
logs in the default version 2 format without a header, `core` in a custom version 5 format with one.

Source: Amazon VPC user guide, "Flow log records" and "Flow log record examples" (NAT gateway, flow direction and
traffic path).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

# The register, the certifications and the law are stated for these days only; the world refuses others.
FIRST_DAY: Final = date(2026, 10, 1)
LAST_DAY: Final = date(2026, 12, 30)  # entries end with the year, in the time of Paris
ACCOUNT: Final = "210987654321"
REGION: Final = "eu-west-3"


def stated_for(start: date, days: int) -> None:
    """Refuse a span that the scenario says nothing about.

    Raises:
        ValueError: days outside those that the scenario's register and law are stated for.
    """
    if days < 1 or start < FIRST_DAY or start + timedelta(days=days - 1) > LAST_DAY:
        raise ValueError(f"the scenario is stated for {FIRST_DAY} to {LAST_DAY}")


@dataclass(frozen=True, slots=True)
class System:
    """One of our systems."""

    id: str
    data_class: str


SYSTEMS: Final = {
    "warehouse": System("warehouse", "health"),
    "workbench": System("workbench", "pseudonymised_health"),
    "admin": System("admin", "operations"),
    "portal": System("portal", "identity"),
}


@dataclass(frozen=True, slots=True)
class Host:
    """A machine of ours (or of a neighbour: `system` null) and the interface that reports for it."""

    group: str
    system: str | None
    v4: str
    v6: str
    vpc: str
    subnet: str
    interface: str
    instance: str


def _hosts(group: str, system: str | None, vpc: str, net4: str, net6: str, first: int, count: int) -> tuple[Host, ...]:
    mark = f"{sum(group.encode()):04x}"
    return tuple(
        Host(
            group,
            system,
            f"{net4}.{number}",
            f"{net6}::{number:x}" if net6 else "",
            vpc,
            f"subnet-0{mark}{mark}0000{mark}",
            f"eni-0{mark}{mark}000000{number:02x}",
            "-" if group == "nat" else f"i-0{mark}{mark}000000{number:02x}",
        )
        for number in range(first, first + count)
    )


HOSTS: Final = (
    *_hosts("portal", "portal", "portal", "10.30.1", "2001:db8:30:1", 11, 6),
    *_hosts("warehouse", "warehouse", "core", "10.20.1", "2001:db8:20:1", 21, 8),
    *_hosts("imaging", "warehouse", "core", "10.20.2", "2001:db8:20:2", 50, 2),
    *_hosts("workbench", "workbench", "core", "10.20.64", "2001:db8:20:40", 31, 6),
    *_hosts("admin", "admin", "core", "10.20.32", "2001:db8:20:20", 10, 2),
    *_hosts("migrated", "warehouse", "core", "10.20.128", "2001:db8:20:8000", 5, 4),
    *_hosts("nat", "warehouse", "core", "10.20.0", "", 220, 1),
    *_hosts("neighbour", None, "core", "172.31.5", "", 40, 4),
)
NAT_SYSTEM: Final = "warehouse"  # the network that the NAT gateway's address lies in


class Side(StrEnum):
    """Whose address stands in a field: local host, remote (a far end or our peer host), NAT gateway."""

    LOCAL = "local"
    REMOTE = "remote"
    NAT = "nat"


@dataclass(frozen=True, slots=True)
class Report:
    """One line that a conversation leaves.

    `outward` lines carry what goes from the local end to the remote one. `interface` is what the reporting interface
    sees, `packet` what the packet says; they differ only around the NAT gateway. `direction` and `traffic_path` as AWS
    words them; `-` where the format has none.
    """

    reporter: Side
    outward: bool
    interface: tuple[Side, Side]
    packet: tuple[Side, Side]
    direction: str
    traffic_path: str = "-"
    counted: bool = True


_L, _R, _N = Side.LOCAL, Side.REMOTE, Side.NAT


def _out(path: str = "8") -> Report:
    return Report(_L, True, (_L, _R), (_L, _R), "egress", path)


_IN = Report(_L, False, (_R, _L), (_R, _L), "ingress")
_NAT_IN = Report(_N, False, (_R, _N), (_R, _N), "ingress", counted=False)

# What each way of travelling leaves in the logs. Of the six lines around a NAT gateway one counts each way; of two ends
# that are both ours only the source's report counts, except where version 2 lines cannot say which end wrote them.
WAYS: Final = {
    "direct": (_out(), _IN),
    "endpoint": (_out("7"), _IN),
    "vpn": (_out("3"), _IN),
    "nat": (
        _out("1"),
        Report(_N, True, (_L, _N), (_L, _R), "ingress", counted=False),
        Report(_N, True, (_N, _R), (_N, _R), "egress", "8", counted=False),
        _NAT_IN,
        Report(_N, False, (_N, _L), (_R, _L), "egress", "1", counted=False),
        _IN,
    ),
    "only_in": (_IN,),
    "only_out": (_out(),),
    "nat_only_in": (_NAT_IN,),
    "inside": (
        _out("1"),
        Report(_R, True, (_L, _R), (_L, _R), "ingress", counted=False),
        Report(_R, False, (_R, _L), (_R, _L), "egress", "1"),
        Report(_L, False, (_R, _L), (_R, _L), "ingress", counted=False),
    ),
    "peered": (
        _out("-"),
        Report(_R, True, (_L, _R), (_L, _R), "ingress", counted=False),
        Report(_R, False, (_R, _L), (_R, _L), "egress", "4"),
        Report(_L, False, (_R, _L), (_R, _L), "-"),
    ),
    # A new host reaches the world through the core VPC, by an interface of its own that reports it there.
    "new_host": (_out(), _IN),
    "to_new_host": (_out("3"), Report(_L, False, (_R, _L), (_R, _L), "ingress", counted=False)),
}
