"""Telling a route until it has been told; real receivers are asked in tests/services."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from monitor.alert.delivery import Answer, Delivery, Watch
from monitor.alert.picture import LastTold, Wants
from monitor.problem import Problem, ProblemsFound
from tests.monitor.alert.matches import NOW_SECONDS
from tests.monitor.alert.pictures import alert

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from monitor.alert.picture import Alert


@dataclass
class Receiver:
    """A route that is away so many times, and what it heard."""

    away: int = 0
    heard: list[str] = field(default_factory=list)
    name: str = "receiver"
    wants: Wants = field(default_factory=lambda: Wants("low", again_seconds=None))

    async def tell(self, alerts: Sequence[tuple[Alert, str]], now: int) -> Answer:
        """Take them, or nothing while away."""
        del now
        if self.away:
            self.away -= 1
            return Answer(frozenset(), "", "away")
        self.heard += [state for _, state in alerts]
        return Answer(frozenset(each.finding.id for each, _ in alerts), "taken")


@dataclass
class Kept:
    """A memory that is a dictionary."""

    held: dict[str, LastTold] = field(default_factory=dict)
    deleted: list[str] = field(default_factory=list)

    async def told(self, route: str) -> Mapping[str, LastTold]:
        """All of it."""
        del route
        return dict(self.held)

    async def remember(self, route: str, told: Mapping[str, LastTold]) -> None:
        """Keep it."""
        del route
        self.held.update(told)

    async def gone(self, route: str) -> Sequence[str]:
        """Those that are deleted."""
        del route
        return list(self.deleted)

    async def forget(self, route: str, findings: Collection[str]) -> None:
        """Clear them."""
        del route
        self.deleted = [each for each in self.deleted if each not in findings]


@dataclass
class Busy(Kept):
    """A memory that cannot be written the first time."""

    is_busy: bool = True

    async def remember(self, route: str, told: Mapping[str, LastTold]) -> None:
        """Keep it, but for the first time."""
        if self.is_busy:
            self.is_busy = False
            raise ProblemsFound([Problem("ledger.db", 0, 0, "", "another process has held it for a minute.")])
        await super().remember(route, told)


@dataclass
class Board(Receiver):
    """A route where what was told stays to be read."""

    cleared: list[str] = field(default_factory=list)

    async def clear(self, findings: Sequence[str]) -> Answer:
        """Take the first away, if anybody is there."""
        if self.away:
            return Answer(frozenset(), "", "away")
        self.cleared += findings[:1]
        return Answer(frozenset(findings[:1]), "cleared")


def _told(receiver: Receiver, memory: Kept, times: int = 1) -> list[bool]:
    """Whether all was taken, each time that it was tried."""
    delivery = Delivery(receiver, memory, lambda: NOW_SECONDS, lambda *_: None)
    delivery.offer([alert()], is_whole=True)

    async def tell() -> list[bool]:
        told = dict(await memory.told(receiver.name))
        return [await delivery.tell_once(told) for _ in range(times)]

    return asyncio.run(tell())


def test_what_was_taken_is_not_told_twice() -> None:
    """A route that wants no repetition hears of an open finding once."""
    receiver = Receiver()

    assert (_told(receiver, Kept(), times=2), receiver.heard) == ([True, True], ["open"])


def test_an_outage_loses_nothing() -> None:
    """It is told when the route is back, from the same picture."""
    receiver = Receiver(away=2)

    assert (_told(receiver, Kept(), times=3), receiver.heard) == ([False, False, True], ["open"])


def test_a_restart_tells_nothing_again() -> None:
    """What it was told is remembered."""
    memory = Kept()
    first, second = Receiver(), Receiver()
    _told(first, memory)
    _told(second, memory)

    assert (first.heard, second.heard) == (["open"], [])


def test_what_was_told_and_could_not_be_remembered_is_not_told_again_on_another_day() -> None:
    """Telling is ended and begun anew at midnight; a ledger that is busy is asked again then."""
    receiver, memory = Receiver(), Busy()
    delivery = Delivery(receiver, memory, lambda: NOW_SECONDS, lambda *_: None)

    async def days() -> None:
        for _ in range(2):
            delivery.offer([alert()], is_whole=True)
            with suppress(TimeoutError):
                async with asyncio.timeout(0.05):
                    await delivery.run()

    asyncio.run(days())

    assert (receiver.heard, len(memory.held)) == (["open"], 1)


def _cleared(receiver: Receiver, memory: Kept, times: int) -> list[str]:
    """Outcomes of clearing."""
    outcomes: list[str] = []
    delivery = Delivery(receiver, memory, lambda: NOW_SECONDS, lambda _, outcome, __: outcomes.append(outcome))
    told = {"f-a": LastTold("resolved", 1, 1)}

    async def clear() -> None:
        for _ in range(times):
            await delivery.clear_once(told)

    asyncio.run(clear())
    return outcomes


def test_what_was_deleted_is_cleared_where_it_can_be_read() -> None:
    """Until nothing is left; what was not taken is tried again."""
    memory, board = Kept(deleted=["f-a", "f-b"]), Board()
    outcomes = _cleared(board, memory, times=3)

    assert (board.cleared, memory.deleted, outcomes) == (["f-a", "f-b"], [], [])


def test_a_board_that_is_away_is_cleared_later() -> None:
    """It is still to be done."""
    memory = Kept(deleted=["f-a"])

    assert (_cleared(Board(away=1), memory, times=1), memory.deleted) == (["failed"], ["f-a"])


def test_a_route_that_only_sends_clears_nothing() -> None:
    """A mail cannot be taken back."""
    memory = Kept(deleted=["f-a"])

    assert (_cleared(Receiver(), memory, times=1), memory.deleted) == ([], ["f-a"])


def _looks(*wakes: tuple[int, str]) -> list[set[str] | None]:
    """What a watch looks at, None for everything, when it is woken at these instants of the wall clock for an id."""
    known = alert()
    at = {"now": NOW_SECONDS}
    looks: list[set[str] | None] = []

    async def look(ids: Collection[str] | None) -> tuple[Alert, ...]:
        looks.append(None if ids is None else set(ids))
        return (known,) if ids is None or known.finding.id in ids else ()

    async def run() -> None:
        watch = Watch(look, (), lambda *_: None, now=lambda: at["now"])
        async with asyncio.TaskGroup() as group:
            task = group.create_task(watch.run())
            for now, ids in ((NOW_SECONDS, []), *((now, [id_]) for now, id_ in wakes)):
                at["now"] = now
                watch.wake(ids)
                for _ in range(5):
                    await asyncio.sleep(0)
            task.cancel()

    asyncio.run(run())
    return looks


def test_what_was_just_found_is_looked_at_at_once() -> None:
    """And it alone."""
    assert _looks((NOW_SECONDS, "f-new")) == [None, {"f-new"}]


def test_what_is_open_and_goes_on_waits_for_the_whole_picture() -> None:
    """A batch in which hundreds of findings go on costs no reading of them."""
    assert _looks((NOW_SECONDS + 1, alert().finding.id)) == [None]


def test_what_has_ended_and_comes_back_is_looked_at_at_once() -> None:
    """It opens anew."""
    ended = alert().finding.resolves_at or 0

    assert _looks((ended, alert().finding.id)) == [None, {alert().finding.id}]


def test_what_is_found_while_the_whole_is_read_is_told_at_once_and_stays() -> None:
    """The whole picture was begun before it."""
    known, is_told = alert(), asyncio.Event()
    receiver = Receiver()

    async def look(ids: Collection[str] | None) -> tuple[Alert, ...]:
        if ids is not None:
            return (known,)
        await is_told.wait()
        return ()

    async def run() -> list[str]:
        delivery = Delivery(receiver, Kept(), lambda: NOW_SECONDS, lambda *_: is_told.set())
        watch = Watch(look, (delivery,), lambda *_: None, now=lambda: NOW_SECONDS)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(run) for run in (watch.run(), delivery.run())]
            watch.wake([known.finding.id])
            await is_told.wait()
            for _ in range(5):
                await asyncio.sleep(0)
            for task in tasks:
                task.cancel()
        return list(delivery._picture)

    assert (asyncio.run(run()), receiver.heard) == ([known.finding.id], ["open"])
