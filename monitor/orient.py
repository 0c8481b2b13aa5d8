"""Which end of a record is ours, who opened the conversation, what it is, and whether it counts here.

Decides from the record, the inventory and the shipped lists of ports and names, never by looking for a twin record.
Refuses to know where the other end is. Columns of whole numbers stand for systems, peers and addresses until `judge`
spells them out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from monitor.accounts import Accounts
from monitor.address import embedded_ipv4
from monitor.attribution.names import NOTHING
from monitor.host_names import HostNames
from monitor.prefixes import PrefixIndex
from monitor.services import TCP, UDP, WITH_PORTS, ServiceTable
from monitor.totals import total

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from monitor.address import ParsedAddresses
    from monitor.attribution.names import Names
    from monitor.inventory import Inventory, Scope

    Numbers = NDArray[np.int32]
    Flags = NDArray[np.bool_]

NOBODY: Final = -1
# What an address is to us.
STRANGER: Final = 0
OURS: Final = 1
PEER: Final = 2
STAFF: Final = 3

# Codes of schema.ACTIVITIES and schema.DIRECTIONS, in their order.
PROBE, ADMIN, DNS, TELEMETRY, WEB, DATA, OTHER = range(7)
OUTBOUND, INBOUND, DIRECTION_UNKNOWN = range(3)

# A record of at most so many TCP packets of at most so many octets is a handshake without payload (DESIGN 3.3).
_TCP_HANDSHAKE_PACKETS: Final = 3
_TCP_BARE_OCTETS: Final = {4: 60, 6: 80}
_UDP_BARE_OCTETS: Final = {4: 28, 6: 48}
_IPV6: Final = 6
NO_ADDRESS: Final = -1


@dataclass(frozen=True, slots=True)
class Roles:
    """What each address of a batch is to us: STRANGER, OURS, PEER or STAFF, and which of them (`number`)."""

    role: NDArray[np.int8]
    number: Numbers


@dataclass(frozen=True, slots=True)
class Oriented:
    """The records of which an end is ours, row by row beside `frame`.

    `system` and `peer_system` are positions in the inventory (NOBODY: none); `local` and `remote` are positions of
    addresses; `remote_role` and `remote_number` say what the far end is to us; `direct_collection`: strangers began it
    towards a public system, and it is neither administration nor a probe; `not_ours` counts what was left out.
    `names` are the host names that the records tell; `named` is what the name says of the far end (a kind of
    `attribution.names`), NOTHING where the far end opened: then it names ours.
    """

    frame: pl.DataFrame
    local_is_src: Flags
    local: NDArray[np.int64]
    remote: NDArray[np.int64]
    system: Numbers
    peer_system: Numbers
    remote_role: NDArray[np.int8]
    remote_number: Numbers
    activity: NDArray[np.uint8]
    direction: NDArray[np.uint8]
    direct_collection: Flags
    service_port: NDArray[np.int32]
    names: HostNames
    named: NDArray[np.int64]
    counted: Flags
    not_ours: int
    not_ours_octets: int


@dataclass(frozen=True, slots=True)
class Orienter:
    """The inventory, made ready for whole columns."""

    inventory: Inventory
    services: ServiceTable
    public: Flags
    forwarders: PrefixIndex
    names: Names | None = None
    accounts: Accounts = field(default_factory=lambda: Accounts({}))
    _indexes: dict[frozenset[int], tuple[PrefixIndex, Roles]] = field(default_factory=dict)

    @classmethod
    def of(cls, inventory: Inventory, services: ServiceTable, names: Names | None = None) -> Orienter:
        """Make an inventory ready; without `names` no name says anything."""
        public = [system.serves == "public" for system in inventory.systems]
        forwarders = PrefixIndex.of(inventory.forwarders)
        is_public = np.array([*public, False], dtype=np.bool_)
        return cls(inventory, services, is_public, forwarders, names, Accounts.of(inventory))

    @property
    def _scopes(self) -> dict[int, Scope]:
        return {place: system.scope for place, system in enumerate(self.inventory.systems) if system.scope}

    def roles(self, addresses: ParsedAddresses, systems: frozenset[int]) -> Roles:
        """Tell the roles of all addresses of a batch, for records in which the scoped `systems` apply.

        The longest network decides; of the same network a scoped system stands before one without scope. An address
        that carries an IPv4 address (NAT64, 6to4) and that no network holds is what that one is.
        """
        found = self._indexes.get(systems)
        if found is None:
            found = self._indexes[systems] = self._index(systems)
        index, table = found
        place = index.lookup(addresses)
        inner = embedded_ipv4(addresses)
        if inner is not addresses:
            place = np.where(place < 0, index.lookup(inner), place)
        role = table.role[place]
        number = table.number[place]
        forwarding = (self.forwarders.lookup(addresses) >= 0) & (role == STRANGER)
        return Roles(np.where(forwarding, np.int8(OURS), role), number)

    def _index(self, systems: frozenset[int]) -> tuple[PrefixIndex, Roles]:
        scoped = [(OURS, place) for place in sorted(systems)]
        free = [(OURS, place) for place, system in enumerate(self.inventory.systems) if system.scope is None]
        entries = [(role, place, self.inventory.systems[place].networks) for role, place in scoped + free]
        entries += [(PEER, place, peer.networks) for place, peer in enumerate(self.inventory.peers)]
        entries += [(STAFF, place, staff.networks) for place, staff in enumerate(self.inventory.staff)]
        flat = [(role, place, network) for role, place, networks in entries for network in networks]
        roles = Roles(
            np.array([*(role for role, _, _ in flat), STRANGER], dtype=np.int8),
            np.array([*(place for _, place, _ in flat), NOBODY], dtype=np.int32),
        )
        return PrefixIndex.of([network for _, _, network in flat]), roles

    def applying(self, frame: pl.DataFrame) -> tuple[NDArray[np.intp], Sequence[frozenset[int]]]:
        """Tell which scoped systems apply to each record: a class per row, and the systems of each class."""
        scopes = self._scopes
        if not scopes:
            return np.zeros(frame.height, dtype=np.intp), [frozenset()]
        pairs = frame.select("account", "network_id").unique(maintain_order=True)
        classes: dict[frozenset[int], int] = {}
        numbers = [
            classes.setdefault(
                frozenset(
                    place
                    for place, scope in scopes.items()
                    if scope.account in {None, account} and scope.network_id in {None, network_id}
                ),
                len(classes),
            )
            for account, network_id in pairs.iter_rows()
        ]
        numbered = pairs.with_columns(pl.Series("class", numbers, dtype=pl.UInt32))
        joined = frame.select("account", "network_id").join(
            numbered, on=["account", "network_id"], how="left", nulls_equal=True, maintain_order="left"
        )
        return joined["class"].to_numpy().astype(np.intp), list(classes)


def orient(
    frame: pl.DataFrame,
    addresses: ParsedAddresses,
    orienter: Orienter,
    *,
    count_at_forwarders: bool = False,
    link_octets: int = 0,
    payload_alone: bool = False,
) -> Oriented:
    """Orient flow records (columns as `collectors.contract.Flows` says).

    Both ends ours: `system` is the initiator's, else the source's. Neither end ours: left out and counted.
    """
    classes, systems = orienter.applying(frame)
    ours_of = Spread.of(addresses, orienter, classes, systems)
    src, dst = (positions(frame[name]) for name in ("src_address", "dst_address"))
    src_role, src_number = ours_of(src)
    dst_role, dst_number = ours_of(dst)
    src_ours, dst_ours = src_role == OURS, dst_role == OURS
    keep = src_ours | dst_ours
    left_out = 0
    left_out_octets = 0
    if not keep.all():
        dropped = frame.filter(pl.Series(~keep))
        left_out, left_out_octets = dropped.height, total(dropped["octets"])
        frame = frame.filter(pl.Series(keep))
        kept = (src, dst, src_role, src_number, dst_role, dst_number, src_ours, dst_ours)
        src, dst, src_role, src_number, dst_role, dst_number, src_ours, dst_ours = (each[keep] for each in kept)
        ours_of = Spread(classes[keep], ours_of.role, ours_of.number)
    initiator = frame["initiator"].to_physical().cast(pl.Int8).fill_null(-1).to_numpy()
    both = src_ours & dst_ours
    local_is_src = np.where(both, initiator != 1, src_ours)
    local, remote = np.where(local_is_src, src, dst), np.where(local_is_src, dst, src)
    local_number = np.where(local_is_src, src_number, dst_number)
    remote_role = np.where(local_is_src, dst_role, src_role)
    remote_number = np.where(local_is_src, dst_number, src_number)
    opened_here = np.where(local_is_src, initiator == 0, initiator == 1)
    direction = np.where(initiator < 0, DIRECTION_UNKNOWN, np.where(opened_here, OUTBOUND, INBOUND))
    ports = _Ports.of(frame, initiator)
    towards_public = (direction == INBOUND) & orienter.public[local_number]
    bare = _Bare.of(addresses.version[local] == _IPV6, link_octets, payload_alone=payload_alone)
    names = HostNames.of(frame["name"])
    named = _named(names, direction, orienter)
    flags = _Flags(towards_public, _telemetry(named, orienter), bare)
    activity = _activity(frame, ports, orienter, flags)
    return Oriented(
        frame=frame,
        local_is_src=local_is_src,
        local=local,
        remote=remote,
        system=local_number,
        peer_system=np.where(both, remote_number, NOBODY).astype(np.int32),
        remote_role=remote_role,
        remote_number=remote_number,
        activity=activity,
        direction=direction.astype(np.uint8),
        direct_collection=towards_public & (remote_role == STRANGER) & (activity != ADMIN) & (activity != PROBE),
        service_port=ports.service,
        names=names,
        named=named,
        counted=_counted(frame, addresses, orienter, ours_of, src, dst, both, count_at_forwarders=count_at_forwarders),
        not_ours=left_out,
        not_ours_octets=left_out_octets,
    )


@dataclass(frozen=True, slots=True)
class Spread:
    """Roles by (class of the record, address), asked per row; an absent address is a stranger's."""

    classes: NDArray[np.intp]
    role: NDArray[np.int8]
    number: Numbers

    @classmethod
    def of(
        cls,
        addresses: ParsedAddresses,
        orienter: Orienter,
        classes: NDArray[np.intp],
        systems: Sequence[frozenset[int]],
    ) -> Spread:
        """Roles of all addresses, as `Orienter.applying` tells which systems apply to each record."""
        tables = [orienter.roles(addresses, each) for each in systems]
        return cls(classes, np.stack([table.role for table in tables]), np.stack([t.number for t in tables]))

    def __call__(self, positions: NDArray[np.int64]) -> tuple[NDArray[np.int8], Numbers]:
        """Role of the address of each record, and which of ours, the peers or the staff it is."""
        if not self.role.shape[1]:
            absent = np.full(len(positions), NOBODY, dtype=np.int32)
            return np.zeros(len(positions), dtype=np.int8), absent
        present = positions != NO_ADDRESS
        role = self.role[self.classes, positions]
        number = self.number[self.classes, positions]
        if present.all():
            return role, number
        return np.where(present, role, STRANGER).astype(np.int8), np.where(present, number, NOBODY).astype(np.int32)


