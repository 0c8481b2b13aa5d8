"""A batch and what rules find of it are written at once, however often another process is quicker."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from monitor.ledger.rules_held import HeldElsewhereError
from monitor.watched import Found, write_watched

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.kept import Sums
    from monitor.pipeline import Judged


@dataclass(slots=True)
class _Rules:
    """Rules that count how often they are asked."""

    told: list[str] = field(default_factory=list)

    def candidates(self, judged: Judged) -> pl.DataFrame:
        del judged
        return pl.DataFrame()

    def found(self, parts: Sequence[tuple[pl.DataFrame, Sums]]) -> Found:
        self.told.append(f"asked of {len(parts)}")
        return Found(dropped=len(self.told))

    def written(self) -> None:
        self.told.append("written")

    def resume(self) -> None:
        self.told.append("resumed")


def test_what_is_written_is_remembered() -> None:
    """After the fact."""
    rules = _Rules()

    assert write_watched(rules, [], lambda found: found.dropped) == (1, Found(dropped=1))
    assert rules.told == ["asked of 0", "written"]


def test_rules_are_asked_again_when_another_process_was_quicker() -> None:
    """With what the ledger remembers by then."""
    rules = _Rules()

    def write(found: Found) -> int:
        if found.dropped == 1:
            raise HeldElsewhereError
        return found.dropped

    assert write_watched(rules, [], write) == (3, Found(dropped=3))
    assert rules.told == ["asked of 0", "resumed", "asked of 0", "written"]


def test_without_rules_nothing_is_found() -> None:
    """And all is written."""
    assert write_watched(None, [], lambda found: (found.frames, found.ids)) == ((None, ()), Found())
