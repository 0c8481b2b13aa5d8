"""Work out grounds in law and ownership once for each distinct question, and remember the answers.

Decides when the law changes: between two instants at which nothing changes every answer stands, so a span of time is
a number (`epoch`) and a question is a handful of numbers. The tables of answers are bounded by the operators, the
countries, the register and the changes of the law, not by the traffic.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from monitor.law.control import INTERNAL, Control, OwnershipPath, judge_control, unlisted
from monitor.law.place import Ground, Importer, Law, common_ground, judge_country

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from monitor.attribution.operators import Operator, OperatorTable
    from monitor.config import Site
    from monitor.law.matching import RegisterIndex
    from monitor.law.register import TransferEntry

_EPOCH_ZERO: Final = datetime(1970, 1, 1, tzinfo=UTC)
_BEGINNING: Final = datetime.min.replace(tzinfo=UTC)

NO_IMPORTER: Final = 0


@dataclass(frozen=True, slots=True)
class Epochs:
    """Spans of time between two changes of anything that a verdict depends on."""

    instants: tuple[datetime, ...]
    microseconds: NDArray[np.int64]

    @classmethod
    def of(cls, instants: Iterable[datetime]) -> Epochs:
        """Cut time at these instants; each belongs to the span that it begins."""
        distinct = tuple(sorted(set(instants) - {_BEGINNING, datetime.max.replace(tzinfo=UTC)}))
        cuts = [(instant - _EPOCH_ZERO) // timedelta(microseconds=1) for instant in distinct]
        return cls(distinct, np.array(cuts, dtype=np.int64))

    def number(self, microseconds: NDArray[np.int64]) -> NDArray[np.int64]:
        """Number the span of each instant (microseconds since 1970-01-01 UTC)."""
        return np.searchsorted(self.microseconds, microseconds, side="right")

    def number_of(self, moment: datetime) -> int:
        """Number of the span of one instant."""
        return bisect_right(self.instants, moment)

    def moment(self, epoch: int) -> datetime:
        """One instant of the span, for asking the law."""
        return self.instants[epoch - 1] if epoch else _BEGINNING


@dataclass(frozen=True, slots=True)
class PlaceQuestion:
    """What a ground depends on; positions in the tables of `Grounds` and the inventory, -1 for none.

    `countries`: every candidate for the place, at least one.
    """

    countries: tuple[str, ...]
    importer: int
    network: int
    operator: int
    as_number: int
    system: int
    epoch: int


@dataclass(frozen=True, slots=True)
class PlaceAnswer:
    """A ground, the importer that receives, and what the register says of the far end.

    `entries`: ids of all entries that match, sorted; `named_elsewhere`: an entry names the far end and does not match.
    """

    ground: Ground
    importer: str | None
    entries: tuple[str, ...] = ()
    named_elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Grounds:
    """Answers by question. `controls` and `places` only grow; a row of them never changes."""

    law: Law
    site: Site
    operators: OperatorTable
    register: RegisterIndex
    epochs: Epochs
    importers: list[Importer]
    controls: list[Control] = field(default_factory=lambda: [INTERNAL])
    parents: list[str | None] = field(default_factory=lambda: [None])
    places: list[PlaceAnswer] = field(default_factory=list)
    _operator_places: dict[str, int] = field(default_factory=dict)
    _control_of: dict[tuple[int, int], int] = field(default_factory=dict)
    _unlisted_of: dict[str | None, int] = field(default_factory=dict)
    _place_of: dict[PlaceQuestion, int] = field(default_factory=dict)

    @classmethod
    def of(cls, law: Law, site: Site, operators: OperatorTable, register: RegisterIndex) -> Grounds:
        """Make the tables ready. Importer 0 is nobody; then come the operators that host no others, then the peers."""
        changes = {
            *law.territories.change_instants(),
            *law.regimes.change_instants(),
            *site.register.change_instants(),
            *site.certifications.change_instants(),
            *(instant for operator in operators.operators for instant in operator.change_instants()),
        }
        importers = [Importer()]
        importers += [
            Importer(each.id, frozenset({each.id.casefold(), each.name.casefold()})) for each in operators.operators
        ]
        places = {each.id: place for place, each in enumerate(operators.operators)}
        grounds = cls(law, site, operators, register, Epochs.of(changes), importers, _operator_places=places)
        importers += [grounds.importer_named(peer.importer) for peer in site.inventory.peers]
        return grounds

    def operator_named(self, name: str | None) -> int | None:
        """Position of an operator of the table."""
        return None if name is None else self._operator_places.get(name)

    def importer_of_operator(self, position: int) -> int:
        """Number of the importer that an operator is by itself: nobody, when it hosts others."""
        return NO_IMPORTER if self.operators.operators[position].hosts_others else 1 + position

    def importer_of_peer(self, position: int) -> int:
        """Number of the importer behind a peer."""
        return 1 + len(self.operators.operators) + position

    def control(self, operator: int, epoch: int) -> int:
        """Row of `controls` (and of `parents`) for a listed operator in a span of time."""
        row = self._control_of.get((operator, epoch))
        if row is None:
            known = self.operators.operators[operator]
            moment = self.epochs.moment(epoch)
            path = _path(known, moment)
            verdict = judge_control(
                path, moment, self.law.territories, self.law.regimes, self.site.policy.exposed_from_weight
            )
            row = self._control_of[operator, epoch] = self._add_control(verdict, path.parent)
        return row

    def control_unlisted(self, registration: str | None) -> int:
        """Row of `controls` for an operator outside the table."""
        row = self._unlisted_of.get(registration)
        if row is None:
            row = self._unlisted_of[registration] = self._add_control(unlisted(registration), None)
        return row

    def _add_control(self, control: Control, parent: str | None) -> int:
        self.controls.append(control)
        self.parents.append(parent)
        return len(self.controls) - 1

    def place(self, question: PlaceQuestion) -> int:
        """Row of `places` for a question."""
        row = self._place_of.get(question)
        if row is None:
            self.places.append(self._answer(question))
            row = self._place_of[question] = len(self.places) - 1
        return row

    def _answer(self, question: PlaceQuestion) -> PlaceAnswer:
        moment = self.epochs.moment(question.epoch)
        names = [self.operators.operators[question.operator].id] if question.operator >= 0 else []
        naming = self.register.naming(question.network, [*names, f"as{question.as_number}"])
        system = self.site.inventory.systems[question.system] if question.system >= 0 else None
        matching = self.register.matching(
            naming, question.countries, system.id if system else None, system.data_class if system else None, moment
        )
        importer = self.importers[question.importer]
        return self.judge_place(
            question.countries, moment, importer, matching, named_elsewhere=bool(naming) and not matching
        )

    def judge_place(
        self,
        countries: Sequence[str],
        moment: datetime,
        importer: Importer,
        matching: Sequence[TransferEntry],
        *,
        named_elsewhere: bool,
    ) -> PlaceAnswer:
        """Judge a transfer by what is known of it; `matching` register entries are best first.

        Each of several candidate countries is judged, by entries that match them all.
        """
        if matching:
            importer = self._declared(matching[0].importer, matching[0].match.operators)
        ground = common_ground(
            [
                judge_country(country, moment, self.law, importer, matching, named_elsewhere=named_elsewhere)
                for country in countries
            ]
        )
        relied_on = [entry.importer for entry in matching if entry.id == ground.mechanism]
        return PlaceAnswer(
            ground,
            relied_on[0] if relied_on else importer.shown,
            tuple(sorted(entry.id for entry in matching)),
            named_elsewhere,
        )

    def importer_named(self, shown: str | None) -> Importer:
        """The importer of a name: an operator of the table under every name of its own, or who is just called so."""
        if shown is None:
            return self.importers[NO_IMPORTER]
        position = self._operator_places.get(shown)
        return Importer(shown, frozenset({shown.casefold()})) if position is None else self.importers[1 + position]

    def _declared(self, name: str, operators: Iterable[str]) -> Importer:
        """Name the importer of a register entry; an operator that hosts others is not its tenant."""
        own = {
            each for each in operators if each in self.operators.by_id and not self.operators.by_id[each].hosts_others
        }
        return Importer(name, frozenset({name.casefold(), *(each.casefold() for each in own)}))


def _path(operator: Operator, moment: datetime) -> OwnershipPath:
    owners = operator.owners_at(moment)
    return OwnershipPath(
        seats=tuple(owner.country for owner in owners),
        laws=operator.laws_at(moment),
        mixed=operator.control == "mixed",
        parent=operator.parent_at(moment),
    )
