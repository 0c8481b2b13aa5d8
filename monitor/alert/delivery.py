"""Tell a route what it was not told, again and again until it has been told.

Decides when a route is tried: at once when the picture changes, then after a pause that doubles. It always tells from
the newest picture, so that an outage needs no queue. Each route is a part of its own: one that is away delays no other.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

from monitor.alert.picture import LastTold, due, told_as
from monitor.problem import ProblemsFound

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence

    from monitor.alert.picture import Alert, Wants

_PAUSE_SECONDS: Final = 1.0
_LONGEST_PAUSE_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of telling: the ids of the findings that were taken, and what was said; `trouble`: why not all."""

    taken: frozenset[str]
    said: str
    trouble: str | None = None


class Route(Protocol):
    """A way on which findings are told."""

    @property
    def name(self) -> str:
        """Name of the route, the same in each run; it holds no secret."""
        ...

    @property
    def wants(self) -> Wants:
        """What it is told."""
        ...

    async def tell(self, alerts: Sequence[tuple[Alert, str]], now: int) -> Answer:
        """Tell it alerts, each with its state, `continued` when it knew; raises nothing of the network's."""
        ...


@runtime_checkable
class Clearing(Protocol):
    """A route where what was told stays for others to read, and can be taken away."""

    async def clear(self, findings: Sequence[str]) -> Answer:
        """Take away what is there of these findings; raises nothing of the network's."""
        ...


class Memory(Protocol):
    """Where it is kept what a route was told."""

    async def told(self, route: str) -> Mapping[str, LastTold]:
        """What a route was last told, by finding."""
        ...

    async def remember(self, route: str, told: Mapping[str, LastTold]) -> None:
        """Remember what it was told."""
        ...

    async def gone(self, route: str) -> Sequence[str]:
        """Ids of the findings that it was told and that were deleted since."""
        ...

    async def forget(self, route: str, findings: Collection[str]) -> None:
        """What it kept of these is cleared."""
        ...


@dataclass
class Delivery:
    """Tells one route. `clock`: wall clock in seconds; `outcome`: called with route, `told` or `failed`, and words."""

    route: Route
    memory: Memory
    clock: Callable[[], float]
    outcome: Callable[[str, str, str], None]
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    _picture: dict[str, Alert] = field(default_factory=dict)
    _is_new: asyncio.Event = field(default_factory=asyncio.Event)
    _is_whole: bool = False
    _unkept: dict[str, LastTold] = field(default_factory=dict)

    def offer(self, picture: Iterable[Alert], *, is_whole: bool) -> None:
        """Take the newest picture, or a part of it that is newer; never waits."""
        newer = {alert.finding.id: alert for alert in picture}
        self._picture = newer if is_whole else {**self._picture, **newer}
        self._is_whole |= is_whole
        self._is_new.set()

    async def run(self) -> None:
        """Tell until cancelled."""
        told = await self._remembered()
        seconds = _PAUSE_SECONDS
        while True:
            await self._is_new.wait()
            self._is_new.clear()
            while not await self.tell_once(told):
                await self.pause(seconds)
                seconds = min(seconds * 2, _LONGEST_PAUSE_SECONDS)
            seconds = _PAUSE_SECONDS
            if self._is_whole:
                self._is_whole = False
                await self.clear_once(told)

    async def clear_once(self, told: dict[str, LastTold]) -> None:
        """Have cleared what lies there of findings that were deleted; what fails is tried with the next picture."""
        if not isinstance(self.route, Clearing):
            return
        try:
            gone = await self.memory.gone(self.route.name)
            if not gone:
                return
            answer = await self.route.clear(gone)
            await self.memory.forget(self.route.name, answer.taken)
        except ProblemsFound as found:
            self.outcome(self.route.name, "failed", str(found))
            return
        for id_ in answer.taken:
            told.pop(id_, None)
        if answer.trouble is not None:
            self.outcome(self.route.name, "failed", answer.trouble)

    async def tell_once(self, told: dict[str, LastTold]) -> bool:
        """Tell what is due by the newest picture; whether all of it was taken."""
        route, now = self.route, int(self.clock())
        alerts = due(self._picture.values(), told, route.wants, now)
        if not alerts:
            return await self._keep({})
        # News first: a route that takes some at a time is not told the old before the new.
        alerts.sort(key=lambda alert: alert.finding.id in told)
        states = {alert.finding.id: LastTold(told_as(alert, route.wants), alert.opened_at, now) for alert in alerts}
        answer = await route.tell(
            [(alert, _spoken(told.get(alert.finding.id), states[alert.finding.id])) for alert in alerts], now
        )
        taken = {id_: state for id_, state in states.items() if id_ in answer.taken}
        changed = {id_: new for id_, new in taken.items() if self._is_kept(told.get(id_), new)}
        told.update(taken)
        self.outcome(route.name, "failed" if answer.trouble else "told", answer.trouble or answer.said)
        return await self._keep(changed) and answer.trouble is None

    async def _remembered(self) -> dict[str, LastTold]:
        """What it was told before, remembered or not yet; a ledger that is busy is asked again."""
        while True:
            try:
                return {**await self.memory.told(self.route.name), **self._unkept}
            except ProblemsFound as found:
                self.outcome(self.route.name, "failed", str(found))
                await self.pause(_LONGEST_PAUSE_SECONDS)

    async def _keep(self, changed: Mapping[str, LastTold]) -> bool:
        """Remember what was told, with what could not be remembered before."""
        self._unkept.update(changed)
        if not self._unkept:
            return True
        try:
            await self.memory.remember(self.route.name, self._unkept)
        except ProblemsFound as found:
            self.outcome(self.route.name, "failed", str(found))
            return False
        self._unkept = {}
        return True

    def _is_kept(self, last: LastTold | None, new: LastTold) -> bool:
        """A repetition each minute is not worth a transaction; after a restart it is repeated anyway."""
        again = self.route.wants.again_seconds
        return not _is_same(last, new) or (again is not None and again > _LONGEST_PAUSE_SECONDS)


