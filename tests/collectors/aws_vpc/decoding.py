"""Decode octets as the tests of this folder want them: events as objects, bad records as pairs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from collectors.aws_vpc.decode import AwsVpcDecoder
from collectors.aws_vpc.fields import VERSION_2
from collectors.contract import Batch, Piece
from monitor.events import event_lines
from tests.collectors.aws_vpc.plain_reading import Reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

GOOD = b"2 111122223333 eni-0a1 10.20.0.5 192.0.2.9 50514 443 6 12 3480 1767225600 1767225660 ACCEPT OK\n"


def decode(data: bytes, log_format: str | None = None) -> Batch:
    """Decode octets as one piece."""
    return AwsVpcDecoder(log_format).decode(Piece(data, 1, 0))


def events(batch: Batch) -> list[dict[str, object]]:
    """Give the events of a batch as objects."""
    return [json.loads(line) for text in event_lines(batch, "aws_vpc") for line in text.removesuffix("\n").split("\n")]


def event(fields: str, values: str) -> dict[str, object]:
    """Give the one event of a line of `values` under a header of `fields`."""
    (only,) = events(decode(f"{fields}\n{values}\n".encode()))
    return only


def read_in_pieces(data: bytes, lines_a_piece: int, log_format: str | None = None) -> Reading:
    """Decode octets in pieces of as many lines; `initiator` is left out."""
    decoder = AwsVpcDecoder(log_format)
    return _reading(decoder.decode(piece) for piece in _pieces(data, lines_a_piece))


def read_resumed(data: bytes, lines_a_piece: int, log_format: str | None = None) -> Reading:
    """Do the same with a decoder for each piece, which goes on from the state of the one before."""

    def batches() -> Iterator[Batch]:
        state = ""
        for piece in _pieces(data, lines_a_piece):
            decoder = AwsVpcDecoder(log_format)
            if state:
                decoder.resume(state)
            yield decoder.decode(piece)
            state = decoder.state()

    return _reading(batches())


def _reading(batches: Iterable[Batch]) -> Reading:
    reading = Reading()
    for batch in batches:
        reading.records += batch.records
        reading.bad += [(bad.line, bad.reason) for bad in batch.bad]
        reading.events += [
            {name: value for name, value in each.items() if name != "initiator"} for each in events(batch)
        ]
    return reading


def _pieces(data: bytes, lines_a_piece: int) -> Iterator[Piece]:
    parts = data.split(b"\n")
    lines = [part + b"\n" for part in parts[:-1]] + [part for part in parts[-1:] if part]
    offset = 0
    for first in range(0, len(lines), lines_a_piece):
        piece = b"".join(lines[first : first + lines_a_piece])
        yield Piece(piece, first + 1, offset)
        offset += len(piece)


def with_field(name: str, value: str) -> bytes:
    """Give a good line with one other value."""
    parts = GOOD[:-1].split(b" ")
    parts[VERSION_2.index(name)] = value.encode()
    return b" ".join(parts) + b"\n"
