"""The world in memory: flow logs as AWS delivers them, the site's own files, and the truth.

The same seed, first day, number of days and scale give the same octets; no clock is read. A day is the same in every
span that holds it. A span of months is written by `history`, which holds a day at a time and no truth.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

import polars as pl

from monitor.world.delivery import deliveries
from monitor.world.scenario import stated_for
from monitor.world.site import site_files, write_site
from monitor.world.traffic import exchanges_by_day
from monitor.world.truth import truth

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

DEFAULT_START: Final = date(2026, 10, 5)
DEFAULT_DAYS: Final = 7


@dataclass(frozen=True, slots=True)
class LogFile:
    """One delivered file: path below the site's directory, and its octets as they lie on the disk."""

    path: str
    content: bytes


@dataclass(frozen=True, slots=True)
class World:
    """Log files in the order of their paths, the site's files by name, and the truth: one row a line, in that order."""

    files: tuple[LogFile, ...]
    site: Mapping[str, str]
    truth: pl.DataFrame


def generate(seed: int, start: date = DEFAULT_START, days: int = DEFAULT_DAYS, scale: float = 1.0) -> World:
    """The world of `days` days from `start`; `scale` multiplies how often things happen, each at least once a week.

    Raises:
        ValueError: days outside those that the scenario's register and law are stated for.
    """
    stated_for(start, days)
    parts, files = [], []
    for file in deliveries(seed, pl.concat(exchanges_by_day(seed, start, days, scale))):
        files.append(LogFile(file.path, file.content()))
        first = 1 + file.header.count("\n")
        numbers = pl.int_range(first, first + pl.len(), dtype=pl.Int64)
        parts.append(file.lines.with_columns(pl.lit(file.path).alias("file"), numbers.alias("line")))
    return World(tuple(files), site_files(), truth(pl.concat(parts)))


def write_world(world: World, directory: Path) -> None:
    """Write the site's files and the logs below `directory`; existing files of the same name are replaced."""
    write_site(world.site, directory)
    for file in world.files:
        (directory / file.path).parent.mkdir(parents=True, exist_ok=True)
        (directory / file.path).write_bytes(file.content)
