"""Decode values of JSON as the tests of cloud logs want them: events as objects, bad records, and counts."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from collectors import KINDS
from collectors.contract import Batch, Piece, SourceOptions
from monitor.events import event_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# What stands between values and is none. Brackets and quotes that are not closed take in what follows them: where such
# a value ends is for the reader of files to say, not for a cut at a line end.
WORDS = st.text(st.characters(codec="utf-8", exclude_characters='[]{}"\\'), max_size=6)


@dataclass(slots=True)
class Reading:
    """What a decoder made of an input."""

    events: list[dict[str, object]] = field(default_factory=list)
    bad: list[tuple[int, str, str]] = field(default_factory=list)
    passed_over: Counter[str] = field(default_factory=Counter)
    records: int = 0

    @property
    def counted(self) -> int:
        """Records that are accounted for."""
        return len(self.events) + len(self.bad) + self.passed_over.total()


def read(kind: str, pieces: Iterable[Piece]) -> Reading:
    """Decode pieces in order."""
    decoder = KINDS[kind].decoder(SourceOptions())
    reading = Reading()
    for piece in pieces:
        batch = decoder.decode(piece)
        reading.events += events(kind, batch)
        reading.bad += [(bad.line, bad.reason, bad.what) for bad in batch.bad]
        reading.passed_over += batch.passed_over
        reading.records += batch.records
    return reading


def events(kind: str, batch: Batch) -> list[dict[str, object]]:
    """Give the events of a batch as objects."""
    return [json.loads(line) for text in event_lines(batch, kind) for line in text.removesuffix("\n").split("\n")]


def read_values(kind: str, *values: object) -> Reading:
    """Decode values, one a line, as one piece."""
    text = "".join(json.dumps(value) + "\n" for value in values)
    return read(kind, [Piece(text.encode(), 1, 0)])


def pieces_of(values: Sequence[bytes], first_line: int = 1, offset: int = 0) -> list[Piece]:
    """One piece for each value, with what separates it from the next."""
    pieces = []
    for value in values:
        pieces.append(Piece(value, first_line, offset))
        first_line, offset = first_line + value.count(b"\n"), offset + len(value)
    return pieces
