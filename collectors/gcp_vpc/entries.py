"""Entries of Cloud Logging as columns of text, with those that are of another log or of another form.

Decides which values are entries of a VPC flow log. Refuses to know what their numbers and addresses mean.

Source: Google Cloud, "About VPC Flow Logs records", and Cloud Logging, "LogEntry", read 2026-11.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import msgspec

from collectors.contract import BadRecord
from collectors.gcp_vpc.metadata import Metadata, Side, network_of, project_of
from collectors.json_records import NOT_READ

if TYPE_CHECKING:
    from collections.abc import Sequence

NOT_A_RECORD: Final = "not_a_record"
ANOTHER_LOG: Final = "another log"
_LOGS: Final = ("/vpc_flows", "%2Fvpc_flows")
# Base fields, which have a column; what else the payload holds is an attribute.
BASE: Final = ("start_time", "end_time", "bytes_sent", "packets_sent")
_WITH_COLUMN: Final = frozenset({*BASE, "connection"})
_NOTHING: Final = b""
_DOTTED: Final = "connection"


class _Labels(msgspec.Struct):
    target: str = msgspec.field(name="target_resource_name", default="")


class _Entry(msgspec.Struct):
    log: str = msgspec.field(name="logName", default="")
    payload: dict[str, msgspec.Raw] | None = msgspec.field(name="jsonPayload", default=None)
    labels: _Labels | None = None


_ENTRIES: Final = msgspec.json.Decoder(_Entry)
_CONNECTIONS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_REPORTERS: Final = msgspec.json.Decoder(str | None)
CONNECTION: Final = ("src_ip", "dest_ip", "src_port", "dest_port", "protocol")
SIDES: Final = {"SRC": "src", "SRC_GATEWAY": "src", "DEST": "dest", "DEST_GATEWAY": "dest"}
_NO_SIDE: Final = Side()


@dataclass(slots=True)
class Entries:
    """Flow records of a piece, column by column; the text of a base field is that of its JSON value, quotes and all."""

    lines: list[int] = field(default_factory=list)
    texts: dict[str, list[bytes]] = field(default_factory=lambda: {name: [] for name in (*BASE, *CONNECTION)})
    reporters: list[str | None] = field(default_factory=list)
    sides: list[Side] = field(default_factory=list)
    accounts: list[str | None] = field(default_factory=list)
    networks: list[str | None] = field(default_factory=list)
    services: list[str | None] = field(default_factory=list)
    attributes: list[str] = field(default_factory=list)
    bad: list[BadRecord] = field(default_factory=list)
    passed_over: Counter[str] = field(default_factory=Counter)


def read_entries(values: Sequence[msgspec.Raw], lines: Sequence[int], metadata: Metadata) -> Entries:
    """Read entries; what is of another log is passed over, what is of another form is told."""
    entries = Entries()
    for value, line in zip(values, lines, strict=True):
        try:
            entry = _ENTRIES.decode(value)
            if entry.log and not entry.log.endswith(_LOGS):
                entries.passed_over[ANOTHER_LOG] += 1
                continue
            _add(entries, entry, line, metadata)
        except NOT_READ as error:
            entries.bad.append(BadRecord(line, NOT_A_RECORD, f"the entry is of another form: {error}"))
        except KeyError as error:
            entries.bad.append(BadRecord(line, NOT_A_RECORD, f"the entry has no {error.args[0]}"))
    return entries


def _add(entries: Entries, entry: _Entry, line: int, metadata: Metadata) -> None:
    """Add a row: everything that may fail comes before the first column grows."""
    payload = entry.payload
    if payload is None:
        missing = "jsonPayload"
        raise KeyError(missing)
    if "connection" not in payload:
        missing = "jsonPayload.connection"
        raise KeyError(missing)
    said = {name: bytes(value) for name, value in payload.items()}
    connection = {name: bytes(value) for name, value in _CONNECTIONS.decode(said["connection"]).items()}
    reporter = _REPORTERS.decode(said["reporter"]) if "reporter" in said else None
    end = SIDES.get(reporter or "")
    side = _NO_SIDE
    if end is not None:
        parts = (said.get(f"{end}_{part}", _NOTHING) for part in ("vpc", "instance", "gateway"))
        side = metadata.side(*parts)
    service = None
    for name in ("dest_google_service", "src_google_service"):
        if service is None and name in said:
            service = metadata.service(said[name])
    attributes = [metadata.text(name, value) for name, value in said.items() if name not in _WITH_COLUMN]
    if len(connection) > len(CONNECTION) or not connection.keys() <= set(CONNECTION):
        more = ((name, value) for name, value in connection.items() if name not in CONNECTION)
        attributes += [metadata.text(f"{_DOTTED}.{name}", value) for name, value in more]
    for name in BASE:
        entries.texts[name].append(said.get(name, _NOTHING))
    for name in CONNECTION:
        entries.texts[name].append(connection.get(name, _NOTHING))
    entries.lines.append(line)
    entries.reporters.append(reporter)
    entries.sides.append(side)
    entries.accounts.append(project_of(entry.log) or side.project)
    target = entry.labels.target if entry.labels else ""
    entries.networks.append(side.network or (network_of(target) if target else None))
    entries.services.append(service)
    entries.attributes.append("{" + "".join(attributes)[1:] + "}")
