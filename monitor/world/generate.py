"""The world as files: flow logs as AWS delivers them, the site's own files, and the truth.

The same seed, first day, number of days and scale give the same octets; no clock is read.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final

import polars as pl

from monitor.world.lines import CORE_FIELDS, PORTAL_FIELDS, lines, texts
from monitor.world.scenario import ACCOUNT, FIRST_DAY, LAST_DAY, REGION
from monitor.world.site import site_files
from monitor.world.traffic import exchanges
from monitor.world.truth import truth

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

DEFAULT_START: Final = date(2026, 10, 5)
DEFAULT_DAYS: Final = 7
_SLOT_SECONDS: Final = 6 * 3_600
_FLOW_LOG_IDS: Final = {"core": "fl-0c0de5aa0c0de5aa0", "portal": "fl-0ab1e2bb0ab1e2bb0"}
_FORMATS: Final = {"core": CORE_FIELDS, "portal": PORTAL_FIELDS}
_HEADERS: Final = {"core": CORE_FIELDS + "\n", "portal": ""}
_PLAIN_EVERY: Final = 4
_COMPRESSION: Final = 5


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


def _path(seed: int, vpc: str, slot: int) -> str:
    opened = datetime.fromtimestamp(slot * _SLOT_SECONDS, tz=UTC)
    mark = sha256(f"{seed} {vpc} {slot}".encode()).hexdigest()[:8]
    name = f"{ACCOUNT}_vpcflowlogs_{REGION}_{_FLOW_LOG_IDS[vpc]}_{opened:%Y%m%dT%H%MZ}_{mark}.log"
    return f"flow-logs/{vpc}/{name}" + ("" if slot % _PLAIN_EVERY == 0 else ".gz")


def _content(path: str, vpc: str, part: pl.DataFrame) -> bytes:
    text = (_HEADERS[vpc] + "\n".join(texts(part, _FORMATS[vpc])) + "\n").encode()
    return gzip.compress(text, compresslevel=_COMPRESSION, mtime=0) if path.endswith(".gz") else text


def generate(seed: int, start: date = DEFAULT_START, days: int = DEFAULT_DAYS, scale: float = 1.0) -> World:
    """The world of `days` days from `start`; `scale` multiplies how often things happen, each of them at least once.

    Raises:
        ValueError: days outside those that the scenario's register and law are stated for.
    """
    if days < 1 or start < FIRST_DAY or start + timedelta(days=days - 1) > LAST_DAY:
        message = f"the scenario is stated for {FIRST_DAY} to {LAST_DAY}"
        raise ValueError(message)
    written = lines(exchanges(seed, start, days, scale)).with_columns(slot=pl.col("end") // _SLOT_SECONDS)
    written = written.sort("vpc", "slot", "end", "order", "report")
    parts, files = [], []
    for (vpc, slot), part in written.partition_by("vpc", "slot", as_dict=True, maintain_order=True).items():
        path = _path(seed, str(vpc), int(slot))
        files.append(LogFile(path, _content(path, str(vpc), part)))
        first = 1 + _HEADERS[str(vpc)].count("\n")
        parts.append(
            part.with_columns(
                pl.lit(path).alias("file"), pl.int_range(first, first + pl.len(), dtype=pl.Int64).alias("line")
            )
        )
    return World(tuple(files), site_files(), truth(pl.concat(parts)))


def write_world(world: World, directory: Path) -> None:
    """Write the site's files and the logs below `directory`; existing files of the same name are replaced."""
    for name, text in world.site.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text, encoding="utf-8")
    for file in world.files:
        (directory / file.path).parent.mkdir(parents=True, exist_ok=True)
        (directory / file.path).write_bytes(file.content)
