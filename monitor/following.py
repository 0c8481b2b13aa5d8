"""Follow the sources of a site: find what is new, again and again, and have it judged and kept once.

Decides when to look, and that looking takes a small share of a core however many files there are. What was kept is in
the ledger and nowhere else: after a stop at any moment, following begins again and nothing is lost or counted twice.
"""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Final, Protocol

from collectors.files.watch import FileWatch
from monitor.inputs import input_of
from monitor.keeping import Findings
from monitor.ledger.store import ledger_path
from monitor.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from collectors.files.watch import Changed
    from monitor.config import Site, Source
    from monitor.inputs import Input
    from monitor.keeping import Committed, Keeping

# What lies beside a ledger and belongs to it.
_LEDGER_SUFFIXES: Final = ("", "-wal", "-shm", "-journal", ".readers")


class Watch(Protocol):
    """What tells which inputs of a source are worth reading: of files, or of an object store."""

    def changed(self) -> Iterable[Changed]:
        """Inputs that look other than when they were read."""
        ...

    def read(self, changed: Changed) -> None:
        """Remember that an input was read as it looked then."""
        ...


@dataclass(frozen=True, slots=True)
class Followed:
    """A source: what watches it, and how what it finds is read."""

    watch: Watch
    input_of: Callable[[Changed], Input]


@dataclass(frozen=True, slots=True)
class FollowingSettings:
    """How often is looked, and which share of a core that may take: many files are looked at less often."""

    look_every_seconds: float = 0.5
    share_of_a_core: float = 0.02


@dataclass(frozen=True, slots=True)
class Round:
    """What one look found and what became of it; `seconds`: how long looking took."""

    inputs: int
    seconds: float
    tally: Tally
    findings: Findings


@dataclass(slots=True)
class Following:
    """Follows sources; `told` hears of every round in which something was read."""

    sources: Sequence[Followed]
    keeping: Keeping
    settings: FollowingSettings = field(default_factory=FollowingSettings)
    told: Callable[[Round], None] | None = None
    _stopped: Event = field(default_factory=Event)

    async def run(self) -> None:
        """Follow until cancelled; what is being read then is read to its next commit.

        Raises:
            LedgerError: the ledger cannot be read or written any more.
        """
        self._stopped.clear()
        try:
            while True:
                done = await asyncio.to_thread(self.step)
                pause = max(self.settings.look_every_seconds, done.seconds / self.settings.share_of_a_core)
                await asyncio.sleep(pause)
        finally:
            self._stopped.set()

    def step(self) -> Round:
        """Look once, and keep what changed.

        Raises:
            LedgerError: the ledger cannot be read or written any more.
        """
        begun = time.thread_time()
        found = [(source, changed) for source in self.sources for changed in source.watch.changed()]
        done = Round(len(found), time.thread_time() - begun, Tally(), Findings())
        if found:
            keeping = replace(self.keeping, committed=self._committed)
            try:
                for _ in keeping.keep(self._handed_on(found), done.tally, done.findings):
                    pass
            except _StoppedError:
                return done
            for place in [place for place in done.tally.unreadable if _is_gone(place)]:
                del done.tally.unreadable[place]  # the next look finds it under another name, or nobody does
            if self.told:
                self.told(done)
        return done

    def _committed(self, batch: Committed) -> None:
        if self.keeping.committed:
            self.keeping.committed(batch)
        if self._stopped.is_set():
            raise _StoppedError

    def _handed_on(self, found: Iterable[tuple[Followed, Changed]]) -> Iterator[Input]:
        """Hand inputs on; whoever asks for the next one has read the last."""
        for source, changed in found:
            if self._stopped.is_set():
                return
            yield source.input_of(changed)
            source.watch.read(changed)


class _StoppedError(Exception):
    """Following was cancelled; all that was judged is committed."""


def _is_gone(place: str) -> bool:
    return "://" not in place and not Path(place).exists()


def following_of(site: Site, keeping: Keeping, told: Callable[[Round], None] | None = None) -> Following:
    """What follows all sources of a site."""
    return Following([_followed(site, source) for source in site.sources], keeping, told=told)


def _followed(site: Site, source: Source) -> Followed:
    own: frozenset[str] = frozenset()
    if site.ledger is not None and site.ledger.startswith("sqlite"):
        ledger = ledger_path(site.ledger).resolve()
        own = frozenset(f"{ledger}{suffix}" for suffix in _LEDGER_SUFFIXES)
    watch = FileWatch(os.path.normpath(site.pattern(source)), time.time_ns, own)
    return Followed(watch, partial(_input_of, source=source, site=site))


def _input_of(changed: Changed, source: Source, site: Site) -> Input:
    return replace(input_of(changed.path, source, site), only_known=changed.only_known)
