"""How far each input was read, and how an input is known again: by its content, never by its path.

Decides by the SHA-256 of the first 1 024 octets after decompression (fewer where the input had fewer then: the length
is stored, so a grown file is known), guarded by that of the last 1 024 octets before the checkpoint. What begins the
same and fails the guard is another input: the file was truncated and rewritten. Where a file is shorter than its
checkpoint, windows at every power of two tell a partial copy of what was read from something new; one of fewer octets
than an input is known by is told by the lines that it has in full.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Final, Protocol

from sqlalchemy import func, or_, select, tuple_

from monitor.ledger.tables import BEGINNINGS, INPUTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection, Row

WINDOW_OCTETS: Final = 1_024
_NEWLINE: Final = 0x0A
_LOOKED_AT: Final = 100


class Content(Protocol):
    """What can be asked of an input after decompression: a file now, an object of a store later."""

    def beginning(self, octets: int) -> bytes:
        """The first octets; fewer where there are no more."""
        ...

    def window(self, end: int) -> bytes | None:
        """The last 1 024 octets before `end` (all there are, near the beginning); None where it ends earlier."""
        ...


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far an input was read. `line` is the number of the next line, `state` the decoder's own words.

    `windows`: SHA-256 of the 1 024 octets before each power of two of octets that was passed. `clock`: how far it is in
    event time, in the words of the join.
    """

    offset: int = 0
    line: int = 1
    state: str = ""
    guard: bytes = b""
    windows: dict[int, str] = field(default_factory=dict)
    clock: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """What an input is and where it was seen."""

    source: str
    path: str
    inode: str


@dataclass(frozen=True, slots=True)
class Known:
    """An input of this ledger; `shorter`: the file now ends before its checkpoint, and is a part of what was read."""

    id: int
    source: str
    basis: str
    checkpoint: Checkpoint
    shorter: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """An input that the ledger has not; `like`: how many known ones begin so and are others."""

    like: int


class Overtaken(Exception):  # noqa: N818 - no error: another reader was quicker, and this one looks again
    """Another reader moved the checkpoint, or made the input known, since it was looked at."""


def find_input(connection: Connection, content: Content) -> Known | Unknown:
    """Find the input that a content is, in this ledger."""
    first = content.beginning(WINDOW_OCTETS)
    rows = _beginning_so(connection, first)
    if not rows:
        return Unknown(0)
    for row in sorted(rows, key=lambda row: -row.offset):
        guard = content.window(row.offset)
        if guard is not None:
            if sha256(guard).hexdigest() == row.guard_sha256:
                return _known(row, guard)
        elif all(_agrees(content, int(end), digest) for end, digest in json.loads(row.windows).items()):
            return Known(row.id, row.source, row.basis, _checkpoint(row, b""), shorter=True)
    return Unknown(len(rows))


def _beginning_so(connection: Connection, first: bytes) -> list[Row[tuple[object, ...]]]:
    """Inputs that begin as these octets do, each compared over the length at which it was first seen."""
    lengths = connection.execute(select(INPUTS.c.first_length).distinct()).scalars()
    wanted = [(length, sha256(first[:length]).hexdigest()) for length in lengths if length <= len(first)]
    ways = [tuple_(INPUTS.c.first_length, INPUTS.c.first_sha256).in_(wanted)] if wanted else []
    if len(first) < WINDOW_OCTETS and (ends := _line_ends(first)):
        # It may be a part of what is known by more octets than these; a header alone is a part of very many.
        digest = sha256(first[: ends[-1]]).hexdigest()
        longer = select(BEGINNINGS.c.input).where(BEGINNINGS.c.length == ends[-1], BEGINNINGS.c.sha256 == digest)
        ways.append(INPUTS.c.id.in_(longer.limit(_LOOKED_AT)))
    return list(connection.execute(select(INPUTS).where(or_(*ways)))) if ways else []


def _line_ends(first: bytes) -> list[int]:
    return [at + 1 for at, octet in enumerate(first) if octet == _NEWLINE]


def _agrees(content: Content, end: int, digest: str) -> bool:
    window = content.window(end)
    return window is None or sha256(window).hexdigest() == digest


def _known(row: Row[tuple[object, ...]], guard: bytes) -> Known:
    return Known(row.id, row.source, row.basis, _checkpoint(row, guard))


def _checkpoint(row: Row[tuple[object, ...]], guard: bytes) -> Checkpoint:
    windows = {int(end): digest for end, digest in json.loads(row.windows).items()}
    return Checkpoint(row.offset, row.line, row.decoder_state, guard, windows, row.clock)


