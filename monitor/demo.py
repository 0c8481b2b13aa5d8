"""The whole thing on embedded defaults: make a sample hospital's week of logs, judge it, say what to look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from monitor.world.generate import generate, write_world

if TYPE_CHECKING:
    from datetime import date, datetime
    from pathlib import Path

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
    first = cast("datetime", world.truth["start_time"].drop_nulls().min())
    return DemoSite(
        directory=directory,
        config=directory / "transferwatch.yaml",
        logs=directory / "flow-logs",
        files=len(world.files),
        first_day=first.date(),
    )
