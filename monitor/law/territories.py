"""Say how a country stands to the GDPR area at an instant.

Decides which codes are inside, inside by treaty, left to the site's policy, third countries, or no country at all. It
refuses to know adequacy: that is `monitor.law.regimes`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import Field

from monitor.countries import country_names
from monitor.document import Finding, Listed, Written, load_document
from monitor.fields import Country, Day, Text
from monitor.law.days import Span, digest_of_files, span_findings, written_twice
from monitor.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

FILE: Final = "rules/law/territories.yaml"


ShortCode = Annotated[Text, Field(pattern="^[A-Z0-9]{2,8}$")]
"""A code that stands where a country code stands and is none."""


class Status(StrEnum):
    """How a code stands to the GDPR area."""

    EEA = "eea"
    TRANSITION = "transition"
    REVIEW = "review"
    THIRD = "third"
    PSEUDO = "pseudo"


class Period(Written):
    """A span of days during which a territory is more than a third country."""

    status: Literal["eea", "transition", "review"]
    begins: Day | None = Field(alias="from")
    ends_before: Day | None = None
    last_day: Day | None = None
    source: Text
    verified: bool

    @cached_property
    def span(self) -> Span:
        """The instants of the period."""
        return Span.of(self.begins, self.ends_before, self.last_day)


class Territory(Written):
    """One territory that deserves an entry, with its sovereign and its periods in the order of time."""

    code: Country
    kind: Literal[
        "member",
        "former_member",
        "eea_efta",
        "outermost_region",
        "eu_special",
        "overseas_territory",
        "crown_dependency",
        "outside_eea_agreement",
        "outside_the_union",
        "us_territory",
        "microstate",
    ] = Field(alias="class")
    sovereign: Country | None = Field(default=None, alias="of")
    law_of: Country | None = None
    gdpr_from: Day | None = None
    periods: Listed[Period]
    note: Text | None = None


class PlaceWithoutCode(Written):
    """A place that address databases print under the code of another."""

    name: Text
    printed_as: Listed[Country]
    inside: bool | None
    note: Text | None = None


class Organisation(Written):
    """An international organisation as a recipient; its code is not a country."""

    code: ShortCode
    name: Text
    note: Text | None = None


class PseudoCode(Written):
    """What an address database prints for "no country"."""

    code: ShortCode
    means: Text


class _TerritoriesFile(Written):
    gdpr_applies_from: Day
    gdpr_in_eea_from: Day
    before_the_gdpr: Text
    territories: Listed[Territory]
    without_code: Listed[PlaceWithoutCode]
    international_organisations: Listed[Organisation]
    pseudo_codes: Listed[PseudoCode]


@dataclass(frozen=True, slots=True)
class Territories:
    """The status of every code at every instant."""

    entries: Mapping[str, Territory]
    organisations: Mapping[str, Organisation]
    pseudo_codes: Mapping[str, PseudoCode]
    without_code: tuple[PlaceWithoutCode, ...]
    digest: str

    def status(self, country: str, moment: datetime) -> Status:
        """The status of a code at an instant; a code that is no country is `pseudo`, like the databases' own."""
        entry = self.entries.get(country)
        if entry is not None:
            for period in entry.periods:
                if moment in period.span:
                    return Status(period.status)
        return Status.THIRD if country in country_names() or country in self.organisations else Status.PSEUDO

    def codes(self) -> frozenset[str]:
        """Every code with a status of its own: countries, organisations and the pseudo codes."""
        return frozenset((*country_names(), *self.organisations, *self.pseudo_codes))

    def name(self, code: str) -> str:
        """The name of a code, for reading; the code itself when nothing is known of it."""
        if code in self.organisations:
            return self.organisations[code].name
        return country_names().get(code, code)

    def law_of(self, code: str) -> str:
        """The country whose reach laws apply in a territory: US for PR, else the code itself."""
        entry = self.entries.get(code)
        return code if entry is None or entry.law_of is None else entry.law_of

    def sovereign(self, code: str) -> str:
        """The State that a territory belongs to; the code itself when it is its own."""
        entry = self.entries.get(code)
        return code if entry is None or entry.sovereign is None else entry.sovereign

    def change_instants(self) -> frozenset[datetime]:
        """Every instant at which the status of some code changes."""
        spans = (period.span for entry in self.entries.values() for period in entry.periods)
        return frozenset(edge for span in spans for edge in span.edges())


def load_territories(path: Path | None = None) -> Territories:
    """The shipped territories, or those of another file.

    Raises:
        ProblemsFound: with everything that is wrong in the file.
    """
    shown_as = FILE if path is None else None
    path = shipped(FILE) if path is None else path
    read = load_document(path, _TerritoriesFile, shown_as=shown_as, check=_findings)
    return Territories(
        entries={entry.code: entry for entry in read.territories},
        organisations={entry.code: entry for entry in read.international_organisations},
        pseudo_codes={entry.code: entry for entry in read.pseudo_codes},
        without_code=read.without_code,
        digest=digest_of_files([path]),
    )


def _findings(read: _TerritoriesFile) -> Iterator[Finding]:
    yield from written_twice("territories", "code", (entry.code for entry in read.territories))
    for place, entry in enumerate(read.territories):
        for number, period in enumerate(entry.periods):
            here = ("territories", place, "periods", number)
            yield from span_findings(here, period.begins, period.ends_before, period.last_day)
            if number and period.span.begins < entry.periods[number - 1].span.ends:
                yield Finding((*here, "from"), "the period begins before the one above it ends.")
    known = country_names()
    for place, pseudo in enumerate(read.pseudo_codes):
        if pseudo.code in known:
            yield Finding(("pseudo_codes", place, "code"), f"{pseudo.code} is a country.", "Remove it from this list.")
    for place, organisation in enumerate(read.international_organisations):
        if organisation.code in known:
            what = f"{organisation.code} is a country."
            yield Finding(("international_organisations", place, "code"), what, "Choose a code that is not one.")
