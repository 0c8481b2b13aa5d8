"""Decode EVE lines as the tests of this folder want them: events as objects, bad records as pairs."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from collectors.contract import Admins, Batch, Flows, Names, Piece, SourceOptions
from collectors.json_lines import JsonReader
from collectors.suricata.decode import SuricataDecoder
from collectors.suricata.events import EVENT_TYPE, wanted
from collectors.suricata.parts import Events
from collectors.suricata.words import address_book
from monitor.events import event_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import polars as pl

TIME = "2026-10-05T07:00:00.000000+0200"


@dataclass
class Reading:
    """What came out of an input, however it was cut."""

    events: list[dict[str, Any]] = field(default_factory=list)
    bad: list[tuple[int, str, str]] = field(default_factory=list)
    bad_by_reason: Counter[str] = field(default_factory=Counter)
    passed_over: Counter[str] = field(default_factory=Counter)
    records: int = 0
    lines: set[int] = field(default_factory=set)

    def add(self, batch: Batch) -> None:
        """Add what a batch holds."""
        self.events += events(batch)
        self.bad += [(bad.line, bad.reason, bad.what) for bad in batch.bad]
        self.bad_by_reason.update(batch.bad_by_reason)
        self.passed_over.update(batch.passed_over)
        self.records += batch.records
        parts: tuple[Flows | Names | Admins, ...] = (*batch.flows, *batch.names, *batch.admins)
        for frame in (*(part.frame for part in parts), *batch.coverage):
            self.lines.update(frame["line"].to_list())


def event(kind: str, **members: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever JSON can hold
    """Make an event between two hosts."""
    ends = {"src_ip": "10.20.0.5", "src_port": 50514, "dest_ip": "198.51.100.9", "dest_port": 443, "proto": "TCP"}
    return {"timestamp": TIME, "flow_id": 1234567890123456, "in_iface": "eth1", "event_type": kind, **ends, **members}


def flow(**members: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever JSON can hold
    """Make a flow event."""
    counts = {"pkts_toserver": 12, "pkts_toclient": 10, "bytes_toserver": 1400, "bytes_toclient": 9800}
    return event("flow", flow={**counts, "start": TIME, "end": TIME, "state": "closed", **members})


def lines(made: Iterable[dict[str, Any]]) -> bytes:
    """Write events as Suricata does."""
    return b"".join(json.dumps(each, separators=(",", ":")).encode() + b"\n" for each in made)


def parts(kind: str, *made: dict[str, Any], flows_from: str = "flow") -> tuple[Events, Mapping[str, pl.DataFrame]]:
    """Read events of one type, as far as they come before their meaning is decided: themselves and their arrays."""
    read = JsonReader(wanted(flows_from), EVENT_TYPE).read(lines(made)).kinds[kind]
    frames = (read.frame, *read.items.values())
    columns = [frame[name] for frame in frames for name in ("src_ip", "dest_ip", "rdata") if name in frame.columns]
    return Events(read.frame, address_book(columns)), read.items


def decode(data: bytes, options: SourceOptions | None = None) -> Batch:
    """Decode octets as one piece."""
    return SuricataDecoder(options or SourceOptions()).decode(Piece(data, 1, 0))


def events(batch: Batch) -> list[dict[str, Any]]:
    """Give the events of a batch as objects."""
    texts = event_lines(batch, "suricata")
    return [json.loads(line) for text in texts for line in text.removesuffix("\n").split("\n")]


def read_in_pieces(data: bytes, ends: Iterable[int]) -> Reading:
    """Decode octets cut after these lines, each piece by a decoder that goes on from the state of the one before."""
    reading = Reading()
    rows = data.split(b"\n")
    state = ""
    begin = offset = 0
    for end in (*ends, len(rows)):
        piece = b"\n".join(rows[begin:end]) + (b"\n" if end < len(rows) else b"")
        decoder = SuricataDecoder(SourceOptions())
        if state:
            decoder.resume(state)
        if piece:
            reading.add(decoder.decode(Piece(piece, begin + 1, offset)))
        state = decoder.state()
        begin, offset = end, offset + len(piece)
    return reading
