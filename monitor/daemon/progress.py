"""Tell whether reading goes on: a daemon whose loop turns while nothing is judged any more is not alive.

Decides how long nothing may come of what is being read. Long enough that no honest work is taken for none: the largest
piece, a ledger that another process holds, the hours of a year that are closed after a back-log. Refuses to know why;
whoever keeps time asks often, also while nothing is read, so that a pause is no standstill.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

STUCK_AFTER_SECONDS: Final = 1_800.0


@dataclass(slots=True)
class Progress:
    """When something was last decoded, committed or looked through. `clock`: seconds that never go back."""

    clock: Callable[[], float] = time.monotonic
    stuck_after_seconds: float = STUCK_AFTER_SECONDS
    _moved_at: float = field(init=False)

    def __post_init__(self) -> None:
        """Begin now."""
        self._moved_at = self.clock()

    def moved(self) -> None:
        """Something came of what is being read; called from any thread."""
        self._moved_at = self.clock()

    def stuck_for(self, *, is_reading: bool) -> float | None:
        """Seconds without any progress, once they are too many; null else, and while nothing is read."""
        if not is_reading:
            self.moved()
            return None
        seconds = self.clock() - self._moved_at
        return seconds if seconds > self.stuck_after_seconds else None


async def tell_alive(
    alive: Callable[[], None],
    stuck_for: Callable[[], float | None],
    stuck: Callable[[float], None],
    every_seconds: float,
) -> None:
    """Say that the daemon is `alive`, again and again until cancelled; while it is stuck, say that instead."""
    while True:
        seconds = stuck_for()
        if seconds is None:
            alive()
        else:
            stuck(seconds)
        await asyncio.sleep(every_seconds)
