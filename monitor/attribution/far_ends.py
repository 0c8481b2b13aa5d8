"""Attribute addresses: where each is, which network announces it, who operates it.

Decides from the atlas, the lists of anycast networks and of satellite carriers, and the operator table. A stated
operator comes before the one of the AS. What is announced from many places, or lies under a satellite, has no place,
unless the site's own override says where it is; its candidates stay.
Refuses to know the law, and whose the address is to us.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from monitor.address import AddressKind, embedded_ipv4, kind_of
from monitor.attribution import precedence
from monitor.schema import OPERATORS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from monitor.address import ParsedAddresses
    from monitor.attribution.anycast import Anycast
    from monitor.attribution.atlas import Answers, Atlas
    from monitor.attribution.operators import OperatorTable
    from monitor.attribution.satellite import SatelliteCarriers

UNLISTED: Final = -1
NOT_ANYCAST: Final = -1


@dataclass(frozen=True, slots=True, eq=False)
class FarEnds:
    """What is known of each address of a batch.

    `answer` is a position in the attributor's `answers`, 0 where nothing is known of the place; `flags` tell why it has
    no one place (`precedence.ANYCAST`, `precedence.GLOBAL`, of which the first counts) or that the site overrides;
    `registration` is a position in `countries`, 0 where there is none; `as_number` is 0 where no network announces the
    address; `operator` is a position in the operator table, or UNLISTED; `anycast` a position in the anycast list, or
    NOT_ANYCAST; `operator_name` is the operator's id, or `as<number>` where the table does not know it, or null.
    """

    kind: NDArray[np.uint8]
    answer: NDArray[np.int32]
    flags: NDArray[np.uint8]
    registration: NDArray[np.int32]
    as_number: NDArray[np.uint32]
    operator: NDArray[np.int32]
    anycast: NDArray[np.int32]
    operator_name: pl.Series


@dataclass(frozen=True, slots=True, eq=False)
class Attributor:
    """The atlas, the operators and the lists, made ready for whole columns; the same only as itself."""

    atlas: Atlas
    operators: OperatorTable
    anycast: Anycast
    countries: tuple[str | None, ...]
    answers: Answers
    _satellite: NDArray[np.bool_] = field(repr=False)
    _operator_of: NDArray[np.int32] = field(repr=False)
    _name_of: pl.Series = field(repr=False)

    @classmethod
    def of(cls, atlas: Atlas, operators: OperatorTable, anycast: Anycast, satellite: SatelliteCarriers) -> Attributor:
        """Make the tables ready: operator and its name for each distinct combination that the atlas knows."""
        place = {operator.id: position for position, operator in enumerate(operators.operators)}
        stated, stated_of = atlas.combination_operator
        pairs = atlas.combination_as_number.astype(np.int64) * len(stated) + stated_of
        distinct, inverse = np.unique(pairs, return_inverse=True)
        numbers = (distinct // len(stated)).astype(np.uint32)
        listed = sorted((number, place[name]) for number, name in operators.by_as_number.items())
        known = np.array([number for number, _ in listed] or [0], dtype=np.uint32)
        found = np.minimum(np.searchsorted(known, numbers), len(known) - 1)
        positions = np.array([position for _, position in listed] or [UNLISTED], dtype=np.int32)
        by_number = np.where(known[found] == numbers, positions[found], UNLISTED)
        # An id that the table does not have (an older table) leaves the operator of the AS.
        by_statement = np.array([place.get(name or "", UNLISTED) for name in stated])[distinct % len(stated)]
        operator = np.where(by_statement != UNLISTED, by_statement, by_number).astype(np.int32)
        ids = pl.Series([*place, None], dtype=pl.String)[pl.Series(operator.astype(np.int64) % (len(place) + 1))]
        number = pl.Series(numbers)
        spelled = pl.when(number != 0).then(pl.concat_str(pl.lit("as"), number.cast(pl.String)))
        names = pl.select(pl.coalesce(ids, spelled)).to_series().cast(OPERATORS)
        return cls(
            atlas=atlas,
            operators=operators,
            anycast=anycast,
            countries=tuple(atlas.countries),
            answers=atlas.answers,
            _satellite=np.isin(atlas.combination_as_number, np.array(sorted(satellite.by_as_number), dtype=np.uint32)),
            _operator_of=operator[inverse],
            _name_of=names[pl.Series(inverse.astype(np.uint32))],
        )

    def attribute(self, addresses: ParsedAddresses) -> FarEnds:
        """Attribute every address; NAT64 and 6to4 by the IPv4 address inside."""
        inner = embedded_ipv4(addresses)
        found = self.atlas.lookup(inner)
        kind = kind_of(addresses)
        reachable = kind == AddressKind.global_
        combination = np.where(reachable, found.combination, 0)
        answer = np.where(reachable, found.answer, 0).astype(np.int32)
        anycast = np.where(reachable, self.anycast.index.lookup(inner), NOT_ANYCAST).astype(np.int32)
        flags = self.answers.flags[answer]
        listed = np.where(anycast != NOT_ANYCAST, precedence.ANYCAST, 0)
        listed |= np.where(self._satellite[combination], precedence.GLOBAL, 0)
        return FarEnds(
            kind=kind,
            answer=answer,
            flags=np.where(flags & precedence.OVERRIDDEN == 0, flags | listed, flags).astype(np.uint8),
            registration=np.where(reachable, found.registration, 0).astype(np.int32),
            as_number=np.where(reachable, found.as_number, 0).astype(np.uint32),
            operator=self._operator_of[combination],
            anycast=anycast,
            operator_name=self._name_of[pl.Series(combination.astype(np.uint32))],
        )

    def candidates(self, answer: int) -> tuple[str, ...]:
        """Every country that an answer names, pseudo codes among them."""
        return tuple(self.countries[code] or "" for code in self.answers.candidates[answer])
