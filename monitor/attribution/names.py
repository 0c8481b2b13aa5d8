"""Whose service a host name shows, which one, and the region that it tells.

Decides by the longest suffix at a label boundary, over the operators' domains and `rules/names/services.yaml`; a domain
that is over counts up to its last day. Refuses to resolve anything: no question is sent for a name, and none comes from
reverse DNS. A name is what a client said; whether the address bears it out is for the judge.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import numpy as np

from monitor.host_names import SuffixIndex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from monitor.attribution.name_services import NamedService, NameServices
    from monitor.attribution.operators import EndedDomain, Operator, OperatorTable
    from monitor.host_names import HostNames

FoundIn = Literal["verified", "memory", "ended"]
_BEST_FIRST: Final = ("verified", "memory", "ended")
NOBODY: Final = -1
NO_PLACE: Final = 0
NOTHING: Final = -1
"""The kind of a name that says nothing, and of no name: the last of `NameTable.kinds`."""


@dataclass(frozen=True, slots=True)
class NameMatch:
    """A suffix that a name ends with, whose it is, and how that was found."""

    operator: Operator
    suffix: str
    found_in: FoundIn
    ended: EndedDomain | None = None

    def holds(self, moment: datetime) -> bool:
        """Whether the suffix was the operator's at the instant."""
        return self.ended is None or self.ended.holds(moment)


def match_name(name: str, operators: OperatorTable, moment: datetime) -> tuple[NameMatch | None, tuple[NameMatch, ...]]:
    """The operator whose suffix a name ends with at an instant, and the matches that are over by then.

    Of several the longest suffix; of equal ones verified before memory before history. `name` is in the form of
    `monitor.fields.Domain`.
    """
    suffixes = set(_suffixes(name))
    found = [match for match in _all(operators.operators) if match.suffix in suffixes]
    found.sort(key=lambda match: (-len(match.suffix), _BEST_FIRST.index(match.found_in)))
    now = [match for match in found if match.holds(moment)]
    return now[0] if now else None, tuple(match for match in found if not match.holds(moment))


class Kind(NamedTuple):
    """What names of one kind say, as far as a verdict may ask; positions, `operators` by era.

    `receives`: the name is the operator's own service. `pins`: the connection ends where the name says. `home`: the
    operators on whose networks such a name is at home.
    """

    operators: tuple[int, ...]
    service: str | None
    place: int
    receives: bool
    pins: bool
    telemetry: bool
    home: frozenset[int]


@dataclass(frozen=True, slots=True, eq=False)
class NameTable:
    """Everything that a suffix says, made ready for whole columns.

    `kinds` are the distinct things that are said, of which the last says nothing; `kind_of` is the kind of each suffix,
    and NOTHING at the end. `places` are (country, region), of which the first is none. `instants` cut time into
    the eras in which a suffix has one operator.
    """

    suffixes: tuple[str, ...]
    services: tuple[NamedService | None, ...]
    kinds: tuple[Kind, ...]
    kind_of: NDArray[np.int64]
    places: tuple[tuple[str, str | None], ...]
    instants: tuple[datetime, ...]
    index: SuffixIndex

    @classmethod
    def of(cls, operators: OperatorTable, services: NameServices) -> NameTable:
        """Put the operators' domains and the services together."""
        building = _Building(operators, {each.suffix: each for each in services.spelled()})
        suffixes = tuple(building.suffixes)
        told = [building.kind(suffix) for suffix in suffixes]
        nothing = building.unnamed
        kinds = (*(each for each in dict.fromkeys(told) if each != nothing), nothing)
        number = {each: place for place, each in enumerate(kinds)}
        return cls(
            suffixes=suffixes,
            services=tuple(building.service(suffix) for suffix in suffixes),
            kinds=kinds,
            kind_of=np.array([*(number[each] for each in told), NOTHING], dtype=np.int64),
            places=tuple(building.places),
            instants=building.instants,
            index=SuffixIndex.of(suffixes),
        )

    def kinds_of(self, names: HostNames) -> NDArray[np.int64]:
        """Kind of each row's name; NOTHING where there is none."""
        return names.spread(self.kind_of[self.index.longest(names.distinct)], NOTHING)

    def era(self, moment: datetime) -> int:
        """Position of an instant in `Kind.operators`."""
        return bisect_right(self.instants, moment)

    def find(self, name: str) -> tuple[Kind, NamedService | None]:
        """What one name says. `name` is in the form of `monitor.fields.Domain`."""
        positions = {suffix: place for place, suffix in enumerate(self.suffixes)}
        found = next((positions[suffix] for suffix in _suffixes(name) if suffix in positions), None)
        if found is None:
            return self.kinds[NOTHING], None
        return self.kinds[self.kind_of[found]], self.services[found]


