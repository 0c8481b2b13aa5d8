"""Watch what is judged: what rules find of a batch is kept with it in one transaction.

Decides which moment of posture and coverage is asked, and what of the ledger these need. Knows no rule, and not who is
told: findings in the ledger are read by `alerting`.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import polars as pl

from monitor.alert.findings import Life, Seen, fold
from monitor.coverage_rows import coverage_rows
from monitor.detecting import Detecting
from monitor.law.reviewed import law_reviewed
from monitor.ledger.findings import add_findings
from monitor.ledger.read import coverage_of, networks_of, transfers_of
from monitor.ledger.rules_held import NO_TOKEN, Held, rules_held
from monitor.posture_rows import posture_rows
from monitor.remembering import memory_of
from monitor.watched import Found

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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
_TOKEN_BITS: Final = 62


@dataclass(slots=True)
class Watching:
    """The rules of a site at work. `clock`: wall clock, seconds since 1970.

    `began`: the first look. What is found of a batch is remembered when the batch is written (`written`), so that one
    which is thrown away leaves no trace.
    """

    rules: RuleSet
    ledger: Ledger
    life: Life
    clock: Callable[[], float]
    detecting: Detecting
    began: datetime | None = None
    _token: int = NO_TOKEN
    _next: tuple[Detecting, int] | None = None

    @classmethod
    def of(cls, rules: RuleSet, ledger: Ledger, life: Life, clock: Callable[[], float]) -> Watching:
        """Begin with what the ledger remembers."""
        watching = cls(rules, ledger, life, clock, Detecting.of(rules))
        watching.resume()
        return watching

    def resume(self) -> None:
        """Begin anew with what the ledger remembers."""
        with self.ledger.reading() as connection:
            memory, (self._token, held) = memory_of(connection), rules_held(connection)
        self.detecting, self._next = Detecting.of(self.rules, memory, held), None

    def candidates(self, judged: Judged) -> pl.DataFrame:
        """The rows of a part of which a rule may hold."""
        return self.detecting.candidates(judged)

    def found(self, parts: Sequence[tuple[pl.DataFrame, Sums]]) -> Found:
        """What rules find of the parts of a batch that is about to be written."""
        detecting, found = self.detecting, []
        for candidates, sums in parts:
            matches, detecting = detecting.committing(candidates, sums)
            found.append(matches)
        changed = detecting.changes_since(self.detecting)
        held = Held(self._token, secrets.randbits(_TOKEN_BITS) | 1, changed, detecting.held) if changed else None
        self._next = detecting, self._token if held is None else held.token
        dropped = detecting.correlator.dropped - self.detecting.correlator.dropped
        return Found(self._folded([each for each in found if each.height]), held, dropped)

    def written(self) -> None:
        """What was just found is in the ledger: remember it."""
        if self._next is not None:
            (self.detecting, self._token), self._next = self._next, None

    def look(self, site: Site, pipeline: Pipeline, writer: Writer, moment: datetime) -> list[str]:
        """Ask the rules on posture and coverage, keep what they find, and give the ids of the findings."""
        ledger = writer.ledger
        with ledger.reading() as connection:
            transfers = transfers_of(connection, moment - _DAY - _HOUR, moment + _HOUR)
            coverage = coverage_of(connection, moment - _COVERAGE, moment + _HOUR)
            networks = networks_of(connection, moment - _COVERAGE, moment + _HOUR)
        atlas = pipeline.atlas_days
        ages = {
            "atlas": None if atlas is None else (moment.date() - atlas.oldest).days,
            "law": (moment.date() - law_reviewed()).days,
        }
        detection = self.detecting.detection
        began = self.began = self.began or moment
        matches = [
            detection.posture(posture_rows(site.inventory, pipeline.judge.grounds, moment, transfers)),
            detection.coverage(
                coverage_rows(coverage, transfers, site.expected_seconds, moment, ages, networks, began)
            ),
        ]
        seen = self._folded([each for each in matches if each.height])
        if seen is None:
            return []
        with ledger.writing() as connection:
            add_findings(connection, *seen.frames, writer.retention.findings_until)
        return seen.findings["finding"].to_list()

    def _folded(self, matches: Sequence[pl.DataFrame]) -> Seen | None:
        return fold(pl.concat(matches), self.life, int(self.clock())) if matches else None
