"""Which kept verdicts rest on an unverified fact: they would be others if nobody believed the facts without a page.

Decides by judging again without them. Of the owners those that are not verified are not known, with the laws that they
alone bring; of the laws those that are not verified reach nobody, nor do those whose first day is from memory and less
than a year past. An anycast entry and an adequacy decision count where the place rests on them. It refuses to say
anything of rows that were judged by other operators or another law than today's: what was unverified then is not known.

Not counted: that a state is a member of the Union (nobody doubts it, the days are from memory), the weight of a law
(an assessment, no fact), and the site's own files (the site answers for them).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final, cast

import polars as pl

from monitor.address import parse_addresses
from monitor.grounds import path_of
from monitor.kept import OTHER_VERSIONS, RESTS_ON, UNVERIFIED_FACTS
from monitor.law.control import OwnershipPath, judge_control

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from monitor.attribution.far_ends import Attributor
    from monitor.attribution.operators import Operator
    from monitor.grounds import Grounds
    from monitor.law.control import Control

# Versions that say what is unverified; the others do not change it.
_PARTS: Final = ("operators", "law")
_SETTLED_AFTER: Final = timedelta(days=366)
_SAID: Final = (
    "operator",
    "named_operator",
    "control_verdict",
    "control_reason",
    "place_verdict",
    "place_reason",
    "mechanism",
    "basis",
)


@dataclass(frozen=True, slots=True)
class Doubts:
    """The facts of today, and the versions that they bear; without `parts` every row is taken as judged by them.

    `guessed_anycast`: operators of which some anycast network is from memory (`guessed_anycast_of`). The ledger keeps
    no address, so that all anycast traffic of such an operator counts.
    """

    grounds: Grounds
    guessed_anycast: frozenset[str]
    parts: Mapping[str, str] | None = None
    _controls: dict[tuple[int, datetime], frozenset[str]] = field(default_factory=dict)

    def marked(
        self, transfers: pl.DataFrame, begins: datetime, ends: datetime, bases: pl.DataFrame | None = None
    ) -> pl.DataFrame:
        """Add to rows of that time on what their verdicts rest.

        A row rests on what its operator's verdict rested on in any part of the time in which the verdict was the same,
        so that an hour and its month say the same when they are asked for the same time.

        Columns in: those of `kept.KEY`. Columns out: those, and RESTS_ON.
        """
        distinct = transfers.select(_SAID).unique(maintain_order=True)
        others = self._other_bases(bases)
        moments = (begins, *(each for each in self.grounds.epochs.instants if begins < each < ends))
        words = [
            OTHER_VERSIONS if basis in others else self._words(moments, *said)
            for *said, basis in distinct.select(_SAID).iter_rows()
        ]
        told = distinct.with_columns(pl.Series(RESTS_ON, words, dtype=pl.String))
        return transfers.join(told, on=_SAID, how="left", nulls_equal=True, maintain_order="left")

    def of_operator(self, position: int, moment: datetime) -> tuple[str, ...]:
        """The unverified facts on which the verdict on an operator rests at an instant."""
        found = self._of_control(position, moment)
        return tuple(fact for fact in UNVERIFIED_FACTS if fact in found)

    def _other_bases(self, bases: pl.DataFrame | None) -> frozenset[str]:
        if bases is None or self.parts is None:
            return frozenset()
        same = pl.all_horizontal(*(pl.col(part) == self.parts[part] for part in _PARTS))
        return frozenset(bases.filter(~same)["basis"])

    def _words(
        self,
        moments: Sequence[datetime],
        operator: str | None,
        named_operator: str | None,
        control_verdict: str,
        control_reason: str | None,
        place_verdict: str,
        place_reason: str | None,
        mechanism: str | None,
    ) -> str | None:
        found: set[str] = set()
        host, named = self.grounds.operator_named(operator), self.grounds.operator_named(named_operator)
        for moment in moments if host is not None or named is not None else ():
            control = self._control(host, moment, named)
            if (control.verdict, control.reason) == (control_verdict, control_reason):
                found |= self._of_both(host, named, moment)
        if place_reason == "anycast" and operator in self.guessed_anycast:
            found.add("anycast")
        if place_verdict == "adequate" and any(
            not decision.verified for decision in self.grounds.law.regimes.decisions if decision.number == mechanism
        ):
            found.add("decision")
        return " ".join(fact for fact in UNVERIFIED_FACTS if fact in found) or None

    def _control(self, position: int | None, moment: datetime, named: int | None = None) -> Control:
        """Verdict on a host, and on the operator that the name shows; one of the two is listed."""
        epoch = self.grounds.epochs.number_of(moment)
        if named is not None:
            return self.grounds.controls[self.grounds.control_joint(position, named, epoch)]
        return self.grounds.controls[self.grounds.control(cast("int", position), epoch)]

    def _of_both(self, host: int | None, named: int | None, moment: datetime) -> frozenset[str]:
        """What a verdict on a host and on the operator that the name shows rests on.

        Either of them exposes, so that one without a doubt is enough for that; any other verdict needs both.
        """
        listed = [each for each in (host, named) if each is not None]
        verdict = self._control(host, moment, named).verdict
        if verdict == "exposed":
            listed = [each for each in listed if self._control(each, moment).verdict == verdict]
        doubts = [self._of_control(each, moment) for each in listed]
        return frozenset() if verdict == "exposed" and not all(doubts) else frozenset().union(*doubts)

    def _of_control(self, position: int, moment: datetime) -> frozenset[str]:
        found = self._controls.get((position, moment))
        if found is None:
            found = self._controls[position, moment] = self._shaken(position, moment)
        return found

    def _shaken(self, position: int, moment: datetime) -> frozenset[str]:
        """Of owners and laws, those without which the verdict is another one; both where only both together do it."""
        operator, given = self.grounds.operators.operators[position], self._control(position, moment).verdict
        path = path_of(operator, moment)
        settled = {code for code in path.laws if self._settled(code, moment)}
        owned = self._brought_by_verified_owners(operator, path, moment)
        seats = tuple(owner.country if owner.verified else None for owner in operator.owners_at(moment))
        without = {
            "owner": OwnershipPath(seats, owned, path.mixed),
            "law": OwnershipPath(path.seats, tuple(code for code in path.laws if code in settled), path.mixed),
        }
        alone = frozenset(fact for fact, left in without.items() if self._verdict(left, moment) != given)
        if alone:
            return alone
        neither = OwnershipPath(seats, tuple(code for code in owned if code in settled), path.mixed)
        return frozenset(without) if self._verdict(neither, moment) != given else frozenset()

    def _verdict(self, path: OwnershipPath, moment: datetime) -> str:
        law, policy = self.grounds.law, self.grounds.site.policy
        return judge_control(path, moment, law.territories, law.regimes, policy.exposed_from_weight).verdict

    def _settled(self, code: str, moment: datetime) -> bool:
        law = self.grounds.law.regimes.law(code)
        young = moment - law.span.begins < _SETTLED_AFTER
        return law.verified and (law.dates_verified or not young)

    def _brought_by_verified_owners(self, operator: Operator, path: OwnershipPath, moment: datetime) -> tuple[str, ...]:
        """Laws of states in which a verified owner sits, or no owner at all where the operator was checked."""
        sovereign, regimes = self.grounds.law.territories.sovereign, self.grounds.law.regimes
        seats: dict[str, bool] = {}
        for owner in operator.owners_at(moment):
            if owner.country is not None:
                state = sovereign(owner.country)
                seats[state] = seats.get(state, False) or owner.verified
        checked = operator.status == "verified"
        return tuple(code for code in path.laws if seats.get(sovereign(regimes.law(code).country), checked))


def guessed_anycast_of(attributor: Attributor) -> frozenset[str]:
    """The operators, as the ledger names them, of the anycast networks that are from memory."""
    networks = [net for entry in attributor.anycast.entries if not entry.verified for net in entry.prefixes]
    ends = [str(end) for net in networks for end in (net.network_address, net.broadcast_address)]
    names = attributor.attribute(parse_addresses(pl.Series(ends, dtype=pl.String))).operator_name
    return frozenset(names.cast(pl.String).drop_nulls())
