"""A site whose logs are kept in the ledger that it names, for the tests of what reads a ledger."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from monitor.ledger.store import open_ledger
from monitor.world.generate import generate, write_world
from tests.judging import HEADER, Site
from tests.monitor.ledger.keepers import Keeper

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from monitor.app import Knowledge
    from monitor.ledger.store import Ledger


@dataclass(slots=True)
class KeptSite:
    """A small site: each call of `keep` is one more file of its log, judged into its ledger."""

    directory: Path
    config: Path
    keeper: Keeper
    number: int = field(default=0)

    @classmethod
    def of(cls, directory: Path, knowledge: Knowledge, **texts: str) -> KeptSite:
        """Write the files of a site; `texts` are fields of `tests.judging.Site`."""
        directory.mkdir(exist_ok=True)
        config = Site(**texts).write(directory)
        config.write_text(config.read_text(encoding="utf-8") + "ledger: sqlite:///ledger.db\n", encoding="utf-8")
        return cls(directory, config, Keeper.of(config, knowledge))

    @property
    def path(self) -> Path:
        """The ledger's file."""
        return self.directory / "ledger.db"

    def keep(self, *lines: str) -> None:
        """Write lines as one file, and keep them."""
        self.number += 1
        log = self.directory / f"{self.number}.log"
        log.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
        self.keeper.keep(self.path, log)

    @contextmanager
    def opened(self) -> Iterator[Ledger]:
        """The ledger, made where there is none."""
        with open_ledger(f"sqlite:///{self.path}", create=True) as ledger:
            yield ledger


def kept_world(directory: Path, knowledge: Knowledge, start: date, *, days: int, scale: float) -> KeptSite:
    """Some days of the sample hospital, kept in the ledger that its settings name."""
    write_world(generate(7, start, days, scale), directory)
    config = directory / "transferwatch.yaml"
    site = KeptSite(directory, config, Keeper.of(config, knowledge))
    site.keeper.keep(site.path, directory / "flow-logs", format_="auto")
    return site
