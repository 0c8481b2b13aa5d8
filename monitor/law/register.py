"""The register of declared transfers: which ground an operator claims for which far end, from when to when.

Decides whether one entry is in force, its clauses included, assessed in date and able to work. It refuses to know which
entry a record matches and what the law says of a country: that is the verdict's business. Terms: GDPR Art. 30, 46, 49.
"""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Literal

from pydantic import Field, PrivateAttr, ValidationInfo, field_validator, model_validator

from monitor.document import Document, Listed, Written, fit, repeated
from monitor.fields import (
    DataClass,
    Day,
    Identifier,
    Network,
    Operator,
    Recipient,
    Surroundings,
    SystemName,
    Text,
    day_begins,
    day_ends,
    digest_of,
)
from monitor.law.clauses import clauses_by_version
from monitor.law.days import LastDay, Span
from monitor.public_suffixes import OwnDomain  # noqa: TC001 - pydantic reads it at run time
from monitor.wording import Unfit

if TYPE_CHECKING:
    from datetime import date

    from monitor.problem import Problem

Basis = Literal["adequacy", "scc", "bcr", "derogation"]
Measure = Literal[
    "pseudonymised",  # identified only with information that stays with the exporter (use case 2)
    "exporter_keys",  # encrypted before it leaves, keys held by the exporter alone (use case 1)
    "eea_keys",  # encrypted, keys held by a third party in the EEA or an adequate country (use case 1)
    "encrypted_storage",  # encrypted at rest by the provider, who holds the keys
    "encrypted_transit",  # encrypted on the way only (use case 3)
    "protected_recipient",  # the recipient's own law shields it from orders, as for a professional secret (use case 4)
    "split_processing",  # split between processors in several countries, no part telling of a person (use case 5)
]
"""Supplementary measures. Source: EDPB Recommendations 01/2020 v2.0, Annex 2, use cases 1 to 7."""

WORKS_FOR_CLEAR_TEXT: Final[frozenset[Measure]] = frozenset(
    {"pseudonymised", "protected_recipient", "split_processing"}
)
"""Measures that work although the importer reads what it gets; use cases 6 and 7 say that encryption then does not."""

_IMPORTER_HOLDS_THE_KEYS: Final[frozenset[Measure]] = frozenset({"encrypted_storage", "encrypted_transit"})
"""Encryption that leaves the importer the keys to what it stores."""

_ASSESSED: Final = ("scc", "bcr")


class Match(Written):
    """Which far ends the entry is about: any of operators, domains and networks, and one of the countries."""

    operators: Listed[Operator] = ()
    domains: Listed[OwnDomain] = ()
    networks: Listed[Network] = ()
    countries: Listed[Recipient] = ()

    @model_validator(mode="after")
    def _names_something(self) -> Match:
        if not (self.operators or self.domains or self.networks):
            raise Unfit("the entry matches nothing", "Write at least one of operators, domains and networks.")
        return self


class StandardClauses(Written):
    """Which standard contractual clauses were signed."""

    module: Literal[1, 2, 3, 4] = Field(examples=["2"])
    version: Text = "2021/914"
    signed: Day = Field(examples=["2026-01-20"])


class ImpactAssessment(Written):
    """The transfer impact assessment: when it was made, until when it holds, which measures it relies on."""

    made: Day = Field(alias="date", examples=["2026-01-10"])
    next_review: Day = Field(examples=["2027-01-10"])
    supplementary_measures: Listed[Measure] = ()

    @field_validator("next_review")
    @classmethod
    def _after_it_was_made(cls, next_review: date, info: ValidationInfo) -> date:
        made: date | None = info.data.get("made")
        if made is not None and next_review <= made:
            raise Unfit(f"{next_review} is not after the day of the assessment, {made}", "Write a later day.")
        return next_review


