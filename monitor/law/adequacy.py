"""What an adequacy decision says, and the framework whose list it needs.

Decides when a decision is in force and when somebody can rely on it. It refuses to know which one applies: that is
`monitor.law.regimes`.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from monitor.document import Finding, Listed, Written
from monitor.fields import Country, Day, Identifier, Recipient, Text  # noqa: TC001 - pydantic reads them at run time
from monitor.law.days import Span, span_findings, written_twice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime


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
    eea_efta_from: Day | None = None
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

    def for_eea_efta(self, moment: datetime) -> Literal["applies", "arguable", "not_yet"]:
        """Whether an exporter in Iceland, Liechtenstein or Norway can rely on it; surely from `eea_efta_from` on."""
        if self.eea_efta_from is not None and moment in Span.of(self.eea_efta_from):
            return "applies"
        return self.eea_efta_exporters

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


class Pending(Written):
    """A country with talks and without a decision."""

    country: Country
    what: Text
    source: Text
    verified: bool


class AdequacyFile(Written):
    """`adequacy.yaml`."""

    decisions: Listed[Decision]
    pending: Listed[Pending]
    without_decision: Listed[Country]


class FrameworksFile(Written):
    """`frameworks.yaml`."""

    frameworks: Listed[Framework]


def decision_findings(read: AdequacyFile, frameworks: set[str] | None) -> Iterator[Finding]:
    """What is wrong between the values of `adequacy.yaml`; `frameworks` are the ids that a decision may name."""
    yield from written_twice("decisions", "id", (entry.id for entry in read.decisions))
    for place, entry in enumerate(read.decisions):
        here = ("decisions", place)
        yield from span_findings(here, entry.begins, entry.ends_before, entry.last_day)
        if entry.usable_from < entry.begins:
            yield Finding((*here, "usable_from"), f"nobody can rely on it before {entry.begins}, its first day.")
        if entry.eea_efta_from is not None and entry.eea_efta_from < entry.begins:
            yield Finding((*here, "eea_efta_from"), f"the first day of the decision is {entry.begins}.")
        if frameworks is not None and entry.framework is not None and entry.framework not in frameworks:
            remedy = f"Write null or one of {', '.join(sorted(frameworks))}."
            yield Finding((*here, "framework"), f"the framework {entry.framework} is not in frameworks.yaml.", remedy)
