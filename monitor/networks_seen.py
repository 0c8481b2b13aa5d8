"""Which of our own networks were heard of in each hour: what tells that one fell silent while its source goes on.

Decides what is a word of a network: a record of which an end lies in it, whoever began and wherever it counts, but for
probes; strangers knock at networks that are switched off as well. A network is one that the inventory names, with the
system that it stands for: the longest that holds the address. What logs call a subnet is not asked, so that no log can
make more of them than the inventory has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

import numpy as np
import polars as pl

from monitor import kept
from monitor.address import ParsedAddresses
from monitor.combinations import combinations
from monitor.orient import NO_ADDRESS, NOBODY, PROBE
from monitor.prefixes import NO_NETWORK, PrefixIndex
from monitor.schema import TIME

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from monitor.hours import Hours
    from monitor.inventory import Inventory
    from monitor.pipeline import Judged

    Numbers = NDArray[np.int64]

_NONE: Final = -1


@dataclass(frozen=True, slots=True)
class OwnNetworks:
    """The networks of each system, numbered over all of them from `first` of the system on."""

    systems: tuple[str, ...]
    indexes: tuple[PrefixIndex, ...]
    first: tuple[int, ...]
    system_of: pl.Series
    network: pl.Series

    @classmethod
    def of(cls, inventory: Inventory) -> OwnNetworks:
        """Make an inventory ready."""
        systems = inventory.systems
        flat = [(system.id, str(network)) for system in systems for network in system.networks]
        counts = [len(system.networks) for system in systems]
        return cls(
            systems=tuple(system.id for system in systems),
            indexes=tuple(PrefixIndex.of(system.networks) for system in systems),
            first=tuple(int(each) for each in np.cumsum([0, *counts])[:-1]),
            system_of=pl.Series([system for system, _ in flat], dtype=pl.String),
            network=pl.Series([network for _, network in flat], dtype=pl.String),
        )

    def heard(self, judged: Judged, hours: Hours) -> pl.DataFrame:
        """Records of a part by hour and network. Columns out: `kept.NETWORKS`."""
        oriented = judged.oriented
        real = np.flatnonzero(oriented.activity != PROBE)
        if not len(real) or not len(self.network):
            return kept.empty(kept.NETWORKS)
        end = cast("Numbers", oriented.frame["end_time"].to_physical().to_numpy())[real]
        network = self._of(oriented.system[real], oriented.local[real], judged.addresses)
        inside = np.flatnonzero(oriented.peer_system[real] != NOBODY)
        if len(inside):  # both ends are ours
            at = real[inside]
            other = self._of(oriented.peer_system[at], oriented.remote[at], judged.addresses)
            # A record within one network is one word of it.
            apart = other != network[inside]
            network, end = np.concatenate([network, other[apart]]), np.concatenate([end, end[inside][apart]])
        known = network != _NONE
        if not known.all():
            network, end = network[known], end[known]
        return self._frame(network, end, hours, judged.source.name or judged.source.kind)

    def _of(self, system: NDArray[np.int32], address: Numbers, addresses: ParsedAddresses) -> Numbers:
        """Number of the network of each record's end; -1 where the system was found in another way."""
        distinct = combinations([system.astype(np.int64), address])
        systems, positions = system[distinct.row_of], address[distinct.row_of]
        found = np.full(len(distinct), _NONE, np.int64)
        present = (systems != NOBODY) & (positions != NO_ADDRESS)
        for number in np.unique(systems[present]).tolist():
            rows = np.flatnonzero(present & (systems == number))
            place = self.indexes[number].lookup(_some(addresses, positions[rows]))
            found[rows] = np.where(place == NO_NETWORK, _NONE, place + self.first[number])
        return found[distinct.ids]

    def _frame(self, network: Numbers, end: Numbers, hours: Hours, source: str) -> pl.DataFrame:
        if not len(network):
            return kept.empty(kept.NETWORKS)
        hour = hours.begin(end)
        by = combinations([hour, network])
        first, last = end[by.row_of], end[by.row_of]
        if len(by) < len(end):
            np.minimum.at(first, by.ids, end)
            np.maximum.at(last, by.ids, end)
        number = pl.Series(network[by.row_of].astype(np.uint32))
        return pl.DataFrame(
            {
                "hour": pl.Series(hour[by.row_of]).cast(TIME),
                "source": pl.Series([source]).new_from_index(0, len(by)),
                "system": self.system_of.gather(number),
                "network": self.network.gather(number),
                "records": np.bincount(by.ids, minlength=len(by)).astype(np.int64),
                "first_time": pl.Series(first).cast(TIME),
                "last_time": pl.Series(last).cast(TIME),
            }
        )


def _some(addresses: ParsedAddresses, positions: Numbers) -> ParsedAddresses:
    """Some of the addresses, without their text."""
    nothing = pl.Series([None], dtype=pl.String).new_from_index(0, len(positions))
    return ParsedAddresses(nothing, addresses.version[positions], addresses.high[positions], addresses.low[positions])
