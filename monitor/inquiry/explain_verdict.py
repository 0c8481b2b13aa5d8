"""Judge one far end by itself, and say what would change the answer.

The verdicts come from the tables that judge records (`monitor.grounds`, `monitor.judge`); nothing is decided here. The
site is one that declares nothing: no register, no certification, the policy's defaults.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from monitor.attribution.far_ends import UNLISTED
from monitor.attribution.operators import HOSTING_KINDS
from monitor.grounds import NO_IMPORTER, PlaceQuestion
from monitor.law.control import INTERNAL, WEIGHTS
from monitor.law.days import BRUSSELS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from monitor.attribution.operators import Operator
    from monitor.grounds import Grounds
    from monitor.law.control import Control
    from monitor.law.place import Ground
    from monitor.law.standing import Facts

ASSUMES: Final = "a site that declares nothing: no register, no certification, the defaults of the policy"

SAYS: Final[Mapping[tuple[str, str | None], str]] = {
    ("internal", None): "it cannot leave the site",
    ("eea", None): "inside the GDPR area, no transfer by place",
    ("eea", "transition_period"): "Union law still applied there by treaty, no transfer by place",
    ("adequate", None): "a decision of the Commission covers the country",
    ("uncovered", "no_ground"): "no ground known to this tool: no decision, and nothing is declared",
    ("uncovered", "importer_unknown"): (
        "no ground known to this tool: a decision covers listed importers only, and who receives is not known"
    ),
    ("uncovered", "importer_not_certified"): (
        "no ground known to this tool: a decision covers listed importers only, and no certification is on file"
    ),
    ("uncovered", "policy_review"): (
        "no ground known to this tool: outside the GDPR area but linked to a Member State, and the policy treats it as"
        " a third country"
    ),
    ("undetermined", "private_unlisted"): "a private address that no file names; it may be a peer abroad",
    ("undetermined", "no_source"): "no source places it",
    ("undetermined", "anycast"): "announced from many places at once: no database knows where a conversation lands",
    (
        "undetermined",
        "global_service",
    ): "its network serves many countries: no source can say where a conversation lands",
    ("undetermined", "sources_disagree"): "sources name several countries, and the law differs between them",
    ("undetermined", "pseudo_country"): "the database names no country",
    ("none", None): "nobody else operates it",
    ("eea", "seat"): "every seat on the ownership path is inside the GDPR area",
    ("adequate", "seat"): "a seat lies outside the GDPR area, in a country with a decision for all of it",
    ("exposed", "law"): "a State outside the GDPR area can order the operator, wherever the octets land",
    ("exposed", "seat"): "an owner sits in a country outside the GDPR area without a decision for all of it",
    ("undetermined", "operator_unlisted"): "the operator table does not know who runs it",
    ("undetermined", "path_incomplete"): "an owner is not known",
    ("undetermined", "mixed_ownership"): "sources doubt who decides, or seats and owners point different ways",
}
"""What a verdict with its reason says, for every pair that one far end can get."""

_BY_PEERS: Final = "`peers:` in inventory.yaml, with the country of this network."
_NOBODY: Final = -1
_NO_AS: Final = 0  # register entries may name an AS number; this site has none
_EPOCH_ZERO: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class FarEnd:
    """What a verdict on one far end needs.

    `unasked` is the ground of one that the law need not be asked about; `countries` are the candidates; `operator` is a
    position in the operator table, or UNLISTED; `as_number` is 0 where no network announces it; `by_name` tells that
    there is no address at all.
    """

    unasked: Ground | None
    countries: tuple[str, ...]
    registration: str | None
    operator: int
    as_number: int
    by_name: bool


@dataclass(frozen=True, slots=True)
class _Answer:
    place: Ground
    control: Control

    @property
    def essence(self) -> tuple[object, ...]:
        return self.place, self.control.verdict


def verdict_facts(far: FarEnd, moment: datetime, grounds: Grounds, standing: Facts | None) -> Facts:
    """Both verdicts with their reasons, what they were before and will be after, and what would change them.

    `standing` is that of the country that the law was asked about, None where it was not.
    """
    epoch = _epoch(moment, grounds)
    answer = _answer(far, epoch, grounds)
    operator = None if far.operator == UNLISTED else grounds.operators.operators[far.operator]
    changes = [*_place_changes(answer.place, far, standing), *_control_changes(answer, far, moment, operator, grounds)]
    return {
        "assumes": ASSUMES,
        "importer": _importer(far, answer, operator, grounds),
        **_said(answer),
        "before": _neighbour(far, epoch, grounds, step=-1),
        "after": _neighbour(far, epoch, grounds, step=1),
        "would_change": changes,
    }


def _epoch(moment: datetime, grounds: Grounds) -> int:
    microseconds = (moment - _EPOCH_ZERO) // timedelta(microseconds=1)
    return int(grounds.epochs.number(np.array([microseconds]))[0])


def _answer(far: FarEnd, epoch: int, grounds: Grounds) -> _Answer:
    """Ask the tables that records are judged by."""
    place = far.unasked
    if place is None:
        importer = NO_IMPORTER if far.operator == UNLISTED else grounds.importer_of_operator(far.operator)
        question = PlaceQuestion(
            countries=far.countries,
            importer=importer,
            network=_NOBODY,
            operator=far.operator,
            as_number=_NO_AS,
            system=_NOBODY,
            epoch=epoch,
        )
        place = grounds.places[grounds.place(question)].ground
    if place.verdict == "internal":
        return _Answer(place, INTERNAL)
    if far.operator == UNLISTED:
        row = grounds.control_unlisted(far.registration)
    else:
        row = grounds.control(far.operator, epoch)
    return _Answer(place, grounds.controls[row])


def _importer(far: FarEnd, answer: _Answer, operator: Operator | None, grounds: Grounds) -> Facts:
    """Who receives: the operator itself when it hosts no others, else nobody that is known."""
    if answer.place.verdict == "internal":
        return {"name": None, "why": "nobody: it cannot leave the site"}
    if operator is None:
        return {"name": None, "why": "not known, nor is the operator"}
    shown = grounds.importers[grounds.importer_of_operator(far.operator)].shown
    if shown is None:
        hosting = [kind for kind in operator.kinds if kind in HOSTING_KINDS]
        return {"name": None, "why": f"not known: the operator hosts others ({', '.join(hosting)})"}
    return {"name": shown, "why": "the operator itself: it hosts no others"}


def _said(answer: _Answer) -> Facts:
    place, control = answer.place, answer.control
    return {
        "place": {
            "verdict": place.verdict,
            "reason": place.reason,
            "mechanism": place.mechanism,
            "says": SAYS[place.verdict, place.reason],
        },
        "control": {
            "verdict": control.verdict,
            "reason": control.reason,
            "countries": list(control.countries),
            "laws": list(control.laws),
            "says": SAYS[control.verdict, control.reason],
        },
    }


def _neighbour(far: FarEnd, epoch: int, grounds: Grounds, *, step: int) -> Facts | None:
    """The nearest other answer, before (`step` -1) or after, with the first day on which the answer changed."""
    essence = _answer(far, epoch, grounds).essence
    while 0 <= (epoch := epoch + step) <= len(grounds.epochs.instants):
        other = _answer(far, epoch, grounds)
        if other.essence != essence:
            edge = grounds.epochs.instants[epoch if step < 0 else epoch - 1]
            return {"changed_on": edge.astimezone(BRUSSELS).date().isoformat(), **_said(other)}
    return None


def _change(axis: str, what: str, on: str | None = None) -> Facts:
    return {"axis": axis, "what": what, "on": on}


def _place_changes(ground: Ground, far: FarEnd, standing: Facts | None) -> Iterator[Facts]:
    if ground.reason == "private_unlisted":
        yield _change("place", "An entry of inventory.yaml that names the network: `systems:`, `peers:` or `staff:`.")
    elif ground.reason == "anycast":
        yield _change("place", f"{_BY_PEERS} The host name of the conversation tells which service it was.")
    elif ground.reason in {"global_service", "sources_disagree"}:
        yield _change("place", f"{_BY_PEERS} Or an override in the site's own atlas.")
    elif far.by_name:
        yield _change("place", "An address seen with the name: a name never tells where.")
    elif ground.reason in {"no_source", "pseudo_country"}:
        yield _change("place", _BY_PEERS)
    if standing is None or far.unasked is not None:
        return
    if ground.verdict == "uncovered":
        yield from _grounds_to_be_had(standing)
    if standing["standing"] == "review":
        yield _change("place", f"The policy: `review_territories: eea` counts {standing['name']} as inside.")
    for decision in [*filter(None, [standing["decision"]]), *standing["frameworks"]]:
        yield from _ends(decision)


def _grounds_to_be_had(standing: Facts) -> Iterator[Facts]:
    for decision in standing["frameworks"]:
        name = decision["framework"]["name"]
        what = f"A certification of the importer under {name} in certifications.yaml, and an importer that is known."
        yield _change("place", what)
    yield _change(
        "place",
        "A transfer declared in register.yaml: clauses or corporate rules (Art. 46) with an assessment in date and"
        " measures that work, or a derogation (Art. 49).",
    )
    for talks in standing["pending"]:
        yield _change("place", f"A decision on {talks['name']}: {talks['what']}.")


def _ends(decision: Facts) -> Iterator[Facts]:
    number = decision["number"]
    if decision["last_day"]:
        yield _change("place", f"The last day of {number}, unless it is prolonged.", decision["last_day"])
    elif decision["ends_before"]:
        yield _change("place", f"The first day without {number}.", decision["ends_before"])
    if decision["litigation"]:
        yield _change("place", f"A judgment on {number}: {decision['litigation']}.")


def _control_changes(
    answer: _Answer, far: FarEnd, moment: datetime, operator: Operator | None, grounds: Grounds
) -> Iterator[Facts]:
    control = answer.control
    laws = grounds.law.regimes.laws
    deciding = WEIGHTS.index(grounds.site.policy.exposed_from_weight)
    heavy = [code for code in control.laws if WEIGHTS.index(laws[code].weight) >= deciding]
    if operator is None:
        if far.as_number or far.by_name:
            key = "its suffix under `domains:`" if far.by_name else f"AS{far.as_number} under `as_numbers:`"
            yield _change("control", f"An operator in rules/operators with {key}, and its owners.")
        return
    if control.verdict == "exposed":
        what = f"The end of {_listed(heavy)}, or owners" if heavy else "Owners"
        yield _change("control", f"{what} that no such law reaches: dated lines in rules/law and rules/operators.")
    for code in control.laws:
        if control.verdict in {"eea", "adequate"} and code not in heavy:
            what = f"`exposed_from_weight: {laws[code].weight}` in the policy: {code} would decide."
            yield _change("control", what)
    if control.reason == "path_incomplete":
        unknown = [owner.entity for owner in operator.owners_at(moment) if owner.country is None]
        yield _change("control", f"The seat of {_listed(unknown)}.")
    if control.reason == "mixed_ownership":
        yield _change("control", "A source that says who decides.")
    if operator.pending_change:
        why = operator.open_points or operator.changes or "the owner may have changed since the last page read"
        yield _change("control", f"A change of owner that may have come: {why.rstrip('.')}.")


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
