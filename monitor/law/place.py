"""What chapter V says of a country at an instant: the place axis.

Decides from the country, the importer and the declared transfers, in the order of the law: the GDPR area, adequacy
with its scope, safeguards (Art. 46), derogations (Art. 49). `uncovered` says that this tool knows no ground; whether
there is one, a person must say.

Source: GDPR Art. 44 to 49; EDPB Guidelines 05/2021 v2.0 and Recommendations 01/2020 v2.0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from monitor.law.territories import Status
from monitor.schema import BETWEEN_MECHANISMS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from monitor.law.certifications import Certification
    from monitor.law.regimes import Regimes
    from monitor.law.register import TransferEntry
    from monitor.law.territories import Territories


@dataclass(frozen=True, slots=True)
class Ground:
    """The verdict on the place axis, with its reason and what it relies on."""

    verdict: str
    reason: str | None = None
    mechanism: str | None = None


@dataclass(frozen=True, slots=True)
class Law:
    """The law and the site's declarations, as far as places are judged by them."""

    territories: Territories
    regimes: Regimes
    certifications: tuple[Certification, ...]
    review_territories: str


@dataclass(frozen=True, slots=True)
class Importer:
    """Who receives: the name that is shown, and every name under which a list of certified importers may hold it."""

    shown: str | None = None
    names: frozenset[str] = frozenset()


# What a status settles by itself, before any ground is looked for.
_SETTLED: Final = {
    Status.EEA: Ground("eea"),
    Status.TRANSITION: Ground("eea", "transition_period"),
    Status.PSEUDO: Ground("undetermined", "pseudo_country"),
}
_COVERING: Final = {"scc": "safeguarded", "bcr": "safeguarded", "derogation": "derogation"}


# Of reasons that differ between candidate countries the first speaks for all: the one that is farthest from a ground.
_FARTHEST_FIRST: Final = (
    "no_ground", "importer_unknown", "importer_not_certified", "entry_outside_scope", "entry_lapsed",
    "entry_insufficient", "policy_review", "transition_period", "pseudo_country",
)  # fmt: skip


def common_ground(grounds: Sequence[Ground]) -> Ground:
    """The ground for a place that is one of several countries, from the ground of each.

    The same verdict stands, with all decisions that it relies on; different ones leave it open.
    """
    distinct = tuple(dict.fromkeys(grounds))
    if len(distinct) == 1:
        return distinct[0]
    verdicts = {ground.verdict for ground in distinct}
    if len(verdicts) > 1:
        return Ground("undetermined", "sources_disagree")
    reasons = {ground.reason for ground in distinct}
    mechanisms = sorted({ground.mechanism for ground in distinct if ground.mechanism})
    return Ground(
        verdicts.pop(),
        next((reason for reason in _FARTHEST_FIRST if reason in reasons), None),
        BETWEEN_MECHANISMS.join(mechanisms) or None,
    )


def judge_country(  # noqa: PLR0911 - the grounds of chapter V in their order, each returns
    country: str,
    moment: datetime,
    law: Law,
    importer: Importer,
    matching: Sequence[TransferEntry],
    named_elsewhere: bool,  # noqa: FBT001 - a fact about the register, passed by name
) -> Ground:
    """Judge a transfer to `country` at `moment`, first that applies.

    `matching`: the register entries that match the far end, the country, the system and its data class, best first.
    `named_elsewhere`: an entry names the far end, but its lists leave out this country, system or class.
    """
    status = law.territories.status(country, moment)
    if status in _SETTLED:
        return _SETTLED[status]
    review = status is Status.REVIEW
    if review and law.review_territories == "eea":
        return Ground("eea", "policy_review")
    adequate = law.regimes.decision(country, moment)
    if adequate is not None:
        return Ground("adequate", None, adequate.number)
    frameworks = law.regimes.frameworks(country, moment)
    for decision in reversed(frameworks):
        if _is_certified(importer, decision.framework or "", moment, law.certifications):
            return Ground("adequate", None, decision.number)
    covering = [entry for entry in matching if entry.basis in _COVERING]
    for entry in covering:
        if entry.in_force(moment) and entry.assessment_in_date(moment) and entry.sufficient():
            return Ground(_COVERING[entry.basis], None, entry.id)
    if review and law.review_territories == "undetermined":
        return Ground("undetermined", "policy_review")
    return Ground("uncovered", _why_uncovered(covering, moment, named_elsewhere, bool(frameworks), importer, review))


def _why_uncovered(
    covering: Sequence[TransferEntry],
    moment: datetime,
    named_elsewhere: bool,  # noqa: FBT001
    has_framework: bool,  # noqa: FBT001
    importer: Importer,
    review: bool,  # noqa: FBT001
) -> str:
    """Of several reasons the one that is nearest to a ground: why the best declared transfer fails comes first."""
    if covering and covering[0].begins <= moment:
        best = covering[0]
        held = best.in_force(moment) and best.assessment_in_date(moment)
        return "entry_insufficient" if held else "entry_lapsed"
    if covering or named_elsewhere:
        return "entry_outside_scope"
    if has_framework:
        return "importer_not_certified" if importer.shown else "importer_unknown"
    return "policy_review" if review else "no_ground"


def _is_certified(
    importer: Importer, framework: str, moment: datetime, certifications: Iterable[Certification]
) -> bool:
    """Whether a certification of the importer covers data that are not about its own staff; unverified ones do not."""
    return any(
        entry.framework == framework
        and entry.verified
        and entry.importer.casefold() in importer.names
        and (not entry.covers or "non_hr" in entry.covers)
        and entry.holds(moment)
        for entry in certifications
    )
