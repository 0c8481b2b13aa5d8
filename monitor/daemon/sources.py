"""How each source is: looked at, absent, failing; and that one which fails begins again without ending the others.

Decides the pause before a source that failed is tried again, and what a person is told of it. A ledger that fails is
not the source's fault and ends the daemon: without it nothing can be kept once.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Literal

from monitor.ledger.store import LedgerError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable
    from typing import TypeAlias

    from monitor.daemon.logs import Log
    from monitor.following import Look
    from monitor.metrics.counters import Metrics

    State: TypeAlias = Literal["starting", "following", "absent", "failing"]

_LONGEST: Final = 300


@dataclass(frozen=True, slots=True)
class BackOff:
    """Pauses before a new try: they double, and begin anew when a try lasted long enough."""

    first_seconds: float = 1
    longest_seconds: float = 60
    calm_after_seconds: float = 300

    def after(self, pause: float | None, lasted: float) -> float:
        """The next pause; `pause`: the last one, `lasted`: how long the try went well."""
        if pause is None or lasted >= self.calm_after_seconds:
            return self.first_seconds
        return min(2 * pause, self.longest_seconds)


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """How a source is: `absent`, its folder is not there or its store does not answer; `failing`, reading it failed.

    `looked`: it was looked at since the daemon began. `says`: why it is not well.
    """

    state: State = "starting"
    says: str = ""
    looked: bool = False
    restarts: int = 0

    @property
    def told(self) -> str:
        """In a line."""
        return f"{self.state}: {self.says}" if self.says else self.state


@dataclass(slots=True)
class Sources:
    """The health of all sources by name; only the event loop changes it, whoever reads it sees whole values."""

    metrics: Metrics
    log: Log
    back_off: BackOff = field(default_factory=BackOff)
    health: dict[str, SourceHealth] = field(default_factory=dict)

    def are(self, names: Iterable[str]) -> None:
        """Take these as the sources of the site; what is known of one that stays is kept."""
        self.health = {name: self.health.get(name, SourceHealth()) for name in names}
        self.metrics.sources_are(self.health)
        for name, health in self.health.items():
            self.metrics.source_up(name, is_up=health.state == "following")

    def looked(self, name: str, look: Look) -> None:
        """Take in what a look at one source says of it."""
        why = next(iter({**look.absent, **look.problems}.values()), "")
        self._change(name, "absent" if why else "following", why, looked=True)

    async def keep_going(self, name: str, follow: Callable[[], Awaitable[None]]) -> None:
        """Follow a source until cancelled; when it fails, again after a pause.

        Raises:
            LedgerError: the ledger failed.
        """
        loop = asyncio.get_running_loop()
        pause: float | None = None
        while True:
            began = loop.time()
            try:
                await follow()
            except Exception as error:  # noqa: BLE001 - whatever it is, the other sources go on
                first = first_of(error)
                if isinstance(first, LedgerError):
                    raise first from None
                pause = self.back_off.after(pause, loop.time() - began)
                self._failed(name, first, pause)
                await asyncio.sleep(pause)

    def _failed(self, name: str, error: Exception, pause: float) -> None:
        self.log.error("source_failed", source=name, again_in_seconds=pause, exc_info=error)
        self.metrics.source_restarted(name)
        restarts = self.health[name].restarts + 1
        # What an unforeseen error says may repeat a record; its kind does not.
        self.health[name] = replace(self.health[name], restarts=restarts)
        self._change(name, "failing", f"{type(error).__name__}; it is tried again after {pause:g} s")

    def _change(self, name: str, state: State, says: str, *, looked: bool = False) -> None:
        before = self.health[name]
        after = replace(before, state=state, says=says[:_LONGEST], looked=before.looked or looked)
        if after == before:
            return
        self.health[name] = after
        self.metrics.source_up(name, is_up=state == "following")
        if state != before.state:
            tell = self.log.info if state == "following" else self.log.warning
            tell("source", source=name, state=state, **({"why": after.says} if after.says else {}))


def first_of(error: Exception) -> Exception:
    """The failure of the ledger in a group of failures, else the first that is no group itself."""
    if not isinstance(error, ExceptionGroup):
        return error
    of_ledger = error.subgroup(LedgerError)
    inner = (of_ledger or error).exceptions[0]
    return first_of(inner)