def was_another(connection: Connection, origin: Origin) -> bool:
    """Whether the file at this path, the very same file, was another input before."""
    same = select(func.count()).where(INPUTS.c.path == origin.path, INPUTS.c.inode == origin.inode)
    return bool(connection.execute(same).scalar())


def hints_of(connection: Connection, paths: Sequence[str]) -> dict[str, set[str]]:
    """What the inputs at these paths looked like when they were read to their end."""
    rows = connection.execute(select(INPUTS.c.path, INPUTS.c.inode).where(INPUTS.c.path.in_(paths)))
    found: dict[str, set[str]] = {}
    for path, hint in rows:
        found.setdefault(path, set()).add(hint)
    return found


def register(
    connection: Connection, content: Content, origin: Origin, basis: str, first_octets: int = WINDOW_OCTETS
) -> int:
    """Make an input known, with its checkpoint at its beginning, by at most so many of its first octets.

    Raises:
        Overtaken: another reader did meanwhile.
    """
    found = find_input(connection, content)
    if isinstance(found, Known):
        raise Overtaken
    first = content.beginning(min(first_octets, WINDOW_OCTETS))
    row = {
        "source": origin.source,
        "basis": basis,
        "first_length": len(first),
        "first_sha256": sha256(first).hexdigest(),
        "generation": found.like,
        "offset": 0,
        "line": 1,
        "decoder_state": "",
        "clock": "",
        "guard_sha256": sha256(b"").hexdigest(),
        "windows": "{}",
        "records": 0,
        "path": origin.path,
        "inode": origin.inode,
    }
    number = int(connection.execute(INPUTS.insert().values(row).returning(INPUTS.c.id)).scalar_one())
    lines = [{"length": end, "sha256": sha256(first[:end]).hexdigest(), "input": number} for end in _line_ends(first)]
    if lines:
        connection.execute(BEGINNINGS.insert(), lines)
    return number


def move(
    connection: Connection,
    input_id: int,
    start: int,
    to: Checkpoint,
    records: int,
    span: tuple[int, int] | None,
    looks: str | None = None,
    basis: str | None = None,
) -> None:
    """Move a checkpoint from `start`, by compare-and-set.

    `span`: the first and the last second of what was read in between. `looks`: what the input looks like, where this
    is its end. `basis`: what this part was judged on, where it may be another than that of the part before.

    Raises:
        Overtaken: it is not at `start` any more.
    """
    values = {
        "offset": to.offset,
        "line": to.line,
        "decoder_state": to.state,
        "clock": to.clock,
        "guard_sha256": sha256(to.guard).hexdigest(),
        "windows": json.dumps({str(end): digest for end, digest in sorted(to.windows.items())}),
        "records": INPUTS.c.records + records,
    }
    if span is not None:
        values["first_time"] = func.min(func.coalesce(INPUTS.c.first_time, span[0]), span[0])
        values["last_time"] = func.max(func.coalesce(INPUTS.c.last_time, span[1]), span[1])
    if looks is not None:
        values["inode"] = looks
    if basis is not None:
        values["basis"] = basis
    at_start = (INPUTS.c.id == input_id) & (INPUTS.c.offset == start)
    if connection.execute(INPUTS.update().where(at_start).values(values)).rowcount != 1:
        raise Overtaken


@dataclass(slots=True)
class Trail:
    """The guard and the windows of an input as its octets go by."""

    offset: int
    guard: bytes
    windows: dict[int, str]

    @classmethod
    def after(cls, checkpoint: Checkpoint) -> Trail:
        """Go on from a checkpoint."""
        return cls(checkpoint.offset, checkpoint.guard, dict(checkpoint.windows))

    def pass_by(self, data: bytes) -> None:
        """Octets that follow."""
        for end in _powers(self.offset, self.offset + len(data)):
            at = end - self.offset
            window = data[max(0, at - WINDOW_OCTETS) : at]
            self.windows[end] = sha256((self.guard + window)[-WINDOW_OCTETS:]).hexdigest()
        self.guard = data[-WINDOW_OCTETS:] if len(data) >= WINDOW_OCTETS else (self.guard + data)[-WINDOW_OCTETS:]
        self.offset += len(data)

    def skip(self, octets: int, last: bytes) -> None:
        """Octets that follow and are not at hand; `last`: the last of them, as many as a window holds."""
        self.guard = (self.guard + last)[-WINDOW_OCTETS:]
        self.offset += octets

    def stand_at(self, offset: int, guard: bytes) -> None:
        """Where a closed format was read to: what it is known by guards every place of it."""
        self.offset, self.guard = offset, guard


def _powers(start: int, end: int) -> Iterator[int]:
    """Every power of two times the window in (start, end], beyond the first window."""
    at = 2 * WINDOW_OCTETS
    while at <= end:
        if at > start:
            yield at
        at *= 2
