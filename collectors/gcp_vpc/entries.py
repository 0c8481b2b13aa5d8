"""Entries of Cloud Logging as columns of text, with those that are of another log or of another form.

Decides which values are entries of a VPC flow log. Refuses to know what their numbers and addresses mean.

Source: Google Cloud, "About VPC Flow Logs records", and Cloud Logging, "LogEntry", read 2026-11.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import msgspec

from collectors.contract import BadRecord
from collectors.gcp_vpc.metadata import Metadata, Side, network_of
from collectors.json_records import NOT_READ

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeAlias

    Value: TypeAlias = msgspec.Raw | bytes

NOT_A_RECORD: Final = "not_a_record"
ANOTHER_LOG: Final = "another log"
_LOGS: Final = ("/vpc_flows", "%2Fvpc_flows")
# Base fields, which have a column; what else the payload holds is an attribute.
BASE: Final = ("start_time", "end_time", "bytes_sent", "packets_sent")
_WITH_COLUMN: Final = frozenset({*BASE, "connection"})
_NOTHING: Final = b""


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
# Where the metadata of each side stand.
_PARTS: Final = {end: (f"{end}_vpc", f"{end}_instance", f"{end}_gateway") for end in ("src", "dest")}
_CONNECTION_FIELDS: Final = frozenset(CONNECTION)


@dataclass(slots=True)
class Entries:
    """Flow records of a piece, column by column; a base field is its JSON value, quotes and all, or no octets."""

    lines: Sequence[int] = ()
    texts: dict[str, Sequence[Value]] = field(default_factory=lambda: dict.fromkeys((*BASE, *CONNECTION), ()))
    reporters: Sequence[str | None] = ()
    sides: Sequence[Side] = ()
    accounts: Sequence[str | None] = ()
    networks: Sequence[str | None] = ()
    services: Sequence[str | None] = ()
    attributes: Sequence[str] = ()
    places: Sequence[int] = ()
    bad: list[tuple[float, BadRecord]] = field(default_factory=list)
    passed_over: Counter[str] = field(default_factory=Counter)


def read_entries(values: Sequence[msgspec.Raw | BadRecord], lines: Sequence[int], metadata: Metadata) -> Entries:
    """Read entries; what is of another log is passed over, what is of another form is told.

    `places` are those of the rows, and of what is bad, among the values.
    """
    entries = Entries()
    rows: list[tuple[object, ...]] = []
    for place, (value, line) in enumerate(zip(values, lines, strict=True)):
        if isinstance(value, BadRecord):
            entries.bad.append((place, value))
            continue
        try:
            entry = _ENTRIES.decode(value)
            if entry.log and not entry.log.endswith(_LOGS):
                entries.passed_over[ANOTHER_LOG] += 1
                continue
            rows.append((*_row(entry, line, metadata), place))
        except NOT_READ as error:
            entries.bad.append((place, BadRecord(line, NOT_A_RECORD, f"the entry is of another form: {error}")))
        except KeyError as error:
            entries.bad.append((place, BadRecord(line, NOT_A_RECORD, f"the entry has no {error.args[0]}")))
    if rows:
        names = (*BASE, *CONNECTION)
        columns: list[Any] = list(zip(*rows, strict=True))
        entries.texts = dict(zip(names, columns, strict=False))
        (
            entries.lines,
            entries.reporters,
            entries.sides,
            entries.accounts,
            entries.networks,
            entries.services,
            entries.attributes,
            entries.places,
        ) = columns[len(names) :]
    return entries


def _row(entry: _Entry, line: int, metadata: Metadata) -> tuple[object, ...]:
    """Values of one entry: its base fields, and what its metadata say."""
    payload = entry.payload
    if payload is None:
        missing = "jsonPayload"
        raise KeyError(missing)
    if "connection" not in payload:
        missing = "jsonPayload.connection"
        raise KeyError(missing)
    connection = _CONNECTIONS.decode(payload["connection"])
    said = {name: bytes(value) for name, value in payload.items() if name not in _WITH_COLUMN}
    reporter = _REPORTERS.decode(said["reporter"]) if "reporter" in said else None
    end = SIDES.get(reporter) if reporter else None
    side = _NO_SIDE if end is None else metadata.side(*(said.get(part, _NOTHING) for part in _PARTS[end]))
    service = metadata.service(said["dest_google_service"]) if "dest_google_service" in said else None
    if service is None and "src_google_service" in said:
        service = metadata.service(said["src_google_service"])
    text = metadata.text
    attributes = "".join([text(name, value) for name, value in said.items()])
    if not connection.keys() <= _CONNECTION_FIELDS:
        more = ((name, bytes(value)) for name, value in connection.items() if name not in _CONNECTION_FIELDS)
        attributes += "".join(text(f"connection.{name}", value) for name, value in more)
    target = entry.labels.target if entry.labels else ""
    of_payload, of_connection = payload.get, connection.get
    return (
        of_payload("start_time", _NOTHING),
        of_payload("end_time", _NOTHING),
        of_payload("bytes_sent", _NOTHING),
        of_payload("packets_sent", _NOTHING),
        of_connection("src_ip", _NOTHING),
        of_connection("dest_ip", _NOTHING),
        of_connection("src_port", _NOTHING),
        of_connection("dest_port", _NOTHING),
        of_connection("protocol", _NOTHING),
        line,
        reporter,
        side,
        metadata.project(entry.log) or side.project,
        side.network or (network_of(target) if target else None),
        service,
        f"{{{attributes[1:]}}}",
    )
