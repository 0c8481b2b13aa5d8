"""A law that a site changes without a release: decisions that fall, countries found adequate, reach laws that end.

Decides what a line of such a file means and when it cannot be: a number that nobody knows, an end before the first
day, a country that needs no decision. The same file serves a site (`law:`) and an assumption (`report --as-if`). It
refuses to know whether a line is true: `source` and `verified` say who says so.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from pydantic import Field, model_validator

from monitor.document import Finding, Listed, Written
from monitor.fields import Day, Identifier, Recipient, Text, day_begins, digest_of
from monitor.law.adequacy import Decision
from monitor.law.days import BRUSSELS
from monitor.law.territories import Status
from monitor.wording import Unfit, nearest, shown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from datetime import date

    from monitor.law.reach import ReachLaw
    from monitor.law.regimes import Regimes
    from monitor.law.territories import Territories
    from monitor.yaml_text import Path

_INSIDE: Final = frozenset({Status.EEA, Status.TRANSITION})
_ABOUT: Final = ("decision", "adequate", "law")
# What a line may say beside its source, by what it is about, and what it must.
_SAYS: Final[Mapping[str, frozenset[str]]] = {
    "decision": frozenset({"ends_before", "last_day", "eea_efta_from"}),
    "adequate": frozenset(
        {"number", "title", "framework", "in_force_from", "ends_before", "last_day", "eea_efta_from"}
    ),
    "law": frozenset({"in_force_from", "ends_before", "last_day"}),
}
_MUST: Final[Mapping[str, tuple[str, ...]]] = {"adequate": ("number", "in_force_from")}
_EXAMPLES: Final[Mapping[str, str]] = {
    "number": "number: 2027/123",
    "in_force_from": "in_force_from: 2027-01-01",
    "decision": "ends_before: 2026-12-01, the first day without it, or last_day",
    "law": "ends_before: 2027-03-31, the first day without it, last_day or in_force_from",
}


class Change(Written):
    """One line: a decision ends, a country becomes adequate, or a reach law begins or ends. Days are Brussels'."""

    decision: Text | None = None
    adequate: Recipient | None = None
    law: Text | None = None
    number: Text | None = None
    title: Text | None = None
    framework: Identifier | None = None
    begins: Day | None = Field(default=None, alias="in_force_from")
    ends_before: Day | None = None
    last_day: Day | None = None
    eea_efta_from: Day | None = None
    source: Text = Field(examples=['"Court of Justice, C-703/25 P"'])
    verified: bool = True

    @model_validator(mode="after")
    def _says_one_thing(self) -> Change:
        about = [key for key in _ABOUT if getattr(self, key) is not None]
        if len(about) != 1:
            what = "the line is about nothing" if not about else f"the line is about {' and '.join(about)}"
            raise Unfit(what, "Write one of decision, adequate and law; another line for another thing.")
        said = {key: value for key, value in _written(self).items() if value is not None}
        for key in said:
            if key not in _SAYS[self.about]:
                remedy = f"Write only {', '.join(sorted(_SAYS[self.about]))} with it."
                raise Unfit(f"{key} says nothing about a line of {self.about}", remedy, under=(key,))
        for key in _MUST.get(self.about, ()):
            if key not in said:
                raise Unfit(f"a line of {self.about} needs {key}", f"Write {_EXAMPLES[key]}.")
        if not said:
            raise Unfit(f"the line says nothing about the {self.about}", f"Write {_EXAMPLES[self.about]}.")
        return self

    @property
    def about(self) -> str:
        """`decision`, `adequate` or `law`."""
        return next(key for key in _ABOUT if getattr(self, key) is not None)

    @property
    def ends(self) -> dict[str, date | None]:
        """The two forms of an end, when the line says one."""
        said = self.ends_before is not None or self.last_day is not None
        return {"ends_before": self.ends_before, "last_day": self.last_day} if said else {}


class ChangesFile(Written):
    """The whole of such a file."""

    decisions: Listed[Change] = Field(examples=["[...]"])


def _written(change: Change) -> dict[str, object]:
    return {
        "number": change.number,
        "title": change.title,
        "framework": change.framework,
        "in_force_from": change.begins,
        "ends_before": change.ends_before,
        "last_day": change.last_day,
        "eea_efta_from": change.eea_efta_from,
    }


def changed(regimes: Regimes, changes: Iterable[Change]) -> Regimes:
    """The law with these lines, in their order; the same law where there is none.

    Raises:
        LookupError: a line names a decision or a law that is not there; `change_findings` says so before.
    """
    lines = tuple(changes)
    if not lines:
        return regimes
    making = _Making.of(regimes)
    for number, line in enumerate(lines):
        making.apply(line, f"site_{number}")
    text = "\n".join([regimes.digest, *(digest_of(line) for line in lines)])
    return replace(
        regimes,
        decisions=tuple(making.decisions.values()),
        laws=making.laws,
        without_decision=tuple(
            code for code in regimes.without_decision if code not in {line.adequate for line in lines}
        ),
        digest=hashlib.sha256(text.encode()).hexdigest(),
    )


