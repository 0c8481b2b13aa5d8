"""What is ours: systems, their networks and data, who hosts them since when; the addresses that are known and not ours.

Decides which system an address, an account and a day belong to. It refuses to know places, operators' owners and law.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo
from functools import cached_property
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Field, PrivateAttr, ValidationInfo, field_validator

from monitor.document import Document, Finding, Listed, Written, fit
from monitor.fields import (
    Account,
    Country,
    DataClass,
    Day,
    Identifier,
    IPNetwork,
    Network,
    Operator,
    Surroundings,
    Text,
    day_begins,
    digest_of,
)
from monitor.wording import Unfit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.problem import Problem
    from monitor.yaml_text import Path

IPAddress: TypeAlias = IPv4Address | IPv6Address


def _one_as_list(value: object) -> object:
    return [value] if isinstance(value, dict) else value


class Owner(Written):
    """Who answers for a system."""

    team: Text | None = None
    contact: Text | None = None


class Scope(Written):
    """The account or network within which a system's addresses mean that system; elsewhere they are others'."""

    account: Text | None = None
    network_id: Text | None = Field(default=None, validate_default=True)

    @field_validator("network_id")
    @classmethod
    def _names_something(cls, network_id: str | None, info: ValidationInfo) -> str | None:
        if network_id is None and info.data.get("account", "") is None:
            raise Unfit("the scope names nothing", "Write account, network_id or both.")
        return network_id


class Hosting(Written):
    """Who hosts a system, or some of its networks, from a day on until a later entry for the same networks."""

    operator: Operator = Field(examples=["scaleway"])
    country: Country = Field(examples=["FR"])
    keys: Literal["provider", "customer", "external"] = "provider"
    networks: Listed[Network] = ()
    from_day: Day | None = Field(default=None, alias="from")


class Transition(Written):
    """The operator that a system moves to, and the day by which."""

    target: Operator = Field(examples=["scaleway"])
    deadline: Day = Field(examples=["2027-06-30"])


class System(Written):
    """One system of ours."""

    id: Identifier = Field(examples=["warehouse"])
    title: Text | None = None
    owner: Owner | None = None
    networks: Listed[Network] = ()
    scope: Scope | None = None
    accounts: Listed[Account] = Field(default=(), validate_default=True)
    serves: Literal["public", "staff", "partners"] = "staff"
    data_class: DataClass = Field(examples=["health"])
    hosting: Annotated[Listed[Hosting], BeforeValidator(_one_as_list)] = ()
    transition: Transition | None = None

    @field_validator("accounts")
    @classmethod
    def _can_be_found(cls, accounts: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if not accounts and info.data.get("networks", None) == ():
            raise Unfit("nothing tells this system from others", "Write its networks, its accounts or both.")
        return accounts

    @field_validator("hosting")
    @classmethod
    def _hosts_what_is_ours(cls, hosting: tuple[Hosting, ...], info: ValidationInfo) -> tuple[Hosting, ...]:
        ours: tuple[IPNetwork, ...] = info.data.get("networks", ())
        seen: dict[tuple[Any, Any], int] = {}
        for place, entry in enumerate(hosting):
            for which, network in enumerate(entry.networks):
                if ours and not any(_inside(network, own) for own in ours):
                    what = f"{network} is not inside the system's networks"
                    raise Unfit(
                        what, "Add it to the system's networks, or correct it.", under=(place, "networks", which)
                    )
            same = (frozenset(entry.networks), entry.from_day)
            if seen.setdefault(same, place) != place:
                what = f"hosting[{seen[same]}] already says who hosts this from that day on"
                raise Unfit(what, "Give each entry its own `from`.", under=(place,))
        return hosting


class Peer(Written):
    """Addresses that are known and not ours, such as a laboratory behind a tunnel."""

    networks: Listed[Network] = Field(min_length=1, examples=["[10.99.0.0/16]"])
    title: Text | None = None
    country: Country = Field(examples=["US"])
    importer: Text | None = None


class Staff(Written):
    """Networks from which our own people work."""

    networks: Listed[Network] = Field(min_length=1, examples=["[198.51.100.0/24]"])
    title: Text | None = None
    country: Country | None = None


class Inventory(Written):
    """The whole of inventory.yaml."""

    systems: Listed[System] = Field(examples=["[...]"])
    forwarders: Listed[Network] = ()
    peers: Listed[Peer] = ()
    staff: Listed[Staff] = ()
    _timezone: tzinfo = PrivateAttr(default=UTC)

    def model_post_init(self, context: Any, /) -> None:  # noqa: ANN401 - pydantic passes whatever the loader gave it
        """Keep the zone in which `from` days begin."""
        if isinstance(context, Surroundings):
            self._timezone = context.timezone

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the content, in hex."""
        return digest_of(self)

    @cached_property
    def _system_by_id(self) -> dict[str, System]:
        return {system.id: system for system in self.systems}

    def system(self, system_id: str) -> System | None:
        """The system of that id, if there is one."""
        return self._system_by_id.get(system_id)

    def hosting_at(self, system_id: str, address: IPAddress | None, moment: datetime) -> Hosting | None:
        """Who hosts the system, at that address, at that moment; None on the site's own premises.

        The most specific network wins, then the latest day; an entry without networks is for the whole system.
        """
        system = self._system_by_id.get(system_id)
        reached: list[tuple[int, date, Hosting]] = []
        for entry in system.hosting if system else ():
            since = entry.from_day or date.min
            if entry.from_day is not None and moment < day_begins(entry.from_day, self._timezone):
                continue
            if not entry.networks:
                reached.append((-1, since, entry))
            elif address is not None:
                lengths = [network.prefixlen for network in entry.networks if address in network]
                reached.extend((length, since, entry) for length in lengths)
        return max(reached, key=lambda found: found[:2])[2] if reached else None

    def change_instants(self) -> tuple[datetime, ...]:
        """Every instant, in UTC, at which the hosting of some system changes."""
        days = {entry.from_day for system in self.systems for entry in system.hosting if entry.from_day is not None}
        return tuple(sorted(day_begins(day, self._timezone) for day in days))


