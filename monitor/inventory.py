"""What is ours: systems, their networks and data, who hosts them since when; the addresses that are known and not ours.

Decides which system an address, an account and a day belong to. It refuses to know places, operators' owners and law.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, tzinfo
from functools import cached_property
from ipaddress import IPv4Address, IPv6Address, ip_network
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Field, PrivateAttr, ValidationInfo, field_validator, model_validator

from monitor.document import Document, Finding, Listed, Written, fit, repeated
from monitor.fields import (
    Account,
    Country,
    DataClass,
    Day,
    Identifier,
    IPNetwork,
    Network,
    Operator,
    Recipient,
    Surroundings,
    Text,
    day_begins,
    digest_of,
)
from monitor.wording import Unfit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from monitor.problem import Problem
    from monitor.yaml_text import Data, Path

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
    network_id: Text | None = None

    @model_validator(mode="after")
    def _names_something(self) -> Scope:
        if self.account is None and self.network_id is None:
            raise Unfit("the scope names nothing", "Write account, network_id or both.")
        return self


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
    country: Recipient = Field(examples=["US"])
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
        """SHA-256 of the content and the zone of its days, in hex."""
        return digest_of(self, self._timezone)

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
            begins = self.hosting_begins(entry)
            if begins is not None and moment < begins:
                continue
            if not entry.networks:
                reached.append((-1, since, entry))
            elif address is not None:
                lengths = [network.prefixlen for network in entry.networks if address in network]
                reached.extend((length, since, entry) for length in lengths)
        return max(reached, key=lambda found: found[:2])[2] if reached else None

    def hosting_begins(self, entry: Hosting) -> datetime | None:
        """The first instant of a hosting entry, in UTC; None: since ever."""
        return None if entry.from_day is None else day_begins(entry.from_day, self._timezone)

    def change_instants(self) -> tuple[datetime, ...]:
        """Every instant, in UTC, at which the hosting of some system changes."""
        days = {entry.from_day for system in self.systems for entry in system.hosting if entry.from_day is not None}
        return tuple(sorted(day_begins(day, self._timezone) for day in days))


def _inside(network: IPNetwork, other: IPNetwork) -> bool:
    return network.version == other.version and network.subnet_of(other)  # type: ignore[arg-type]  # one version, checked


def inventory_findings(data: Mapping[str, Data]) -> Iterator[Finding]:
    """What is wrong between values; seen in the plain data, so that no other mistake hides it."""
    if data.get("systems", True) in (None, []):
        yield Finding(("systems",), "no system is listed, so nothing would be ours.", "List at least one.")
    for first, place in repeated(data, "systems", ("id",)):
        what = f"systems[{first}] already has this id."
        yield Finding(("systems", place, "id"), what, "Give each system its own id.")
    holders: dict[tuple[IPNetwork, str], tuple[Path, str]] = {}
    for path, name, scope, network in _written_networks(data):
        holder, holder_name = holders.setdefault((network, scope), (path, name))
        if holder[:2] == path[:2]:
            if holder != path:
                yield Finding(path, f"{network} is listed twice.", "Remove one of the two.")
            continue
        reusable = holder[0] == path[0] == "systems" and not scope
        scoped = ", or give each system a scope where the address space is reused" if reusable else ""
        yield Finding(path, f"{network} already belongs to {holder_name}.", f"Remove one of the two{scoped}.")


def _written_networks(data: Mapping[str, Data]) -> Iterator[tuple[Path, str, str, IPNetwork]]:
    """Path, owner's name, scope and network of everything that can be read as a network.

    A network may lie inside another; the very same one, in the same scope, cannot be two things.
    """
    for group in ("systems", "peers", "staff"):
        entries = data.get(group)
        for place, entry in enumerate(entries if isinstance(entries, list) else ()):
            if not isinstance(entry, dict) or not isinstance(networks := entry.get("networks"), list):
                continue
            name = f"the system {entry['id']}" if "id" in entry else f"{group}[{place}]"
            scope = entry.get("scope") if group == "systems" else None
            written_scope = repr(sorted(scope.items())) if isinstance(scope, dict) else ""
            for which, text in enumerate(networks):
                with suppress(ValueError):
                    yield (group, place, "networks", which), name, written_scope, ip_network(str(text))


def fit_inventory(document: Document, problems: list[Problem], surroundings: Surroundings) -> Inventory | None:
    """The inventory of a file that was opened; None with its problems added when anything in it is wrong."""
    inventory = fit(document, Inventory, problems, context=surroundings)
    found = [document.problem(*finding) for finding in inventory_findings(document.data)]
    problems.extend(found)
    return None if found else inventory
