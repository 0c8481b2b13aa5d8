"""Entries of Cloud Logging as columns of text, with those that are of another log or of another form.

Decides which values are entries of a VPC flow log. Refuses to know what their numbers and addresses mean.

Source: Google Cloud, "About VPC Flow Logs records", and Cloud Logging, "LogEntry", read 2026-11.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np
import polars as pl

from collectors.contract import BadRecord
from collectors.gcp_vpc.members import KNOWN, Members, PartedTexts
from collectors.gcp_vpc.metadata import Metadata, Side, network_of
from collectors.json_records import NOT_READ, json_records
from collectors.typed_values import ValueReader, parted, rest_from
from monitor.combinations import combinations

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from collectors.contract import Piece

NOT_A_RECORD: Final = "not_a_record"
ANOTHER_LOG: Final = "another log"
_LOGS: Final = ("/vpc_flows", "%2Fvpc_flows")
# Base fields, which have a column; what else the payload holds is an attribute.
BASE: Final = ("start_time", "end_time", "bytes_sent", "packets_sent")
CONNECTION: Final = ("src_ip", "dest_ip", "src_port", "dest_port", "protocol")
SIDES: Final = {"SRC": "src", "SRC_GATEWAY": "src", "DEST": "dest", "DEST_GATEWAY": "dest"}
# Where the metadata of each side stand.
_PARTS: Final = {end: (f"{end}_vpc", f"{end}_instance", f"{end}_gateway") for end in ("src", "dest")}
_SERVICES: Final = ("dest_google_service", "src_google_service")
_ENDS: Final = {"src": 0, "dest": 1}
_SIDE: Final = ("observer", "project", "network", "region")
_NO_SIDE: Final = Side()
_WITH_TEXT: Final = (*BASE, *KNOWN)
_OF_PAYLOAD: Final = frozenset({"connection", *_WITH_TEXT})
_OF_CONNECTION: Final = frozenset(CONNECTION)
# So many are taken apart at once.
_AT_ONCE: Final = 256


class _Labels(msgspec.Struct, gc=False):
    target: str = msgspec.field(name="target_resource_name", default="")


class _Entry(msgspec.Struct, gc=False):
    log: str = msgspec.field(name="logName", default="")
    payload: dict[str, msgspec.Raw] | None = msgspec.field(name="jsonPayload", default=None)
    labels: _Labels | None = None


_READER: Final = ValueReader(_Entry)
_ENTRIES: Final = msgspec.json.Decoder(_Entry)
_CONNECTION: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_REPORTER: Final = msgspec.json.Decoder(str | None)


@dataclass(frozen=True, slots=True)
class Entries:
    """Flow records of a piece, what is bad and what was passed over.

    `frame` has one row a record: `line`, `place` (among the values of the piece, as of what is bad), the base fields
    and those of the connection as their JSON text, quotes and all (no text: not there), `reporter`, `observer`,
    `account`, `network_id`, `region_hint`, `service_hint` and `attributes`.
    """

    frame: pl.DataFrame
    bad: list[tuple[float, BadRecord]] = field(default_factory=list)
    passed_over: Counter[str] = field(default_factory=Counter)


def read_entries(piece: Piece, metadata: Metadata) -> Entries:
    """Read entries; what is of another log is passed over, what is of another form is told."""
    reading = _Reading(metadata)
    for part in parted(piece):
        if not reading.read(part):
            reading.read_one_by_one(rest_from(part, piece))
            break
    return Entries(reading.frame(), reading.bad, reading.passed_over)


@dataclass(slots=True)
class _Reading:
    """Entries so far: of each its line, its place, its log and what it is about; the texts of members, part by part."""

    metadata: Metadata
    bad: list[tuple[float, BadRecord]] = field(default_factory=list)
    passed_over: Counter[str] = field(default_factory=Counter)
    _values: int = 0
    _lines: list[int] = field(default_factory=list)
    _places: list[int] = field(default_factory=list)
    _logs: list[str] = field(default_factory=list)
    _targets: list[str] = field(default_factory=list)
    _texts: PartedTexts = field(default_factory=PartedTexts)

    def read(self, piece: Piece) -> bool:
        """Read the values of a piece; not if one of them is no entry of a log."""
        values = _READER.sound(piece)
        if values is not None:
            self._take_all(values.records, values.lines.tolist(), piece)
        return values is not None

    def read_one_by_one(self, piece: Piece) -> None:
        """Read the values of a piece, of which some are no entries."""
        records = json_records(piece)
        entries = [self._entry(*each) for each in zip(records.values, records.lines, count(self._values))]
        self._take_all(entries, records.lines, piece)

    def _take_all(self, entries: Sequence[_Entry | None], lines: Sequence[int], piece: Piece) -> None:
        is_text = _is_text(piece.data)
        for begin in range(0, len(entries), _AT_ONCE):
            end = begin + _AT_ONCE
            self._take(entries[begin:end], lines[begin:end], self._values + begin, is_text=is_text)
        self._values += len(entries)

    def _entry(self, value: msgspec.Raw | BadRecord, line: int, place: int) -> _Entry | None:
        """Read one value; null where it is no entry, which is told."""
        if isinstance(value, BadRecord):
            self.bad.append((place, value))
            return None
        try:
            return _ENTRIES.decode(value)
        except NOT_READ as error:
            self._tell(line, place, f"the entry is of another form: {error}")
            return None

    def _take(self, entries: Sequence[_Entry | None], lines: Sequence[int], first: int, *, is_text: bool) -> None:
        """Take entries of this log that have what every one of it has."""
        payloads, connections = [], []
        for place, (entry, line) in enumerate(zip(entries, lines, strict=True), first):
            if entry is None:
                continue
            payload = entry.payload
            if entry.log and not entry.log.endswith(_LOGS):
                self.passed_over[ANOTHER_LOG] += 1
            elif payload is None:
                self._tell(line, place, "the entry has no jsonPayload")
            elif "connection" not in payload:
                self._tell(line, place, "the entry has no jsonPayload.connection")
            elif not is_text and not all(map(_is_text, payload.values())):
                self._tell(line, place, "a text in the entry is not UTF-8")
            else:
                try:
                    connections.append(_CONNECTION.decode(payload["connection"]))
                except NOT_READ as error:
                    self._tell(line, place, f"the entry is of another form: {error}")
                    continue
                payloads.append(payload)
                self._lines.append(line)
                self._places.append(place)
                self._logs.append(entry.log)
                self._targets.append(entry.labels.target if entry.labels else "")
        if payloads:
            self._texts.add(payloads, _WITH_TEXT, _OF_PAYLOAD)
            self._texts.add(connections, CONNECTION, _OF_CONNECTION, "connection.")

    def frame(self) -> pl.DataFrame:
        """Make the columns, of the entries whose metadata can be read."""
        members = Members(self.metadata, len(self._lines), self._texts)
        frame = pl.DataFrame(
            [
                pl.Series("line", self._lines, dtype=pl.UInt64),
                pl.Series("place", self._places, dtype=pl.Int64),
                *(members.texts(name).alias(name) for name in (*BASE, *CONNECTION)),
                *self._origins(members),
                members.objects().alias("attributes"),
            ]
        )
        for row, error in sorted(members.wrong.items()):
            self._tell(self._lines[row], self._places[row], f"the entry is of another form: {error}")
        return frame.filter(~np.isin(np.arange(frame.height), list(members.wrong))) if members.wrong else frame

    def _origins(self, members: Members) -> list[pl.Series]:
        """Who reports, and what the metadata say of that side, of the account and of a service."""
        reporters = members.said("reporter", _REPORTER.decode, None)
        reporter = members.coded("reporter").spread(reporters)
        ends = np.array([_ENDS.get(SIDES.get(word or "", ""), -1) for word in reporters])[members.coded("reporter").ids]
        side = pl.DataFrame({name: [None] * members.height for name in _SIDE}, schema=dict.fromkeys(_SIDE, pl.String))
        for end, number in _ENDS.items():
            rows = np.flatnonzero(ends == number)
            if len(rows):
                side = side.with_columns(
                    side[name].scatter(rows, values)
                    for name, values in zip(_SIDE, _side_columns(members, end, rows), strict=True)
                )
        service = [members.coded(name).spread(members.said(name, self.metadata.service, None)) for name in _SERVICES]
        projects = {log: self.metadata.project(log) for log in set(self._logs)}
        networks = {target: network_of(target) for target in set(self._targets)}
        account = pl.Series([projects[log] for log in self._logs], dtype=pl.String)
        network = pl.Series([networks[target] for target in self._targets], dtype=pl.String)
        return [
            reporter.alias("reporter"),
            side["observer"],
            account.fill_null(side["project"]).alias("account"),
            side["network"].fill_null(network).alias("network_id"),
            side["region"].alias("region_hint"),
            service[0].fill_null(service[1]).alias("service_hint"),
        ]

    def _tell(self, line: int, place: int, what: str) -> None:
        self.bad.append((place, BadRecord(line, NOT_A_RECORD, what)))


def _side_columns(members: Members, end: str, rows: NDArray[np.intp]) -> list[pl.Series]:
    """The reporter's side of rows that one end reports: columns of `_SIDE`."""
    parts = [members.coded(name) for name in _PARTS[end]]
    distinct = combinations([part.ids[rows] for part in parts])
    sides, errors = [], {}
    first = rows[distinct.row_of]
    texts = [part.texts.gather(pl.Series(part.ids[first].astype(np.uint32))).to_list() for part in parts]
    for number, (network, instance, gateway) in enumerate(zip(*texts, strict=True)):
        try:
            sides.append(members.metadata.side(network, instance, gateway))
        except NOT_READ as error:
            sides.append(_NO_SIDE)
            errors[number] = error
    members.blame(rows, distinct.ids, errors)
    ids = pl.Series(distinct.ids.astype(np.uint32))
    return [pl.Series([getattr(side, name) for side in sides], dtype=pl.String).gather(ids) for name in _SIDE]


def _is_text(data: bytes | msgspec.Raw) -> bool:
    """Whether octets are UTF-8: the parser does not look into what it only hands on."""
    try:
        str(data, "utf-8")
    except UnicodeDecodeError:
        return False
    return True