def subject_of(change: Change, regimes: Regimes) -> Decision | ReachLaw | None:
    """The decision or law that a line is about; None for a country that becomes adequate, or where nobody knows it."""
    making = _Making.of(regimes)
    if change.decision is not None:
        return making.decisions.get(making.decision_id(change.decision) or "")
    return None if change.law is None else regimes.laws.get(change.law)


def change_findings(
    read: ChangesFile, regimes: Regimes, territories: Territories, before: Iterable[Change] = ()
) -> Iterator[Finding]:
    """What cannot be in the lines of a file, under the law that it changes; `before`: lines of the files before it."""
    making = _Making.of(changed(regimes, before))
    frameworks = frozenset(making.regimes.framework_by_id)
    spoken: dict[str, int] = {}
    for place, line in enumerate(read.decisions):
        here = ("decisions", place)
        first = spoken.setdefault(making.name_of(line), place)
        if first != place:
            remedy = "Write one line for it."
            yield Finding((*here, line.about), f"decisions[{first}] speaks of the same already.", remedy)
            continue
        found = list(_findings(here, line, making, territories, frameworks))
        yield from found
        if found:
            continue
        making.apply(line, f"site_{place}")


def _findings(
    here: Path, line: Change, making: _Making, territories: Territories, frameworks: Collection[str]
) -> Iterator[Finding]:
    if line.ends_before is not None and line.last_day is not None:
        remedy = "Keep ends_before for an annulment or a repeal, last_day for an expiry."
        yield Finding((*here, "last_day"), "an entry ends once, and ends_before is written too.", remedy)
    elif line.decision is not None:
        yield from _decision_findings(here, line, making)
    elif line.law is not None:
        yield from _law_findings(here, line, making)
    else:
        yield from _adequate_findings(here, line, making, territories, frameworks)


def _decision_findings(here: Path, line: Change, making: _Making) -> Iterator[Finding]:
    written = line.decision or ""
    decision = making.decisions.get(making.decision_id(written) or "")
    if decision is None:
        yield Finding((*here, "decision"), f"no decision has the number {shown(written)}.", making.nearest(written))
        return
    yield from _end_findings(here, line, decision.number, decision.begins)
    if line.ends_before is not None and _is_over(decision, line.ends_before):
        ended = decision.ends_before or decision.last_day
        remedy = "Write last_day to prolong a decision that expires." if decision.last_day else "Remove the line."
        yield Finding((*here, "ends_before"), f"{decision.number} has ended by then, {ended}.", remedy)
    if line.last_day is not None and decision.ends_before is not None and line.last_day >= decision.ends_before:
        what = f"{decision.number} is gone from {decision.ends_before} on and cannot expire later."
        yield Finding((*here, "last_day"), what, "Write a new decision as `adequate:`.")
    if line.eea_efta_from is not None and line.eea_efta_from < decision.begins:
        what = f"{line.eea_efta_from} is before the first day of {decision.number}, {decision.begins}."
        yield Finding((*here, "eea_efta_from"), what)


def _is_over(decision: Decision, day: date) -> bool:
    return day_begins(day, BRUSSELS) > decision.span.ends


def _law_findings(here: Path, line: Change, making: _Making) -> Iterator[Finding]:
    law = making.laws.get(line.law or "")
    if law is None:
        close = nearest(line.law or "", making.laws)
        remedy = f"Did you mean {close}?" if close else "`transferwatch law --json` lists the codes."
        yield Finding((*here, "law"), f"no law has the code {shown(line.law)}.", remedy)
        return
    begins = law.begins if line.begins is None else line.begins
    yield from _end_findings(here, line, law.code, begins)
    if not line.ends and line.begins is not None and day_begins(line.begins, BRUSSELS) >= law.span.ends:
        what = f"{law.code} has ended by then, {law.ends_before or law.last_day}."
        yield Finding((*here, "in_force_from"), what, "Write its end as well, or remove the line.")


def _end_findings(here: Path, line: Change, name: str, begins: date) -> Iterator[Finding]:
    if line.ends_before is not None and line.ends_before <= begins:
        yield Finding((*here, "ends_before"), f"{line.ends_before} is not after the first day of {name}, {begins}.")
    if line.last_day is not None and line.last_day < begins:
        yield Finding((*here, "last_day"), f"{line.last_day} is before the first day of {name}, {begins}.")


