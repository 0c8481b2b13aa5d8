"""Write the atlas's countries as an MMDB, the form in which syslog-ng reads them.

Of a /64 that holds several countries the first is taken, and what the atlas leaves open has none: the peer is measured,
not judged.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

import netaddr
import numpy as np
from mmdb_writer import MMDBWriter

from monitor.attribution.atlas import SHIPPED_ATLAS, SPLIT, Atlas
from monitor.attribution.atlas_file import read_atlas_file
from monitor.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

_IPV4_BITS: Final = 32
_IPV6_UPPER_BITS: Final = 64


def main() -> None:
    """Write the database to the path in the first argument."""
    arrays = read_atlas_file(shipped(SHIPPED_ATLAS)).arrays
    letters = arrays["countries"].tobytes().decode("ascii")
    six_value = arrays["six_value"].copy()
    split = six_value >= SPLIT
    six_value[split] = arrays["low_value"][arrays["group_from"][six_value[split] - SPLIT]]
    writer = MMDBWriter(ip_version=6, ipv4_compatible=True, database_type="transferwatch-reference-country")
    place = Atlas.open().combination_place
    for first, last, code in _runs(arrays["four_from"], place[arrays["four_value"]], _IPV4_BITS):
        _insert(writer, netaddr.IPAddress(first, 4), netaddr.IPAddress(last, 4), letters[2 * code : 2 * code + 2])
    for first, last, code in _runs(arrays["six_from"], place[six_value], _IPV6_UPPER_BITS):
        lowest, highest = first << 64, (last << 64) + 2**64 - 1
        _insert(writer, netaddr.IPAddress(lowest, 6), netaddr.IPAddress(highest, 6), letters[2 * code : 2 * code + 2])
    writer.to_db_file(sys.argv[1])


def _runs(start: NDArray[Any], code: NDArray[np.uint16], bits: int) -> Iterator[tuple[int, int, int]]:
    """First, last and country of each run of neighbouring ranges that agree, without those that say nothing."""
    changes = np.flatnonzero(np.concatenate([[True], code[1:] != code[:-1]]))
    firsts = start[changes].tolist()
    lasts = [*(first - 1 for first in firsts[1:]), 2**bits - 1]
    for first, last, country in zip(firsts, lasts, code[changes].tolist(), strict=True):
        if country:
            yield first, last, country


def _insert(writer: MMDBWriter, first: netaddr.IPAddress, last: netaddr.IPAddress, country: str) -> None:
    writer.insert_network(netaddr.IPSet(netaddr.IPRange(first, last)), {"country_code": country})


if __name__ == "__main__":
    main()
