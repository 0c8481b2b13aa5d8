"""Follow the sources of a site: find what is new, again and again, and have it judged and kept once.

Decides when to look, and that looking takes a small share of a core however many files there are. What was kept is in
the ledger and nowhere else: after a stop at any moment, following begins again and nothing is lost or counted twice.
"""

from __future__ import annotations

import asyncio
import glob
import os
import time
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Final, Protocol

from collectors import KINDS
from collectors.files import UnreadableInputError
from collectors.files.watch import FileWatch
from collectors.object_watch import ObjectWatch
from collectors.objects import is_url
from monitor.inputs import input_of
from monitor.keeping import Findings
from monitor.ledger.store import ledger_path
from monitor.settling import Settling
from monitor.stores import store_of
from monitor.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from collectors.files.watch import Changed
    from monitor.config import Site
    from monitor.inputs import Input
    from monitor.keeping import Committed, Keeping
    from monitor.sources import Source

_NANOSECONDS: Final = 1_000_000_000
# How long a flow waits for the file of its name to be flushed: as long as leaves a new line judged within two seconds.
SETTLE_SECONDS: Final = 1.0
# What lies beside a ledger and belongs to it.
_LEDGER_SUFFIXES: Final = ("", "-wal", "-shm", "-journal", ".readers")


class Watch(Protocol):
    """What tells which inputs of a source are worth reading: of files, or of an object store."""

    def changed(self) -> Iterable[Changed]:
        """Inputs that look other than when they were read."""
        ...

    def read(self, changed: Changed, why_not: str = "") -> None:
        """Remember that an input was read as it looked then, or why it could not be."""
        ...

    def absence(self) -> str:
        """Why nothing can be found now; empty where it can."""
        ...


@dataclass(frozen=True, slots=True)
class Followed:
    """A source: where it is, what watches it, and how what it finds is read.

    `settling`: how much of it may be read, where names stand in other files than the flows that they belong to.
    """

    place: str
    watch: Watch
    input_of: Callable[[Changed], Input]
    settling: Settling | None = None


@dataclass(frozen=True, slots=True)
class FollowingSettings:
    """How often is looked, and which share of a core that may take: many files are looked at less often."""

    look_every_seconds: float = 0.5
    share_of_a_core: float = 0.02


@dataclass(frozen=True, slots=True)
class Look:
    """What changed in some sources; `problems`: which of them could not be looked at, and why.

    `absent`: which of them lie in a folder that is not there, or in a store that did not answer last; both may come.
    """

    found: Sequence[tuple[Followed, Changed]]
    problems: Mapping[str, str]
    seconds: float
    absent: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Round:
    """What one look found and what became of it; `seconds`: how long looking took."""

    inputs: int
    seconds: float
    tally: Tally
    findings: Findings


