"""How much faster the atlas is than one question per address to an MMDB file through maxminddb's C extension.

From text: parsing, country, AS and operator of a million distinct addresses against two `get`s each (a country and
an AS file, as a site would keep). From keys: the same without parsing against one `get` each. Both sides run in this
process, one after the other, and must give the same answers. Exits 1 below a floor.
"""

from __future__ import annotations

import resource
import statistics
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import maxminddb
import netaddr
import numpy as np
from mmdb_writer import MMDBWriter

from monitor.address import IPV4, IPV6, ParsedAddresses, format_addresses, parse_addresses
from monitor.attribution.atlas import Atlas
from monitor.attribution.operators import load_operators

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import polars as pl
    from numpy.typing import NDArray

FLOOR_FROM_TEXT: Final = 5.0
FLOOR_FROM_KEYS: Final = 10.0
_ADDRESSES: Final = 1_000_000
_ROUNDS: Final = 3
_IPV6_END: Final = 0x2C10 << 48  # upper half behind the last block that registries have given out
# Upper bits of blocks that are attributed by what they carry, or not at all; an MMDB file knows nothing of that.
_SIX_TO_FOUR: Final = 0x2002
_CARRIERS: Final = np.array([0x2001_0000, 0x0064_FF9B], np.uint64)
_CACHE: Final = Path(__file__).parents[2] / "build" / "bench"


@dataclass(frozen=True, slots=True)
class Measured:
    """CPU seconds for all addresses, median of the rounds, and how many answers differ."""

    addresses: int
    text_seconds: float
    keys_seconds: float
    two_gets_seconds: float
    one_get_seconds: float
    different: int

    @property
    def from_text(self) -> float:
        """How many times faster than two `get`s, starting from text."""
        return self.two_gets_seconds / self.text_seconds

    @property
    def from_keys(self) -> float:
        """How many times faster than one `get`, starting from parsed addresses."""
        return self.one_get_seconds / self.keys_seconds


def measure(addresses: int = _ADDRESSES) -> Measured:
    """Measure both sides over the same addresses, drawn evenly from the ranges of the shipped atlas."""
    atlas = Atlas.open()
    country_file, network_file = reference_files(atlas)
    operator_of = _operator_of_combination(atlas)
    text = draw(atlas, addresses)
    spelled: list[str] = text.to_list()
    keys = parse_addresses(text)
    with (
        maxminddb.open_database(country_file, maxminddb.MODE_MMAP_EXT) as countries,
        maxminddb.open_database(network_file, maxminddb.MODE_MMAP_EXT) as networks,
    ):

        def two_gets() -> None:
            country, network = countries.get, networks.get
            for address in spelled:
                country(address)
                network(address)

        def one_get() -> None:
            country = countries.get
            for address in spelled:
                country(address)

        different = _different(atlas, keys, spelled, countries, networks)
        return Measured(
            addresses=len(spelled),
            text_seconds=_cpu_seconds(lambda: _attribute(atlas, operator_of, parse_addresses(text))),
            keys_seconds=_cpu_seconds(lambda: _attribute(atlas, operator_of, keys)),
            two_gets_seconds=_cpu_seconds(two_gets),
            one_get_seconds=_cpu_seconds(one_get),
            different=different,
        )


def draw(atlas: Atlas, count: int) -> pl.Series:
    """Draw distinct addresses, a third of them IPv6, from ranges chosen with equal chance; the same each time."""
    chance = np.random.default_rng(2026)
    six = count // 3
    (_, _, four, _), (_, _, wide, _) = atlas.whole_ranges()
    four_keys = _inside(chance, np.array(four, np.uint64), 2**32, count - six)
    six_keys = _inside(chance, np.unique(np.array([start >> 64 for start in wide], np.uint64)), _IPV6_END, six)
    order = chance.permutation(count)
    version = np.concatenate([np.full(count - six, IPV4, np.uint8), np.full(six, IPV6, np.uint8)])
    high = np.concatenate([np.zeros(count - six, np.uint64), six_keys])
    low = np.concatenate([four_keys, chance.integers(0, 2**64, six, np.uint64)])
    return format_addresses(version[order], high[order], low[order])


def reference_files(atlas: Atlas) -> tuple[Path, Path]:
    """Write what the atlas knows as two MMDB files, once per atlas; later runs take them from `build/`."""
    _CACHE.mkdir(parents=True, exist_ok=True)
    paths = _CACHE / f"country-{atlas.digest[:16]}.mmdb", _CACHE / f"as-{atlas.digest[:16]}.mmdb"
    if not all(path.exists() for path in paths):
        countries = atlas.countries.to_list()
        _write(paths[0], atlas, atlas.combination_place, lambda code: {"country_code": countries[code]})
        _write(
            paths[1],
            atlas,
            atlas.combination_as_number,
            lambda number: {
                "autonomous_system_number": number,
                "autonomous_system_organization": atlas.as_name(number) or "",
            },
        )
    return paths