def _inside(network: IPNetwork, other: IPNetwork) -> bool:
    return network.version == other.version and network.subnet_of(other)  # type: ignore[arg-type]  # one version, checked


def inventory_findings(inventory: Inventory) -> Iterator[Finding]:
    """What is wrong between values that are each in order."""
    if not inventory.systems:
        yield Finding(("systems",), "no system is listed: nothing would be ours.", "List at least one.")
    ids: dict[str, int] = {}
    for place, system in enumerate(inventory.systems):
        if ids.setdefault(system.id, place) != place:
            what = f"systems[{ids[system.id]}] already has the id {system.id}."
            yield Finding(("systems", place, "id"), what, "Give each system its own id.")
    yield from _same_networks(inventory)


def _same_networks(inventory: Inventory) -> Iterator[Finding]:
    """A network may lie inside another; the very same network, in the same scope, cannot be two things."""
    holders: dict[tuple[IPNetwork, Scope | None], str] = {}
    entries: list[tuple[Path, str, Scope | None, tuple[IPNetwork, ...]]] = [
        (("systems", place), f"the system {system.id}", system.scope, system.networks)
        for place, system in enumerate(inventory.systems)
    ]
    entries += [
        (("peers", place), f"peers[{place}]", None, peer.networks) for place, peer in enumerate(inventory.peers)
    ]
    entries += [(("staff", place), f"staff[{place}]", None, own.networks) for place, own in enumerate(inventory.staff)]
    for path, name, scope, networks in entries:
        for which, network in enumerate(networks):
            holder = holders.setdefault((network, scope), name)
            here = (*path, "networks", which)
            if holder == name and network in networks[:which]:
                yield Finding(here, f"{network} is listed twice.", "Remove one of the two.")
            elif holder != name:
                yield Finding(here, f"{network} already belongs to {holder}.", _remedy(path, scope))


def _remedy(path: Path, scope: Scope | None) -> str:
    if path[0] == "systems" and scope is None:
        return "Remove one of the two, or give each system a scope where the address space is reused."
    return "Remove one of the two."


def fit_inventory(document: Document, problems: list[Problem], surroundings: Surroundings) -> Inventory | None:
    """The inventory of a file that was opened; None with its problems added when anything in it is wrong."""
    return fit(document, Inventory, problems, context=surroundings, check=inventory_findings)
