"""What an atlas says of the networks that a provider states, counted exactly, interval by interval.

The address space is cut wherever the provider's statements or the atlas change, so nothing is sampled. Each figure
comes twice: every prefix counts as one, divided over its addresses, and every address counts as one (IPv4 by address,
IPv6 by /64). Of nested prefixes the longest speaks.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from monitor.address import IPV4, IPV6, ParsedAddresses
from monitor.attribution import precedence
from monitor.attribution.atlas import SPLIT
from monitor.attribution.ranges import Steps, value_at
from monitor.law.territories import Status
from monitor.prefixes import PrefixIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from monitor.attribution.far_ends import Attributor
    from monitor.law.regimes import Regimes
    from monitor.law.territories import Territories

UNDETERMINED: Final = -1
THIRD: Final = 0
INSIDE: Final = 1
ADEQUATE: Final = 2
_HALF: Final = 2**64
_IPV4_END: Final = 2**32


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """Intervals in which neither the truth nor the atlas changes: first address, prefix (a row), weights."""

    addresses: ParsedAddresses
    row: NDArray[np.intp]
    of_prefix: NDArray[np.float64]  # its share of the prefix; the pieces of a prefix sum to 1
    size: NDArray[np.float64]  # addresses, or /64s


@dataclass(frozen=True, slots=True)
class Share:
    """A share of prefixes, of IPv4 addresses and of IPv6 /64s."""

    prefixes: float
    four: float
    six: float

    def __str__(self) -> str:
        """Three percentages."""
        return " / ".join(f"{100 * part:.2f}" for part in (self.prefixes, self.four, self.six))


def pieces_of(networks: Sequence[str], attributor: Attributor) -> Pieces:
    """Cut prefixes where they nest and where the atlas or the anycast list changes."""
    index = PrefixIndex.of([ip_network(text) for text in networks])
    arrays, anycast = attributor.atlas._arrays, attributor.anycast.index
    split = arrays["six_from"][arrays["six_value"] >= SPLIT]
    within = np.repeat(split, np.diff(arrays["group_from"]))
    four = _cut(
        _of_ipv4(index.four_from),
        index.four_network,
        [
            Steps(part.astype(np.uint64), np.zeros(len(part), np.uint64))
            for part in (arrays["four_from"], anycast.four_from)
        ],
        end=_IPV4_END,
    )
    six = _cut(
        Steps(index.six_from_high, index.six_from_low),
        index.six_network,
        [
            Steps(arrays["six_from"], np.zeros_like(arrays["six_from"])),
            Steps(within, arrays["low_from"]),
            Steps(anycast.six_from_high, anycast.six_from_low),
        ],
        end=_HALF,
    )
    high, low, row, size = (np.concatenate(pair) for pair in zip(four, six, strict=True))
    version = np.repeat(np.array([IPV4, IPV6], np.uint8), [len(four[0]), len(six[0])])
    is_four = version == IPV4
    parsed = ParsedAddresses(
        text=pl.repeat(None, len(version), dtype=pl.String, eager=True),
        version=version,
        high=np.where(is_four, np.uint64(0), high),
        low=np.where(is_four, high, low),
    )
    whole = np.bincount(row, size, minlength=len(networks))
    return Pieces(parsed, row, size / whole[row], size)


def _of_ipv4(starts: NDArray[Any]) -> Steps:
    return Steps(starts.astype(np.uint64), np.zeros(len(starts), np.uint64))


def share(pieces: Pieces, of: NDArray[np.bool_], among: NDArray[np.bool_]) -> Share:
    """How much of the pieces `among` are `of` that kind; 0 where there are none."""
    is_four = pieces.addresses.version == IPV4
    return Share(
        *(
            float(weight[mask & of].sum() / total) if (total := weight[mask].sum()) else 0.0
            for weight, mask in (
                (pieces.of_prefix, among),
                (pieces.size, among & is_four),
                (pieces.size, among & ~is_four),
            )
        )
    )


def standings(
    countries: Iterable[str | None], territories: Territories, regimes: Regimes, moment: datetime
) -> NDArray[np.int8]:
    """How each country stands: INSIDE the EEA, ADEQUATE or THIRD; none, and a pseudo code, UNDETERMINED."""

    def standing(country: str | None) -> int:
        status = Status.PSEUDO if country is None else territories.status(country, moment)
        if country is None or status == Status.PSEUDO:
            return UNDETERMINED
        if status == Status.EEA:
            return INSIDE
        return THIRD if regimes.decision(country, moment) is None else ADEQUATE

    return np.array([standing(country) for country in countries], np.int8)


def answer_standings(
    attributor: Attributor, standing_of: Callable[[Sequence[str]], NDArray[np.int8]]
) -> tuple[NDArray[np.int8], NDArray[np.bool_]]:
    """How every answer of an atlas stands, and whether it leaves open even on which side of the EEA border it lies.

    It stands as all its candidates do, else it is UNDETERMINED, as the judge has it. What is announced from many places
    is, too.
    """
    every = [{*standing_of(attributor.candidates(answer)).tolist()} for answer in range(len(attributor.answers.flags))]
    one = np.array([next(iter(found)) if len(found) == 1 else UNDETERMINED for found in every], np.int8)
    torn = np.array(
        [len({each == INSIDE for each in found}) != 1 or UNDETERMINED in found for found in every], np.bool_
    )
    placeless = attributor.answers.flags & (precedence.ANYCAST | precedence.GLOBAL) != 0
    return np.where(placeless, np.int8(UNDETERMINED), one), torn | placeless


def _cut(
    starts: Steps, network: NDArray[np.int32], others: Sequence[Steps], *, end: int
) -> tuple[NDArray[np.uint64], NDArray[np.uint64], NDArray[np.intp], NDArray[np.float64]]:
    """Upper half, lower half, row and size of every interval that lies in a network."""
    if not len(starts.high):
        nothing = np.zeros(0, np.uint64)
        return nothing, nothing, np.zeros(0, np.intp), np.zeros(0)
    high = np.concatenate([starts.high, *(other.high for other in others)])
    low = np.concatenate([starts.low, *(other.low for other in others)])
    order = np.lexsort((low, high))
    high, low = high[order], low[order]
    fresh = np.append(True, (high[1:] != high[:-1]) | (low[1:] != low[:-1]))
    high, low = high[fresh], low[fresh]
    row = network[value_at(starts, Steps(high, low))]
    whole = np.append(np.diff(high), np.uint64(end - int(high[-1]) - (1 if low[-1] else 0))).astype(np.float64)
    after = np.append(low[1:], np.uint64(0))
    size = whole + np.where(whole == 0, (after - low).astype(np.float64), after.astype(np.float64) - low) / _HALF
    inside = (row >= 0) & (size > 0)
    return high[inside], low[inside], row[inside].astype(np.intp), size[inside]
