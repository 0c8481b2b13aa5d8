"""Days of the sample hospital in accelerated time, through the parts that `run` is made of, and who was told what.

The logs grow as the hours of the world pass, rules and routes see the wall clock of that world, and a route that is
told as Alertmanager is notes every alert. Nothing sleeps. Decides the beat: logs grow by the hour (flow logs are
delivered later than that in life), posture, coverage and routes are seen to every ten minutes.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from monitor.alert.delivery import Answer, Delivery
from monitor.alert.picture import Wants
from monitor.alerting import KeptMemory, Look, context_of, life_of
from monitor.app import build_pipeline, build_writer, open_site, rules_of
from monitor.following import following_of
from monitor.keeping import Keeping
from monitor.ledger.store import open_ledger
from monitor.replay import Replay
from monitor.sums import Summation
from monitor.watching import Watching

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from monitor.alert.picture import Alert, LastTold
    from monitor.app import Knowledge

BEAT: Final = timedelta(minutes=10)
_GROWS_EVERY: Final = timedelta(hours=1)
_AGAIN_SECONDS: Final = 55


@dataclass(frozen=True, slots=True)
class Told:
    """An alert that woke somebody: rule, system, operator and country of the place; `at` in seconds since 1970."""

    key: tuple[str, str | None, str | None, str | None]
    at: int


@dataclass
class Recorder:
    """A route that takes all it is told, and keeps what is new to whoever is on call."""

    told: list[Told] = field(default_factory=list)
    name: str = "recorder"
    wants: Wants = field(default_factory=lambda: Wants("low", again_seconds=_AGAIN_SECONDS))

    async def tell(self, alerts: Sequence[tuple[Alert, str]], now: int) -> Answer:
        """Take them."""
        for alert, state in alerts:
            if state == "open":
                found = alert.finding
                self.told.append(Told((found.rule, found.system, found.operator, found.place_country), now))
        return Answer(frozenset(alert.finding.id for alert, _ in alerts), "taken")


@dataclass(frozen=True, slots=True)
class Accelerated:
    """What came of some days; `told`: every new alert. `open_at_midnight`: keys that were open as each day ended."""

    told: Sequence[Told]
    open_at_midnight: Sequence[frozenset[tuple[str, str | None, str | None, str | None]]]
    records: int


def accelerated(
    config: Path, knowledge: Knowledge, start: datetime, days: int, grow: Callable[[datetime], object]
) -> Accelerated:
    """Run a site through some days; `grow` appends to its logs what is written by an instant."""
    return asyncio.run(_run(config, knowledge, start, days, grow))


async def _run(
    config: Path, knowledge: Knowledge, start: datetime, days: int, grow: Callable[[datetime], object]
) -> Accelerated:
    site = open_site(config, knowledge.operators)
    instant = [start]

    def clock() -> float:
        return instant[0].timestamp()

    assert site.ledger is not None
    rules, recorder, records = rules_of(site), Recorder(), 0
    at_midnight = []
    with open_ledger(site.ledger, create=True) as ledger:
        writer = build_writer(site, knowledge, ledger, int(start.timestamp()))
        pipeline = build_pipeline(site, knowledge)
        watching = Watching.of(rules, ledger, life_of(site), clock)
        keeping = Keeping(Replay(pipeline, Summation.of(site)), writer, reads_on=True, watches=watching)
        following = following_of(site, keeping)
        look = Look(ledger, site.waivers, context_of(site, knowledge, rules.about), clock, (recorder.name,))
        delivery = Delivery(recorder, KeptMemory(ledger), clock, lambda *_: None)
        memory: dict[str, LastTold] = {}
        beats_of_a_day = timedelta(days=1) // BEAT
        records += following.step().tally.records
        for beat in range(1, days * beats_of_a_day + 1):
            instant[0] = start + beat * BEAT
            if (instant[0] - start) % _GROWS_EVERY == timedelta():
                grow(instant[0])
                records += following.step().tally.records
            watching.look(site, pipeline, writer, instant[0].astimezone(UTC))
            picture = await look(None)
            delivery.offer(picture, is_whole=True)
            await delivery.tell_once(memory)
            if not beat % beats_of_a_day:
                at_midnight.append(frozenset(_key(alert) for alert in picture if alert.state == "open"))
    return Accelerated(tuple(recorder.told), tuple(at_midnight), records)


def _key(alert: Alert) -> tuple[str, str | None, str | None, str | None]:
    found = alert.finding
    return (found.rule, found.system, found.operator, found.place_country)
