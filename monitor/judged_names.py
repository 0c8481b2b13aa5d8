"""What the name of a record says of its far end, and what that does to the place that its address has.

A name is what our own client said; it may refine what the address tells, and never unsay it:

- It speaks for a place only on a network of its provider (`home`), where the provider's pages say that the connection
  ends in the region that the name tells (`pins`). There it is a witness beside the address's sources; it chooses among
  several candidates, and it places an address that no source places.
- Anywhere else, and where it names another country than the address has, its country is one more candidate. The law is
  asked about each of them, so that a name alone never makes a far end lighter, and a contradiction is seen.

Decides nothing about the law. docs/judging.md has the table.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from monitor import schema
from monitor.attribution.names import NO_PLACE, NOBODY, NOTHING
from monitor.combinations import combinations
from monitor.judged_places import ADD, AGREE, BY_NAME, KEEP, Places, Spoken

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from monitor.attribution.names import Names
    from monitor.grounds import Epochs

    Flags = NDArray[np.bool_]
    Numbers = NDArray[np.int64]

# What an address has for a name to speak of: a place; none, on a network that is known; a private network.
PLACED, NOWHERE, UNKNOWN_NETWORK = range(3)
_NO_SERVICE: Final = 0


@dataclass(frozen=True, slots=True)
class NameSays:
    """What names say, one row for each question.

    `operator`: who the name shows, where that is not the address's operator; `importer`: who the name shows to receive;
    NOBODY for none. `country` and `region` number the place that it tells (`places`, the first is none); `borne_out`:
    the address is on a network of the provider, and the connection ends in that region.
    """

    operator: Numbers
    importer: Numbers
    service: Numbers
    place: Numbers
    borne_out: Flags


@dataclass(frozen=True)
class NameReader:
    """What each kind of name says in each span of time; worked out when the first name is seen."""

    names: Names
    epochs: Epochs

    def read(self, named: Numbers, epoch: Numbers, operator: Numbers) -> NameSays:
        """What the names of questions say. `operator`: the address's own, a position in the table or -1."""
        if (named == NOTHING).all():
            nobody = np.full(len(named), NOBODY, dtype=np.int64)
            nothing = np.zeros(len(named), dtype=np.int64)
            return NameSays(nobody, nobody, nothing, nothing, nothing.astype(np.bool_))
        kinds = self._kinds
        who = kinds.operator[named, kinds.era[epoch]]
        return NameSays(
            operator=np.where(who == operator, NOBODY, who),
            importer=np.where(kinds.receives[named] | ~kinds.hosts_others[who], who, NOBODY),
            service=kinds.service[named],
            place=kinds.place[named],
            borne_out=kinds.pins[named] & kinds.home[named, operator],
        )

    def columns(self, says: NameSays) -> list[pl.Series]:
        """`named_operator` and `named_service` of each question."""
        shown, service = says.operator != NOBODY, says.service != _NO_SERVICE
        operators: list[str | None] = [None]
        services: list[str | None] = [None]
        if shown.any() or service.any():
            operators = [*(operator.id for operator in self.names.operators.operators), None]
            services = list(self._kinds.services)
        return [
            _picked("named_operator", operators, schema.OPERATORS, np.where(shown, says.operator, len(operators) - 1)),
            _picked("named_service", services, schema.NAMED_SERVICES, says.service),
        ]

    @cached_property
    def _kinds(self) -> _Kinds:
        return _Kinds.of(self.names, self.epochs)

    def place(self, number: int) -> tuple[str, str | None]:
        """Country and region of a place that a name tells."""
        return self.names.table.places[number]


@dataclass(frozen=True, slots=True)
class _Kinds:
    """Kinds of names as arrays: by kind (the last, NOTHING, says nothing), by era, by operator (the last is none)."""

    operator: Numbers
    era: Numbers
    service: Numbers
    services: tuple[str | None, ...]
    place: Numbers
    receives: Flags
    pins: Flags
    home: Flags
    hosts_others: Flags

    @classmethod
    def of(cls, names: Names, epochs: Epochs) -> _Kinds:
        table, operators = names.table, names.operators.operators
        home = np.zeros((len(table.kinds), len(operators) + 1), dtype=np.bool_)
        for number, kind in enumerate(table.kinds):
            home[number, list(kind.home)] = True
        services = tuple(dict.fromkeys([None, *(kind.service for kind in table.kinds)]))
        number_of = {service: number for number, service in enumerate(services)}
        eras = [table.era(epochs.moment(epoch)) for epoch in range(len(epochs.instants) + 1)]
        return cls(
            operator=np.array([kind.operators for kind in table.kinds], dtype=np.int64),
            era=np.array(eras, dtype=np.int64),
            service=np.array([number_of[kind.service] for kind in table.kinds], dtype=np.int64),
            services=services,
            place=np.array([kind.place for kind in table.kinds], dtype=np.int64),
            receives=np.array([kind.receives for kind in table.kinds], dtype=np.bool_),
            pins=np.array([kind.pins for kind in table.kinds], dtype=np.bool_),
            home=home,
            hosts_others=np.array([*(operator.hosts_others for operator in operators), True], dtype=np.bool_),
        )


def spoken_places(
    places: Places, known: Numbers, says: NameSays, standing: Numbers, told: Callable[[int], tuple[str, str | None]]
) -> tuple[Places, Numbers, Flags]:
    """Answers for the places, the number of each question's answer, and which questions a name alone places.

    `known`: number of the answer without names; `standing`: PLACED, NOWHERE or UNKNOWN_NETWORK; `told`: country and
    region of a name's place.
    """
    by_name = np.zeros(len(known), dtype=np.bool_)
    speaking = np.flatnonzero(says.place != NO_PLACE)
    if not len(speaking):
        return places, known, by_name
    columns = [known, says.place, standing, says.borne_out.astype(np.int64)]
    columns = [column[speaking] for column in columns]
    distinct = combinations(columns)
    spoken: list[Spoken] = []
    number, alone = [], []
    for answer, place, has, borne_out in zip(*(each[distinct.row_of].tolist() for each in columns), strict=True):
        country, region = told(place)
        how = _how(places.shown[places.set_of[answer]], country, has, borne_out=bool(borne_out))
        number.append(answer if how == KEEP else len(places.set_of) + len(spoken))
        alone.append(how == BY_NAME)
        if how != KEEP:
            spoken.append(Spoken(answer, how, country, region))
    answers = known.copy()
    answers[speaking] = np.array(number, dtype=np.int64)[distinct.ids]
    by_name[speaking] = np.array(alone, dtype=np.bool_)[distinct.ids]
    return places.with_names(spoken) if spoken else places, answers, by_name


def _how(shown: tuple[str, ...], country: str, standing: int, *, borne_out: bool) -> int:
    """What a name that tells a country does to an answer with these candidates."""
    if country in shown:
        if not borne_out or standing == UNKNOWN_NETWORK:
            return KEEP
        return AGREE if standing == PLACED and len(shown) == 1 else BY_NAME
    if shown and standing == PLACED:
        return ADD
    return BY_NAME if borne_out and standing != UNKNOWN_NETWORK else ADD


def _picked(name: str, table: list[str | None], dtype: pl.DataType, position: Numbers) -> pl.Series:
    return pl.Series(name, table, dtype=dtype)[pl.Series(position.astype(np.uint32))]
