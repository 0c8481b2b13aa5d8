"""Attribute addresses: where each is, which network announces it, who operates it.

Decides from the atlas, the anycast list and the operator table. Refuses to know the law, and whose the address is to
us. An address that cannot be placed keeps the reason; nothing is guessed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from monitor.address import AddressKind, embedded_ipv4, kind_of
from monitor.schema import WORDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from monitor.address import ParsedAddresses
    from monitor.attribution.anycast import Anycast
    from monitor.attribution.atlas import Atlas
    from monitor.attribution.operators import OperatorTable

UNLISTED: Final = -1
NOT_ANYCAST: Final = -1


@dataclass(frozen=True, slots=True, eq=False)
class FarEnds:
    """What is known of each address of a batch.

    `country` and `registration` are positions in the attributor's `countries`, 0 where there is none;
    `as_number` is 0 where no network announces the address; `operator` is a position in the operator table, or
    UNLISTED; `anycast` a position in the anycast list, or NOT_ANYCAST; `operator_name` is the operator's id, or
    `as<number>` where the table does not know it, or null.
    """

    kind: NDArray[np.uint8]
    country: NDArray[np.int32]
    registration: NDArray[np.int32]
    as_number: NDArray[np.uint32]
    operator: NDArray[np.int32]
    anycast: NDArray[np.int32]
    operator_name: pl.Series


@dataclass(frozen=True, slots=True)
class Attributor:
    """The atlas, the operators and the anycast list, made ready for whole columns."""

    atlas: Atlas
    operators: OperatorTable
    anycast: Anycast
    countries: tuple[str, ...]
    _as_numbers: NDArray[np.uint32] = field(repr=False)
    _operator_of: NDArray[np.int32] = field(repr=False)

    @classmethod
    def of(cls, atlas: Atlas, operators: OperatorTable, anycast: Anycast) -> Attributor:
        """Make the tables ready."""
        place = {operator.id: position for position, operator in enumerate(operators.operators)}
        pairs = sorted((number, place[name]) for number, name in operators.by_as_number.items())
        numbers = np.array([number for number, _ in pairs], dtype=np.uint32)
        positions = np.array([position for _, position in pairs], dtype=np.int32)
        return cls(atlas, operators, anycast, tuple(atlas.countries), numbers, positions)

    def attribute(self, addresses: ParsedAddresses) -> FarEnds:
        """Attribute every address; NAT64 and 6to4 by the IPv4 address inside."""
        inner = embedded_ipv4(addresses)
        found = self.atlas.lookup(inner)
        kind = kind_of(addresses)
        reachable = kind == AddressKind.global_
        as_number = np.where(reachable, found.as_number, 0).astype(np.uint32)
        operator = self._operators(as_number)
        return FarEnds(
            kind=kind,
            country=np.where(reachable, found.country, 0).astype(np.int32),
            registration=np.where(reachable, found.registration, 0).astype(np.int32),
            as_number=as_number,
            operator=operator,
            anycast=np.where(reachable, self.anycast.index.lookup(inner), NOT_ANYCAST).astype(np.int32),
            operator_name=self._names(as_number),
        )

    def _operators(self, as_number: NDArray[np.uint32]) -> NDArray[np.int32]:
        if not len(self._as_numbers):
            return np.full(len(as_number), UNLISTED, dtype=np.int32)
        place = np.minimum(np.searchsorted(self._as_numbers, as_number), len(self._as_numbers) - 1)
        return np.where(self._as_numbers[place] == as_number, self._operator_of[place], UNLISTED).astype(np.int32)

    def _names(self, as_number: NDArray[np.uint32]) -> pl.Series:
        """Spell each distinct network once."""
        distinct, inverse = np.unique(as_number, return_inverse=True)
        ids = [each.id for each in self.operators.operators]
        of_distinct = self._operators(distinct)
        names = [
            ids[position] if position != UNLISTED else (f"as{number}" if number else None)
            for number, position in zip(distinct.tolist(), of_distinct.tolist(), strict=True)
        ]
        return pl.Series("operator", names, dtype=WORDS).gather(pl.Series(inverse.astype(np.uint32)))
