"""Who hosts our end of each record, at that address and that moment, for whole columns.

Decides as the inventory does: the most specific network wins, then the latest day; an entry without networks is for
the whole system. No operator: on our own premises, as far as the inventory says.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from monitor.prefixes import PrefixIndex

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from monitor.address import ParsedAddresses
    from monitor.inventory import Hosting, Inventory

OWN_PREMISES: Final = -1
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _InForce:
    """The entries of one system in one span of time: by network, and for the rest of the system."""

    networks: PrefixIndex
    by_network: NDArray[np.int32]
    elsewhere: int

    def of(self, local: NDArray[np.int64], addresses: ParsedAddresses) -> NDArray[np.int32]:
        """Operators of our addresses, by their positions."""
        if len(self.by_network) == 1:
            return np.full(len(local), self.elsewhere, dtype=np.int32)
        network = self.networks.lookup(addresses)[local]
        return np.where(network >= 0, self.by_network[network], np.int32(self.elsewhere))


@dataclass(frozen=True, slots=True)
class Hosts:
    """The hosting entries of an inventory, made ready; `operators` names the numbers that `of_rows` gives."""

    operators: tuple[str, ...]
    _entries: dict[int, tuple[tuple[int, Hosting], ...]]
    _spans: dict[tuple[int, int], _InForce] = field(default_factory=dict)

    @classmethod
    def of(cls, inventory: Inventory) -> Hosts:
        """Make an inventory ready."""
        entries = {
            place: tuple((_microseconds(inventory.hosting_begins(entry)), entry) for entry in system.hosting)
            for place, system in enumerate(inventory.systems)
            if system.hosting
        }
        named = dict.fromkeys(entry.operator for listed in entries.values() for _, entry in listed)
        return cls(tuple(named), entries)

    def of_rows(
        self,
        system: NDArray[np.int32],
        local: NDArray[np.int64],
        end: NDArray[np.int64],
        addresses: ParsedAddresses,
    ) -> NDArray[np.int32]:
        """Number of the hosting operator of each row, OWN_PREMISES where no entry holds.

        `system`: position in the inventory; `local`: position of our address; `end`: microseconds since 1970 UTC.
        """
        hosts = np.full(len(system), OWN_PREMISES, dtype=np.int32)
        for place, listed in self._entries.items():
            rows = np.flatnonzero(system == place)
            if not len(rows):
                continue
            begins = np.unique([moment for moment, _ in listed])
            span = np.searchsorted(begins, end[rows], side="right")
            for number in np.unique(span[span > 0]).tolist():
                at = rows[span == number]
                hosts[at] = self._at(place, int(begins[number - 1])).of(local[at], addresses)
        return hosts

    def _at(self, place: int, moment: int) -> _InForce:
        found = self._spans.get((place, moment))
        if found is None:
            found = self._spans[place, moment] = self._in_force(place, moment)
        return found

    def _in_force(self, place: int, moment: int) -> _InForce:
        # Latest first: of one network, and of entries for the whole system, the first that is met stands.
        listed = sorted(self._entries[place], key=lambda entry: -entry[0])
        holding = [entry for begins, entry in listed if begins <= moment]
        number = {operator: position for position, operator in enumerate(self.operators)}
        pairs = [(network, number[entry.operator]) for entry in holding for network in entry.networks]
        elsewhere = [number[entry.operator] for entry in holding if not entry.networks]
        return _InForce(
            PrefixIndex.of([network for network, _ in pairs]),
            np.array([*(operator for _, operator in pairs), OWN_PREMISES], dtype=np.int32),
            elsewhere[0] if elsewhere else OWN_PREMISES,
        )


def _microseconds(moment: datetime | None) -> int:
    return np.iinfo(np.int64).min if moment is None else (moment - _EPOCH) // timedelta(microseconds=1)
