"""A small world on the disk, its logs as plain text, and a child process that keeps them and may be killed."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from collectors.files import ReadLimits
from monitor.app import Knowledge
from monitor.keeping import Findings
from monitor.ledger.store import open_ledger
from monitor.world.generate import generate, write_world
from tests.forked import Child
from tests.monitor.ledger.keepers import Keeper

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection
    from pathlib import Path

    import polars as pl

    from monitor.keeping import Committed


@dataclass(frozen=True, slots=True)
class SmallWorld:
    """A world below a directory."""

    directory: Path
    truth: pl.DataFrame

    @classmethod
    def of(cls, directory: Path, *, scale: float, days: int = 1) -> SmallWorld:
        """Write the world of that scale."""
        world = generate(7, days=days, scale=scale)
        write_world(world, directory)
        # One source: which of several a log belongs to is told by its path, and these tests move logs about.
        config = directory / "transferwatch.yaml"
        settings, _, _ = config.read_text(encoding="utf-8").partition("sources:")
        config.write_text(f"{settings}sources: [{{type: aws_vpc, path: flow-logs}}]\n", encoding="utf-8")
        return cls(directory, world.truth)

    @property
    def config(self) -> Path:
        """The site's file."""
        return self.directory / "transferwatch.yaml"

    @property
    def logs(self) -> Path:
        """The directory of all logs."""
        return self.directory / "flow-logs"

    def keeper(self, knowledge: Knowledge) -> Keeper:
        """What keeps these logs."""
        return Keeper.of(self.config, knowledge)

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Name and plain octets of every log, in the order of their paths."""
        for path in sorted(self.logs.rglob("*.log*")):
            octets = path.read_bytes()
            yield path.name.removesuffix(".gz"), gzip.decompress(octets) if path.suffix == ".gz" else octets


def split_octets(text: bytes, *, without: frozenset[int] = frozenset()) -> int:
    """Octets that the lines of a log name, by splitting them at blanks; `without` some lines, by number."""
    column, octets = 9, 0
    for number, line in enumerate(text.decode().split("\n"), 1):
        parts = line.split(" ")
        if parts[0] == "version":
            column = parts.index("bytes")
        elif number not in without and len(parts) > column and parts[column].isdecimal():
            octets += int(parts[column])
    return octets


class Kept(Protocol):
    """What a child process needs of a world."""

    @property
    def config(self) -> Path:
        """The site's file."""
        ...

    @property
    def logs(self) -> Path:
        """The directory of all logs."""
        ...


class KeepingChild:
    """A process of its own that keeps a world's logs; it is ready when it says so, and begins when told."""

    def __init__(self, world: Kept, ledger: Path, lines: int) -> None:
        self._child = Child(_keep, world.config, world.logs, ledger, lines)

    def begin(self) -> None:
        """Wait until it is ready, and let it begin."""
        assert self._child.hear() == "ready"
        self._child.tell("go")

    def hear(self) -> str:
        """Its next word; empty when it has none any more."""
        return self._child.hear()

    def finish(self) -> list[str]:
        """Let it come to its end, and give what it said."""
        return self._child.finish()

    def kill(self) -> bool:
        """End it as a power cut does; whether it was at work."""
        running, said = self._child.kill()
        return running and "done" not in said


def _keep(channel: Connection, config: Path, logs: Path, ledger: Path, lines: int) -> None:
    """What a child does."""
    keeper = Keeper.of(config, Knowledge.load())
    keeper.limits, keeper.commit_lines = ReadLimits(lines=lines), lines
    channel.send("ready")
    channel.recv()

    def say(_: Committed) -> None:
        channel.send("committed")

    with open_ledger(f"sqlite:///{ledger}", create=True) as opened:
        for _ in keeper.steps(opened, [logs], Findings(), format_="auto", committed=say):
            pass
    channel.send("done")
