"""Decode lines of a host's log as the tests want them: events as objects, and what became of the other lines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from collectors import KINDS
from collectors.contract import Piece, SourceOptions
from monitor.events import event_lines

if TYPE_CHECKING:
    from collectors.contract import Batch

PARIS_2026 = SourceOptions(time_zone="Europe/Paris", year=2026)


def decode(kind: str, data: bytes | str, options: SourceOptions = PARIS_2026) -> Batch:
    """Decode lines as one piece."""
    return KINDS[kind].decoder(options).decode(Piece(data if isinstance(data, bytes) else data.encode(), 1, 0))


def events(kind: str, batch: Batch) -> list[dict[str, object]]:
    """Give the events of a batch as objects."""
    return [json.loads(line) for text in event_lines(batch, kind) for line in text.removesuffix("\n").split("\n")]


def columns(kind: str, data: bytes | str, *names: str, options: SourceOptions = PARIS_2026) -> list[tuple[object, ...]]:
    """Give some columns of the events of lines; those that no event has are its attributes."""
    found = []
    for event in events(kind, decode(kind, data, options)):
        attributes = event["attributes"]
        assert isinstance(attributes, dict)
        found.append(tuple(event[name] if name in event else attributes.get(name) for name in names))
    return found


def reasons(kind: str, data: bytes | str, options: SourceOptions = PARIS_2026) -> list[tuple[int, str]]:
    """Give line and reason of the bad records of lines."""
    return [(bad.line, bad.reason) for bad in decode(kind, data, options).bad]
