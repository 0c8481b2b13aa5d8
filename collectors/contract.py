"""The seam between the sources and the rest: what a decoder is given and what it must give back.

A decoder turns bytes into frames that conform to `monitor.schema`, and into counted bad records. It never opens a
file or a socket, never looks at the clock, and raises nothing on any bytes.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
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


class Framing(StrEnum):
    """How an input falls into records, and so where a piece of it may end."""

    LINES = "lines"  # one record a line
    JSON = "json"  # one record a JSON value: of an array, of the array in an object, or one after the other
    TABLE = "table"  # rows of a columnar file (Parquet), known by its whole content


@dataclass(frozen=True, slots=True)
class Piece:
    """Complete records of one input: a byte range after decompression.

    LINES: `data` ends with a newline, unless it is the last line of an input that has none (`ended` is then false).
    A line longer than the reader's limit comes alone, without its text: `oversized` is then its length in octets,
    `data` is empty and `last` holds its last octets. JSON: `data` holds whole values and what separates them (white
    space, commas, also at its begin and end); nothing of the array around them. TABLE: `data` is empty, `table` holds
    rows, and `offset` and `first_line` count rows.

    `first_line` counts from 1; `offset` is where `data` begins. `line_ends` is how many newlines `data` holds, where
    the reader has counted them. `before` is what of the input lies between the piece before this one and this one: what
    stands around the records of a JSON document. `refused`: a closed reason why the text of a record is not handed
    over, where that is another than its length; it comes as an `oversized` one does. Where a piece holds the records of
    several documents, `parts` are those of each, one after the other; between them `data` has but line ends.
    """

    data: bytes
    first_line: int
    offset: int
    oversized: int = 0
    last: bytes = b""
    ended: bool = True
    line_ends: int | None = field(default=None, compare=False)
    table: pl.DataFrame | None = field(default=None, compare=False)
    before: bytes = field(default=b"", compare=False)
    parts: tuple[Piece, ...] = field(default=(), compare=False)
    refused: str = ""

    @property
    def end(self) -> int:
        """Where the range ends, after decompression."""
        if self.table is not None:
            return self.offset + self.table.height
        return self.parts[-1].end if self.parts else self.offset + (self.oversized or len(self.data))

    @property
    def next_line(self) -> int:
        """Number of the line that follows."""
        if self.oversized:
            return self.first_line + (1 if self.line_ends is None else self.line_ends)
        if self.table is not None:
            return self.first_line + self.table.height
        counted = self.data.count(b"\n") if self.line_ends is None else self.line_ends
        return self.first_line + counted + (not self.ended)

    def after(self, octets: int, lines: int) -> Piece:
        """Return what follows the first `octets`, which hold `lines` lines."""
        return Piece(self.data[octets:], self.first_line + lines, self.offset + octets)


@dataclass(frozen=True, slots=True)
class Flows:
    """Flow records of a batch.

    `frame` has the columns of `schema.FLOW` but for `event` and `source`, and these besides: `line` (UInt64) tells
    where the record stood; `src_address` and `dst_address` are UInt32 positions in `addresses`, null where the record
    has none; `interface_src` and `interface_dst` (likewise, null where the same) tell the address of the interface
    that saw the record where the packet's address is another; `packet_addresses` (Boolean) tells that the record
    distinguishes the two at all; `reporter` (`src`, `dst`, null) tells which end's interface reports. `join_key`
    (String, null) may be there: names with the same key belong to the record (Zeek's uid, Suricata's flow_id).
    `link_octets` is what the source counts of each packet beside its IP packet, where that could not be taken off;
    `payload_alone` tells that it counts no headers at all.
    """

    frame: pl.DataFrame
    addresses: ParsedAddresses
    link_octets: int = 0
    payload_alone: bool = False


@dataclass(frozen=True, slots=True)
class Names:
    """Names of a batch, seen with an address.

    `frame` has the columns of `schema.NAME` but for `event` and `source`, and `line` (UInt64); `client_address`,
    `address` and `resolver_address` are UInt32 positions in `addresses`, null where there is none. `join_key` (String)
    may be there, as in `Flows`.
    """

    frame: pl.DataFrame
    addresses: ParsedAddresses


@dataclass(frozen=True, slots=True)
class Admins:
    """Actions of administrators and of the provider.

    `frame` has the columns of `schema.ADMIN` but for `event` and `source`, and these besides: `line` (UInt64);
    `actor_address` is a UInt32 position in `addresses`, null where the log tells none, and so is `target_address`, the
    address of our end where the record tells it. `access` (Boolean, null) may be there: false where the record tells of
    an access and is none itself: it was asked for, or it ended.
    """

    frame: pl.DataFrame
    addresses: ParsedAddresses


@dataclass(frozen=True, slots=True)
class Batch:
    """What a decoder made of a range of bytes: events, coverage statements, and what it could not read.

    `flows`, `names` and `admins` come in the order of the input, in parts that each have their own addresses.
    `coverage` has the columns of `schema.COVERAGE` but for `event` and `source`, and `line`. `records` counts what
    claims to be a record: one that is of no use to us (a log of another subject in the same file) is passed over and
    counted in `passed_over`, by what it is.
    """

    flows: tuple[Flows, ...] = ()
    names: tuple[Names, ...] = ()
    admins: tuple[Admins, ...] = ()
    coverage: tuple[pl.DataFrame, ...] = ()
    records: int = 0
    bad: tuple[BadRecord, ...] = ()
    bad_by_reason: Counter[str] = field(default_factory=Counter)
    passed_over: Counter[str] = field(default_factory=Counter)


def joined(batches: Sequence[Batch]) -> Batch:
    """One batch of several parts of one input, in order; keeps the first sample of bad records."""
    reasons: Counter[str] = Counter()
    passed_over: Counter[str] = Counter()
    for batch in batches:
        reasons.update(batch.bad_by_reason)
        passed_over.update(batch.passed_over)
    return Batch(
        flows=tuple(flows for batch in batches for flows in batch.flows),
        names=tuple(names for batch in batches for names in batch.names),
        admins=tuple(admins for batch in batches for admins in batch.admins),
        coverage=tuple(frame for batch in batches for frame in batch.coverage),
        records=sum(batch.records for batch in batches),
        bad=tuple(bad for batch in batches for bad in batch.bad)[:SAMPLED_BAD_RECORDS],
        bad_by_reason=reasons,
        passed_over=passed_over,
    )


class Decoder(Protocol):
    """Decodes one input in order; keeps only what the format carries from line to line, such as its header."""

    def decode(self, piece: Piece) -> Batch:
        """Decode complete records. Raises nothing on any bytes."""
        ...

    def state(self) -> str:
        """What the format carries from the lines so far, in the decoder's own words."""
        ...

    def resume(self, state: str) -> None:
        """Go on where a decoder of this kind and these options was when it gave that state."""
        ...


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """What the site says about a source, as far as decoding needs it.

    `flows_from` names the records that count where a log tells the same traffic in two ways (Suricata's `flow` and
    `netflow`); `link_octets` is what a sensor counts in each packet before its IP header. `time_zone` (IANA name) and
    `year` hold for stamps that have none of their own; without them such a stamp tells no time. `year` is that of the
    first record of each input, where its month is not before `year_from_month`; else that record is of the next year.
    """

    log_format: str | None = None
    flows_from: str | None = None
    link_octets: int | None = None
    time_zone: str | None = None
    year: int | None = None
    year_from_month: int = 1


def lines_only(beginning: bytes) -> Framing:
    """Framing of a source that writes one record a line, whatever the beginning."""
    del beginning
    return Framing.LINES


def values_only(beginning: bytes) -> Framing:
    """Framing of a source that writes one record a JSON value, whatever the beginning."""
    del beginning
    return Framing.JSON


@dataclass(frozen=True, slots=True)
class Kind:
    """One source: its KIND, how to decode it, how to recognise it, and what its page in the handbook says.

    `recognise` is given the first 4 096 octets of an input, and answers with the reason why it is of this kind, or
    null. `framing` is given the same and tells how the input falls into records. `gives` are the events that it yields;
    `reads` are the source's fields with the column that each goes to; `cannot_see` says what this source never shows;
    `sample` is an entry of `sources:` in a site's file. `joins`: its flows and names may carry a `join_key`, in other
    inputs of the same source too.
    """

    name: str
    title: str
    decoder: Callable[[SourceOptions], Decoder]
    recognise: Callable[[bytes], str | None]
    gives: tuple[str, ...]
    reads: tuple[tuple[str, str], ...]
    cannot_see: tuple[str, ...]
    sample: str
    framing: Callable[[bytes], Framing] = lines_only
    joins: bool = False
