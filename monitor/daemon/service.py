"""The daemon: follows all sources of a site, serves, and does what signals say, until it is told to end.

Decides the order of beginning, reloading and ending. A reload is all or nothing: what is loaded takes the place of what
runs when it is whole, and between the two whatever is being read is read to its commit. Judging keeps off the event
loop, one batch at a time. Refuses to know what a verdict is.
"""

from __future__ import annotations

import asyncio
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from functools import partial
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final, Literal

from monitor.alerting import alert_of, evidence_text, in_language, listed
from monitor.attribution.refresh.freshness import freshness_of
from monitor.attribution.refresh.listed import wanted_of
from monitor.attribution.refresh.store import read_state
from monitor.daemon.answers import health_of, readiness_of, status_of
from monitor.daemon.generation import Generation, Hearing, Surroundings
from monitor.daemon.loaded import load
from monitor.daemon.progress import tell_alive
from monitor.daemon.sources import BackOff, Sources, first_of
from monitor.following import FollowingSettings
from monitor.ledger.store import LedgerError
from monitor.ledger.upkeep import delete_expired
from monitor.problem import ProblemsFound
from monitor.serving import serve_until
from monitor.web.portal import Served, portal

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from pathlib import Path
    from typing import TypeAlias

    from prometheus_client import CollectorRegistry
    from starlette.types import ASGIApp

    from monitor.app import Knowledge
    from monitor.daemon.loaded import Loaded
    from monitor.daemon.logs import Log
    from monitor.daemon.notify import Notifier
    from monitor.daemon.told import Told
    from monitor.following import Look, Round
    from monitor.keeping import Committed
    from monitor.ledger.store import Ledger
    from monitor.metering import Metering
    from monitor.metrics.counters import Metrics
    from monitor.web.findings import Asked, Listed
    from monitor.web.portal import Health

    Wish: TypeAlias = Literal["stop", "reload", "day"]

# Looks that hang (a network file system, a store) hold a thread each.
_THREADS: Final = 64
# How often it is asked whether reading goes on, where no service manager says how often it wants to hear.
_ALIVE_SECONDS: Final = 20
_STOP_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)


@dataclass(frozen=True, slots=True)
class Pace:
    """How often is looked, shown and told."""

    following: FollowingSettings = field(default_factory=FollowingSettings)
    back_off: BackOff = field(default_factory=BackOff)
    tick_seconds: float = 5
    look_seconds: float = 300


@dataclass(frozen=True, slots=True)
class Parts:
    """What the daemon is made of; `clock` gives the time in UTC."""

    path: Path
    knowledge: Knowledge
    ledger: Ledger
    registry: CollectorRegistry
    metrics: Metrics
    metering: Metering
    notifier: Notifier
    log: Log
    told: Told
    clock: Callable[[], datetime]
    pace: Pace = field(default_factory=Pace)


