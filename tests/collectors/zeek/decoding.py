"""Decode octets as the tests of this folder want them: events as objects, bad records as pairs."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from collectors import KINDS
from collectors.contract import Batch, Piece, SourceOptions
from monitor.events import event_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from collectors.contract import Decoder

HEADER = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n"


@dataclass
class Reading:
    """What a reading found: events in the order of their lines, (line, reason) of bad records, and what was counted."""

    events: list[dict[str, Any]] = field(default_factory=list)
    bad: list[tuple[int, str]] = field(default_factory=list)
    passed_over: Counter[str] = field(default_factory=Counter)
    records: int = 0


def decoder() -> Decoder:
    """A decoder that has read nothing."""
    return KINDS["zeek"].decoder(SourceOptions())


def decode(data: bytes | str) -> Batch:
    """Decode octets as one piece."""
    return decoder().decode(Piece(data if isinstance(data, bytes) else data.encode(), 1, 0))


def events(batch: Batch) -> list[dict[str, Any]]:
    """Give the events of a batch as objects."""
    return [json.loads(line) for text in event_lines(batch, "zeek") for line in text.removesuffix("\n").split("\n")]


def log(path: str, fields: str, *records: str) -> str:
    """A log of a header and records; what has spaces between here has tabs there."""
    lines = [f"#path {path}", f"#fields {fields}", *records]
    return HEADER + "".join(line.replace(" ", "\t") + "\n" for line in lines)


def event(path: str, fields: str, record: str) -> dict[str, Any]:
    """Give the one event of a record."""
    (only,) = events(decode(log(path, fields, record)))
    return only


def bad(data: bytes | str) -> list[tuple[str, str]]:
    """Reason and sentence of the bad records."""
    return [(each.reason, each.what) for each in decode(data).bad]


def pieces(data: bytes, lines: int) -> Iterator[Piece]:
    """Cut octets into pieces of as many lines."""
    texts = data.split(b"\n")
    ends = [text + b"\n" for text in texts[:-1]] + ([texts[-1]] if texts[-1] else [])
    offset = 0
    for at in range(0, len(ends), lines):
        part = b"".join(ends[at : at + lines])
        yield Piece(part, at + 1, offset, ended=part.endswith(b"\n"))
        offset += len(part)


def read(batches: Iterable[Batch]) -> Reading:
    """Put batches together."""
    reading = Reading()
    for batch in batches:
        reading.records += batch.records
        reading.events += events(batch)
        reading.bad += [(each.line, each.reason) for each in batch.bad]
        reading.passed_over += batch.passed_over
    return reading


def read_in_pieces(data: bytes, lines: int) -> Reading:
    """Decode octets in pieces of as many lines, each with a decoder that goes on from the state of the one before."""

    def batches() -> Iterator[Batch]:
        state = ""
        for piece in pieces(data, lines):
            fresh = decoder()
            if state:
                fresh.resume(state)
            yield fresh.decode(piece)
            state = fresh.state()

    return read(batches())
