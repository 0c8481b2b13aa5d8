"""What a person hears of records and files that are not as they should be: a line a minute at most.

Decides what is worth a line. How many they are the metrics say; what a broken record says stands in no line, because
it may be an address: `transferwatch decode` prints it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from monitor.daemon.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from collectors.contract import Batch
    from collectors.objects import Place
    from monitor.daemon.logs import Log, Sampling
    from monitor.following import Round
    from monitor.inputs import Input


@dataclass(frozen=True, slots=True)
class Told:
    """Tells the log; called from the threads that read. `progress` hears that something was decoded or read."""

    log: Log
    sampling: Sampling
    progress: Progress = field(default_factory=Progress)

    def decoded(self, input_: Input, batch: Batch) -> None:
        """Tell of broken records, once a minute for each reason and source."""
        self.progress.moved()
        for reason, count in batch.bad_by_reason.items():
            records = self.sampling.passes("bad", input_.source_name, reason, count=count)
            if records is not None:
                line = next((bad.line for bad in batch.bad if bad.reason == reason), 0)
                place = f"{input_.path}:{line}" if line else str(input_.path)
                self.log.warning("bad_records", source=input_.source_name, reason=reason, records=records, at=place)

    def read(self, source: str, done: Round) -> None:
        """Tell which files cannot be read, or were not what they were before."""
        self.progress.moved()
        for place, why in done.tally.unreadable.items():
            self._say("unreadable", source, [place], why)
        findings = done.findings
        self._say("rewritten", source, findings.rewritten, "it was truncated and rewritten, and is read as a new input")
        self._say("shorter", source, findings.shorter, "it is a part of a file that was read before, and is left alone")

    def _say(self, event: str, source: str, places: Sequence[Place | str], why: str) -> None:
        if not places:
            return
        files = self.sampling.passes(event, source, count=len(places))
        if files is not None:
            self.log.warning("file", source=source, file=str(places[0]), files=files, state=event, why=why)
