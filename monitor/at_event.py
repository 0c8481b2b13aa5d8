"""Judge each input with the atlas of its time: the newest kept one that is not younger than its first record.

Decides that an input has one atlas, the one of its first record that has a time: an input is held in a ledger under one
basis, and results must not depend on where batches end. A file of many days is so judged with the atlas of its first
day; the rows say how far each record lies from it. Where no kept atlas is as old, the oldest one is taken, and told.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import polars as pl

from collectors.contract import Flows
from collectors.files import ReadLimits, UnreadableInputError
from monitor import schema
from monitor.app import build_pipeline, build_writer
from monitor.attribution.atlas import Atlas
from monitor.attribution.kept_atlases import at_event, closest_after, kept_atlases
from monitor.keeping import Findings, Keeping
from monitor.ledger.upkeep import reader
from monitor.pipeline import parts_of
from monitor.problem import Problem, ProblemsFound
from monitor.replay import Replay, decoded
from monitor.sums import Summation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date
    from pathlib import Path

    from collectors.contract import Batch
    from collectors.objects import Place
    from monitor.app import Knowledge
    from monitor.attribution.kept_atlases import KeptAtlas
    from monitor.config import Site
    from monitor.inputs import Input
    from monitor.ledger.store import Ledger
    from monitor.pipeline import Part
    from monitor.tally import Tally

# Atlases that are open at once: files come by date, and two neighbours may lie on both sides of a change.
_OPEN: Final = 3
_FIRST_LINES: Final = ReadLimits(lines=1_000)


@dataclass(frozen=True, slots=True)
class Younger:
    """An input that is older than every kept atlas: the day of its first record, and of the atlas that was taken."""

    path: Place
    first: date
    atlas: date


@dataclass(slots=True)
class AtEvent:
    """The stages of each atlas that is needed; `younger` fills with inputs that no atlas is as old as."""

    folder: Path
    site: Site
    knowledge: Knowledge
    told: Callable[[Input, Batch], None] | None = None
    limits: ReadLimits | None = None
    younger: list[Younger] = field(default_factory=list)
    _atlases: tuple[KeptAtlas, ...] = ()
    _open: dict[str, tuple[Replay, Site]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Read which atlases are kept, once: an update meanwhile changes nothing.

        Raises:
            ProblemsFound: none is kept.
        """
        self._atlases = kept_atlases(self.folder)
        if not self._atlases:
            raise ProblemsFound([Problem(str(self.folder), 0, 0, "", "no atlas is kept there.")])

    def frames(self, inputs: Iterable[Input], tally: Tally) -> Iterator[pl.DataFrame]:
        """As `Replay.frames`."""
        for input_ in inputs:
            yield from self._of(input_)[0].frames([input_], tally)

    def keep(
        self,
        inputs: Iterable[Input],
        tally: Tally,
        findings: Findings,
        ledger: Ledger,
        today: int,
        *,
        spelled: bool = False,
    ) -> Iterator[pl.DataFrame]:
        """As `Keeping.keep`; hours are closed after the last input, not between two.

        Raises:
            LedgerError: the ledger cannot be read or written any more.
        """
        with reader(ledger):
            for input_ in inputs:
                stages, site = self._of(input_)
                keeping = Keeping(stages, build_writer(site, self.knowledge, ledger, today))
                yield from keeping.keep([input_], tally, findings, spelled=spelled)

    def _of(self, input_: Input) -> tuple[Replay, Site]:
        """The stages with the atlas of an input.

        Raises:
            ProblemsFound: that atlas is damaged.
        """
        first = first_day(input_)
        chosen = self._atlases[-1] if first is None else at_event(self._atlases, first)
        if chosen is None and first is not None:
            chosen = closest_after(self._atlases)
            if chosen is not None:
                self.younger.append(Younger(input_.path, first, chosen.newest))
        atlas = chosen or self._atlases[-1]
        found = self._open.pop(atlas.digest, None)
        if found is None:
            site = replace(self.site, atlas=Atlas.open(self.folder / atlas.file))
            summation = next((stages.summation for stages, _ in self._open.values()), None) or Summation.of(self.site)
            found = (Replay(build_pipeline(site, self.knowledge), summation, self.limits, self.told), site)
        self._open[atlas.digest] = found  # the last one used stands last
        if len(self._open) > _OPEN:
            del self._open[next(iter(self._open))]
        return found


def first_day(input_: Input) -> date | None:
    """Day (UTC) on which the first record that has a time ended; None where none has, or none can be read."""
    try:
        for batch in decoded(input_, _FIRST_LINES):
            times = pl.concat([_times(part) for part in parts_of(batch)] or [_NO_TIMES]).sort("line")["time"]
            if len(times):
                return times.dt.date()[0]  # type: ignore[no-any-return]
    except UnreadableInputError:
        pass  # whoever judges it says so
    return None


_NO_TIMES: Final = pl.DataFrame(schema={"line": pl.UInt64(), "time": schema.TIME})


def _times(part: Part) -> pl.DataFrame:
    """Line and time of the events of a part that have one."""
    column = "end_time" if isinstance(part, Flows) else "time"
    return part.frame.select("line", pl.col(column).alias("time")).drop_nulls("time")