@dataclass(frozen=True, slots=True)
class _Ports:
    """Ports of the records: which records have them, and the port of the service (the end that did not initiate)."""

    protocol: NDArray[np.uint8]
    present: Flags
    service: NDArray[np.int32]

    @classmethod
    def of(cls, frame: pl.DataFrame, initiator: NDArray[np.int8]) -> _Ports:
        src_port = frame["src_port"].cast(pl.Int32).fill_null(-1).to_numpy()
        dst_port = frame["dst_port"].cast(pl.Int32).fill_null(-1).to_numpy()
        protocol = frame["protocol"].fill_null(0).to_numpy()
        has_ports = (protocol == TCP) | (protocol == UDP)
        if not has_ports.all():
            has_ports |= np.isin(protocol, list(WITH_PORTS))
        present = has_ports & (src_port >= 0) & (dst_port >= 0)
        lower = np.minimum(src_port, dst_port)
        service = np.where(initiator == 0, dst_port, np.where(initiator == 1, src_port, lower))
        return cls(protocol, present, np.where(present, service, -1).astype(np.int32))


def _named(names: HostNames, direction: NDArray[np.integer], orienter: Orienter) -> NDArray[np.int64]:
    """What the name of each record says of the far end: it is the far end's where our end asked for it."""
    if orienter.names is None or not len(names.distinct):
        return np.full(len(direction), NOTHING, dtype=np.int64)
    return np.where(direction == OUTBOUND, orienter.names.table.kinds_of(names), NOTHING)


