"""Azure flow logs of virtual networks, version 4: `PT1H.json` files of nested records.

Decides how a record is nested and which values are records of this log. `azure_flow` reads the tuples in them.

Source: Microsoft, Azure Network Watcher, "Virtual network flow logs", read 2026-11.
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

_CATEGORY: Final = "FlowLogFlowEvent"
_RECOGNISED: Final = re.compile(rb'"category"\s*:\s*"FlowLogFlowEvent"')
_STATE: Final = "Flow state"
_DIRECTION: Final = "Flow direction"
_ENCRYPTION: Final = "Flow encryption"

LAYOUT: Final = Layout(
    fields=(
        TIME,
        SOURCE,
        DESTINATION,
        SOURCE_PORT,
        DESTINATION_PORT,
        PROTOCOL,
        _DIRECTION,
        _STATE,
        _ENCRYPTION,
        *COUNTERS,
    ),
    words={
        PROTOCOL: {},
        _DIRECTION: {"I": DST, "O": SRC},
        _STATE: {"B": ACCEPT, "C": ACCEPT, "E": ACCEPT, "D": REJECT},
    },
    kept=(_DIRECTION, _STATE, _ENCRYPTION),
)


class _Rule(msgspec.Struct):
    flowTuples: list[str] = []  # noqa: N815 - Azure's own name
    rule: str | None = None


class _AccessList(msgspec.Struct):
    flowGroups: list[_Rule] = []  # noqa: N815 - Azure's own name
    acl: str | None = msgspec.field(name="aclID", default=None)


class _FlowRecords(msgspec.Struct):
    flows: list[_AccessList]


class _Record(AzureRecord):
    version: int | float | str | None = msgspec.field(name="flowLogVersion", default=None)
    guid: str | None = msgspec.field(name="flowLogGUID", default=None)
    mac: str | None = msgspec.field(name="macAddress", default=None)
    log: str = msgspec.field(name="flowLogResourceID", default="")
    target: str = msgspec.field(name="targetResourceID", default="")
    flow_records: msgspec.Raw = msgspec.field(name="flowRecords", default=NOTHING)


_FLOW_RECORDS: Final = msgspec.json.Decoder(_FlowRecords)


def _groups(record: _Record, line: int) -> Iterator[Group]:
    around = {
        "flowLogVersion": "" if record.version is None else str(record.version),
        "flowLogGUID": record.guid or "",
        "flowLogResourceID": record.log,
        "targetResourceID": record.target,
    }
    for each in _FLOW_RECORDS.decode(record.flow_records).flows:
        for rule in each.flowGroups:
            said = {**around, "aclID": each.acl or "", "rule": rule.rule or ""}
            yield Group(line, rule.flowTuples, record.mac, record.target or record.log, said)


def _decoder(options: SourceOptions) -> JsonDecoder[_Record]:
    del options
    return JsonDecoder(_Record, _CATEGORY, "flow_records", _groups, LAYOUT)


def recognise(beginning: bytes) -> str | None:
    """Why an input is a flow log of a virtual network: its records say so."""
    return "its category is FlowLogFlowEvent" if _RECOGNISED.search(beginning) else None


KIND: Final = Kind(
    name="azure_vnet",
    title="Azure flow logs of virtual networks",
    decoder=_decoder,
    recognise=recognise,
    framing=values_only,
    gives=("flow",),
    reads=(
        ("targetResourceID, else flowLogResourceID", "account"),
        ("targetResourceID", "network_id"),
        ("macAddress", "observer"),
        ("Source IP, Destination IP", "src_address, dst_address"),
        ("Source port, Destination port", "src_port, dst_port"),
        ("Protocol", "protocol"),
        ("Time stamp", "start_time, end_time"),
        ("Flow state", "action"),
        ("Packets sent, Bytes sent", "packets, octets"),
        ("Packets received, Bytes received", "reverse_packets, reverse_octets"),
    ),
    cannot_see=(
        "host names: who is behind a shared address stays unknown",
        "private endpoints, and traffic of services that run outside of the virtual network",
        "when within the minutes since the tuple before the octets passed",
    ),
    sample="""- type: azure_vnet
  path: insights-logs-flowlogflowevent/**/PT1H.json
  expect_every_seconds: 3600
""",
)
