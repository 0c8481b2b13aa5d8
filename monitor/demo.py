"""The whole thing on embedded defaults: make a sample hospital's week of logs, judge it, say what to look at."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from monitor.world.generate import generate, write_world

if TYPE_CHECKING:
    from datetime import date

SEED: Final = 2020


@dataclass(frozen=True, slots=True)
class DemoSite:
    """Where the sample site lies, and how much it is."""

    directory: Path
    config: Path
    logs: Path
    files: int
    first_day: date


def make_demo_site(directory: Path, seed: int = SEED) -> DemoSite:
    """Write the sample site below `directory`; the same seed gives the same octets."""
    world = generate(seed)
    write_world(world, directory)
    first = world.truth["start_time"].drop_nulls().min()
    return DemoSite(directory, directory / "transferwatch.yaml", directory / "flow-logs", len(world.files), first.date())  # type: ignore[union-attr]  # a time
