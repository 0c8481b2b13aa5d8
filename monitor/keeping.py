"""Judge files into a ledger, each record once: what is new of every input, batch by batch.

Decides what is read of a file: from its checkpoint on, whole lines only. The last line of a file that is not closed
(by its compression) waits until it has its end, because a part of a record can look like a record. What another
reader has judged meanwhile is thrown away here and taken from there.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from collectors.contract import Framing
from collectors.files import WINDOW_OCTETS, BombError, ReadLimits, UnreadableInputError, open_records
from collectors.files.limits import BOMB, CUT_OFF, DAMAGED, GONE, REFUSED
from monitor.gathering import Gathering, pass_by
from monitor.interleaving import read_side_by_side
from monitor.joining import Clock, Decoded, Recall
from monitor.ledger.checkpoints import Checkpoint, Known, Origin, Overtaken, Trail, Unknown
from monitor.ledger.names_held import HeldNames, names_in
from monitor.ledger.unreadable import Looks
from monitor.ledger.upkeep import reader
from monitor.ledger.write import LedgerBatch
from monitor.pipeline import parts_of
from monitor.replay import beginning, decoded_piece
from monitor.rows import rows
from monitor.tally import Tally
from monitor.unjudged import Unjudged
from monitor.watched import write_watched

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator
    from typing import TypeAlias

    import polars as pl

    from collectors.contract import Decoder, Piece
    from collectors.files import InputFile, TableFile
    from collectors.objects import Place
    from monitor.inputs import Input
    from monitor.interleaving import Steps
    from monitor.joining import Named
    from monitor.kept import Sums
    from monitor.ledger.write import Writer
    from monitor.replay import Replay
    from monitor.watched import Found, Watches

    Records: TypeAlias = InputFile | TableFile

# Lines of one commit, and rows of sums after which it ends earlier: what is held until then is bounded.
COMMIT_LINES: Final = 500_000
_COMMIT_ROWS: Final = 700_000
# What an input is known by whose content cannot be read: the content, where that is what is wrong with it.
_OF_CONTENT: Final = frozenset({BOMB, CUT_OFF, DAMAGED})
_LAST_SECOND: Final = 253_402_300_799  # of the year 9999


@dataclass(slots=True)
class Findings:
    """What became of the files: how many were read on, how many had nothing new, and which a person should hear of.

    `unreadable`: the reason by place, a word of `schema.UNREADABLE` or `limits.GONE`; why in words is in the tally.
    """

    read: int = 0
    already: int = 0
    other_basis: list[Place] = field(default_factory=list)
    rewritten: list[Place] = field(default_factory=list)
    shorter: list[Place] = field(default_factory=list)
    waiting: list[Place] = field(default_factory=list)
    unreadable: dict[str, str] = field(default_factory=dict)

    @property
    def to_hear_of(self) -> bool:
        """Whether a file was left, in whole or in part, though it may hold something."""
        return bool(self.other_basis or self.shorter or self.waiting)


@dataclass(frozen=True, slots=True)
class Committed:
    """One batch that is in the ledger, of an input or of several of its source; `findings`: ids of what rules found.

    `matches_dropped`: those that a correlation had no room for. `unreadable`: it is no batch, but an input that the
    ledger has from now on as one that cannot be read, and why.
    """

    input: Input
    sums: tuple[Sums, ...]
    records: int
    findings: tuple[str, ...] = ()
    matches_dropped: int = 0
    unreadable: str = ""


@dataclass(frozen=True, slots=True)
class Keeping:
    """How files get into a ledger. `committed` hears of every batch, after the fact.

    `reads_on`: what a file has gained since it was judged on another basis is judged on this one, as who follows a log
    must; what was judged before stays as it was. `watches`: rules whose findings are kept with their batch.
    `ended` hears of every input of which all that can be read is kept.
    """

    replay: Replay
    writer: Writer
    commit_lines: int = COMMIT_LINES
    committed: Callable[[Committed], None] | None = None
    reads_on: bool = False
    watches: Watches | None = None
    ended: Callable[[Input], None] | None = None

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

            alone = inputs if spelled else self._gathering(tally, findings).keep(inputs)
            yield from read_side_by_side(alone, steps, beginning, names_in(self.writer.ledger))

    def _gathering(self, tally: Tally, findings: Findings) -> Gathering:
        """How small inputs are kept; rows of theirs are not at hand."""

        def wrote(input_: Input, sums: tuple[Sums, ...], records: int, found: Found) -> None:
            if self.committed:
                self.committed(Committed(input_, sums, records, found.ids, found.dropped))

        def find(input_: Input, file: Records, known: Known | Unknown) -> Known | Origin | None:
            return _OneInput(self, input_, tally, findings, spelled=False).find(file, known)

        most = self.commit_lines
        return Gathering(self.replay, self.writer, self.watches, most, find, self._has_ended, wrote, tally, findings)

    def _has_ended(self, input_: Input, is_read: bool) -> None:  # noqa: FBT001 - a listener
        if is_read:
            self.writer.has_read(partial(looks_of, input_.path))
        if self.ended:
            self.ended(input_)

    def steps(self, input_: Input, tally: Tally, findings: Findings, *, spelled: bool = False) -> Steps[pl.DataFrame]:
        """Judge what is new of one input; asks for the names of its flows where they may stand in another.

        Raises:
            LedgerError: the ledger cannot be read or written any more.
        """
        tally.inputs += 1
        try:
            is_read = yield from _OneInput(self, input_, tally, findings, spelled=spelled).read()
        except UnreadableInputError as error:
            tally.unreadable[str(input_.path)] = str(error)
            findings.unreadable[str(input_.path)] = error.reason
            self._cannot_read(input_, error.reason)
            self._has_ended(input_, False)
        else:
            self._has_ended(input_, is_read)

    def _cannot_read(self, input_: Input, reason: str) -> None:
        """Let the ledger have it once, unless it may be read in a moment, or is not there any more."""
        if reason == GONE or input_.unfinished:
            return
        looks = looks_of(input_.path, with_content=reason in _OF_CONTENT)
        if self.writer.cannot_read(input_.source_name, reason, looks) and self.committed:
            self.committed(Committed(input_, (), 0, unreadable=reason))


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

    def read(self) -> Generator[pl.DataFrame | Decoded | Recall, Named, bool]:
        """Yield the rows of every batch that was committed, where they are wanted; gives whether it was read on."""
        path = self._input.path
        if isinstance(path, Path) and path.exists() and not path.is_file():
            # Opening one waits for whoever writes to it.
            raise UnreadableInputError("is a pipe; what a ledger keeps is read from files", REFUSED)
        while True:
            with open_records(path, self._input.kind.framing, self._keeping.replay.limits) as file:
                found = self.find(file, self._keeping.writer.find(file))
                if found is None:
                    return False
                try:
                    yield from self._from(file, found)
                except Overtaken:
                    continue
                except UnreadableInputError:
                    self._findings.read += self._committed  # what came before the break is in the ledger
                    raise
            break
        if self._committed:
            self._findings.read += 1
        else:
            self._findings.already += 1
        return True

    def find(self, file: Records, found: Known | Unknown) -> Known | Origin | None:
        """Find the input in the ledger; nothing when it must not be read on."""
        writer, path = self._keeping.writer, self._input.path
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
        broken_off = None
        try:
            for piece in file.pieces(self._limits(file), checkpoint.offset, checkpoint.line):
                if not piece.ended and not file.closed:
                    self._findings.waiting.append(input_.path)
                    break
                yield from self._add(pending, decoder, piece, number)
                is_full = pending.counted >= self._keeping.commit_lines or pending.is_full
                if is_full and (number is not None or pending.tally.records):
                    number = self._commit(pending, origin, file, number)
                    yield from pending.frames
                    pending = _pending(pending.checkpoint)
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

    def _limits(self, file: Records) -> ReadLimits | None:
        """The limits of reading, and up to where: what has settled, and of a log that is followed what is there now.

        One that grows as fast as it is judged would never come to its end, nor to a commit; the next look goes on.
        """
        limits, ends = self._keeping.replay.limits, [self._input.until]
        if file.closed or not isinstance(file.path, Path):
            return limits
        if self._keeping.reads_on:
            with suppress(OSError):  # renamed meanwhile
                ends.append(file.path.stat().st_size)
        until = min((end for end in ends if end is not None), default=None)
        return limits if until is None else replace(limits or ReadLimits(), until=until)

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
        pass_by(pending.trail, piece)
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
        batch = LedgerBatch(pending.start, pending.checkpoint, sums, tally.records, span, names, looks, first)
        writer = self._keeping.writer
        written, found = write_watched(
            self._keeping.watches,
            pending.watched,
            lambda found: writer.write(replace(batch, findings=found.frames, held=found.held), origin, file, number),
        )
        self._committed = True
        self._tally.merge(tally)
        if self._keeping.committed:
            self._keeping.committed(Committed(self._input, sums, tally.records, found.ids, found.dropped))
        return written


def _pending(checkpoint: Checkpoint) -> _Pending:
    clock = Clock.of(checkpoint.clock)
    return _Pending(checkpoint.offset, checkpoint.line, Trail.after(checkpoint), checkpoint.state, clock)


def looks_of(path: Place, *, with_content: bool = True) -> Looks:
    """What an input looks like, for who cannot read it or could not."""
    if isinstance(path, Path):
        try:
            found = path.stat()
        except OSError:  # its folder may not be entered
            hint, written = "", 0.0
        else:
            hint, written = f"{found.st_dev}:{found.st_ino}", found.st_mtime
    else:
        hint, written = path.hint, path.written.timestamp() if path.written else 0.0
    first = b""
    if with_content:
        try:
            with path.open("rb") as file:
                first = file.read(WINDOW_OCTETS)
        except OSError:
            pass
    return Looks(str(path.resolve()), first, hint, min(max(int(written), 0), _LAST_SECOND))
