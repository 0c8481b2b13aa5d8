"""Write the flow log of the benchmark: AWS VPC version 2 lines of a busy hospital; equal arguments give equal octets.

Far ends are global unicast addresses of allocated space, drawn by Zipf's law from a pool (or all distinct); a fifth of
the lines are IPv6, three tenths stay between own addresses, a twentieth is rejected, one in a thousand is broken in one
of five ways. The file is written block by block, so its size is bounded by the disk alone.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

HEADER: Final = (
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status"
)
LINES: Final = 2_000_000

_SEED: Final = 20261001
_BLOCK: Final = 250_000
POOL: Final = 100_000
_ZIPF_EXPONENT: Final = 1.1
_OWN_HOSTS: Final = 2_000
_HOSTS_PER_SUBNET: Final = 250
FIRST_SECOND: Final = 1_788_220_800  # 2026-09-01T00:00:00Z
SECONDS_PER_DAY: Final = 86_400
_EPHEMERAL: Final = (32_768, 61_000)  # Linux net.ipv4.ip_local_port_range
_TCP: Final = 6
_UDP: Final = 17
_SERVICES: Final = np.array([443, 443, 443, 443, 443, 80, 22, 53, 123, 5432])
_OVER_UDP: Final = (53, 123)

_SHARE_IPV6: Final = 0.2
_SHARE_INTERNAL: Final = 0.3
_SHARE_REJECTED: Final = 0.05
_SHARE_BROKEN: Final = 0.001

# First octets without any special block (IANA IPv4 Special-Purpose Address Registry, read 2026-11-24); those that hold
# one, such as 100, 169, 172, 192, 198 and 203, are left out whole.
_IPV4_FIRST: Final = np.array(sorted(set(range(1, 224)) - {10, 100, 127, 169, 172, 192, 198, 203}), dtype=np.uint64)
# Blocks that the registries have allocated densely (IANA IPv6 unicast assignments, read 2026-11-24).
_IPV6_FIRST: Final = np.array(
    [0x2A00, 0x2A01, 0x2A02, 0x2A03, 0x2400, 0x2401, 0x2600, 0x2607, 0x2804, 0x2C0F], dtype=np.uint64
)

_HEX: Final = pl.Series([f"{group:x}" for group in range(1 << 16)])
_DECIMAL: Final = pl.Series([str(octet) for octet in range(1 << 8)])
_SHIFT: Final = np.uint64(0x5BD1_E995)
_MIX: Final = np.uint64(0x9E37_79B1)  # odd, so that multiplication permutes the 32 bit numbers (Knuth, TAOCP 6.4)


@dataclass(frozen=True, slots=True)
class Written:
    """What a log holds: complete lines without the header, those of them that are broken, and octets."""

    lines: int
    broken: int
    octets: int


@dataclass(frozen=True, slots=True)
class Pace:
    """When the first line begins, in seconds since 1970, and how many lines begin in a second.

    `far_ends`: from how many the far ends are drawn.
    """

    first_second: int = FIRST_SECOND
    lines_per_second: float = LINES / SECONDS_PER_DAY
    far_ends: int = POOL


def write_flow_log(
    target: IO[bytes],
    *,
    lines: int = LINES,
    octets: int | None = None,
    distinct: bool = False,
    pace: Pace = Pace(),
) -> Written:
    """Write a log of `lines` lines, or of the first whole block past `octets`."""
    written = target.write(HEADER.encode() + b"\n")
    done = broken = 0
    for first, size in _blocks(None if octets is not None else lines):
        frame, faults = _block(first, size, pace, distinct=distinct)
        block = frame.write_csv(include_header=False, separator=" ", quote_style="never").encode()
        written += target.write(block)
        done, broken = done + size, broken + faults
        if octets is not None and written >= octets:
            break
    return Written(done, broken, written)


def far_ends(number: NDArray[np.uint64], *, version: int) -> pl.Series:
    """Spell the far end of each number; the first ten million of a version are different addresses."""
    mixed = (number * _MIX + _SHIFT) & np.uint64(0xFFFF_FFFF)
    if version == 4:
        space = np.uint64(len(_IPV4_FIRST) << 24)
        place = mixed % space
        octets = [
            _IPV4_FIRST[place >> np.uint64(24)],
            *((place >> np.uint64(shift)) & np.uint64(255) for shift in (16, 8, 0)),
        ]
        return _joined([_DECIMAL.gather(octet) for octet in octets], ".")
    first = _IPV6_FIRST[number % np.uint64(len(_IPV6_FIRST))]
    upper, lower = mixed >> np.uint64(16), mixed & np.uint64(0xFFFF)
    subnet = np.uint64(1) + (mixed >> np.uint64(9)) % np.uint64(0xFFFF)
    network = [_HEX.gather(group) for group in (first, upper, lower, subnet)]
    host = _HEX.gather(np.uint64(1) + lower % np.uint64(0xFFFF))
    short = _joined([*network, pl.Series([""]).new_from_index(0, len(host)), host], ":")
    long = _joined([*network, host, _HEX.gather(subnet), host, _HEX.gather(subnet)], ":")
    return pl.select(pl.when(pl.Series(number % np.uint64(2) == 0)).then(short).otherwise(long)).to_series()


def own_addresses(host: NDArray[np.int64], *, version: int) -> pl.Series:
    """Spell own hosts: 10.20.0.0/16 and 2001:db8:20::/48, the same host numbers in both."""
    subnet, number = host // _HOSTS_PER_SUBNET, host % _HOSTS_PER_SUBNET + 1
    if version == 4:
        return _joined(
            [pl.Series(["10.20"]).new_from_index(0, len(host)), _DECIMAL.gather(subnet), _DECIMAL.gather(number)], "."
        )
    head = pl.Series(["2001:db8:20"]).new_from_index(0, len(host))
    return _joined(
        [head, _HEX.gather(subnet + 1), pl.Series([""]).new_from_index(0, len(host)), _HEX.gather(number)], ":"
    )


def _blocks(lines: int | None) -> Iterator[tuple[int, int]]:
    """First line and size of each block; endless without a number of lines."""
    first = 0
    while lines is None or first < lines:
        size = _BLOCK if lines is None else min(_BLOCK, lines - first)
        yield first, size
        first += size


def _block(first: int, size: int, pace: Pace, *, distinct: bool) -> tuple[pl.DataFrame, int]:
    """Make the fields of one block as text, and count its broken lines."""
    rng = np.random.default_rng([_SEED, first])
    ipv6 = rng.random(size) < _SHARE_IPV6
    internal = rng.random(size) < _SHARE_INTERNAL
    rejected = rng.random(size) < _SHARE_REJECTED
    outbound = rng.random(size) < 0.5
    host, peer = rng.integers(0, _OWN_HOSTS, size), rng.integers(0, _OWN_HOSTS, size)
    line = np.arange(first, first + size, dtype=np.uint64)
    far = line if distinct else zipf(rng, size, pace.far_ends)

    own, other = by_version(ipv6, host, own_addresses), by_version(ipv6, peer, own_addresses)
    remote = pl.select(pl.when(pl.Series(internal)).then(other).otherwise(by_version(ipv6, far, far_ends))).to_series()
    service = rng.choice(_SERVICES, size)
    ephemeral = rng.integers(*_EPHEMERAL, size)
    packets = np.where(rejected, rng.integers(1, 3, size), np.exp(rng.normal(3, 2, size)).astype(np.int64) + 1)
    octets = packets * np.where(rejected, 40, rng.integers(60, 1400, size))
    start = pace.first_second + (line / pace.lines_per_second).astype(np.int64)

    outgoing = pl.Series(outbound)
    frame = pl.DataFrame(
        {
            "version": pl.Series(["2"]).new_from_index(0, size),
            "account": pl.Series(["123456789012"]).new_from_index(0, size),
            "interface": "eni-0" + pl.Series(host).cast(pl.String).str.zfill(16),
            "srcaddr": pl.select(pl.when(outgoing).then(own).otherwise(remote)).to_series(),
            "dstaddr": pl.select(pl.when(outgoing).then(remote).otherwise(own)).to_series(),
            "srcport": np.where(outbound, ephemeral, service),
            "dstport": np.where(outbound, service, ephemeral),
            "protocol": np.where(np.isin(service, _OVER_UDP), _UDP, _TCP),
            "packets": packets,
            "bytes": octets,
            "start": start,
            "end": start + rng.integers(1, 60, size),
            "action": pl.select(
                pl.when(pl.Series(rejected)).then(pl.lit("REJECT")).otherwise(pl.lit("ACCEPT"))
            ).to_series(),
            "status": pl.Series(["OK"]).new_from_index(0, size),
        }
    )
    fault = np.where(rng.random(size) < _SHARE_BROKEN, rng.integers(1, 6, size), 0)
    return _broken(frame.with_columns(pl.all().cast(pl.String), fault=pl.Series(fault))), int(np.count_nonzero(fault))


def _broken(frame: pl.DataFrame) -> pl.DataFrame:
    """Break the lines that `fault` marks, in one of five ways: 1 to 5 in the order below."""

    def spoiled(column: str, fault: int, value: str) -> pl.Expr:
        return pl.when(pl.col("fault") == fault).then(pl.lit(value)).otherwise(pl.col(column)).alias(column)

    joined = pl.concat_str("action", "status", separator=" ")
    end = (
        pl.when(pl.col("fault") == 1)
        .then(pl.col("action"))
        .when(pl.col("fault") == 2)
        .then(joined + " extra")
        .otherwise(joined)
    )
    return frame.with_columns(
        spoiled("bytes", 3, "many"),
        spoiled("srcaddr", 4, "10.20.300.1"),
        spoiled("end", 5, str(FIRST_SECOND - 1)),
        rest=end,
    ).drop("action", "status", "fault")


def zipf(rng: np.random.Generator, size: int, pool: int = POOL) -> NDArray[np.uint64]:
    """Draw numbers below the size of the pool, the first of them most often."""
    weight = np.arange(1, pool + 1, dtype=np.float64) ** -_ZIPF_EXPONENT
    cumulated = np.cumsum(weight)
    drawn: NDArray[np.intp] = np.searchsorted(cumulated, rng.random(size) * cumulated[-1])
    return drawn.astype(np.uint64)


def by_version(ipv6: NDArray[np.bool_], number: NDArray[np.integer], spell: Callable[..., pl.Series]) -> pl.Series:
    """Spell numbers as addresses of the version that each has."""
    four, six = spell(number, version=4), spell(number, version=6)
    return pl.select(pl.when(pl.Series(ipv6)).then(six).otherwise(four)).to_series()


def _joined(parts: list[pl.Series], separator: str) -> pl.Series:
    return pl.select(pl.concat_str(*parts, separator=separator)).to_series()


def main() -> None:
    """Write one log and print what it holds as JSON."""
    parser = argparse.ArgumentParser(description="Write the flow log of the benchmark.")
    parser.add_argument("target", type=Path)
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--lines", type=int, default=LINES)
    size.add_argument("--octets", type=int)
    parser.add_argument("--distinct", action="store_true", help="give every line a far end of its own")
    parser.add_argument("--first-second", type=int, default=FIRST_SECOND)
    parser.add_argument("--far-ends", type=int, default=POOL, help="from how many they are drawn")
    parser.add_argument("--lines-per-second", type=float, default=LINES / SECONDS_PER_DAY)
    chosen = parser.parse_args()
    pace = Pace(chosen.first_second, chosen.lines_per_second, chosen.far_ends)
    with chosen.target.open("wb") as target:
        written = write_flow_log(target, lines=chosen.lines, octets=chosen.octets, distinct=chosen.distinct, pace=pace)
    print(json.dumps({"lines": written.lines, "broken": written.broken, "octets": written.octets}))


if __name__ == "__main__":
    main()
