"""Azure flow logs of network security groups, versions 1 and 2: `PT1H.json` files of nested records.

Decides how a record is nested and which values are records of this log. `azure_flow` reads the tuples in them.

Source: Microsoft, Azure Network Watcher, "NSG flow logs overview", read 2026-11.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

from collectors.azure_flow.groups import ACCEPT, DST, REJECT, SRC, Group
from collectors.azure_flow.tuples import (
    COUNTERS,
    DESTINATION,
    DESTINATION_PORT,
    PROTOCOL,
    SOURCE,
    SOURCE_PORT,
    TIME,
    Layout,
)
from collectors.azure_flow.values import NOTHING, AzureRecord, JsonDecoder
from collectors.contract import Kind, values_only

if TYPE_CHECKING:
    from collections.abc import Iterator

    from collectors.contract import SourceOptions

_CATEGORY: Final = "NetworkSecurityGroupFlowEvent"
_RECOGNISED: Final = re.compile(rb'"category"\s*:\s*"NetworkSecurityGroupFlowEvent"')
_TCP, _UDP = 6, 17
_STATE: Final = "Flow state"
_DIRECTION: Final = "Traffic flow"
_DECISION: Final = "Traffic decision"

LAYOUT: Final = Layout(
    fields=(
        TIME,
        SOURCE,
        DESTINATION,
        SOURCE_PORT,
        DESTINATION_PORT,
        PROTOCOL,
        _DIRECTION,
        _DECISION,
        _STATE,
        *COUNTERS,
    ),
    words={
        PROTOCOL: {"T": _TCP, "U": _UDP},
        _DIRECTION: {"I": DST, "O": SRC},
        _DECISION: {"A": ACCEPT, "D": REJECT},
        _STATE: {"B": ACCEPT, "C": ACCEPT, "E": ACCEPT},
    },
    short=8,
    kept=(_DIRECTION, _STATE),
)


class _Interface(msgspec.Struct):
    flowTuples: list[str] = []  # noqa: N815 - Azure's own name
    mac: str | None = None


class _Rule(msgspec.Struct):
    flows: list[_Interface] = []
    rule: str | None = None


class _Properties(msgspec.Struct):
    flows: list[_Rule]
    version: int | float | str | None = msgspec.field(name="Version", default=None)


class _Record(AzureRecord):
    resource: str = msgspec.field(name="resourceId", default="")
    system: str | None = msgspec.field(name="systemId", default=None)
    properties: msgspec.Raw = NOTHING


_PROPERTIES: Final = msgspec.json.Decoder(_Properties)


def _groups(record: _Record, line: int) -> Iterator[Group]:
    properties = _PROPERTIES.decode(record.properties)
    around = {"resourceId": record.resource, "systemId": record.system or ""}
    if properties.version is not None:
        around["Version"] = str(properties.version)
    for rule in properties.flows:
        said = {**around, "rule": rule.rule or ""}
        for interface in rule.flows:
            yield Group(line, interface.flowTuples, interface.mac, record.resource, said)


def _decoder(options: SourceOptions) -> JsonDecoder[_Record]:
    del options
    return JsonDecoder(_Record, _CATEGORY, "properties", _groups, LAYOUT)


def recognise(beginning: bytes) -> str | None:
    """Why an input is a flow log of a network security group: its records say so."""
    return "its category is NetworkSecurityGroupFlowEvent" if _RECOGNISED.search(beginning) else None


KIND: Final = Kind(
    name="azure_nsg",
    title="Azure flow logs of network security groups",
    decoder=_decoder,
    recognise=recognise,
    framing=values_only,
    gives=("flow",),
    reads=(
        ("resourceId", "account"),
        ("mac", "observer"),
        ("Source IP, Destination IP", "src_address, dst_address"),
        ("Source port, Destination port", "src_port, dst_port"),
        ("Protocol", "protocol"),
        ("Time stamp", "start_time, end_time"),
        ("Traffic decision", "action"),
        ("Packets sent, Bytes sent", "packets, octets"),
        ("Packets received, Bytes received", "reverse_packets, reverse_octets"),
    ),
    cannot_see=(
        "octets and packets in version 1: what was transferred stays unknown",
        "protocols other than TCP and UDP",
        "host names, and the virtual network that an interface is in",
        "when within the minutes since the tuple before the octets passed",
    ),
    sample="""- type: azure_nsg
  path: insights-logs-networksecuritygroupflowevent/**/PT1H.json
  expect_every_seconds: 3600
""",
)