def _adequate_findings(
    here: Path, line: Change, making: _Making, territories: Territories, frameworks: Collection[str]
) -> Iterator[Finding]:
    country, number, begins = line.adequate or "", line.number or "", line.begins
    if begins is None:
        return
    yield from _end_findings(here, line, number, begins)
    if territories.status(country, day_begins(begins, BRUSSELS)) in _INSIDE:
        what = f"{territories.name(country)} is inside the EEA on {begins} and needs no decision."
        yield Finding((*here, "adequate"), what, "Write a third country.")
    known = making.decision_id(number)
    if known is not None:
        what = f"{making.decisions[known].number} is a decision already ({making.decisions[known].title})."
        yield Finding((*here, "number"), what, "Write `decision:` to say when it ends.")
    if line.framework is not None and line.framework not in frameworks:
        remedy = f"Write one of {', '.join(sorted(frameworks))}, or leave it out."
        yield Finding((*here, "framework"), f"there is no framework {shown(line.framework)}.", remedy)
    span = _new_decision(line, "new").span
    for other in making.decisions.values():
        same = other.country == country and other.framework == line.framework
        if same and other.span.begins < span.ends and span.begins < other.span.ends:
            end = f"to {other.last_day or other.ends_before}" if other.last_day or other.ends_before else "without end"
            what = f"{other.number} covers {territories.name(country)} from {other.begins} {end}."
            yield Finding((*here, "in_force_from"), what, "End it by a line before this one, or change the days.")


@dataclass(frozen=True, slots=True)
class _Making:
    """A law that lines are applied to, one after the other."""

    regimes: Regimes
    decisions: dict[str, Decision]
    laws: dict[str, ReachLaw]

    @classmethod
    def of(cls, regimes: Regimes) -> _Making:
        return cls(regimes, {entry.id: entry for entry in regimes.decisions}, dict(regimes.laws))

    def apply(self, line: Change, new_id: str) -> None:
        if line.decision is not None:
            decision = self.decisions[self.decision_id(line.decision) or line.decision]
            update: dict[str, Any] = dict(line.ends)
            if update:
                update["ended_by"] = line.source
            if line.eea_efta_from is not None:
                update["eea_efta_from"] = line.eea_efta_from
            self.decisions[decision.id] = _again(decision, update, line)
        elif line.law is not None:
            law = self.laws[line.law]
            update = dict(line.ends)
            if line.begins is not None:
                update["in_force_from"] = line.begins
            self.laws[law.code] = _again(law, update, line)
        else:
            while new_id in self.decisions:
                new_id = f"{new_id}_"
            self.decisions[new_id] = _new_decision(line, new_id)

    def decision_id(self, written: str) -> str | None:
        """Id of the decision that is meant by its number, in any of the usual forms, or by its id."""
        if written in self.decisions:
            return written
        folded = _folded(written)
        return next((entry.id for entry in self.decisions.values() if _folded(entry.number) == folded), None)

    def name_of(self, line: Change) -> str:
        """The same for two lines that speak of the same."""
        if line.decision is not None:
            return f"decision {self.decision_id(line.decision) or line.decision}"
        return f"law {line.law}" if line.law is not None else f"adequate {_folded(line.number or '')}"

    def nearest(self, written: str) -> str:
        """What to write instead of a number that nobody knows."""
        close = nearest(_folded(written), {_folded(entry.number) for entry in self.decisions.values()})
        if close is None:
            return "`transferwatch law` shows the numbers."
        meant = next(entry for entry in self.decisions.values() if _folded(entry.number) == close)
        return f"Did you mean {meant.number} ({meant.title})?"


def _again(entry: Any, update: dict[str, Any], line: Change) -> Any:  # noqa: ANN401 - a Decision or a ReachLaw, as given
    """The entry with other values; made anew, because an entry remembers its span."""
    written = entry.model_dump(by_alias=True) | update
    written["verified"] = entry.verified and line.verified
    return type(entry).model_validate(written)


def _new_decision(line: Change, new_id: str) -> Decision:
    return Decision.model_validate(
        {
            "id": new_id,
            "country": line.adequate,
            "number": line.number,
            "title": line.title or f"{line.adequate}, as the site's file says",
            "adopted": line.begins,
            "in_force_from": line.begins,
            "ends_before": line.ends_before,
            "last_day": line.last_day if line.ends_before is None else None,
            "framework": line.framework,
            "legal_basis": "gdpr_45",
            "scope": "as the site's file says",
            "source": line.source,
            "verified": line.verified,
            "eea_efta_from": line.eea_efta_from,
        }
    )


def _folded(number: str) -> str:
    """A decision's number without what writers leave out: 2023/1795, (EU) 2023/1795; 2000/518, 2000/518/EC."""
    bare = re.sub(r"\s+|\((?:EU|EC)\)", "", number, flags=re.IGNORECASE).casefold()
    return re.sub(r"/(?:ec|eu)$", "", bare)
