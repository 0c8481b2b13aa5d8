"""Which register entries match: sets of entries for addresses and operators, and the best of several.

An entry names the far end when any of its operators, domains or networks does; it matches when country, system and
data class are in its lists as well (an absent list restricts nothing).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from monitor.address import embedded_ipv4
from monitor.prefixes import PrefixIndex

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from numpy.typing import NDArray

    from monitor.address import ParsedAddresses
    from monitor.law.register import Register, TransferEntry


_AS_NUMBER: Final = re.compile(r"as[1-9][0-9]*")
_AS_NUMBERS: Final = 2**32


@dataclass(frozen=True, slots=True)
class RegisterIndex:
    """The register, made ready: entries by network and by operator."""

    entries: tuple[TransferEntry, ...]
    networks: PrefixIndex
    by_network: tuple[frozenset[int], ...]
    by_operator: dict[str, frozenset[int]]

    @classmethod
    def of(cls, register: Register) -> RegisterIndex:
        """Make a register ready. A network brings the entries of every network around it as well."""
        entries = register.transfers
        flat = [(network, place) for place, entry in enumerate(entries) for network in entry.match.networks]
        by_network = tuple(
            frozenset(
                place
                for around, place in flat
                if around.version == network.version
                and int(around.network_address) <= int(network.network_address)
                and int(network.broadcast_address) <= int(around.broadcast_address)
            )
            for network, _ in flat
        )
        operators = {name for entry in entries for name in entry.match.operators}
        by_operator = {
            name: frozenset(place for place, entry in enumerate(entries) if name in entry.match.operators)
            for name in operators
        }
        return cls(entries, PrefixIndex.of([network for network, _ in flat]), by_network, by_operator)

    @property
    def as_numbers(self) -> tuple[int, ...]:
        """AS numbers by which entries name an operator (`as64500`)."""
        numbers = sorted(int(name[2:]) for name in self.by_operator if _AS_NUMBER.fullmatch(name))
        return tuple(number for number in numbers if number < _AS_NUMBERS)

    def network_of(self, addresses: ParsedAddresses) -> NDArray[np.int32]:
        """Position in `by_network` for each address, or for the IPv4 address that it carries; -1 for none."""
        place = self.networks.lookup(addresses)
        inner = embedded_ipv4(addresses)
        return place if inner is addresses else np.where(place < 0, self.networks.lookup(inner), place)

    def naming(self, network: int, operators: Iterable[str]) -> frozenset[int]:
        """Entries that name a far end of that network position, under any of its operator's names."""
        by_network = self.by_network[network] if network >= 0 else frozenset()
        return by_network.union(*(self.by_operator.get(name, frozenset()) for name in operators))

    def matching(
        self,
        naming: Iterable[int],
        countries: Collection[str],
        system: str | None,
        data_class: str | None,
        moment: datetime,
    ) -> tuple[TransferEntry, ...]:
        """Entries of `naming` whose lists hold every candidate country, the system and the class: best first.

        In force, assessment in date, narrowest, then id. Narrower names networks before domains before operators,
        and restricts more of country, system and class.
        """
        fitting = [
            entry
            for entry in (self.entries[place] for place in naming)
            if (not entry.match.countries or set(countries) <= set(entry.match.countries))
            and (not entry.systems or system in entry.systems)
            and (not entry.data_classes or data_class in entry.data_classes)
        ]
        return tuple(sorted(fitting, key=lambda entry: _rank(entry, moment)))


def _rank(entry: TransferEntry, moment: datetime) -> tuple[bool, bool, int, int, str]:
    means = 0 if entry.match.networks else 1 if entry.match.domains else 2
    restrictions = sum(bool(each) for each in (entry.match.countries, entry.systems, entry.data_classes))
    return (not entry.in_force(moment), not entry.assessment_in_date(moment), means, -restrictions, entry.id)
