"""Say which adequacy decisions, frameworks and reach laws are in force at an instant.

Decides which decision is named when several overlap (the later one) and that a list can be relied on only once it has
opened. It refuses to know importers and operators: whether a framework covers somebody is the verdict's question.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from monitor.document import load_collecting
from monitor.law.adequacy import AdequacyFile, Decision, Framework, FrameworksFile, Pending, decision_findings
from monitor.law.days import Span, digest_of_files
from monitor.law.reach import ConflictRule, Marker, ReachFile, ReachLaw, reach_findings
from monitor.problem import Problem, ProblemsFound
from monitor.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

__all__ = ["ConflictRule", "Decision", "Framework", "Marker", "Pending", "ReachLaw", "Regimes", "load_regimes"]

DIRECTORY: Final = "rules/law"
_CLAUSES: Final = f"{DIRECTORY}/clauses.yaml"  # `monitor.law.clauses` reads it for the register


@dataclass(frozen=True, slots=True)
class Regimes:
    """What is in force, over all of time."""

    decisions: tuple[Decision, ...]
    framework_by_id: Mapping[str, Framework]
    laws: Mapping[str, ReachLaw]
    markers: Mapping[str, Marker]
    conflict_rules: tuple[ConflictRule, ...]
    pending: tuple[Pending, ...]
    without_decision: tuple[str, ...]
    digest: str

    def decision(self, country: str, moment: datetime) -> Decision | None:
        """The decision that covers whoever receives in the country at the instant; the later one of several."""
        usable = self.whole_country(country, moment)
        return usable[-1] if usable else None

    def whole_country(self, country: str, moment: datetime) -> tuple[Decision, ...]:
        """Every decision that covers whoever receives in the country at the instant; oldest first."""
        return tuple(entry for entry in self._usable(country, moment) if entry.framework is None)

    def frameworks(self, country: str, moment: datetime) -> tuple[Decision, ...]:
        """The decisions that cover an importer on a list, when that list is open at the instant; oldest first."""
        return tuple(
            entry
            for entry in self._usable(country, moment)
            if entry.framework is not None and self.framework_by_id[entry.framework].coverable
        )

    def law(self, code: str) -> ReachLaw:
        """The reach law of a code.

        Raises:
            KeyError: no law has that code (a marker is none).
        """
        return self.laws[code]

    def change_instants(self) -> frozenset[datetime]:
        """Every instant at which a decision, the use of its list or a reach law begins or ends."""
        spans = [span for entry in self.decisions for span in (entry.span, entry.usable_span)]
        spans += [law.span for law in self.laws.values()]
        spans += [Span.of(entry.eea_efta_from) for entry in self.decisions if entry.eea_efta_from is not None]
        return frozenset(edge for span in spans for edge in span.edges())

    def _usable(self, country: str, moment: datetime) -> list[Decision]:
        usable = [entry for entry in self.decisions if entry.country == country and entry.usable(moment)]
        return sorted(usable, key=lambda entry: (entry.begins, entry.id))


def load_regimes(directory: Path | None = None) -> Regimes:
    """The shipped law, or that of another directory with the same three files.

    Raises:
        ProblemsFound: with everything that is wrong in the files.
    """
    place = shipped(DIRECTORY) if directory is None else directory
    files = {name: place / name for name in ("adequacy.yaml", "frameworks.yaml", "reach_laws.yaml")}
    shown_as = {name: f"{DIRECTORY}/{name}" if directory is None else str(path) for name, path in files.items()}
    problems: list[Problem] = []
    name = "frameworks.yaml"
    frameworks = load_collecting(files[name], FrameworksFile, problems, shown_as=shown_as[name])
    known = None if frameworks is None else {entry.id for entry in frameworks.frameworks}

    check = partial(decision_findings, frameworks=known)
    name = "adequacy.yaml"
    adequacy = load_collecting(files[name], AdequacyFile, problems, shown_as=shown_as[name], check=check)
    name = "reach_laws.yaml"
    reach = load_collecting(files[name], ReachFile, problems, shown_as=shown_as[name], check=reach_findings)
    if frameworks is None or adequacy is None or reach is None or problems:
        raise ProblemsFound(problems)
    return Regimes(
        decisions=adequacy.decisions,
        framework_by_id={entry.id: entry for entry in frameworks.frameworks},
        laws={law.code: law for law in reach.laws},
        markers={marker.code: marker for marker in reach.markers},
        conflict_rules=reach.conflict_rules,
        pending=adequacy.pending,
        without_decision=adequacy.without_decision,
        # The days of clauses end register entries, and are the shipped ones for every law.
        digest=digest_of_files([*files.values(), shipped(_CLAUSES)]),
    )
