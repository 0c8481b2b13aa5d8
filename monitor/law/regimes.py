"""Say which adequacy decisions, frameworks and reach laws are in force at an instant.

Decides which decision is named when several overlap (the later one) and that a list can be relied on only once it has
opened. It refuses to know importers and operators: whether a framework covers somebody is the verdict's question.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import AfterValidator, Field

from monitor.countries import country_names
from monitor.document import Finding, Listed, Written, load_collecting
from monitor.fields import Country, Day, Identifier, Text
from monitor.law.days import Span, digest_of_files, span_findings, written_twice
from monitor.problem import Problem, ProblemsFound
from monitor.shipped import shipped
from monitor.wording import Unfit, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date, datetime
    from pathlib import Path

DIRECTORY: Final = "rules/law"
ORGANISATIONS: Final = frozenset({"EPO"})
"""Recipients that are no country and have a decision of their own."""

Weight = Literal["high", "medium", "low"]


def _recipient(code: str) -> str:
    if code in country_names() or code in ORGANISATIONS:
        return code
    raise Unfit(f"{shown(code)} is neither a country nor a known organisation", "Write a code such as FR.")


Recipient = Annotated[Text, AfterValidator(_recipient)]


class Decision(Written):
    """One adequacy decision; `framework` is None when it covers whoever receives in the country."""

    id: Identifier
    country: Recipient
    number: Text
    title: Text
    adopted: Day
    begins: Day = Field(alias="in_force_from")
    usable_day: Day | None = Field(default=None, alias="usable_from")
    ends_before: Day | None = None
    last_day: Day | None = None
    framework: Identifier | None
    legal_basis: Literal["directive_95_46", "gdpr_45"]
    scope: Text
    ended_by: Text | None = None
    source: Text
    verified: bool
    from_memory: Text | None = None
    note: Text | None = None
    litigation: Text | None = None
    stress: Listed[Text] = ()
    open_points: Listed[Text] = ()
    eea_efta_exporters: Literal["applies", "arguable", "not_yet"] = "applies"
    eea_efta_note: Text | None = None

    @property
    def usable_from(self) -> date:
        """The first day on which somebody could rely on it."""
        return self.begins if self.usable_day is None else self.usable_day

    @cached_property
    def span(self) -> Span:
        """The instants at which it is in force."""
        return Span.of(self.begins, self.ends_before, self.last_day)

    @cached_property
    def usable_span(self) -> Span:
        """The instants at which somebody can rely on it."""
        return Span.of(self.usable_from, self.ends_before, self.last_day)

    def in_force(self, moment: datetime) -> bool:
        """Whether it is in force, its list open or not."""
        return moment in self.span

    def usable(self, moment: datetime) -> bool:
        """Whether somebody can rely on it."""
        return moment in self.usable_span


class Framework(Written):
    """A decision's list: what names an importer, and what it covers."""

    id: Identifier
    name: Text
    country: Country | None
    evidence: Text
    covers: Listed[Text]
    coverable: bool
    source: Text
    verified: bool


class ReachLaw(Written):
    """A law by which a State can reach an operator."""

    code: Identifier
    country: Country
    name: Text
    provision: Text | None = None
    reach: Text | None = None
    weight: Weight
    begins: Day = Field(alias="in_force_from")
    ends_before: Day | None = None
    last_day: Day | None = None
    dates_verified: bool
    source: Text
    verified: bool
    history: Listed[Text] = ()
    note: Text | None = None
    open_points: Listed[Text] = ()

    @cached_property
    def span(self) -> Span:
        """The instants at which it is in force."""
        return Span.of(self.begins, self.ends_before, self.last_day)

    def in_force(self, moment: datetime) -> bool:
        """Whether it can reach an operator then."""
        return moment in self.span


class Marker(Written):
    """A word about an operator that is no law and never makes it exposed."""

    code: Identifier
    country: Country | None
    name: Text
    weight: Literal["low", "none"]
    source: Text
    verified: bool


class ConflictRule(Written):
    """A rule against handing over; carried for the report, decides nothing."""

    country: Country | None
    name: Text
    begins: Day = Field(alias="in_force_from")
    source: Text
    verified: bool


class Pending(Written):
    """A country with talks and without a decision."""

    country: Country
    what: Text
    source: Text
    verified: bool


class _AdequacyFile(Written):
    decisions: Listed[Decision]
    pending: Listed[Pending]
    without_decision: Listed[Country]


class _FrameworksFile(Written):
    frameworks: Listed[Framework]


class _ReachFile(Written):
    laws: Listed[ReachLaw]
    markers: Listed[Marker]
    conflict_rules: Listed[ConflictRule]


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
        usable = [entry for entry in self._usable(country, moment) if entry.framework is None]
        return usable[-1] if usable else None

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

    def laws_in_force(self, moment: datetime) -> frozenset[str]:
        """The codes of the reach laws in force at the instant."""
        return frozenset(law.code for law in self.laws.values() if law.in_force(moment))

    def change_instants(self) -> frozenset[datetime]:
        """Every instant at which a decision, the use of its list or a reach law begins or ends."""
        spans = [span for entry in self.decisions for span in (entry.span, entry.usable_span)]
        spans += [law.span for law in self.laws.values()]
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
    frameworks = load_collecting(files[name], _FrameworksFile, problems, shown_as=shown_as[name])
    known = None if frameworks is None else {entry.id for entry in frameworks.frameworks}

    def check(read: _AdequacyFile) -> Iterator[Finding]:
        return _decision_findings(read, known)

    name = "adequacy.yaml"
    adequacy = load_collecting(files[name], _AdequacyFile, problems, shown_as=shown_as[name], check=check)
    name = "reach_laws.yaml"
    reach = load_collecting(files[name], _ReachFile, problems, shown_as=shown_as[name], check=_reach_findings)
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
        digest=digest_of_files(files.values()),
    )


def _decision_findings(read: _AdequacyFile, frameworks: set[str] | None) -> Iterator[Finding]:
    yield from written_twice("decisions", "id", (entry.id for entry in read.decisions))
    for place, entry in enumerate(read.decisions):
        here = ("decisions", place)
        yield from span_findings(here, entry.begins, entry.ends_before, entry.last_day)
        if entry.usable_from < entry.begins:
            yield Finding((*here, "usable_from"), f"nobody can rely on it before {entry.begins}, its first day.")
        if frameworks is not None and entry.framework is not None and entry.framework not in frameworks:
            remedy = f"Write null or one of {', '.join(sorted(frameworks))}."
            yield Finding((*here, "framework"), f"the framework {entry.framework} is not in frameworks.yaml.", remedy)


def _reach_findings(read: _ReachFile) -> Iterator[Finding]:
    yield from written_twice("laws", "code", (entry.code for entry in read.laws))
    laws = {law.code for law in read.laws}
    for place, law in enumerate(read.laws):
        yield from span_findings(("laws", place), law.begins, law.ends_before, law.last_day)
    for place, marker in enumerate(read.markers):
        if marker.code in laws:
            yield Finding(("markers", place, "code"), f"{marker.code} is a law already.", "A marker is not a law.")
