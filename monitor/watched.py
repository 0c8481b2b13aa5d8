"""What rules find of a batch, written with it: the seam between what keeps batches and what watches them.

Decides that both are written at once or neither, as often as another process makes the rules remember more meanwhile.
Refuses to know any rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from monitor.ledger.rules_held import HeldElsewhereError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import polars as pl

    from monitor.alert.findings import Seen
    from monitor.kept import Sums
    from monitor.ledger.rules_held import Held
    from monitor.pipeline import Judged

_Written = TypeVar("_Written")


@dataclass(frozen=True, slots=True)
class Found:
    """What rules find of a batch: null where nothing; `held`: what they remember of it, null where nothing new.

    `dropped`: matches that a correlation had no room for.
    """

    seen: Seen | None = None
    held: Held | None = None
    dropped: int = 0

    @property
    def frames(self) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame] | None:
        """The findings as the ledger takes them."""
        return None if self.seen is None else self.seen.frames

    @property
    def ids(self) -> tuple[str, ...]:
        """Of the findings."""
        return () if self.seen is None else tuple(self.seen.findings["finding"])


class Watches(Protocol):
    """What rules say of what is judged."""

    def candidates(self, judged: Judged) -> pl.DataFrame:
        """The rows of a part of which a rule may hold."""
        ...

    def found(self, parts: Sequence[tuple[pl.DataFrame, Sums]]) -> Found:
        """What rules find of the parts of a batch that is about to be written; nothing is remembered yet."""
        ...

    def written(self) -> None:
        """What was just found is in the ledger: remember it."""
        ...

    def resume(self) -> None:
        """Begin anew with what the ledger remembers: another process has added to it."""
        ...


def write_watched(
    watches: Watches | None, parts: Sequence[tuple[pl.DataFrame, Sums]], write: Callable[[Found], _Written]
) -> tuple[_Written, Found]:
    """Write a batch with what rules find of its parts; `write` is asked again where they remember more by then."""
    if watches is None:
        nothing = Found()
        return write(nothing), nothing
    while True:
        found = watches.found(parts)
        try:
            written = write(found)
        except HeldElsewhereError:
            watches.resume()
            continue
        watches.written()
        return written, found
