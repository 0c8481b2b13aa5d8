"""Judge files into a ledger, each record once: what is new of every input, batch by batch.

Decides what is read of a file: from its checkpoint on, whole lines only. The last line of a file that is not closed
(by its compression) waits until it has its end, because a part of a record can look like a record. What another
reader has judged meanwhile is thrown away here and taken from there.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from collectors.contract import Framing
from collectors.files import WINDOW_OCTETS, BombError, UnreadableInputError, open_records
from monitor.interleaving import read_side_by_side
from monitor.joining import Clock, Decoded, Recall
from monitor.ledger.checkpoints import Checkpoint, Known, Origin, Overtaken, Trail
from monitor.ledger.names_held import HeldNames, names_in
from monitor.ledger.upkeep import reader
from monitor.ledger.write import LedgerBatch
from monitor.pipeline import parts_of
from monitor.replay import beginning, decoded_piece
from monitor.rows import rows
from monitor.tally import Tally
from monitor.unjudged import Unjudged

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
    from typing import TypeAlias

    import polars as pl

    from collectors.contract import Decoder, Piece
    from collectors.files import InputFile, TableFile
    from collectors.objects import Place
    from monitor.alert.findings import Seen
    from monitor.inputs import Input
    from monitor.interleaving import Steps
    from monitor.joining import Named
    from monitor.kept import Sums
    from monitor.ledger.write import Writer
    from monitor.pipeline import Judged
    from monitor.replay import Replay

    Records: TypeAlias = InputFile | TableFile

# Lines of one commit, and rows of sums after which it ends earlier: what is held until then is bounded.
COMMIT_LINES: Final = 500_000
_COMMIT_ROWS: Final = 700_000


@dataclass(slots=True)
class Findings:
    """What became of the files: how many were read on, how many had nothing new, and which a person should hear of."""

    read: int = 0
    already: int = 0
    other_basis: list[Place] = field(default_factory=list)
    rewritten: list[Place] = field(default_factory=list)
    shorter: list[Place] = field(default_factory=list)
    waiting: list[Place] = field(default_factory=list)

    @property
    def to_hear_of(self) -> bool:
        """Whether a file was left, in whole or in part, though it may hold something."""
        return bool(self.other_basis or self.shorter or self.waiting)


@dataclass(frozen=True, slots=True)
class Committed:
    """One batch that is in the ledger; `findings` are the ids of what rules found in it."""

    input: Input
    sums: tuple[Sums, ...]
    records: int
    findings: tuple[str, ...] = ()


class Watches(Protocol):
    """What rules say of what is judged."""

    def candidates(self, judged: Judged) -> pl.DataFrame:
        """The rows of a part of which a rule may hold."""
        ...

    def found(self, parts: Sequence[tuple[pl.DataFrame, Sums]]) -> Seen | None:
        """What rules find of the parts of a batch that is about to be written."""
        ...


@dataclass(frozen=True, slots=True)
class Keeping:
    """How files get into a ledger. `committed` hears of every batch, after the fact.

    `reads_on`: what a file has gained since it was judged on another basis is judged on this one, as who follows a log
    must; what was judged before stays as it was. `watches`: rules whose findings are kept with their batch.
    """

    replay: Replay
    writer: Writer
    commit_lines: int = COMMIT_LINES
    committed: Callable[[Committed], None] | None = None
    reads_on: bool = False
    watches: Watches | None = None

    def keep(
        self, inputs: Iterable[Input], tally: Tally, findings: Findings, *, spelled: bool = False
    ) -> Iterator[pl.DataFrame]:
        """Judge what is new of the inputs; yield it as rows (`schema.JUDGED`) where they are wanted.

        Raises:
            LedgerError: the ledger cannot be read or written any more.
        """
        with reader(self.writer.ledger):

            def steps(input_: Input) -> Steps[pl.DataFrame]:
                return self.steps(input_, tally, findings, spelled=spelled)

            yield from read_side_by_side(inputs, steps, beginning, names_in(self.writer.ledger))

    def steps(self, input_: Input, tally: Tally, findings: Findings, *, spelled: bool = False) -> Steps[pl.DataFrame]:
        """Judge what is new of one input; asks for the names of its flows where they may stand in another.

        Raises:
            LedgerError: the ledger cannot be read or written any more.
        """
        tally.inputs += 1
        try:
            yield from _OneInput(self, input_, tally, findings, spelled=spelled).read()
        except UnreadableInputError as error:
            tally.unreadable[str(input_.path)] = str(error)


@dataclass(slots=True)
class _Pending:
    """What is judged and not yet committed."""

    start: int
    line: int
    trail: Trail
    state: str
    clock: Clock
    counted: int = 0
    names: list[pl.DataFrame] = field(default_factory=list)
    names_from: int | None = None
    tally: Tally = field(default_factory=Tally)
    sums: list[Sums] = field(default_factory=list)
    frames: list[pl.DataFrame] = field(default_factory=list)
    watched: list[tuple[pl.DataFrame, Sums]] = field(default_factory=list)

    def take(self, named: Named) -> None:
        """Take what belongs into the transaction of the piece beside its sums."""
        self.clock, self.names_from = named.clock, named.names_from
        self.tally.evicted_names += named.evicted
        if named.names.height:
            self.names.append(named.names)

    @property
    def is_full(self) -> bool:
        return sum(each.transfers.height + each.evidence.height for each in self.sums) >= _COMMIT_ROWS

    @property
    def checkpoint(self) -> Checkpoint:
        windows = dict(self.trail.windows)
        return Checkpoint(self.trail.offset, self.line, self.state, self.trail.guard, windows, self.clock.spelled())


class _OneInput:
    """Reads one input from its checkpoint to its end, as often as another reader is quicker."""

    def __init__(self, keeping: Keeping, input_: Input, tally: Tally, findings: Findings, *, spelled: bool) -> None:
        self._keeping = keeping
        self._input = input_
        self._tally = tally
        self._findings = findings
        self._spelled = spelled
        self._committed = False

    def read(self) -> Steps[pl.DataFrame]:
        """Yield the rows of every batch that was committed, where they are wanted."""
        path = self._input.path
        if isinstance(path, Path) and path.exists() and not path.is_file():
            # Opening one waits for whoever writes to it.
            raise UnreadableInputError("is a pipe; what a ledger keeps is read from files")
        while True:
            with open_records(path, self._input.kind.framing, self._keeping.replay.limits) as file:
                found = self._find(file)
                if found is None:
                    return
                try:
                    yield from self._from(file, found)
                except Overtaken:
                    continue
            break
        if self._committed:
            self._findings.read += 1
        else:
            self._findings.already += 1

    def _find(self, file: Records) -> Known | Origin | None:
        """Find the input in the ledger; nothing when it must not be read on."""
        writer, path = self._keeping.writer, self._input.path
        found = writer.find(file)
        origin = Origin(self._input.source_name, str(path.resolve()), file.inode)
        if isinstance(found, Known):
            if found.basis != writer.basis and not self._keeping.reads_on:
                self._findings.other_basis.append(path)
                return None
            if found.shorter:
                if file.beginning(WINDOW_OCTETS).count(b"\n") > 1:
                    self._findings.shorter.append(path)
                else:  # a header has nothing that could be missed
                    self._findings.already += 1
                return None
            return found
        if self._input.only_known:
            self._findings.already += 1
            return None
        if (found.like or writer.was_another(origin)) and file.beginning(1):
            self._findings.rewritten.append(path)
        return origin

    def _from(self, file: Records, found: Known | Origin) -> Steps[pl.DataFrame]:
        input_ = self._input
        known = found if isinstance(found, Known) else None
        origin = found if isinstance(found, Origin) else Origin(input_.source_name, str(input_.path), file.inode)
        # What an object looks like is noted once it is read to its end.
        looks = None if isinstance(input_.path, Path) else origin.inode
        origin = origin if looks is None else replace(origin, inode="")
        checkpoint = known.checkpoint if known else Checkpoint()
        decoder = input_.kind.decoder(input_.options)
        if checkpoint.state:
            decoder.resume(checkpoint.state)
        number = known.id if known else None
        pending = _pending(checkpoint)
        if input_.joins and number is not None:
            yield Recall(number)
        broken_off, until = None, self._until(file)
        try:
            for piece in file.pieces(self._keeping.replay.limits, checkpoint.offset, checkpoint.line):
                if not piece.ended and not file.closed:
                    self._findings.waiting.append(input_.path)
                    break
                yield from self._add(pending, decoder, piece, number)
                is_full = pending.counted >= self._keeping.commit_lines or pending.is_full
                if is_full and (number is not None or pending.tally.records):
                    number = self._commit(pending, origin, file, number)
                    yield from pending.frames
                    pending = _pending(pending.checkpoint)
                if until is not None and pending.trail.offset >= until:
                    break
        except UnreadableInputError as error:
            broken_off = error
        # Nothing is known by its header alone: every file of the same source begins so.
        is_more = pending.trail.offset > pending.start and not isinstance(broken_off, BombError)
        if is_more and (number is not None or pending.tally.records):
            # A file that breaks off is kept up to there, as any other; of a bomb nothing more.
            self._commit(pending, origin, file, number, None if broken_off else looks)
            yield from pending.frames
        if broken_off:
            raise broken_off

    def _until(self, file: Records) -> int | None:
        """Where to stop in a log that is followed: where it ends now.

        One that grows as fast as it is judged would never come to its end, nor to a commit; the next look goes on.
        """
        if not self._keeping.reads_on or file.closed or not isinstance(file.path, Path):
            return None
        try:
            return file.path.stat().st_size
        except OSError:  # renamed meanwhile
            return None

    def _add(
        self, pending: _Pending, decoder: Decoder, piece: Piece, number: int | None
    ) -> Generator[Decoded, Named, None]:
        """Judge a piece and add it to what is pending."""
        replay, input_ = self._keeping.replay, self._input
        batch = decoded_piece(decoder, piece)
        next_line = piece.next_line
        pending.counted += max(next_line - piece.first_line, batch.records)
        pending.line = next_line
        pending.state = decoder.state()
        pending.trail.pass_by(piece.before)
        if piece.table is not None:
            pending.trail.stand_at(piece.end, piece.last)
        elif piece.oversized:
            pending.trail.skip(piece.oversized, piece.last)
        else:
            pending.trail.pass_by(piece.data)
        pending.tally.add_batch(batch)
        if replay.told:
            replay.told(input_, batch)
        unjudged = Unjudged()
        if input_.joins:
            named = yield Decoded(batch, pending.clock, number)
            batch = named.batch
            pending.take(named)
            unjudged.evicted = named.evicted
        for part in parts_of(batch):
            judged, sums = replay.judge(input_, part)
            pending.tally.add_judged(judged, sums)
            pending.sums.append(sums)
            unjudged.add(judged)
            if self._keeping.watches is not None:
                pending.watched.append((self._keeping.watches.candidates(judged), sums))
            if self._spelled:
                pending.frames.append(rows(judged))
        pending.sums.append(unjudged.sums(batch, input_.source_name, replay.summation.hours))

    def _commit(
        self, pending: _Pending, origin: Origin, file: Records, number: int | None, looks: str | None = None
    ) -> int:
        tally = pending.tally
        span = None if tally.first is None or tally.last is None else (tally.first, tally.last)
        sums = tuple(pending.sums)
        names = HeldNames(pending.names, pending.names_from) if self._input.joins else None
        # What closes a JSON document is overwritten when it grows.
        first = pending.trail.offset if file.framing is Framing.JSON else WINDOW_OCTETS
        seen = self._keeping.watches.found(pending.watched) if self._keeping.watches is not None else None
        found = None if seen is None else seen.frames
        batch = LedgerBatch(pending.start, pending.checkpoint, sums, tally.records, span, names, looks, first, found)
        written = self._keeping.writer.write(batch, origin, file, number)
        self._committed = True
        self._tally.merge(tally)
        if self._keeping.committed:
            ids = () if seen is None else tuple(seen.findings["finding"])
            self._keeping.committed(Committed(self._input, sums, tally.records, ids))
        return written


def _pending(checkpoint: Checkpoint) -> _Pending:
    clock = Clock.of(checkpoint.clock)
    return _Pending(checkpoint.offset, checkpoint.line, Trail.after(checkpoint), checkpoint.state, clock)