class TransferEntry(Written):
    """One declared transfer."""

    id: Identifier = Field(examples=["T-2026-004"])
    importer: Text = Field(examples=["Example Analytics Inc."])
    match: Match = Field(examples=["{operators: [...], countries: [...]}"])
    systems: Listed[SystemName] = ()
    data_classes: Listed[DataClass] = ()
    basis: Basis = Field(examples=["scc"])
    scc: StandardClauses | None = Field(default=None, validate_default=True)
    clear_text_access: bool = True
    tia: ImpactAssessment | None = Field(default=None, validate_default=True)
    valid_from: Day = Field(examples=["2026-02-01"])
    valid_to: LastDay = None
    _timezone: tzinfo = PrivateAttr(default=UTC)

    @field_validator("scc")
    @classmethod
    def _clauses_belong_to_scc(cls, scc: StandardClauses | None, info: ValidationInfo) -> StandardClauses | None:
        basis = info.data.get("basis")
        if basis == "scc" and scc is None:
            raise Unfit(
                "the basis scc needs the clauses that were signed",
                "Write `scc: {module: 2, version: 2021/914, signed: 2026-01-20}`.",
            )
        if basis not in {"scc", None} and scc is not None:
            raise Unfit(f"clauses do not go with the basis {basis}", "Remove the key, or write `basis: scc`.")
        return scc

    @field_validator("tia")
    @classmethod
    def _safeguards_are_assessed(cls, tia: ImpactAssessment | None, info: ValidationInfo) -> ImpactAssessment | None:
        if tia is None and (basis := info.data.get("basis")) in _ASSESSED:
            raise Unfit(
                f"the basis {basis} needs a transfer impact assessment",
                "Write `tia: {date: 2026-01-10, next_review: 2027-01-10}`.",
            )
        return tia

    def model_post_init(self, context: Any, /) -> None:  # noqa: ANN401 - pydantic passes whatever the loader gave it
        """Keep the zone in which the entry's days begin and end."""
        if isinstance(context, Surroundings):
            self._timezone = context.timezone

    @property
    def begins(self) -> datetime:
        """The first instant of the first day, in UTC, and not before the clauses could be relied on."""
        return self._span.begins

    @property
    def ends(self) -> datetime:
        """The first instant after the last day, or after that of its clauses, in UTC; the end of time when it is open.

        Clauses that were signed after their repeal end before they begin.
        """
        return self._span.ends

    @cached_property
    def _span(self) -> Span:
        declared = Span.declared(self.valid_from, self.valid_to, self._timezone)
        clauses = None if self.scc is None else clauses_by_version().get(self.scc.version)
        return declared if self.scc is None or clauses is None else declared.within(clauses.span(self.scc.signed))

    @property
    def assessed(self) -> tuple[datetime, datetime] | None:
        """From when until when (exclusive) the assessment holds, in UTC; None when the basis needs none."""
        if self.tia is None or self.basis not in _ASSESSED:
            return None
        return day_begins(self.tia.made, self._timezone), day_ends(self.tia.next_review, self._timezone)

    def in_force(self, moment: datetime) -> bool:
        """The moment lies on one of the declared days, both included."""
        return self.begins <= moment < self.ends

    def assessment_in_date(self, moment: datetime) -> bool:
        """The assessment was made and its review is not overdue; true where the basis needs no assessment."""
        if self.basis not in _ASSESSED:
            return True
        held = self.assessed
        return held is not None and held[0] <= moment < held[1]

    def sufficient(self) -> bool:
        """The declared measures can work.

        Clauses and corporate rules do not bind a foreign authority: where the importer reads the data, only a measure
        of `WORKS_FOR_CLEAR_TEXT` keeps it from handing them over. An importer that stores them under keys of its own
        can read them, whatever the entry says of clear text. Adequacy and derogations need no measure.
        """
        if self.basis not in _ASSESSED:
            return True
        measures = frozenset(() if self.tia is None else self.tia.supplementary_measures)
        if self.clear_text_access or ("encrypted_storage" in measures and measures <= _IMPORTER_HOLDS_THE_KEYS):
            return not measures.isdisjoint(WORKS_FOR_CLEAR_TEXT)
        return True


class Register(Written):
    """The whole of register.yaml."""

    transfers: Listed[TransferEntry] = Field(default=(), examples=["[...]"])
    _timezone: tzinfo = PrivateAttr(default=UTC)

    def model_post_init(self, context: Any, /) -> None:  # noqa: ANN401 - pydantic passes whatever the loader gave it
        """Keep the zone in which days begin and end."""
        if isinstance(context, Surroundings):
            self._timezone = context.timezone

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the content and the zone of its days, in hex."""
        return digest_of(self, self._timezone)

    def change_instants(self) -> tuple[datetime, ...]:
        """Every instant, in UTC, at which an entry or its assessment starts or stops to hold."""
        instants = {instant for entry in self.transfers for instant in (entry.begins, entry.ends)}
        instants |= {instant for entry in self.transfers for instant in entry.assessed or ()}
        return tuple(sorted(instants - {datetime.max.replace(tzinfo=UTC)}))


def fit_register(document: Document, problems: list[Problem], surroundings: Surroundings) -> Register | None:
    """The register of a file that was opened; None with its problems added when anything in it is wrong."""
    register = fit(document, Register, problems, context=surroundings)
    found = [
        document.problem(
            ("transfers", place, "id"), f"transfers[{first}] already has this id.", "Give each entry its own id."
        )
        for first, place in repeated(document.data, "transfers", ("id",))
    ]
    problems.extend(found)
    return None if found else register
