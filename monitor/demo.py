"""The whole thing on embedded defaults: a sample hospital's two months, judged into a ledger, and how it goes on.

Decides where the sample lies and how fast its time runs. The folder is its own: a mark in it says that it may be made
afresh, and a folder without that mark is never touched.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from monitor.keeping import Findings
from monitor.tally import Tally
from monitor.world.history import write_history
from monitor.world.live import LIVE_START, Live

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from monitor.inputs import Input
    from monitor.keeping import Keeping
    from monitor.world.history import History
    from monitor.world.live import Step

SEED: Final = 2020
MARK: Final = ".transferwatch-demo"
_MARKED: Final = "transferwatch demo makes this folder afresh each time it runs. Keep nothing of yours in it.\n"
# A second of ours is five minutes of the sample's time: an hour closes every twelve seconds.
PACE: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class DemoSite:
    """Where the sample site lies."""

    directory: Path

    @property
    def config(self) -> Path:
        """Its settings."""
        return self.directory / "transferwatch.yaml"

    @property
    def logs(self) -> Path:
        """Its flow logs."""
        return self.directory / "flow-logs"

    @property
    def ledger(self) -> str:
        """URL of its ledger, the one that its settings name."""
        return f"sqlite:///{self.directory / 'ledger.db'}"

    @property
    def reports(self) -> Path:
        """Folder of its reports."""
        return self.directory / "reports"


def make_demo_site(directory: Path, told: Callable[[History], None], scale: float = 1.0) -> tuple[DemoSite, History]:
    """Write the sample site below `directory`, in place of one that was made before.

    Raises:
        FileExistsError: the folder holds something else.
    """
    if directory.exists() and any(directory.iterdir()):
        if not (directory / MARK).is_file():
            raise FileExistsError(str(directory))
        shutil.rmtree(directory)
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    (directory / MARK).write_text(_MARKED, encoding="utf-8")
    return DemoSite(directory), write_history(directory, SEED, scale=scale, told=told)


@dataclass(slots=True)
class GoingOn:
    """The sample's time after the two months: each step lets some of it pass and judges what was logged meanwhile."""

    site: DemoSite
    keeping: Keeping
    inputs: Callable[[Iterable[Path]], list[Input]]
    live: Live
    now: datetime = field(default_factory=lambda: datetime.combine(LIVE_START, time(), UTC))
    records: int = 0
    _sizes: dict[Path, int] = field(default_factory=dict)

    def step(self) -> Step:
        """Let time pass, and judge."""
        reached = self.live.go_on(self.now + PACE)
        self.now = reached.until
        grown = [path for path in self.site.logs.rglob("*.log") if self._has_grown(path)]
        if grown:
            tally = Tally()
            for _ in self.keeping.keep(self.inputs(sorted(grown)), tally, Findings()):
                pass
            self.records += tally.records
        return reached

    def _has_grown(self, path: Path) -> bool:
        size = path.stat().st_size
        grown = size > self._sizes.get(path, 0)
        self._sizes[path] = size
        return grown

    def remember(self) -> None:
        """Take what lies there now as read."""
        self._sizes = {path: path.stat().st_size for path in self.site.logs.rglob("*.log")}
