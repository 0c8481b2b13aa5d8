"""What a reach law says: a law by which a State can make an operator hand over data or let it in.

Decides when it can reach somebody. It refuses to know whom it reaches: the operator files name it.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from monitor.document import Finding, Listed, Written
from monitor.fields import Country, Day, Identifier, Text
from monitor.law.days import Span, span_findings, written_twice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

Code = Annotated[Identifier, Field(pattern="^[A-Z0-9_]+$")]
"""How operator files name a law or a marker."""

Weight = Literal["high", "medium", "low"]


class ReachLaw(Written):
    """A law by which a State can reach an operator."""

    code: Code
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

    code: Code
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


class ReachFile(Written):
    """`reach_laws.yaml`."""

    laws: Listed[ReachLaw]
    markers: Listed[Marker]
    conflict_rules: Listed[ConflictRule]


def reach_findings(read: ReachFile) -> Iterator[Finding]:
    """What is wrong between the values of `reach_laws.yaml`."""
    yield from written_twice("laws", "code", (entry.code for entry in read.laws))
    laws = {law.code for law in read.laws}
    for place, law in enumerate(read.laws):
        yield from span_findings(("laws", place), law.begins, law.ends_before, law.last_day)
    for place, marker in enumerate(read.markers):
        if marker.code in laws:
            yield Finding(("markers", place, "code"), f"{marker.code} is a law already.", "A marker is not a law.")
