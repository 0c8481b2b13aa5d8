"""Watch what is judged: what rules find of a batch is kept with it in one transaction.

Decides which moment of posture and coverage is asked, and what of the ledger these need. Knows no rule, and not who is
told: findings in the ledger are read by `alerting`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import polars as pl

from monitor.alert.findings import Life, Seen, fold
from monitor.coverage_rows import coverage_rows
from monitor.detecting import Detecting
from monitor.ledger.findings import add_findings
from monitor.ledger.read import coverage_of, networks_of, transfers_of
from monitor.posture_rows import posture_rows
from monitor.remembering import memory_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from monitor.config import Site
    from monitor.detect.rules import RuleSet
    from monitor.kept import Sums
    from monitor.ledger.store import Ledger
    from monitor.ledger.write import Writer
    from monitor.pipeline import Judged, Pipeline

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
# Observers that reported within a week are known; the hours that a share is of lie in the last day.
_COVERAGE: Final = timedelta(days=8)


@dataclass(frozen=True, slots=True)
class Watching:
    """The rules of a site at work. `clock`: wall clock, seconds since 1970."""

    detecting: Detecting
    life: Life
    clock: Callable[[], float]

    @classmethod
    def of(
        cls, rules: RuleSet, ledger: Ledger, life: Life, clock: Callable[[], float], before: Watching | None = None
    ) -> Watching:
        """Begin with what the ledger remembers, and with what correlations held `before` a reload."""
        with ledger.reading() as connection:
            memory = memory_of(connection)
        held = before.detecting.correlator.held if before else None
        return cls(Detecting.of(rules, memory, held), life, clock)

    def candidates(self, judged: Judged) -> pl.DataFrame:
        """The rows of a part of which a rule may hold."""
        return self.detecting.candidates(judged)

    def found(self, parts: Sequence[tuple[pl.DataFrame, Sums]]) -> Seen | None:
        """What rules find of the parts of a batch that is about to be written."""
        matches = [self.detecting.committed(candidates, sums) for candidates, sums in parts]
        return self._folded([each for each in matches if each.height])

    def look(self, site: Site, pipeline: Pipeline, writer: Writer, moment: datetime) -> list[str]:
        """Ask the rules on posture and coverage, keep what they find, and give the ids of the findings."""
        ledger = writer.ledger
        with ledger.reading() as connection:
            transfers = transfers_of(connection, moment - _DAY - _HOUR, moment + _HOUR)
            coverage = coverage_of(connection, moment - _COVERAGE, moment + _HOUR)
            networks = networks_of(connection, moment - _COVERAGE, moment + _HOUR)
        atlas = pipeline.atlas_days
        ages = {"atlas": None if atlas is None else (moment.date() - atlas.oldest).days, "law": None}
        detection = self.detecting.detection
        matches = [
            detection.posture(posture_rows(site.inventory, pipeline.judge.grounds, moment, transfers)),
            detection.coverage(coverage_rows(coverage, transfers, site.expected_seconds, moment, ages, networks)),
        ]
        seen = self._folded([each for each in matches if each.height])
        if seen is None:
            return []
        with ledger.writing() as connection:
            add_findings(connection, *seen.frames, writer.retention.findings_until)
        return seen.findings["finding"].to_list()

    def _folded(self, matches: Sequence[pl.DataFrame]) -> Seen | None:
        return fold(pl.concat(matches), self.life, int(self.clock())) if matches else None
