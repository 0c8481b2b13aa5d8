"""From judged records to matches: which rows are spelled out for the rules, and what is remembered in between.

Decides that most rows never are: where no rule can hold of a combination of verdict, activity, direction and system,
its rows are left as the numbers that they are. Refuses to hear of what was not committed: the memory follows the
ledger.
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


@dataclass(slots=True)
class Detecting:
    """The rules of a site and what they remember. `candidates` is asked when a part is judged, `committed` after it."""

    detection: Detection
    memory: Memory = field(default_factory=Memory)
    correlator: Correlator = field(default_factory=lambda: Correlator(()))

    @classmethod
    def of(cls, rules: RuleSet, memory: Memory | None = None, held: pl.DataFrame | None = None) -> Detecting:
        """Begin with a memory (`monitor.remembering`) and what correlations held when the program stopped."""
        correlator = Correlator(rules.correlations) if held is None else Correlator(rules.correlations, held)
        return cls(Detection(rules), memory or Memory(), correlator)

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

    def committed(self, candidates: pl.DataFrame, sums: Sums) -> pl.DataFrame:
        """Matches of candidates, once the sums of all their records are in the ledger. Columns out: MATCHES."""
        self.memory = self.memory.after(sums.transfers, candidates)
        told = self.memory.remember(candidates, is_taken=True)
        return self.correlator.take(self.detection.detect(told))


def _taken(judged: Judged, places: NDArray[np.intp]) -> Judged:
    """Some of the judged records."""
    oriented = judged.oriented
    columns = {name: getattr(oriented, name)[places] for name in _BY_ROW}
    taken = replace(oriented, frame=oriented.frame[places], **columns)
    return replace(judged, oriented=taken, verdict=judged.verdict[places], host=judged.host[places])