def _is_same(last: LastTold | None, new: LastTold) -> bool:
    return last is not None and (last.state, last.opened_at) == (new.state, new.opened_at)


def _spoken(last: LastTold | None, new: LastTold) -> str:
    """The state as a route is told it: `continued` when it is told what it knows."""
    return "continued" if new.state in {"open", "waived"} and _is_same(last, new) else new.state


@dataclass
class Watch:
    """Makes the picture: whole each minute, and of what was just found when it is woken; `look` reads what is kept.

    `pictured` hears of all that is known after each look.
    What is seen to be open and is found again is no news: it waits for the whole picture, so that a batch in which
    hundreds of open findings go on costs no reading of them. `now`: wall clock, seconds since 1970.
    """

    look: Callable[[Collection[str] | None], Awaitable[tuple[Alert, ...]]]
    deliveries: tuple[Delivery, ...]
    outcome: Callable[[str, str, str], None]
    now: Callable[[], float]
    every_seconds: float = 60.0
    clock: Callable[[], float] = time.monotonic
    pictured: Callable[[Collection[Alert]], None] | None = None
    _picture: dict[str, Alert] = field(default_factory=dict)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _found: set[str] = field(default_factory=set)
    _meanwhile: dict[str, Alert] = field(default_factory=dict)

    def wake(self, findings: Iterable[str]) -> None:
        """These were just found; called from the loop's own thread, never waits."""
        now = self.now()
        news = [each for each in findings if self._open_until(each) <= now]
        if news:
            self._found.update(news)
            self._woken.set()

    def _open_until(self, finding: str) -> int:
        """Until when a finding is open, as far as is known; 0 where it is not."""
        alert = self._picture.get(finding)
        return (alert.finding.resolves_at or 0) if alert is not None and alert.opened_at else 0

    async def run(self) -> None:
        """Look until cancelled; news do not wait for the whole picture, which takes a while where much is open."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._look_at_all(), name="all findings")
            tasks.create_task(self._look_at_news(), name="new findings")

    async def _look_at_all(self) -> None:
        while True:
            again_at = self.clock() + self.every_seconds
            self._meanwhile.clear()
            picture = await self._seen(None)
            if picture is not None:
                # What was looked at since this look began is newer than it.
                self._offer({alert.finding.id: alert for alert in picture} | self._meanwhile, is_whole=True)
            await asyncio.sleep(max(again_at - self.clock(), 0))

    async def _look_at_news(self) -> None:
        while True:
            await self._woken.wait()
            self._woken.clear()
            asked = frozenset(self._found)
            self._found.clear()
            picture = await self._seen(asked)
            if picture is not None:
                news = {alert.finding.id: alert for alert in picture}
                self._meanwhile.update(news)
                self._offer(news, is_whole=False)

    async def _seen(self, asked: Collection[str] | None) -> tuple[Alert, ...] | None:
        """What is kept of these findings, or of all; None where it cannot be read, which is told."""
        try:
            return await self.look(asked)
        except ProblemsFound as found:
            self.outcome("ledger", "failed", str(found))
            return None

    def _offer(self, picture: Mapping[str, Alert], *, is_whole: bool) -> None:
        """Hand it on, and say what is known by now."""
        for delivery in self.deliveries:
            delivery.offer(picture.values(), is_whole=is_whole)
        self._picture = dict(picture) if is_whole else {**self._picture, **picture}
        if self.pictured is not None:
            self.pictured(self._picture.values())
