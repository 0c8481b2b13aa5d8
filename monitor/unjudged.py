"""What a batch read and did not judge beside broken records and those without a time, as outcomes of its input.

Decides how it is called: `passed_over` is a record of another subject in the same file, by what it is; `evidence` is a
name that says something of flows and is no conversation of ours with a far end: asked of our own resolver, or shown by
a connection.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import polars as pl

from monitor.sums import batch_sums

if TYPE_CHECKING:
    from collectors.contract import Batch
    from monitor.hours import Hours
    from monitor.kept import Sums
    from monitor.pipeline import Judged
    from monitor.sums import Summation

PASSED_OVER: Final = "passed_over"
EVIDENCE: Final = "evidence"
# A source's list of what it passes over is closed; this holds even when one is not.
_MOST_REASONS: Final = 100
OTHER: Final = "other"


def part_sums(summation: Summation, judged: Judged) -> Sums:
    """What a part adds up to, and its names that are evidence: they were read, and stand in its coverage as well."""
    sums = summation.sums(judged)
    source = judged.source.name or judged.source.kind
    return _with_outcomes(sums, source, [(EVIDENCE, *each) for each in sorted(judged.unjudged.items())])


def _with_outcomes(sums: Sums, source: str, counted: list[tuple[str, str, int]]) -> Sums:
    if not counted:
        return sums
    rows = [(source, outcome, reason, count, 0) for outcome, reason, count in counted]
    more = pl.DataFrame(rows, schema=sums.outcomes.schema, orient="row")
    return replace(sums, outcomes=pl.concat([sums.outcomes, more]))


@dataclass(slots=True)
class Unjudged:
    """Records of one batch that are in no hour, counted over its parts."""

    no_time: int = 0
    no_time_octets: int = 0

    def add(self, judged: Judged) -> None:
        """Count those of a part."""
        self.no_time += judged.no_time
        self.no_time_octets += judged.no_time_octets

    def sums(self, batch: Batch, source: str, hours: Hours) -> Sums:
        """What a batch says beside its records, with all of these."""
        sums = batch_sums(batch, source, self.no_time, self.no_time_octets, hours)
        passed_over = sorted(bounded(batch.passed_over).items())
        return _with_outcomes(sums, source, [(PASSED_OVER, *each) for each in passed_over])


def bounded(reasons: Counter[str]) -> Counter[str]:
    """The same counts; beyond the first hundred reasons, in the order of the letters, as one."""
    if len(reasons) <= _MOST_REASONS:
        return reasons
    names = sorted(reasons)
    shown = Counter({name: reasons[name] for name in names[: _MOST_REASONS - 1]})
    shown[OTHER] += sum(reasons[name] for name in names[_MOST_REASONS - 1 :])
    return shown
