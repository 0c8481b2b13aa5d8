"""What an entry says beside its base fields: attributes under their own dotted names, and whose side reports.

Decides how a nested value becomes a flat text. A batch has few distinct metadata values: each is read once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

# So many distinct values are remembered at once.
_REMEMBERED: Final = 50_000
_LEVELS: Final = 8
_PROJECT: Final = re.compile("projects/([^/]+)/")
_NETWORK: Final = re.compile("/networks/([^/]+)$")
_ENCODE: Final = msgspec.json.Encoder().encode


class _Network(msgspec.Struct):
    vpc_name: str | None = None
    subnetwork_name: str | None = None
    subnetwork_region: str | None = None
    project_id: str | None = None


class _Instance(msgspec.Struct):
    vm_name: str | None = None
    region: str | None = None


class _Gateway(msgspec.Struct):
    name: str | None = None
    location: str | None = None
    vpc: _Network | None = None


class _Service(msgspec.Struct):
    service_name: str | None = None
    type: str | None = None


_NETWORKS: Final = msgspec.json.Decoder(_Network | None)
_INSTANCES: Final = msgspec.json.Decoder(_Instance | None)
_GATEWAYS: Final = msgspec.json.Decoder(_Gateway | None)
_SERVICES: Final = msgspec.json.Decoder(_Service | None)


@dataclass(slots=True)
class Metadata:
    """Remembers what distinct values say; forgets all when there are too many."""

    _texts: dict[tuple[str, str], str] = field(default_factory=dict)
    _sides: dict[tuple[str, ...], Side] = field(default_factory=dict)
    _services: dict[str, str | None] = field(default_factory=dict)
    _projects: dict[str, str | None] = field(default_factory=dict)

    def project(self, log_name: str) -> str | None:
        """Project that a log belongs to; null for a log of an organisation or a folder."""
        if log_name not in self._projects:
            if len(self._projects) >= _REMEMBERED:
                self._projects.clear()
            found = _PROJECT.match(log_name)
            self._projects[log_name] = found.group(1) if found else None
        return self._projects[log_name]

    def text(self, name: str, value: str) -> str:
        """Members of a JSON object for a field and what is inside it, each with a comma before it.

        Raises:
            DecodeError: the value is nested too deeply, or its text is no UTF-8.
        """
        key = (name, value)
        found = self._texts.get(key)
        if found is None:
            if len(self._texts) >= _REMEMBERED:
                self._texts.clear()
            members = _flat(name, msgspec.json.decode(value), _LEVELS)
            found = self._texts[key] = "".join(f",{_json(each)}:{_json(text)}" for each, text in members)
        return found

    def side(self, network: str, instance: str, gateway: str) -> Side:
        """Whose interface reports; no text where the entry does not tell.

        Raises:
            ValidationError: a value is of another form.
        """
        key = (network, instance, gateway)
        found = self._sides.get(key)
        if found is None:
            if len(self._sides) >= _REMEMBERED:
                self._sides.clear()
            found = self._sides[key] = _side(*key)
        return found

    def service(self, value: str) -> str | None:
        """Name of a Google service, else its type.

        Raises:
            ValidationError: the value is of another form.
        """
        if value not in self._services:
            if len(self._services) >= _REMEMBERED:
                self._services.clear()
            said = _SERVICES.decode(value)
            self._services[value] = (said.service_name or said.type) if said else None
        return self._services[value]


@dataclass(frozen=True, slots=True)
class Side:
    """The reporter's side of a flow, as far as its metadata tell."""

    observer: str | None = None
    project: str | None = None
    network: str | None = None
    region: str | None = None


def _side(network: str, instance: str, gateway: str) -> Side:
    net = (_NETWORKS.decode(network) if network else None) or _Network()
    machine = (_INSTANCES.decode(instance) if instance else None) or _Instance()
    door = (_GATEWAYS.decode(gateway) if gateway else None) or _Gateway()
    behind = door.vpc or _Network()
    return Side(
        observer=machine.vm_name or door.name or net.subnetwork_name,
        project=net.project_id or behind.project_id,
        network=net.vpc_name or behind.vpc_name,
        region=net.subnetwork_region or machine.region or door.location,
    )


def network_of(resource_name: str) -> str | None:
    """VPC that a resource name names, if it names one."""
    found = _NETWORK.search(resource_name)
    return found.group(1) if found else None


def _flat(name: str, value: object, levels: int) -> Iterator[tuple[str, str]]:
    """Dotted names and texts; a list stays JSON, null says nothing."""
    if isinstance(value, dict) and levels:
        for key, inner in value.items():
            yield from _flat(f"{name}.{key}", inner, levels - 1)
    elif isinstance(value, str):
        yield name, value
    elif value is not None:
        yield name, _ENCODE(value).decode()


def _json(text: str) -> str:
    return _ENCODE(text).decode()
