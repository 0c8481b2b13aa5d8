"""The seam between the sources and the rest: what a decoder is given and what it must give back.

A decoder turns bytes into frames that conform to `monitor.schema`, and into counted bad records. It never opens a
file or a socket, never looks at the clock, and raises nothing on any bytes.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import polars as pl

    from monitor.address import ParsedAddresses

# Bad records that a batch keeps with their line and text; all others are counted only.
SAMPLED_BAD_RECORDS = 100


@dataclass(frozen=True, slots=True)
class BadRecord:
    """A record that could not be decoded; `reason` is from a closed list of the source, `what` is for people."""

    line: int
    reason: str
    what: str


@dataclass(frozen=True, slots=True)
class Lines:
    """Complete lines of one input: a byte range after decompression.

    `data` ends with a newline, unless it is the last line of an input that has none (`ended` is then false).
    `first_line` counts from 1; `offset` is where `data` begins. A line longer than the reader's limit comes alone,
    without its text: `oversized` is then its length in octets, `data` is empty and `last` holds its last octets.
    `line_ends` is how many newlines `data` holds, where the reader has counted them.
    """

    data: bytes
    first_line: int
    offset: int
    oversized: int = 0
    last: bytes = b""
    ended: bool = True
    line_ends: int | None = field(default=None, compare=False)

    @property
    def end(self) -> int:
        """Where the range ends, after decompression."""
        return self.offset + (self.oversized or len(self.data))

    @property
    def next_line(self) -> int:
        """Number of the line that follows."""
        if self.oversized:
            return self.first_line + 1
        counted = self.data.count(b"\n") if self.line_ends is None else self.line_ends
        return self.first_line + counted + (not self.ended)

    def after(self, octets: int, lines: int) -> Lines:
        """Return what follows the first `octets`, which hold `lines` lines."""
        return Lines(self.data[octets:], self.first_line + lines, self.offset + octets)


@dataclass(frozen=True, slots=True)
class Flows:
    """Flow records of a batch.

    `frame` has the columns of `schema.FLOW` but for `event` and `source`, and these besides: `line` (UInt64) tells
    where the record stood; `src_address` and `dst_address` are UInt32 positions in `addresses`, null where the record
    has none; `interface_src` and `interface_dst` (likewise, null where the same) tell the address of the interface
    that saw the record where the packet's address is another; `packet_addresses` (Boolean) tells that the record
    distinguishes the two at all; `reporter` (`src`, `dst`, null) tells which end's interface reports.
    """

    frame: pl.DataFrame
    addresses: ParsedAddresses


@dataclass(frozen=True, slots=True)
class Batch:
    """What a decoder made of a range of bytes: events, coverage statements, and what it could not read.

    `flows` come in the order of the input, in parts that each have their own addresses. `coverage` has the columns of
    `schema.COVERAGE` but for `event` and `source`, and `line`. `records` counts the lines that claim to be records.
    """

    flows: tuple[Flows, ...] = ()
    coverage: tuple[pl.DataFrame, ...] = ()
    records: int = 0
    bad: tuple[BadRecord, ...] = ()
    bad_by_reason: Counter[str] = field(default_factory=Counter)


def joined(batches: Sequence[Batch]) -> Batch:
    """One batch of several parts of one input, in order; keeps the first sample of bad records."""
    reasons: Counter[str] = Counter()
    for batch in batches:
        reasons.update(batch.bad_by_reason)
    return Batch(
        flows=tuple(flows for batch in batches for flows in batch.flows),
        coverage=tuple(frame for batch in batches for frame in batch.coverage),
        records=sum(batch.records for batch in batches),
        bad=tuple(bad for batch in batches for bad in batch.bad)[:SAMPLED_BAD_RECORDS],
        bad_by_reason=reasons,
    )


class Decoder(Protocol):
    """Decodes one input in order; keeps only what the format carries from line to line, such as its header."""

    def decode(self, lines: Lines) -> Batch:
        """Decode complete lines. Raises nothing on any bytes."""
        ...

    def state(self) -> str:
        """What the format carries from the lines so far, in the decoder's own words."""
        ...

    def resume(self, state: str) -> None:
        """Go on where a decoder of this kind and these options was when it gave that state."""
        ...


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """What the site says about a source, as far as decoding needs it."""

    log_format: str | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """One source: its KIND, how to decode it, and how to recognise it.

    `recognise` is given the beginning of an input and answers with the reason why it is of this kind, or null.
    """

    name: str
    title: str
    decoder: Callable[[SourceOptions], Decoder]
    recognise: Callable[[bytes], str | None]