@dataclass(slots=True)
class Following:
    """Follows sources; `told` hears of every round in which something was read, `looked` of every look.

    `went_on` hears of every input at its end, also where it has nothing new.
    """

    sources: Sequence[Followed]
    keeping: Keeping
    settings: FollowingSettings = field(default_factory=FollowingSettings)
    told: Callable[[Round], None] | None = None
    looked: Callable[[Look], None] | None = None
    went_on: Callable[[], None] | None = None
    _stopped: Event = field(default_factory=Event)

    async def run(self, one_at_a_time: asyncio.Lock | None = None) -> None:
        """Follow until cancelled; it ends when what is being read then is read to its next commit.

        Files are looked at together, each object store on its own: one that does not answer holds up no other. Reading
        and judging go one after the other, also among all who share a lock.

        Raises:
            LedgerError: the ledger cannot be read or written any more.
        """
        self._stopped.clear()
        one_at_a_time = one_at_a_time or asyncio.Lock()
        files = [source for source in self.sources if isinstance(source.watch, FileWatch)]
        stores = [[source] for source in self.sources if source not in files]
        # A look at nothing would say that all is well.
        groups = stores if stores and not files else [files, *stores]
        try:
            async with asyncio.TaskGroup() as group:
                for sources in groups:
                    group.create_task(self._follow(sources, one_at_a_time), name="following")
        finally:
            self._stopped.set()

    async def _follow(self, sources: Sequence[Followed], one_at_a_time: asyncio.Lock) -> None:
        while True:
            begun = time.monotonic()
            look = await asyncio.to_thread(self.look, sources)
            if self.looked:
                self.looked(look)
            look = settled(look)
            if look.found or look.problems:
                async with one_at_a_time:
                    await self._kept(look)
            # From look to look: what was judged meanwhile has not to be waited for again.
            pause = self.settings.look_every_seconds - (time.monotonic() - begun)
            await asyncio.sleep(max(pause, look.seconds / self.settings.share_of_a_core))

    async def _kept(self, look: Look) -> None:
        """Keep what a look found; a thread cannot be cancelled, so whoever cancels waits for its commit."""
        keeping = asyncio.get_running_loop().run_in_executor(None, self.keep, look)
        try:
            await asyncio.shield(keeping)
        except asyncio.CancelledError:
            self._stopped.set()
            await keeping
            raise

    def step(self) -> Round:
        """Look at all sources once, and keep what changed.

        Raises:
            LedgerError: the ledger cannot be read or written any more.
        """
        return self.keep(self.look(self.sources))

    def look(self, sources: Sequence[Followed]) -> Look:
        """Look for what changed."""
        begun = time.thread_time()
        found: list[tuple[Followed, Changed]] = []
        problems: dict[str, str] = {}
        absent: dict[str, str] = {}
        for source in sources:
            try:
                found += [(source, changed) for changed in source.watch.changed()]
            except UnreadableInputError as error:
                problems[source.place] = str(error)
            if why := source.watch.absence():
                absent[source.place] = why
        return Look(found, problems, time.thread_time() - begun, absent)

    def keep(self, look: Look) -> Round:
        """Keep what a look found.

        Raises:
            LedgerError: the ledger cannot be read or written any more.
        """
        done = Round(len(look.found), look.seconds, Tally(unreadable=dict(look.problems)), Findings())
        handed_on: dict[tuple[str, str], tuple[Followed, Changed]] = {}

        def ended(input_: Input) -> None:
            source, changed = handed_on[_key(input_)]
            if changed.until is None or changed.until >= changed.look[0]:
                source.watch.read(changed, done.findings.unreadable.get(str(input_.path), ""))
            if self.went_on:
                self.went_on()

        keeping = replace(self.keeping, committed=self._committed, ended=ended)
        try:
            if look.found:
                for _ in keeping.keep(self._handed_on(look.found, handed_on), done.tally, done.findings):
                    pass
        except _StoppedError:
            return done
        for place in [place for place in done.tally.unreadable if _is_gone(place)]:
            del done.tally.unreadable[place]  # the next look finds it under another name, or nobody does
        if self.told and (look.found or look.problems):
            self.told(done)
        return done

    def _committed(self, batch: Committed) -> None:
        if self.keeping.committed:
            self.keeping.committed(batch)
        if self._stopped.is_set():
            raise _StoppedError

    def _handed_on(
        self, found: Iterable[tuple[Followed, Changed]], handed_on: dict[tuple[str, str], tuple[Followed, Changed]]
    ) -> Iterator[Input]:
        """Hand inputs on, until following is stopped."""
        for source, changed in found:
            if self._stopped.is_set():
                return
            input_ = source.input_of(changed)
            handed_on[_key(input_)] = source, changed
            yield input_


def settled(look: Look) -> Look:
    """Of sources that settle, what of them has."""
    of_source: dict[int, list[Changed]] = {}
    for source, changed in look.found:
        of_source.setdefault(id(source), []).append(changed)
    found: list[tuple[Followed, Changed]] = []
    for source in {id(source): source for source, _ in look.found}.values():
        changes = of_source[id(source)]
        found += [(source, each) for each in (source.settling.settled(changes) if source.settling else changes)]
    return replace(look, found=found)


class _StoppedError(Exception):
    """Following was cancelled; all that was judged is committed."""


def _key(input_: Input) -> tuple[str, str]:
    return input_.source_name, str(input_.path)


def _is_gone(place: str) -> bool:
    return "://" not in place and not Path(place).exists()


def following_of(
    site: Site,
    keeping: Keeping,
    told: Callable[[Round], None] | None = None,
    clock: Callable[[], int] = time.time_ns,
) -> Following:
    """What follows all sources of a site; `clock`: nanoseconds since 1970, as file systems and stores have it."""
    sources = [
        Followed(
            source.path,
            _watch(site, source, keeping, clock),
            partial(_input_of, source=source, site=site),
            Settling(SETTLE_SECONDS, clock) if _names_stand_elsewhere(source, site) else None,
        )
        for source in site.sources
    ]
    return Following(sources, keeping, told=told)


def _names_stand_elsewhere(source: Source, site: Site) -> bool:
    """Whether flows of a source may get names from other files of it: one file alone has nothing to wait for."""
    if not KINDS[source.type].joins or source.join_slack_seconds <= 0:
        return False
    return is_url(source.path) or glob.has_magic(source.path) or not (Path(site.directory) / source.path).is_file()


def _watch(site: Site, source: Source, keeping: Keeping, clock: Callable[[], int]) -> Watch:
    if is_url(source.path):
        return ObjectWatch(
            source.path,
            partial(store_of, source.path, site),
            keeping.writer.read_so,
            lambda: clock() / _NANOSECONDS,
        )
    own: frozenset[str] = frozenset()
    if site.ledger is not None and site.ledger.startswith("sqlite"):
        ledger = ledger_path(site.ledger).resolve()
        own = frozenset(f"{ledger}{suffix}" for suffix in _LEDGER_SUFFIXES)
    folder = glob.escape(str(site.directory))  # its name is no pattern
    return FileWatch(os.path.normpath(Path(folder) / source.path), clock, own)


def _input_of(changed: Changed, source: Source, site: Site) -> Input:
    return replace(
        input_of(changed.path, source, site),
        only_known=changed.only_known,
        unfinished=changed.unfinished,
        until=changed.until,
    )
