"""A watch over a ledger with its deliveries, run as the daemon runs them; the test is the wall clock."""

from __future__ import annotations

import asyncio
import math
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from monitor.alert.delivery import Delivery, Watch
from monitor.alert.findings import finding_id
from monitor.alert.picture import picture_of
from monitor.alert.text import Context, Firsts, Ours
from monitor.alert.waivers import Waivers
from monitor.alerting import KeptMemory, all_findings
from monitor.ledger.store import open_ledger
from tests.monitor.alert.kept import add
from tests.monitor.alert.matches import frame, match

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection
    from pathlib import Path

    from monitor.alert.delivery import Route
from monitor.alert.picture import Alert

CONTEXT: Final = Context("paris-1", systems={"warehouse": Ours(team="data")}, portal_url="https://portal.example.org")
ALL: Final = tuple(
    finding_id(("health_to_uncovered_country", system, "aws", "US", "US")) for system in ("warehouse", "archive")
)
_DEADLINE_SECONDS: Final = 20.0


@dataclass
class Teller:
    """Tells routes what a ledger holds; `now` is the wall clock in seconds."""

    path: Path
    waivers: Waivers = field(default_factory=Waivers)
    now: int = field(default_factory=lambda: time.time_ns() // 1_000_000_000)
    outcomes: list[tuple[str, str, str]] = field(default_factory=list)

    @asynccontextmanager
    async def telling(self, *routes: Route) -> AsyncIterator[Watch]:
        """Run a watch and a delivery to each route; they are gone afterwards, and the ledger closed."""
        with open_ledger(f"sqlite:///{self.path}", create=True) as self._ledger:
            memory = KeptMemory(self._ledger)
            deliveries = tuple(
                Delivery(route, memory, lambda: self.now, lambda *said: self.outcomes.append(said), _soon)
                for route in routes
            )
            # By its clock nothing is open any more: whenever it is woken, it looks.
            watch = Watch(self._look, deliveries, lambda *said: self.outcomes.append(said), now=lambda: math.inf)
            async with asyncio.TaskGroup() as group:
                runs = [watch.run(), *(delivery.run() for delivery in deliveries)]
                tasks = [group.create_task(run) for run in runs]
                try:
                    yield watch
                finally:
                    for task in tasks:
                        task.cancel()

    def find(self, *, seconds_ago: int = 0, **words: Any) -> None:  # noqa: ANN401 - a cell of any column
        """Something was found just now, in an event of so long ago."""
        at = datetime.fromtimestamp(self.now - seconds_ago, UTC)
        with open_ledger(f"sqlite:///{self.path}", create=True) as ledger:
            add(ledger, frame({**match(**words), "time": at, "first_time": at}), now=self.now)

    async def _look(self, ids: Collection[str] | None) -> tuple[Alert, ...]:
        found = [each for each in all_findings(self._ledger, self.now) if ids is None or each.id in ids]
        return picture_of(found, Firsts(), CONTEXT, self.waivers, self.now)


async def until(condition: Callable[[], bool]) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(_DEADLINE_SECONDS):
        while not await asyncio.to_thread(condition):  # noqa: ASYNC110 - the condition is in another process
            await asyncio.sleep(0.02)


async def _soon(seconds: float) -> None:
    """A pause that does not keep a test waiting."""
    del seconds
    await asyncio.sleep(0.02)
