"""Which port is which service, which services are administration, and what protocol numbers are called.

Decides nothing about a conversation by itself: `initiator` (collectors) and `activity` (judging) ask here.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Annotated, Final, Literal

import numpy as np
import polars as pl
from pydantic import BaseModel, ConfigDict, Field

from monitor.combinations import combinations
from monitor.document import load_document
from monitor.shipped import shipped

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

FILE: Final = "rules/services/ports.yaml"

TCP: Final = 6
UDP: Final = 17
DCCP: Final = 33
SCTP: Final = 132
UDP_LITE: Final = 136
PORTS: Final = 65_536

# Source: IANA protocol numbers registry; only those that have ports.
WITH_PORTS: Final = {TCP: "tcp", UDP: "udp", DCCP: "dccp", SCTP: "sctp", UDP_LITE: "udplite"}
# Source: IANA protocol numbers registry, keywords in lower case, those seen in data centres.
WITHOUT_PORTS: Final = {
    1: "icmp",
    2: "igmp",
    4: "ipv4",
    41: "ipv6",
    47: "gre",
    50: "esp",
    51: "ah",
    58: "ipv6-icmp",
    88: "eigrp",
    89: "ospfigp",
    97: "etherip",
    103: "pim",
    108: "ipcomp",
    112: "vrrp",
    115: "l2tp",
}

Grade = Literal[
    "admin",
    "admin_cleartext",
    "remote_work",
    "remote_support",
    "control_plane",
    "out_of_band",
    "bastion",
    "monitoring",
    "telemetry",
    "identity",
    "tunnel",
    "health",
    "data_access",
    "file",
    "web",
    "dns",
    "mail",
    "time",
    "network",
]
ADMINISTRATION: Final = frozenset(
    {"admin", "admin_cleartext", "remote_work", "remote_support", "control_plane", "out_of_band", "bastion"}
)

Port = Annotated[int, Field(ge=1, lt=PORTS)]


class Service(BaseModel):
    """A service and its usual ports."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    grade: Grade
    tcp: tuple[Port, ...] = ()
    udp: tuple[Port, ...] = ()
    source: str


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    services: tuple[Service, ...]


@dataclass(frozen=True, slots=True)
class ServiceTable:
    """Services by port, as arrays that a whole frame is looked up in.

    Shape: each array is (2, 65 536), flattened: TCP ports, then UDP ports; true where such a service is listed.
    """

    services: tuple[Service, ...]
    known: NDArray[np.bool_]
    administration: NDArray[np.bool_]
    dns: NDArray[np.bool_]

    def listed(
        self, which: NDArray[np.bool_], protocol: NDArray[np.uint8], port: NDArray[np.uint16]
    ) -> NDArray[np.bool_]:
        """Tell per row whether `which` (one of the arrays above) holds for that protocol and port."""
        row = which[(protocol == UDP).astype(np.uint32) * np.uint32(PORTS) + port]
        return np.asarray(row & ((protocol == TCP) | (protocol == UDP)))


def load_services(path: Path | None = None) -> ServiceTable:
    """Load the shipped service table, or another one in its form.

    Raises:
        ProblemsFound: the file departs from its form.
    """
    services = load_document(path or shipped(FILE), _File).services
    known, administration, dns = (np.zeros(2 * PORTS, dtype=np.bool_) for _ in range(3))
    for service in services:
        for offset, ports in ((0, service.tcp), (PORTS, service.udp)):
            for port in ports:
                position = offset + port
                known[position] = True
                administration[position] |= service.grade in ADMINISTRATION
                dns[position] |= service.grade == "dns"
    return ServiceTable(services, known, administration, dns)


@cache
def shipped_services() -> ServiceTable:
    """Load the shipped table once per process; it never changes while one runs."""
    return load_services()


def protocol_name(number: int) -> str:
    """IANA keyword of a protocol in lower case, `ip-<number>` where it has none here."""
    return WITH_PORTS.get(number) or WITHOUT_PORTS.get(number) or f"ip-{number}"


# Protocols with ports count from 1, so that (protocol, port) stays a small number; all others are 0.
_FAMILY: Final = np.zeros(257, dtype=np.int64)
_FAMILY[list(WITH_PORTS)] = range(1, len(WITH_PORTS) + 1)


@dataclass(frozen=True, slots=True)
class ServiceNames:
    """The service of each record as a number, and what the numbers are called (null: no protocol is known)."""

    number: NDArray[np.intp]
    names: pl.Series


def service_names(protocol: pl.Series, port: NDArray[np.int32]) -> ServiceNames:
    """Name services: `tcp/22`, or the protocol alone where there is no port (-1); each distinct one is spelled once."""
    number = protocol.cast(pl.Int64).fill_null(-1).to_numpy()
    distinct = combinations([_FAMILY[number] * (PORTS + 1) + port, np.where(port >= 0, -1, number)])
    pairs = zip(number[distinct.row_of].tolist(), port[distinct.row_of].tolist(), strict=True)
    return ServiceNames(distinct.ids, pl.Series([_service_name(*pair) for pair in pairs], dtype=pl.String))


def _service_name(protocol: int, port: int) -> str | None:
    if protocol < 0:
        return None
    name = protocol_name(protocol)
    return f"{name}/{port}" if port >= 0 else name


def services_digest() -> str:
    """SHA-256 of the shipped table, in hex."""
    return hashlib.sha256(shipped(FILE).read_bytes()).hexdigest()
