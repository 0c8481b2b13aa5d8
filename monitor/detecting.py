"""From judged records to matches: which rows are spelled out for the rules, and what is remembered in between.

Decides that most rows never are: where no rule can hold of a combination of verdict, activity, direction and system,
its rows are left as the numbers that they are. What is remembered follows the ledger: what a batch adds to it is told
apart (`changes_since`), and whoever does not get the batch written goes on from what was before.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from monitor import schema
from monitor.combinations import combinations
from monitor.detect.correlate import Correlator
from monitor.detect.detection import Detection
from monitor.detect.memory import Memory
from monitor.rows import rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl
    from numpy.typing import NDArray

    from monitor.detect.rules import RuleSet
    from monitor.kept import Sums
    from monitor.pipeline import Judged

_PROBE: Final = schema.ACTIVITIES.categories.to_list().index("probe")
_BY_ROW: Final = (
    "local_is_src", "local", "remote", "system", "peer_system", "remote_role", "remote_number", "activity", "direction",
    "direct_collection", "service_port", "named", "counted",
)  # fmt: skip
# What is the same in all rows of a combination, beside the columns of the verdict.
_OWN: Final = frozenset({"event", "activity", "direction", "system", "data_class", "counted"})


MATCHES_HELD: Final = "matches"
"""What correlations hold, by the name under which it is kept."""
REMOTES_HELD: Final = "remotes"
"""Octets by remote address, by the name under which they are kept."""


@dataclass(frozen=True, slots=True)
class Detecting:
    """The rules of a site and what they remember. `candidates` is asked when a part is judged, `committing` after it.

    A value but for what is only quicker the second time: `committing` gives the next one.
    """

    detection: Detection
    memory: Memory = field(default_factory=Memory)
    correlator: Correlator = field(default_factory=lambda: Correlator(()))

    @classmethod
    def of(
        cls, rules: RuleSet, memory: Memory | None = None, held: Mapping[str, Sequence[pl.DataFrame]] | None = None
    ) -> Detecting:
        """Begin with a memory (`monitor.remembering`) and what else was kept when the program stopped."""
        parts = held or {}
        memory = (memory or Memory()).with_remotes(parts.get(REMOTES_HELD, ()))
        return cls(Detection(rules), memory, Correlator.resumed(rules.correlations, parts.get(MATCHES_HELD, ())))

    def candidates(self, judged: Judged) -> pl.DataFrame:
        """The rows of which a rule may hold, by far not all. Columns out: `schema.JUDGED`. Pure."""
        oriented = judged.oriented
        live = np.flatnonzero(oriented.counted & (oriented.activity != _PROBE))
        if not len(live):
            return rows(_taken(judged, live))
        by_row = (judged.verdict, oriented.activity, oriented.direction, oriented.system)
        kinds = combinations([column[live].astype(np.int64) for column in by_row])
        examples = rows(_taken(judged, live[kinds.row_of]))
        may_hold = self.detection.may_hold(examples, {*_OWN, *judged.verdicts.columns})
        return rows(_taken(judged, live[may_hold[kinds.ids]]))

    def committing(self, candidates: pl.DataFrame, sums: Sums) -> tuple[pl.DataFrame, Detecting]:
        """Matches of candidates, with the sums of all their records, and what is remembered then.

        Columns out: MATCHES.
        """
        memory, correlator = self.memory.after(sums.transfers, candidates), replace(self.correlator)
        told = memory.remember(candidates, is_taken=True)
        matches = correlator.take(self.detection.detect(told))
        return matches, replace(self, memory=memory, correlator=correlator)

    @property
    def held(self) -> dict[str, pl.DataFrame]:
        """All that is remembered and that transfers do not tell, by the name under which it is kept."""
        return {MATCHES_HELD: self.correlator.held, REMOTES_HELD: self.memory.remotes}

    def changes_since(self, before: Detecting) -> dict[str, pl.DataFrame]:
        """What of `held` is new since or another."""
        changed = {
            MATCHES_HELD: self.correlator.changed_since(before.correlator),
            REMOTES_HELD: self.memory.remotes_since(before.memory),
        }
        return {name: rows for name, rows in changed.items() if rows.height}


def _taken(judged: Judged, places: NDArray[np.intp]) -> Judged:
    """Some of the judged records."""
    oriented = judged.oriented
    columns = {name: getattr(oriented, name)[places] for name in _BY_ROW}
    taken = replace(oriented, frame=oriented.frame[places], **columns)
    return replace(judged, oriented=taken, verdict=judged.verdict[places], host=judged.host[places])
