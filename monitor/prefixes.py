"""Longest matching network, for whole columns of addresses against small sets of networks.

Decides which of the given networks is the most specific one that holds an address. Meant for what people write
down (the inventory, the register, a list of anycast prefixes); the atlas has its own, larger form.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from ipaddress import IPv4Network, IPv6Network

    from numpy.typing import NDArray

    from monitor.address import ParsedAddresses

NO_NETWORK: Final = -1
_IPV4: Final = 4
_IPV6: Final = 6
_HALF: Final = 2**64


def search_within(
    keys: NDArray[np.uint64], start: NDArray[np.intp], stop: NDArray[np.intp], wanted: NDArray[np.uint64]
) -> NDArray[np.intp]:
    """Find, per row, the last place in `keys[start:stop]` whose key is at most `wanted`; `start - 1` if none is.

    Each row searches its own stretch, which must be sorted.
    """
    start, stop = start.copy(), stop.copy()
    open_rows = np.flatnonzero(start < stop)
    while len(open_rows):
        middle = (start[open_rows] + stop[open_rows]) >> 1
        right = keys[middle] <= wanted[open_rows]
        start[open_rows] = np.where(right, middle + 1, start[open_rows])
        stop[open_rows] = np.where(right, stop[open_rows], middle)
        open_rows = open_rows[start[open_rows] < stop[open_rows]]
    return start - 1


@dataclass(frozen=True, slots=True, eq=False)
class PrefixIndex:
    """Disjoint intervals cut from networks that may nest and repeat; built by `of`, asked by `lookup`."""

    four_from: NDArray[np.uint64]
    four_network: NDArray[np.int32]
    six_from_high: NDArray[np.uint64]
    six_from_low: NDArray[np.uint64]
    six_network: NDArray[np.int32]

    @classmethod
    def of(cls, networks: Sequence[IPv4Network | IPv6Network]) -> PrefixIndex:
        """Build the index; of a network that is given twice the first position stands."""
        four = _flatten((place, each) for place, each in enumerate(networks) if each.version == _IPV4)
        six = _flatten((place, each) for place, each in enumerate(networks) if each.version == _IPV6)
        return cls(
            four_from=np.array([start for start, _ in four], np.uint64),
            four_network=np.array([place for _, place in four], np.int32),
            six_from_high=np.array([start // _HALF for start, _ in six], np.uint64),
            six_from_low=np.array([start % _HALF for start, _ in six], np.uint64),
            six_network=np.array([place for _, place in six], np.int32),
        )

    def lookup(self, parsed: ParsedAddresses) -> NDArray[np.int32]:
        """Give the position of the longest network that holds each address, -1 where none does.

        Positions count in the sequence that `of` was given. What is not an address is in no network.
        """
        found = np.full(len(parsed), NO_NETWORK, np.int32)
        if len(self.four_from):
            rows = np.flatnonzero(parsed.version == _IPV4)
            found[rows] = self.four_network[np.searchsorted(self.four_from, parsed.low[rows], side="right") - 1]
        if len(self.six_from_high):
            rows = np.flatnonzero(parsed.version == _IPV6)
            high, low = parsed.high[rows], parsed.low[rows]
            place = np.searchsorted(self.six_from_high, high, side="right") - 1
            beyond = np.flatnonzero((self.six_from_high[place] == high) & (self.six_from_low[place] > low))
            if len(beyond):
                start = np.searchsorted(self.six_from_high, high[beyond], side="left")
                place[beyond] = search_within(self.six_from_low, start, place[beyond], low[beyond])
            found[rows] = self.six_network[place]
        return found


def _flatten(networks: Iterable[tuple[int, IPv4Network | IPv6Network]]) -> list[tuple[int, int]]:
    """Cut networks into (first address, position of the longest network from there on), from address 0 upward."""
    spans = [
        (int(each.network_address), each.prefixlen, place, int(each.broadcast_address)) for place, each in networks
    ]
    cuts = [(0, NO_NETWORK)]
    around: list[tuple[int, int]] = []  # (last address, position) of the networks that hold the current one

    def close(before: int | None) -> None:
        while around and (before is None or around[-1][0] < before):
            last, _ = around.pop()
            cuts.append((last + 1, around[-1][1] if around else NO_NETWORK))

    previous: tuple[int, int] | None = None
    for first, length, place, last in sorted(spans):
        if (first, length) == previous:
            continue
        previous = (first, length)
        close(first)
        around.append((last, place))
        cuts.append((first, place))
    close(None)
    top = 2**128
    kept = [
        cut for cut, following in zip(cuts, [*cuts[1:], (top + 1, 0)], strict=True) if cut[0] < min(following[0], top)
    ]
    return kept if spans else []
