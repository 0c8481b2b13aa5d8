"""The findings that are open, as label sets: which keep all of their labels, and which are counted under `other`.

Decides who loses detail where there are more findings than series: the least severe first, and of these the oldest.
Every finding is in exactly one label set, so that the sum is the number of findings.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from monitor.metrics.labels import NONE, OTHER
from monitor.metrics.table import OPEN_FINDINGS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LABEL_SETS: Final = 2_000
_LEVELS: Final = ("informational", "low", "medium", "high", "critical")
# What goes first, and what goes when there are twice as many label sets still; then only closed lists are left.
_FAR_END: Final = ("operator", "place_country", "control_country")
_ALL_BUT_RULES: Final = ("system", *_FAR_END)


@dataclass(frozen=True, slots=True)
class OpenFinding:
    """One of them; `first_time`, `last_time`: event time, seconds since 1970. Null where it has no such thing."""

    rule: str
    severity: str
    system: str | None
    operator: str | None
    place_country: str | None
    control_country: str | None
    is_waived: bool
    first_time: int
    last_time: int


def folded(findings: Iterable[OpenFinding], most: int = LABEL_SETS) -> Mapping[tuple[str, ...], tuple[int, int]]:
    """How many findings each label set of `table.OPEN_FINDINGS` stands for, and the first time of the oldest."""
    sums: dict[tuple[str, ...], tuple[int, int]] = {}
    for finding in sorted(findings, key=_weight, reverse=True):
        labels = _labels(finding, ())
        for lost, limit in (((), most), (_FAR_END, 2 * most), (_ALL_BUT_RULES, None)):
            labels = _labels(finding, lost)
            if labels in sums or limit is None or len(sums) < limit:
                break
        count, first = sums.get(labels, (0, finding.first_time))
        sums[labels] = count + 1, min(first, finding.first_time)
    return sums


def _labels(finding: OpenFinding, lost: tuple[str, ...]) -> tuple[str, ...]:
    told = {
        "rule": finding.rule,
        "severity": finding.severity,
        "system": finding.system or NONE,
        "operator": finding.operator or NONE,
        "place_country": finding.place_country or NONE,
        "control_country": finding.control_country or NONE,
        "waived": "yes" if finding.is_waived else "no",
    }
    return tuple(OTHER if label in lost else told[label] for label in OPEN_FINDINGS.labels)


def _weight(finding: OpenFinding) -> tuple[object, ...]:
    level = _LEVELS.index(finding.severity) if finding.severity in _LEVELS else len(_LEVELS)
    return level, finding.last_time, _labels(finding, ())