def _telemetry(named: NDArray[np.int64], orienter: Orienter) -> Flags:
    """Whether the name is on the list of those to which software reports by itself."""
    if orienter.names is None or (named == NOTHING).all():
        return np.zeros(len(named), dtype=np.bool_)
    return np.array([kind.telemetry for kind in orienter.names.table.kinds], dtype=np.bool_)[named]


@dataclass(frozen=True, slots=True)
class _Flags:
    """What is known of records before their activity is."""

    towards_public: Flags
    telemetry: Flags
    bare: _Bare


def _activity(frame: pl.DataFrame, ports: _Ports, orienter: Orienter, flags: _Flags) -> NDArray[np.uint8]:
    """Tell the activity, first that applies: probe, admin, dns, telemetry (by name), web, other, data."""
    services = orienter.services
    port = np.maximum(ports.service, 0).astype(np.uint16)
    activity = np.where(ports.present, np.uint8(DATA), np.uint8(OTHER))
    activity[flags.towards_public] = WEB
    activity[flags.telemetry] = TELEMETRY
    activity[ports.present & services.listed(services.dns, ports.protocol, port)] = DNS
    activity[ports.present & services.listed(services.administration, ports.protocol, port)] = ADMIN
    activity[_is_probe(frame, ports.protocol, flags.bare)] = PROBE
    return activity


