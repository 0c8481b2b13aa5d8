"""Decode JSON values as the tests of the audit logs want them: events as objects, bad records as pairs."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from collectors import KINDS
from collectors.contract import Batch, Piece, SourceOptions
from monitor.events import event_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass
class Reading:
    """What was read: events, bad records, and counts."""

    events: list[dict[str, Any]] = field(default_factory=list)
    bad: list[tuple[int, str, str]] = field(default_factory=list)
    passed_over: dict[str, int] = field(default_factory=dict)
    records: int = 0


def decode(kind: str, data: bytes) -> Batch:
    """Decode octets as one piece."""
    return KINDS[kind].decoder(SourceOptions()).decode(Piece(data, 1, 0))


def spelled(*values: object) -> bytes:
    """Spell values as JSON, one a line; octets stay as they are."""
    return b"\n".join(each if isinstance(each, bytes) else json.dumps(each).encode() for each in values)


def reading(kind: str, batches: Iterable[Batch]) -> Reading:
    """Collect what batches hold."""
    said = Reading()
    for batch in batches:
        said.events += events(kind, batch)
        said.bad += [(bad.line, bad.reason, bad.what) for bad in batch.bad]
        said.records += batch.records
        for what, count in batch.passed_over.items():
            said.passed_over[what] = said.passed_over.get(what, 0) + count
    return said


def read(kind: str, *values: object) -> Reading:
    """Decode values as one piece."""
    return reading(kind, [decode(kind, spelled(*values))])


def read_cut(kind: str, parts: Sequence[bytes], cuts: Iterable[int]) -> Reading:
    """Decode octets that are parts one after the other, cut before the parts of these numbers."""
    bounds = sorted({0, len(parts), *(cut for cut in cuts if cut < len(parts))})
    decoder = KINDS[kind].decoder(SourceOptions())
    batches, line, offset = [], 1, 0
    for begin, end in pairwise(bounds):
        piece = Piece(b"".join(parts[begin:end]), line, offset)
        batches.append(decoder.decode(piece))
        line, offset = line + piece.data.count(b"\n"), offset + len(piece.data)
    return reading(kind, batches)


def events(kind: str, batch: Batch) -> list[dict[str, Any]]:
    """Give the events of a batch as objects."""
    return [json.loads(line) for text in event_lines(batch, kind) for line in text.removesuffix("\n").split("\n")]


def event(kind: str, value: object) -> dict[str, Any]:
    """Give the one event of a value."""
    (only,) = read(kind, value).events
    return only
