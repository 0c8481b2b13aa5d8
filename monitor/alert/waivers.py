"""Waivers: findings that somebody answers for, until a day.

Decides whether a waiver holds for a finding at an instant. A waived finding is kept and shown, and never sent. A waiver
is no legal ground: what the law allows stands in the register, which changes the verdict itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from pydantic import Field, field_validator, model_validator

from monitor.document import Listed, Written, fit, repeated
from monitor.fields import Day, Identifier, Operator, Recipient, SystemName, Text, day_begins, day_ends, digest_of
from monitor.problem import Problem
from monitor.wording import Unfit, choose, shown

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from monitor.alert.findings import Finding
    from monitor.document import Document
    from monitor.fields import Surroundings


# What an alert writes into the line that it offers, for the owner and for the reason.
_TO_FILL_IN: Final = frozenset({"NAME", "WHY", "NOM", "MOTIF"})


class Match(Written):
    """Which findings a waiver is about: those that fit every key that is written, in any of its values."""

    rules: Listed[Identifier] = Field(min_length=1, examples=["[undeclared_importer]"])
    systems: Listed[SystemName] = ()
    operators: Listed[Operator] = ()
    countries: Listed[Recipient] = ()
    sources: Listed[Text] = ()

    def fits(self, finding: Finding) -> bool:
        """Whether the finding is one of these; a finding without a value fits no list of values."""
        return (
            finding.rule in self.rules
            and (not self.systems or finding.system in self.systems)
            and (not self.operators or finding.operator in self.operators)
            and (not self.countries or finding.place_country in self.countries)
            and (not self.sources or set(finding.told_now("source")) <= set(self.sources))
        )


class Waiver(Written):
    """One waiver, as written; both days are included."""

    id: Identifier = Field(examples=["W-2026-001"])
    match: Match = Field(examples=["{rules: [undeclared_importer], systems: [warehouse]}"])
    owner: Text = Field(examples=["dpo@example.org"])
    reason: Text = Field(examples=["contract is being signed, ticket 4711"])
    starts: Day | None = None
    expires: Day = Field(examples=["2027-01-31"])

    @field_validator("owner", "reason")
    @classmethod
    def _is_filled_in(cls, value: str) -> str:
        if value in _TO_FILL_IN:
            raise Unfit(f"{value} stands in the line of an alert for what you must write", "Write who, and why.")
        return value

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Waiver:
        if self.starts is not None and self.expires < self.starts:
            raise Unfit(f"{self.expires} is before {self.starts}, the first day", "Write a later day.")
        return self


class WaiversFile(Written):
    """The whole of waivers.yaml, as written."""

    waivers: Listed[Waiver] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """A waiver with its first and its last instant, and the place in the file that says until when."""

    waiver: Waiver
    begins: datetime | None
    ends: datetime
    place: Problem

    def holds(self, at: datetime) -> bool:
        """Whether it is in force."""
        return (self.begins is None or self.begins <= at) and at < self.ends

    @property
    def over(self) -> Problem:
        """What is said of it once it has ended: a warning, which keeps nothing from starting."""
        what = f"waiver {self.waiver.id} ended on {self.waiver.expires}; what it waived is sent again."
        remedy = f"Ask {self.waiver.owner} for a later day, or remove it."
        return Problem(self.place.file, self.place.line, self.place.column, self.place.key, what, remedy)


@dataclass(frozen=True, slots=True)
class Waivers:
    """The waivers of a site."""

    held: tuple[Held, ...] = ()
    digest: str = field(default="")

    def over(self, finding: Finding, at: datetime) -> Waiver | None:
        """The waiver that fitted this finding and ended last, when none holds any more."""
        if self.holding(finding, at) is not None:
            return None
        ended = [each for each in self.held if each.ends <= at and each.waiver.match.fits(finding)]
        return max(ended, key=lambda each: each.ends).waiver if ended else None

    def holding(self, finding: Finding, at: datetime) -> Waiver | None:
        """The waiver that holds for this finding; of several the one that lasts longest."""
        holding = [each for each in self.held if each.holds(at) and each.waiver.match.fits(finding)]
        return max(holding, key=lambda each: each.ends).waiver if holding else None

    def warnings(self, at: datetime, rules: Collection[str] | None = None) -> list[Problem]:
        """What a person should mend although nothing is kept from starting: ended waivers, rules that are not there."""
        found = [each.over for each in self.held if each.ends <= at]
        for each in self.held:
            for rule in each.waiver.match.rules:
                if rules is not None and rule not in rules:
                    what = f"waiver {each.waiver.id} is about {shown(rule)}, and there is no such rule."
                    place = each.place
                    found.append(Problem(place.file, place.line, 0, "", what, choose(rule, rules)))
        return found


def waived_between(
    waivers: Waivers, findings: Sequence[Finding], begins: datetime, ends: datetime
) -> list[tuple[Waiver, tuple[str, ...]]]:
    """For a report: every waiver, and the ids of the findings that it was about while it held, of a span of time.

    A finding is there from its first record to its last.
    """
    listed = []
    for held in waivers.held:
        first, end = max(begins, held.begins or begins), min(ends, held.ends)
        about = [
            each.id
            for each in findings
            if first.timestamp() <= each.last_time and each.first_time < end.timestamp()
            if held.waiver.match.fits(each)
        ]
        listed.append((held.waiver, tuple(about) if first < end else ()))
    return listed


def fit_waivers(document: Document, problems: list[Problem], surroundings: Surroundings) -> Waivers | None:
    """The waivers of a file that was opened; None with its problems added when anything in it is wrong."""
    written = fit(document, WaiversFile, problems, context=surroundings)
    again = [
        document.problem(("waivers", place, "id"), f"waivers[{first}] already has this id.", "Give each its own id.")
        for first, place in repeated(document.data, "waivers", ("id",))
    ]
    problems.extend(again)
    if written is None or again:
        return None
    zone = surroundings.timezone
    held = tuple(
        Held(
            each,
            None if each.starts is None else day_begins(each.starts, zone).astimezone(UTC),
            day_ends(each.expires, zone).astimezone(UTC),
            document.problem(("waivers", place, "expires"), ""),
        )
        for place, each in enumerate(written.waivers)
    )
    return Waivers(held, digest_of(written, zone))
