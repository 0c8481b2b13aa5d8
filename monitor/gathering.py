"""Keep what is new of many small inputs together: judged as one frame, written in one transaction.

Decides what is small: the new part of a plain file that is a fraction of a piece. Judging few records costs as much as
judging thousands, and so does a commit: a thousand files that grow by a line each are kept as some ten batches. Every
input keeps its own checkpoint, moved by compare-and-set: where another reader was quicker with one of them, nothing
of the batch is written, and each input is read by itself.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from collectors.contract import Flows, Framing
from collectors.files import WINDOW_OCTETS, InputFile, ReadLimits, UnreadableInputError, open_records
from monitor.address import ParsedAddresses
from monitor.ledger.checkpoints import Checkpoint, Known, Origin, Overtaken, Trail, Unknown
from monitor.ledger.write import LedgerBatch, Range
from monitor.replay import decoded_piece
from monitor.tally import Tally
from monitor.totals import total
from monitor.unjudged import Unjudged
from monitor.watched import write_watched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from collectors.contract import Batch, Piece
    from monitor.inputs import Input
    from monitor.keeping import Findings
    from monitor.kept import Sums
    from monitor.ledger.write import Writer
    from monitor.pipeline import Judged, Part
    from monitor.replay import Replay
    from monitor.watched import Found, Watches

# New octets of an input that is small, and how much is gathered at most.
_SMALL_OCTETS: Final = 256 << 10
_MOST_OCTETS: Final = 4 << 20
_MOST_INPUTS: Final = 100
_NUMBER: Final = "gathered"
_POSITIONS: Final = ("src_address", "dst_address", "interface_src", "interface_dst")


@dataclass(slots=True)
class _Small:
    """What is new of one input, decoded; its file is open until it is written."""

    input: Input
    file: InputFile
    open: ExitStack
    found: Known | Origin
    trail: Trail
    checkpoint: Checkpoint
    is_waiting: bool = False
    batches: list[Batch] = field(default_factory=list)

    @property
    def records(self) -> int:
        return sum(batch.records for batch in self.batches)

    @property
    def is_new(self) -> bool:
        """Whether there is something to write: nothing is known by its header alone."""
        moved = self.checkpoint.offset > (self.found.checkpoint.offset if isinstance(self.found, Known) else 0)
        return moved and (isinstance(self.found, Known) or self.records > 0)


@dataclass(slots=True)
class _Judging:
    """One input while a batch is judged: sums that belong to it, and the span of its records."""

    small: _Small
    sums: list[Sums] = field(default_factory=list)
    span: Tally = field(default_factory=Tally)
    unjudged: Unjudged = field(default_factory=Unjudged)

    def add(self, judged: Judged, sums: Sums) -> None:
        """Take a part of its own."""
        self.sums.append(sums)
        self.span.add_span(judged.ours["end_time"])
        self.unjudged.add(judged)

    def count_without_time(self, flows: Iterable[Flows]) -> None:
        """Count flows without a time, which are judged with those of other inputs."""
        for part in flows:
            if part.frame["end_time"].null_count():
                without = part.frame.filter(pl.col("end_time").is_null())
                self.unjudged.no_time += without.height
                self.unjudged.no_time_octets += total(without["octets"])


@dataclass(frozen=True, slots=True)
class Gathering:
    """How small inputs are kept.

    `find` says how an input is read on, null: not at all; `done` hears of each at its end, and whether it was read.
    `wrote` hears of what is in the ledger: one of the inputs, the sums, the records, and what rules found.
    """

    replay: Replay
    writer: Writer
    watches: Watches | None
    most_lines: int
    find: Callable[[Input, InputFile, Known | Unknown], Known | Origin | None]
    done: Callable[[Input, bool], None]
    wrote: Callable[[Input, tuple[Sums, ...], int, Found], None]
    tally: Tally
    findings: Findings

    def keep(self, inputs: Iterable[Input]) -> Iterator[Input]:
        """Keep the small ones; give back those that are to be read by themselves, in time for who asks for the next.

        Raises:
            LedgerError: the ledger cannot be read or written any more.
        """
        held: list[_Small] = []
        octets = 0
        try:
            for input_ in inputs:
                if held and (len(held) >= _MOST_INPUTS or octets >= _MOST_OCTETS or _differ(held[0].input, input_)):
                    yield from self._write(held)
                    octets = 0
                if not self._may_be_small(input_):
                    yield input_
                    continue
                try:
                    small = self._read(input_)
                except (OSError, UnreadableInputError):
                    small = False  # whoever reads it by itself says so
                if small is False:
                    yield input_
                elif small is True:
                    self.tally.inputs += 1
                    self.done(input_, False)
                elif not small.is_new:
                    small.open.close()
                    self._finish(small)
                    self.findings.already += 1
                else:
                    held.append(small)
                    octets += small.checkpoint.offset
                    octets -= small.found.checkpoint.offset if isinstance(small.found, Known) else 0
            yield from self._write(held)
        finally:
            for small in held:
                small.open.close()

    def _may_be_small(self, input_: Input) -> bool:
        return not input_.joins and isinstance(input_.path, Path) and input_.path.is_file()

    def _read(self, input_: Input) -> _Small | bool:
        """Decode what is new of an input; false: that is not small, or hard to read; true: nothing is to be read."""
        limits = self.replay.limits
        with ExitStack() as opened:
            file = opened.enter_context(open_records(input_.path, input_.kind.framing, limits))
            if not isinstance(file, InputFile) or file.closed or not isinstance(input_.path, Path):
                return False
            known = self.writer.find(file)
            start = known.checkpoint.offset if isinstance(known, Known) else 0
            size = input_.path.stat().st_size
            if not 0 <= size - start <= _SMALL_OCTETS:
                return False
            found = self.find(input_, file, known)
            if found is None:
                return True
            checkpoint = found.checkpoint if isinstance(found, Known) else Checkpoint()
            small = _Small(input_, file, opened, found, Trail.after(checkpoint), checkpoint)
            if not self._decode(small, size):
                return False
            small.open = opened.pop_all()
            return small

    def _decode(self, small: _Small, until: int) -> bool:
        """Decode to where the input ended when it was looked at; false where that are too many lines.

        One that grows line by line would else be read line by line, each at the price of hundreds.
        """
        input_, line, state = small.input, small.checkpoint.line, small.checkpoint.state
        decoder = input_.kind.decoder(input_.options)
        if state:
            decoder.resume(state)
        limits = replace(self.replay.limits or ReadLimits(), until=until)
        for piece in small.file.pieces(limits, small.checkpoint.offset, line):
            if not piece.ended:
                small.is_waiting = True
                break
            small.batches.append(decoded_piece(decoder, piece))
            pass_by(small.trail, piece)
            line = piece.next_line
            if line - small.checkpoint.line > self.most_lines:
                return False
        trail = small.trail
        state = decoder.state() if small.batches else state
        small.checkpoint = Checkpoint(
            trail.offset, line, state, trail.guard, dict(trail.windows), small.checkpoint.clock
        )
        return True

    def _finish(self, small: _Small) -> None:
        self.tally.inputs += 1
        if small.is_waiting:
            self.findings.waiting.append(small.input.path)
        self.done(small.input, True)

    def _write(self, held: list[_Small]) -> Iterator[Input]:
        """Judge and write what is held, and forget it; give back all of it where another reader was quicker."""
        batch, held[:] = held[:], []
        if not batch:
            return
        try:
            tally, ranges, watched = self._judged(batch)
            _, found = write_watched(
                self.watches, watched, lambda found: self.writer.write_all(ranges, found.frames, found.held)
            )
        except Overtaken:
            yield from (small.input for small in batch)
            return
        finally:
            for small in batch:
                small.open.close()
        self.tally.merge(tally)
        for small in batch:
            self.findings.read += 1
            self._finish(small)
        sums = tuple(each for range_ in ranges for each in range_.batch.sums)
        self.wrote(batch[0].input, sums, tally.records, found)

    def _judged(self, batch: Sequence[_Small]) -> tuple[Tally, list[Range], list[tuple[pl.DataFrame, Sums]]]:
        """Judge flows of all inputs at once, names and acts by themselves; sums of flows go with the first input."""
        tally = Tally()
        watched: list[tuple[pl.DataFrame, Sums]] = []
        one_by_one = [_Judging(small) for small in batch]

        def judge(input_: Input, part: Part) -> tuple[Judged, Sums]:
            judged, sums = self.replay.judge(input_, part)
            tally.add_judged(judged, sums)
            if self.watches is not None:
                watched.append((self.watches.candidates(judged), sums))
            return judged, sums

        for each in one_by_one:
            for decoded in each.small.batches:
                tally.add_batch(decoded)
                if self.replay.told:
                    self.replay.told(each.small.input, decoded)
                own: list[Part] = [*decoded.names, *decoded.admins]
                for part in own:
                    each.add(*judge(each.small.input, part))
                each.count_without_time(decoded.flows)
        flows = [(number, part) for number, small in enumerate(batch) for each in small.batches for part in each.flows]
        for merged in _merged(flows):
            judged, sums = judge(batch[0].input, merged)
            one_by_one[0].sums.append(sums)
            for number, of_input in judged.ours.select(_NUMBER, "end_time").partition_by(_NUMBER, as_dict=True).items():
                one_by_one[int(number[0])].span.add_span(of_input["end_time"])
        ranges = [
            _range(each.small, each.sums + self._beside(each, always=not number), each.span)
            for number, each in enumerate(one_by_one)
        ]
        return tally, ranges, watched

    def _beside(self, each: _Judging, *, always: bool) -> list[Sums]:
        """What the batches of an input say beside their records, where they say anything or `always`."""
        small, unjudged = each.small, each.unjudged
        said = [batch for batch in small.batches if batch.bad_by_reason or batch.coverage or batch.passed_over]
        if not said and not unjudged.no_time and not always:
            return []
        source, hours = small.input.source_name, self.replay.summation.hours
        first, *rest = said or small.batches
        return [unjudged.sums(first, source, hours), *(Unjudged().sums(each, source, hours) for each in rest if said)]


def pass_by(trail: Trail, piece: Piece) -> None:
    """Go over a piece of an input."""
    for part in piece.parts:
        pass_by(trail, part)
    if piece.parts:
        return
    trail.pass_by(piece.before)
    if piece.table is not None:
        trail.stand_at(piece.end, piece.last)
    elif piece.oversized:
        trail.skip(piece.oversized, piece.last)
    else:
        trail.pass_by(piece.data)


def _differ(one: Input, other: Input) -> bool:
    """Whether two inputs are judged in another way."""
    return (one.kind.name, one.source_name, one.count_at_forwarders) != (
        other.kind.name, other.source_name, other.count_at_forwarders,
    )  # fmt: skip


def _range(small: _Small, sums: list[Sums], seen: Tally) -> Range:
    found, to = small.found, small.checkpoint
    known = found if isinstance(found, Known) else None
    origin = Origin(small.input.source_name, str(small.input.path), small.file.inode) if known else found
    assert isinstance(origin, Origin)  # noqa: S101 - what is not known is an origin
    start = known.checkpoint.offset if known else 0
    span = None if seen.first is None or seen.last is None else (seen.first, seen.last)
    first_octets = to.offset if small.file.framing is Framing.JSON else WINDOW_OCTETS
    batch = LedgerBatch(start, to, sums, small.records, span, first_octets=first_octets)
    return Range(batch, origin, small.file, known.id if known else None)


def _merged(flows: Sequence[tuple[int, Flows]]) -> list[Flows]:
    """Flows of several inputs as one part of each form; `gathered` numbers the input of a row."""
    alike: dict[object, list[tuple[int, Flows]]] = {}
    for number, part in flows:
        alike.setdefault((part.link_octets, part.payload_alone, tuple(part.frame.schema.items())), []).append(
            (number, part)
        )
    return [_one(group) for group in alike.values()]


def _one(group: Sequence[tuple[int, Flows]]) -> Flows:
    parts = [part.addresses for _, part in group]
    begins = np.cumsum([0, *(len(each) for each in parts)])[:-1].tolist()
    frames = [
        part.frame.with_columns(
            *(pl.col(name) + pl.lit(begin, pl.UInt32) for name in _POSITIONS),
            pl.lit(number, pl.UInt32).alias(_NUMBER),
        )
        for begin, (number, part) in zip(begins, group, strict=True)
    ]
    addresses = ParsedAddresses(
        pl.concat([each.text for each in parts]),
        np.concatenate([each.version for each in parts]),
        np.concatenate([each.high for each in parts]),
        np.concatenate([each.low for each in parts]),
    )
    return replace(group[0][1], frame=pl.concat(frames), addresses=addresses)