def _is_probe(frame: pl.DataFrame, protocol: NDArray[np.uint8], limits: _Bare) -> Flags:
    """Rejected, or without payload in what the record counts."""
    rejected = (frame["action"].to_physical() == 1).fill_null(value=False).to_numpy()
    bare = _is_bare(frame["octets"], frame["packets"], limits, protocol, absent=False)
    if frame["reverse_octets"].null_count() < frame.height:
        bare &= _is_bare(frame["reverse_octets"], frame["reverse_packets"], limits, protocol, absent=True)
    return np.asarray(rejected | bare)


@dataclass(frozen=True, slots=True)
class _Bare:
    """Octets of a packet without payload, as each record counts them."""

    tcp: NDArray[np.int64]
    udp: NDArray[np.int64]

    @classmethod
    def of(cls, is_ipv6: Flags, link_octets: int, *, payload_alone: bool) -> _Bare:
        """Those of a source, by what else than IP packets it counts of them; nothing where it counts no headers."""
        if payload_alone:
            return cls(*(np.zeros(len(is_ipv6), np.int64) for _ in range(2)))
        return cls(
            tcp=np.where(is_ipv6, _TCP_BARE_OCTETS[6], _TCP_BARE_OCTETS[4]) + link_octets,
            udp=np.where(is_ipv6, _UDP_BARE_OCTETS[6], _UDP_BARE_OCTETS[4]) + link_octets,
        )


def _is_bare(
    octets: pl.Series, packets: pl.Series, limits: _Bare, protocol: NDArray[np.uint8], *, absent: bool
) -> Flags:
    """Whether the counted packets are headers alone; `absent` where the record does not count them at all."""
    known = (octets.is_not_null() & packets.is_not_null()).to_numpy()
    octets_, packets_ = octets.fill_null(0).to_numpy(), packets.fill_null(0).to_numpy()
    tcp = (protocol == TCP) & (packets_ <= _TCP_HANDSHAKE_PACKETS) & (octets_ <= limits.tcp * packets_)
    udp = (protocol == UDP) & (octets_ <= limits.udp * packets_)
    uncounted = (octets.is_null() & packets.is_null()).to_numpy()
    return np.asarray(np.where(known, tcp | udp, uncounted & absent))


def _counted(
    frame: pl.DataFrame,
    addresses: ParsedAddresses,
    orienter: Orienter,
    ours_of: Spread,
    src: NDArray[np.int64],
    dst: NDArray[np.int64],
    both: Flags,
    *,
    count_at_forwarders: bool,
) -> Flags:
    """Tell whether this record is the conversation's one counting point."""
    counted = np.ones(frame.height, dtype=np.bool_)
    if both.any():
        counted &= ~(both & (frame["reporter"].to_physical() == 1).fill_null(value=False).to_numpy())
    forwarding = np.append(orienter.forwarders.lookup(addresses) >= 0, False)  # the absent address
    at_forwarder = forwarding[src] | forwarding[dst]
    if count_at_forwarders:
        # The forwarder saw each conversation twice. Where records tell the packet's own ends, the one that does not
        # end at the forwarder counts; else the one between the forwarder and the far end.
        tells_packet = frame["packet_addresses"].to_numpy()
        return np.asarray(counted & ~(at_forwarder & (tells_packet | both)))
    for address, interface in ((src, frame["interface_src"]), (dst, frame["interface_dst"])):
        if interface.null_count() == frame.height:
            continue
        seen_at, _ = ours_of(positions(interface))
        in_packet, _ = ours_of(address)
        counted &= ~((seen_at == OURS) & (in_packet != OURS))
    return np.asarray(counted & ~at_forwarder)


def positions(column: pl.Series) -> NDArray[np.int64]:
    """Positions of addresses, NO_ADDRESS where there is none."""
    return column.cast(pl.Int64).fill_null(NO_ADDRESS).to_numpy()
