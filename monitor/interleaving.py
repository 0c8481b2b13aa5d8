"""Read the inputs of one source side by side in event time, so that the names that belong to a flow are known first.

Decides which input is read next: the one that is furthest behind, but a piece whose flows may have a name in another
input waits, decoded, until every input that gives names is the slack ahead of it or at its end. One piece of an input
waits at a time; inputs that lie later are not begun. What a name belongs to is `joining`'s.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from collectors.files import UnreadableInputError
from monitor.joining import (
    Clock,
    Decoded,
    JoinSettings,
    Named,
    NamesHeld,
    Recall,
    Standing,
    Ticks,
    gives_names,
    takes_names,
    with_flows,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

    import polars as pl

    from collectors.contract import Batch
    from monitor.inputs import Input

T = TypeVar("T")


Steps: TypeAlias = "Generator[T | Decoded | Recall, Named, None]"
"""An input that is read: yields what comes of it, and asks for the names of its flows."""
Recalled: TypeAlias = "Callable[[str, int | None], pl.DataFrame]"
"""Names that a ledger holds: of a source, or of one of its inputs, as `joining.HELD`."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A piece that is decoded and waits: what it gave is known to all, what it asks for not yet."""

    batch: Batch
    standing: Standing
    names: pl.DataFrame


@dataclass(slots=True)
class _Reading:
    number: int
    begin: int | None
    gives: bool
    steps: Steps[object]
    at: int | None
    begun: bool = False
    ended: bool = False
    piece: _Piece | None = None


@dataclass(slots=True)
class _Side:
    """The inputs of one source; `at` of a reading is how far it is in event time, or where it will begin."""

    source: str
    settings: JoinSettings
    held: NamesHeld
    recalled: Recalled | None
    readings: list[_Reading] = field(default_factory=list)

    def run(self) -> Iterator[object]:
        """Everything that the readings yield but for what they ask."""
        if self.recalled is not None:
            self.held.recall(self.recalled(self.source, None))
        while open_ := [each for each in self.readings if not each.ended]:
            free = [each for each in open_ if not each.begun or self._is_ready(each)]
            yield from self._go_on(min(free or open_, key=_furthest_behind))

    def _go_on(self, reading: _Reading) -> Iterator[object]:
        """Answer what a reading has asked, and let it run until it asks again."""
        answer = None if reading.piece is None else self._answer(reading.piece)
        reading.begun, reading.piece = True, None
        while True:
            try:
                said = next(reading.steps) if answer is None else reading.steps.send(answer)
            except StopIteration:
                reading.ended = True
                return
            answer = None
            if isinstance(said, Decoded):
                self._take(reading, said)
                return
            if isinstance(said, Recall):
                self._recall(reading, said.ledger_id)
            else:
                yield said

    def _take(self, reading: _Reading, asked: Decoded) -> None:
        own = (reading.number,) if asked.ledger_id is None else (reading.number, -asked.ledger_id)
        standing = Standing(own, reading.gives, reading.begin, Ticks.of(asked.batch, asked.clock))
        reading.piece = _Piece(asked.batch, standing, self.held.take(asked.batch, standing))
        reading.at = standing.ticks.after.at

    def _recall(self, reading: _Reading, ledger_id: int) -> None:
        """Another reader may have been here: what the ledger holds of the input is what counts."""
        if self.recalled is not None:
            self.held.forget((reading.number, -ledger_id))
            self.held.recall(self.recalled(self.source, ledger_id))

    def _answer(self, piece: _Piece) -> Named:
        flows = [self.held.named(flows, piece.standing) for flows in piece.batch.flows]
        ahead = [each.at for each in self.readings if not each.ended]
        slowest = None if None in ahead else min(at for at in ahead if at is not None)
        return Named(
            batch=with_flows(piece.batch, flows),
            clock=piece.standing.ticks.after,
            names=piece.names,
            names_from=None if slowest is None else slowest - self.settings.hold,
            evicted=self.held.let_go(slowest),
        )

    def _is_ready(self, reading: _Reading) -> bool:
        """Whether every name that the flows of its piece may have is known."""
        if reading.piece is None or not takes_names(reading.piece.batch):
            return True
        others = [each for each in self.readings if each.gives and not each.ended and each is not reading]
        if reading.gives:
            begin = reading.begin
            return begin is None or all(each.at is not None and each.at >= begin for each in others)
        last = reading.at
        return last is None or all(each.at is not None and each.at > last + self.settings.slack for each in others)


def _furthest_behind(reading: _Reading) -> tuple[bool, int, int]:
    return (reading.at is not None, reading.at or 0, reading.number)


def read_side_by_side(
    inputs: Iterable[Input],
    steps_of: Callable[[Input], Steps[T]],
    look: Callable[[Input], Iterator[Batch]],
    recalled: Recalled | None = None,
) -> Iterator[T]:
    """Read inputs: each by itself where its records belong to no other's, else those of a source side by side.

    `look` decodes the beginning of an input, a thousand lines of it. `recalled` gives the names that a ledger holds.
    """
    sides: dict[tuple[str, str], list[Input]] = {}
    for input_ in inputs:
        if input_.joins:
            sides.setdefault((input_.kind.name, input_.source_name), []).append(input_)
        else:
            yield from steps_of(input_)  # type: ignore[misc]
    for (_, source), group in sides.items():
        settings = JoinSettings(slack_seconds=group[0].join_slack_seconds)
        side = _Side(source, settings, NamesHeld(settings), recalled)
        for number, input_ in enumerate(group, start=1):
            begin, gives = _first_look(look(input_))
            to_end = replace(input_, until=None) if gives else input_
            side.readings.append(_Reading(number, begin, gives, steps_of(to_end), begin))
        yield from side.run()  # type: ignore[misc]


def _first_look(beginning: Iterator[Batch]) -> tuple[int | None, bool]:
    """The clock at the first record of an input, and whether its first records may name flows."""
    try:
        for batch in beginning:
            ticks = Ticks.of(batch, Clock())
            if len(ticks.clocks) or gives_names(batch):
                return (int(ticks.clocks[0]) if len(ticks.clocks) else None), gives_names(batch)
    except UnreadableInputError:
        pass  # whoever reads it says so
    return None, False
