"""How a dated legal case is written: what happened, when, what the law says of it, and where a reader finds that.

Decides the keys that a case may have, and refuses every other. It refuses to know verdicts: the case names them, the
judge is asked for them. Days and words mean what they mean in the operator's own files.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import BeforeValidator, Field, model_validator

from monitor import schema
from monitor.document import Listed, Written, load_document
from monitor.fields import Country, Day, Identifier, Text
from monitor.law.register import Measure
from monitor.wording import Unfit

DIRECTORY: Final = Path(__file__).parent / "law"

UNKNOWN: Final = "unknown"
"""A seat on an ownership path that nobody established."""


def _instant(value: object) -> object:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        raise Unfit(f"{value} is not an instant", "Write one such as 2020-07-16T00:00:00+02:00.") from None
    if moment.tzinfo is None:
        raise Unfit(f"{value} has no zone", "Write one such as 2020-07-16T00:00:00+02:00.")
    return moment.astimezone(UTC)


def _as_seat(value: object) -> object:
    return {"country": value} if isinstance(value, str) else value


def _as_law(value: object) -> object:
    return {"code": value} if isinstance(value, str) else value


Instant = Annotated[datetime, BeforeValidator(_instant)]
CountryOfSeat: TypeAlias = Country | Literal["unknown"]
Measures = Listed[Measure]


class Seat(Written):
    """One company on the path from the operator to its ultimate parent; `ends_before` is the first day without it."""

    country: CountryOfSeat
    begins: Day | None = Field(default=None, alias="from")
    ends_before: Day | None = None


class Reached(Written):
    """A law that reaches the company, while it does so."""

    code: Identifier
    begins: Day | None = Field(default=None, alias="from")
    ends_before: Day | None = None


class Company(Written):
    """Who operates the far end, in the words of the case: its seats in order, and the laws that reach it."""

    path: Listed[Annotated[Seat, BeforeValidator(_as_seat)]]
    laws: Listed[Annotated[Reached, BeforeValidator(_as_law)]] = ()
    control: Literal["eu", "eu_licensed_us_tech", "mixed", "eu_subsidiary_of_non_eu", "non_eu", "unknown"] = "unknown"
    hosts_others: bool = False


class Declared(Written):
    """An entry of the register of transfers; it names the far end of the case."""

    id: Identifier = "T-1"
    basis: Literal["adequacy", "scc", "bcr", "derogation"]
    importer: Text | None = None
    countries: Listed[Country] = ()
    systems: Listed[Identifier] = ()
    data_classes: Listed[Identifier] = ()
    clauses: Text | None = None
    module: int | None = None
    signed: Day | None = None
    clear_text_access: bool = True
    measures: Measures = ()
    assessed: Day | None = None
    next_review: Day | None = None
    valid_from: Day
    valid_to: Day | None = None


class Certified(Written):
    """A certification of the importer, or of another body that is named."""

    framework: Literal["us_dpf", "us_privacy_shield", "us_safe_harbour", "ca_pipeda"]
    importer: Text | None = None
    covers: Listed[Literal["hr", "non_hr"]] = ()
    valid_from: Day
    valid_to: Day | None = None
    verified: bool = True


class SiteChoices(Written):
    """What the law leaves to the site."""

    exposed_from_weight: Literal["low", "medium", "high"] | None = None
    review_territories: Literal["third_country", "eea", "undetermined"] | None = None
    unincorporated_adequacy: Literal["applies", "does_not_apply", "undetermined"] | None = None


class Expected(Written):
    """What the judge must say: of the place, of the control, or of both."""

    place_verdict: Text | None = None
    place_reason: Text | None = None
    mechanism: Text | None = None
    control_verdict: Text | None = None
    control_reason: Text | None = None
    activity: Text | None = None

    @model_validator(mode="after")
    def _known_words(self) -> Expected:
        if self.place_verdict is None and self.control_verdict is None:
            raise Unfit("the case expects nothing", "Write place_verdict, control_verdict or both.")
        for word, words in (
            (self.place_verdict, schema.PLACE_VERDICTS),
            (self.place_reason, schema.PLACE_REASONS),
            (self.control_verdict, schema.CONTROL_VERDICTS),
            (self.control_reason, schema.CONTROL_REASONS),
        ):
            if word is not None and word not in words.categories:
                raise Unfit(f"{word} is not a word of the judged rows", "See docs/columns.md.")
        return self


class Case(Written):
    """One case.

    The far end is in `country`: the inventory knows it and says so, or (`known: false`) it is a stranger whom the atlas
    finds there. Or it is at an `address`, or the atlas prints the word `printed` for its country, or it is one of our
    own. `operator` is one of the shipped table, `company` one that the case describes.
    """

    id: Identifier
    at: Instant
    boundary: bool = False
    exporter: Country = "FR"
    timezone: Text = "Europe/Paris"
    country: Country | None = None
    address: Text | None = None
    printed: Text | None = None
    operator: Identifier | None = None
    company: Company | None = None
    importer: Text | None = None
    known: bool = True
    own_staff: bool = False
    system: Identifier = "warehouse"
    data_class: Identifier = "health"
    serves: Literal["staff", "public", "partners"] = "staff"
    opened_by: Literal["us", "them"] = "us"
    service: Literal["data", "administration"] = "data"
    between_our_own: bool = False
    declared: Listed[Declared] = ()
    certified: Listed[Certified] = ()
    policy: SiteChoices = SiteChoices()
    expected: Expected
    because: Text
    source: Text
    verified: bool = True

    @model_validator(mode="after")
    def _has_one_far_end(self) -> Case:
        places = [self.country is not None, self.address is not None, self.printed is not None, self.between_our_own]
        if sum(places) != 1:
            raise Unfit("the far end is not told, or told twice", "Write country, address or printed.")
        if self.operator and self.company:
            raise Unfit("the far end has two operators", "Write operator or company.")
        return self


class CaseFile(Written):
    """One file of cases, on one theme."""

    theme: Text
    cases: Listed[Case]


def load_cases(directory: Path = DIRECTORY) -> dict[str, tuple[Case, ...]]:
    """The cases of every file, by the file's name.

    Raises:
        ProblemsFound: with everything that is wrong in the first file that is.
    """
    return {path.stem: load_document(path, CaseFile).cases for path in sorted(directory.glob("*.yaml"))}


def plain(case: Case, *without: str) -> dict[str, Any]:
    """The case as it is written, defaults left out."""
    return case.model_dump(by_alias=True, exclude_defaults=True, exclude=set(without))