class Daemon:
    """Runs one site."""

    def __init__(self, parts: Parts, loaded: Loaded, listening: socket.socket) -> None:
        """Keep what it works with."""
        self._parts = parts
        self._first = loaded
        self._listening = listening
        self._sources = Sources(parts.metrics, parts.log, parts.pace.back_off)
        self._hearing = Hearing(
            self._looked, self._read, self._committed, self._told, parts.metering.pictured, parts.told.progress.moved
        )
        self._generation: Generation | None = None
        self._day = parts.clock().date()
        self._caught_up: set[str] = set()
        self._catches_up = asyncio.Event()
        self._records = 0
        self._is_stopping = False
        self._reading = asyncio.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def run(self) -> None:
        """Run until a signal ends it.

        Raises:
            LedgerError: the ledger cannot be read or written any more.
        """
        loop = self._loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(_THREADS, thread_name_prefix="transferwatch"))
        wishes: asyncio.Queue[Wish] = asyncio.Queue()
        for number in _STOP_SIGNALS:
            loop.add_signal_handler(number, wishes.put_nowait, "stop")
        loop.add_signal_handler(signal.SIGHUP, wishes.put_nowait, "reload")
        served, failure = asyncio.Event(), None
        await self._take(await asyncio.to_thread(self._build, self._first))
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(serve_until(self._portal(), self._listening, served), name="server")
            try:
                await self._work(wishes)
            except* LedgerError as failed:
                failure = first_of(failed)
            finally:
                served.set()
        if failure is not None:
            raise failure

    async def _work(self, wishes: asyncio.Queue[Wish]) -> None:
        async with asyncio.TaskGroup() as tasks:
            beside = [
                tasks.create_task(self._tick(wishes), name="tick"),
                tasks.create_task(
                    tell_alive(self._parts.notifier.alive, self._stuck_for, self._stuck, self._alive_seconds),
                    name="alive",
                ),
            ]
            self._parts.notifier.ready(self._status())
            while await self._follow(wishes):
                pass
            for each in beside:
                each.cancel()

    async def _follow(self, wishes: asyncio.Queue[Wish]) -> bool:
        """Follow what is loaded until something else is to be followed; false at the end."""
        generation, one_at_a_time = self._running, asyncio.Lock()
        self._reading = one_at_a_time
        followings = generation.followings(self._hearing, self._parts.pace.following)
        async with asyncio.TaskGroup() as tasks:
            following = [
                tasks.create_task(
                    self._sources.keep_going(name, partial(each.run, one_at_a_time)), name=f"source {name}"
                )
                for name, each in followings.items()
            ]
            following.append(tasks.create_task(generation.watch.run(), name="findings"))
            following.append(tasks.create_task(self._look(generation), name="posture and coverage"))
            following += [
                tasks.create_task(each.run(), name=f"route {each.route.name}") for each in generation.watch.deliveries
            ]
            wish, loaded = await wishes.get(), None
            while wish == "reload" and (loaded := await self._load()) is None:
                wish = await wishes.get()
            if wish == "stop":
                self._is_stopping = True
                self._parts.log.info("stopping")
                self._parts.notifier.stopping()
            for task in following:
                task.cancel()
        # Whatever was read is committed from here on.
        if wish == "stop":
            return False
        if loaded is None:  # another day
            today = self._midnight()
            await asyncio.to_thread(delete_expired, self._parts.ledger, today)
            self._generation = await asyncio.to_thread(generation.of_day, today)
            return True
        await self._take(await asyncio.to_thread(self._build, loaded))
        self._parts.metrics.reloaded(0)
        self._parts.log.info("reloaded", basis=self._running.writer.basis)
        self._parts.notifier.ready(self._status())
        return True

    @property
    def _running(self) -> Generation:
        assert self._generation is not None  # noqa: S101 - `run` takes the first one before anything else
        return self._generation

    def _build(self, loaded: Loaded) -> Generation:
        parts = self._parts
        surroundings = Surroundings(
            parts.path, parts.knowledge, parts.ledger, self._midnight(), lambda: parts.clock().timestamp()
        )
        return Generation.of(loaded, surroundings, self._hearing)

    async def _take(self, generation: Generation) -> None:
        """Let a generation be the one that runs."""
        parts, site = self._parts, generation.loaded.site
        await asyncio.to_thread(parts.metering.start, site, parts.knowledge, generation.writer)
        await asyncio.to_thread(delete_expired, parts.ledger, self._midnight())
        self._sources.are(generation.followed)
        self._generation = generation

    async def _load(self) -> Loaded | None:
        """Load everything anew while all goes on; null where that is refused, with the reasons told."""
        parts, running = self._parts, self._running.loaded.site
        parts.notifier.reloading()
        problems: list[str] = []
        try:
            return await asyncio.to_thread(
                load,
                parts.path,
                parts.knowledge,
                told=parts.told.decoded,
                running=running,
            )
        except ProblemsFound as found:
            problems = [str(problem) for problem in found.problems]
        except Exception as error:  # whatever is wrong with what is to come, what runs goes on
            parts.log.exception("reload_failed")
            problems = [type(error).__name__]
        for problem in problems:
            parts.log.error("reload_refused", problem=problem)
        parts.metrics.reloaded(len(problems))
        parts.notifier.ready(f"{self._status()}; the last reload was refused, what ran before goes on")
        return None

    async def _look(self, generation: Generation) -> None:
        """Ask the rules on posture and coverage, again and again; at first when what lies there has been read.

        Else a daemon that was down would tell of silent sources whose logs it is about to read.
        """
        site, pipeline = generation.loaded.site, generation.loaded.stages.pipeline
        with suppress(TimeoutError):
            async with asyncio.timeout(self._parts.pace.look_seconds):
                while not self._caught_up.issuperset(generation.followed):
                    self._catches_up.clear()
                    await self._catches_up.wait()
        while True:
            now = self._parts.clock()
            found = await asyncio.to_thread(generation.watching.look, site, pipeline, generation.writer, now)
            if found:
                generation.watch.wake(found)
            await asyncio.sleep(self._parts.pace.look_seconds)

    def _looked(self, name: str, look: Look) -> None:
        """Take in how a source is; where nothing is new it has been read."""
        self._sources.looked(name, look)
        if not look.found:
            self._has_read(name)

    def _read(self, name: str, done: Round) -> None:
        """Hear what a round read of a source; called from the threads that read."""
        self._parts.told.read(name, done)
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._has_read, name)

    def _has_read(self, name: str) -> None:
        self._caught_up.add(name)
        self._catches_up.set()

    def _told(self, route: str, outcome: str, words: str) -> None:
        """Say what became of telling a route."""
        self._parts.metrics.told(route, outcome)
        if outcome == "failed" and self._parts.told.sampling.passes(route) is not None:
            self._parts.log.warning("route_failed", route=route, why=words)

    def _committed(self, batch: Committed) -> None:
        """Let metrics hear of a batch, and those who tell what was found in it."""
        self._parts.told.progress.moved()
        self._parts.metering.committed(batch)
        if batch.findings and self._loop is not None:
            self._loop.call_soon_threadsafe(self._running.watch.wake, batch.findings)
        self._records += batch.records

    async def _tick(self, wishes: asyncio.Queue[Wish]) -> None:
        while True:
            now = self._parts.clock()
            await asyncio.to_thread(self._show, now)
            self._parts.notifier.status(self._status())
            if now.date() > self._day:
                self._day = now.date()
                wishes.put_nowait("day")
            await asyncio.sleep(self._parts.pace.tick_seconds)

    def _show(self, now: datetime) -> None:
        """Bring up to date what changes without a record."""
        self._parts.metering.tick(now)
        listed = self._running.loaded.atlases
        if listed is None:
            return
        try:
            state = read_state(listed.directory / listed.upkeep.folder)
        except ProblemsFound as found:
            if self._parts.told.sampling.passes("atlases") is not None:
                self._parts.log.warning("atlases", why=str(found.problems[0]))
            return
        self._parts.metering.kept_atlases(freshness_of(wanted_of(listed), state, listed.upkeep), state)

    def _stuck(self, seconds: float) -> None:
        """Say why the service manager hears nothing any more."""
        if self._parts.told.sampling.passes("stuck") is not None:
            self._parts.log.error("stuck", seconds=round(seconds), says="nothing comes of what is being read")

    @property
    def _alive_seconds(self) -> float:
        """How often it is said: three times in the time after which the service manager gives up."""
        every = self._parts.notifier.watchdog_seconds
        return _ALIVE_SECONDS if every is None else every / 3

    def _stuck_for(self) -> float | None:
        return self._parts.told.progress.stuck_for(is_reading=self._reading.locked())

    def _midnight(self) -> int:
        return int(datetime.combine(self._parts.clock().date(), time(), UTC).timestamp())

    def _status(self) -> str:
        return status_of(self._sources.health, self._records)

    def _health(self) -> Health:
        return health_of(
            self._sources.health, self._records, is_stopping=self._is_stopping, stuck_seconds=self._stuck_for()
        )

    def _readiness(self) -> Health:
        parts, site = self._parts, self._running.loaded.site
        has_atlas = bool(parts.knowledge.atlas_of(site).sources)
        return readiness_of(self._sources.health, parts.ledger.path, has_atlas=has_atlas, is_stopping=self._is_stopping)

    def _finding(self, id_: str, language: str) -> str:
        parts, running = self._parts, self._running
        now, context = int(parts.clock().timestamp()), in_language(running.context, language)
        return evidence_text(alert_of(parts.ledger, running.loaded.site.waivers, context, now, id_))

    def _findings(self, asked: Asked) -> Listed:
        parts, running = self._parts, self._running
        now = int(parts.clock().timestamp())
        return listed(parts.ledger, running.loaded.site.waivers, running.context, now, asked)

    def _portal(self) -> ASGIApp:
        site, host = self._first.site, self._listening.getsockname()[0]
        served = Served(
            site=site.name,
            registry=self._parts.registry,
            health=self._health,
            ready=self._readiness,
            # Asked anew each time: a reload brings others.
            months=lambda: self._running.reports.months(),  # noqa: PLW0108
            page=lambda month, language: self._running.reports.page(month, language),  # noqa: PLW0108
            figures=lambda month: self._running.reports.figures(month),  # noqa: PLW0108
            hosts=(f"[{host}]" if ":" in host else host, *site.listen_names),
            # There is no log-in: what a report says is for who may use this machine.
            shows_reports=ip_address(host).is_loopback,
            finding=self._finding,
            findings=self._findings,
        )
        return portal(served)
