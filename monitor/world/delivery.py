"""Exchanges -> the log files that they are delivered in, as AWS delivers them.

Decides what a file holds (six hours of one VPC, in the order in which the lines' intervals end), what it is called and
whether it is compressed. Every file lies within one day, so a world may be written day by day.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Final

import polars as pl

from monitor.world.lines import CORE_FIELDS, PORTAL_FIELDS, lines, texts
from monitor.world.scenario import ACCOUNT, REGION

if TYPE_CHECKING:
    from collections.abc import Iterator

_SLOT_SECONDS: Final = 6 * 3_600
_FLOW_LOG_IDS: Final = {"core": "fl-0c0de5aa0c0de5aa0", "portal": "fl-0ab1e2bb0ab1e2bb0"}
_FORMATS: Final = {"core": CORE_FIELDS, "portal": PORTAL_FIELDS}
_HEADERS: Final = {"core": CORE_FIELDS + "\n", "portal": ""}
_PLAIN_EVERY: Final = 4
_COMPRESSION: Final = 5


def _plain_path(seed: int, vpc: str, slot: int) -> str:
    opened = datetime.fromtimestamp(slot * _SLOT_SECONDS, tz=UTC)
    mark = sha256(f"{seed} {vpc} {slot}".encode()).hexdigest()[:8]
    return f"flow-logs/{vpc}/{ACCOUNT}_vpcflowlogs_{REGION}_{_FLOW_LOG_IDS[vpc]}_{opened:%Y%m%dT%H%MZ}_{mark}.log"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One file: where it lies when plain, whether it is compressed, and its lines in their order."""

    vpc: str
    plain_path: str
    compressed: bool
    lines: pl.DataFrame

    @property
    def path(self) -> str:
        """Where it lies below the site's directory."""
        return self.plain_path + ".gz" if self.compressed else self.plain_path

    @property
    def header(self) -> str:
        """What stands before the first line: nothing, or the names of the fields and a line feed."""
        return _HEADERS[self.vpc]

    def texts(self) -> pl.Series:
        """The lines as text, without line feeds."""
        return texts(self.lines, _FORMATS[self.vpc])

    def plain(self) -> bytes:
        """The file's octets before compression."""
        whole: str = self.texts().str.join("\n").item()
        return f"{self.header}{whole}\n".encode()

    def content(self) -> bytes:
        """The file's octets as they lie on the disk; a compressed file carries no time."""
        return gzip.compress(self.plain(), compresslevel=_COMPRESSION, mtime=0) if self.compressed else self.plain()


def deliveries(seed: int, exchanges: pl.DataFrame) -> Iterator[Delivery]:
    """The files of some whole days, in the order of their paths."""
    written = lines(exchanges).with_columns(slot=pl.col("end") // _SLOT_SECONDS)
    written = written.sort("vpc", "slot", "end", "order", "report")
    for (vpc, slot), part in written.partition_by("vpc", "slot", as_dict=True, maintain_order=True).items():
        plain_path = _plain_path(seed, str(vpc), int(slot))
        yield Delivery(str(vpc), plain_path, int(slot) % _PLAIN_EVERY != 0, part)