@dataclass(frozen=True)
class Names:
    """The tables of a `NameTable`, which is built when the first name is seen: many sources give none."""

    operators: OperatorTable
    services: NameServices

    @cached_property
    def table(self) -> NameTable:
        """Everything that a suffix says."""
        return NameTable.of(self.operators, self.services)


class _Building:
    """Suffixes of both tables, and what each one says, its own or what the suffix around it says."""

    def __init__(self, operators: OperatorTable, services: Mapping[str, NamedService]) -> None:
        self._number = {operator.id: place for place, operator in enumerate(operators.operators)}
        self._services = services
        self._matches: dict[str, list[NameMatch]] = defaultdict(list)
        for match in _all(operators.operators):
            self._matches[match.suffix].append(match)
        for matches in self._matches.values():
            matches.sort(key=lambda match: _BEST_FIRST.index(match.found_in))
        self.suffixes: Sequence[str] = list(dict.fromkeys([*self._matches, *services]))
        self.instants: tuple[datetime, ...] = tuple(
            sorted({edge for operator in operators.operators for edge in operator.domain_edges()})
        )
        moments = [datetime.min.replace(tzinfo=UTC), *self.instants]
        self._moments = moments
        self.places: list[tuple[str, str | None]] = [("", None)]
        self._place_number: dict[tuple[str, str | None], int] = {}

    def kind(self, suffix: str) -> Kind:
        operators = tuple(self._operator(suffix, moment) for moment in self._moments)
        service = self.service(suffix)
        if service is None:
            return self.unnamed._replace(operators=operators)
        named = (*service.group.networks, *([service.group.operator] if service.group.operator else ()))
        home = {self._number[each] for each in named if each in self._number} | set(operators)
        return Kind(
            operators,
            service.entry.service,
            self._place(service),
            receives=service.entry.receives == "operator",
            pins=service.pins,
            telemetry=service.entry.telemetry,
            home=frozenset(home - {NOBODY}) if service.country is not None else frozenset(),
        )

    @property
    def unnamed(self) -> Kind:
        nobody = (NOBODY,) * len(self._moments)
        return Kind(nobody, None, NO_PLACE, receives=False, pins=False, telemetry=False, home=frozenset())

    def service(self, suffix: str) -> NamedService | None:
        """The service of the suffix, or of the longest one around it that does not belong to somebody else."""
        for around in _suffixes(suffix):
            service = self._services.get(around)
            if service is not None:
                own = service.group.operator
                foreign = own is not None and self._operator(suffix, self._moments[-1]) != self._number.get(own, NOBODY)
                return None if foreign else service
        return None

    def _operator(self, suffix: str, moment: datetime) -> int:
        for around in _suffixes(suffix):
            service = self._services.get(around)
            if service is not None and service.run_apart:
                return NOBODY
            for match in self._matches.get(around, ()):
                if match.holds(moment):
                    return self._number[match.operator.id]
            if service is not None and service.group.operator is not None:
                return self._number.get(service.group.operator, NOBODY)
        return NOBODY

    def _place(self, service: NamedService) -> int:
        if service.country is None:
            return NO_PLACE
        place = (service.country, service.region)
        if place not in self._place_number:
            self._place_number[place] = len(self.places)
            self.places.append(place)
        return self._place_number[place]


def _suffixes(name: str) -> Iterator[str]:
    labels = name.split(".")
    return (".".join(labels[start:]) for start in range(len(labels)))


def _all(operators: Iterable[Operator]) -> Iterator[NameMatch]:
    for operator in operators:
        domains = operator.domains
        yield from (NameMatch(operator, suffix, "verified") for suffix in domains.verified)
        yield from (NameMatch(operator, suffix, "memory") for suffix in domains.memory)
        yield from (NameMatch(operator, entry.suffix, "ended", entry) for entry in domains.ended)