def main() -> int:
    """Print the two ratios; 1 below a floor or when an answer differs."""
    found = measure()
    print(f"{found.addresses} distinct addresses, CPU seconds, median of {_ROUNDS}")
    print(f"  from text {found.text_seconds:.3f}, two gets {found.two_gets_seconds:.3f}: {found.from_text:.1f} times")
    print(f"  from keys {found.keys_seconds:.3f}, one get {found.one_get_seconds:.3f}: {found.from_keys:.1f} times")
    print(f"  answers that differ: {found.different}")
    good = found.from_text >= FLOOR_FROM_TEXT and found.from_keys >= FLOOR_FROM_KEYS and not found.different
    return 0 if good else 1


def _attribute(atlas: Atlas, operator_of: NDArray[np.int32], parsed: ParsedAddresses) -> NDArray[np.int32]:
    looked = atlas.lookup(parsed)
    operators: NDArray[np.int32] = operator_of[looked.combination]
    return operators


def _operator_of_combination(atlas: Atlas) -> NDArray[np.int32]:
    table = load_operators()
    position = {operator.id: place for place, operator in enumerate(table.operators)}
    known = {number: position[name] for number, name in table.by_as_number.items()}
    return np.array([known.get(number, -1) for number in atlas.combination_as_number.tolist()], np.int32)


def _cpu_seconds(work: Callable[[], object]) -> float:
    """User and system time of this process, all its threads, for one run; the median of several after a first one."""
    work()
    rounds = []
    for _ in range(_ROUNDS):
        before = resource.getrusage(resource.RUSAGE_SELF)
        work()
        after = resource.getrusage(resource.RUSAGE_SELF)
        rounds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(rounds)


def _different(
    atlas: Atlas, keys: ParsedAddresses, spelled: list[str], countries: maxminddb.Reader, networks: maxminddb.Reader
) -> int:
    looked = atlas.lookup(keys)
    ours = zip(looked.place_country().to_list(), looked.as_numbers().to_list(), strict=True)
    return sum(
        answer != (_said(countries, address, "country_code"), _said(networks, address, "autonomous_system_number"))
        for address, answer in zip(spelled, ours, strict=True)
    )


def _said(reader: maxminddb.Reader, address: str, key: str) -> object:
    record = reader.get(address)
    return record.get(key) if isinstance(record, dict) else None


def _inside(chance: np.random.Generator, starts: NDArray[np.uint64], end: int, count: int) -> NDArray[np.uint64]:
    """Draw distinct keys: a range with equal chance, then a place in it; none from 6to4, Teredo or NAT64."""
    ends = np.append(starts[1:], np.uint64(end))
    carried = np.isin(starts >> np.uint64(32), _CARRIERS) | (starts >> np.uint64(48) == _SIX_TO_FOUR)
    sizes = ends - starts
    found = np.empty(0, np.uint64)
    while len(found) < count:
        chosen = chance.integers(0, len(starts), 2 * count)
        chosen = chosen[(starts[chosen] < ends[chosen]) & ~carried[chosen]]
        drawn = starts[chosen] + chance.integers(0, sizes[chosen], dtype=np.uint64)
        found = np.unique(np.concatenate([found, drawn]))
    return chance.permutation(found)[:count]


def _write(path: Path, atlas: Atlas, fact: NDArray[Any], record: Callable[[int], dict[str, object]]) -> None:
    writer = MMDBWriter(ip_version=6, ipv4_compatible=True, database_type="transferwatch-reference")
    for first, last, version, value in _runs(atlas, fact):
        networks = netaddr.iprange_to_cidrs(netaddr.IPAddress(first, version), netaddr.IPAddress(last, version))
        writer.insert_network(netaddr.IPSet(networks), record(value))
    unfinished = path.with_suffix(".part")
    writer.to_db_file(str(unfinished))
    unfinished.replace(path)


def _runs(atlas: Atlas, fact: NDArray[Any]) -> Iterator[tuple[int, int, int, int]]:
    """Yield first and last address, version and value of each run of ranges that agree in a fact other than 0."""
    for version, top, starts, combinations in atlas.whole_ranges():
        values = fact[combinations]
        changes = np.flatnonzero(np.concatenate([[True], values[1:] != values[:-1]])).tolist()
        for here, following in zip(changes, [*changes[1:], None], strict=True):
            if values[here]:
                last = (starts[following] if following is not None else top) - 1
                yield starts[here], last, version, int(values[here])


if __name__ == "__main__":
    sys.exit(main())
