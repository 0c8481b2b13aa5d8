"""What is answered to whoever asks how the daemon is: alive, ready, and one line for people.

Decides that a source which fails does not make the daemon unwell: a restart would not mend it, and the metric
`transferwatch_source_up` is there to wake somebody. Ready is what has looked at every source at least once.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from monitor.web.portal import Health

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from monitor.daemon.sources import SourceHealth


def status_of(sources: Mapping[str, SourceHealth], records: int) -> str:
    """One line: how many sources, records since the start, and which sources are not well."""
    unwell = [name for name, health in sources.items() if health.state in {"absent", "failing"}]
    count = f"{len(sources)} source{'' if len(sources) == 1 else 's'}"
    said = f"following {count}, {records:,} records judged since the start"
    return f"{said}; not well: {', '.join(unwell)}" if unwell else said


def health_of(
    sources: Mapping[str, SourceHealth], records: int, *, is_stopping: bool, stuck_seconds: float | None = None
) -> Health:
    """Whether it is alive; an answer at all is most of it. `stuck_seconds`: so long nothing came of what is read."""
    says = "stopping: what is being read is read to its commit" if is_stopping else status_of(sources, records)
    if stuck_seconds is not None:
        says = f"stuck: nothing has come of what is being read for {stuck_seconds:.0f} s; {says}"
    return Health(is_well=stuck_seconds is None, says=says, facts={"records": records, **_by_source(sources)})


def readiness_of(sources: Mapping[str, SourceHealth], ledger: Path, *, has_atlas: bool, is_stopping: bool) -> Health:
    """Whether every source was looked at, the ledger can be written and the atlas is open."""
    waiting = [name for name, health in sources.items() if not health.looked]
    can_write = os.access(ledger, os.R_OK | os.W_OK) and os.access(ledger.parent, os.W_OK)
    wanting = [
        *(["stopping"] if is_stopping else []),
        *([f"not looked at yet: {', '.join(waiting)}"] if waiting else []),
        *([] if can_write else ["the ledger cannot be written"]),
        *([] if has_atlas else ["no atlas is open"]),
    ]
    facts = {"ledger": "writable" if can_write else "not writable", "atlas": "open" if has_atlas else "not open"}
    return Health(not wanting, "; ".join(wanting) or "ready", {**facts, **_by_source(sources)})


def _by_source(sources: Mapping[str, SourceHealth]) -> dict[str, str | int | float | None]:
    return {f"source {name}": health.told for name, health in sources.items()}
