"""Stories -> exchanges: who spoke with whom, when, through which ports, and how much went each way.

An exchange is one conversation within one aggregation interval, and lies within one day. Every story draws every week
from a generator of its own, seeded by the world's seed, the story's name and the week: a story that is added or changed
leaves the others as they were, and a week is the same in whatever span it is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from zlib import crc32

import numpy as np
import polars as pl

from monitor.world.course import DAY_SECONDS, grown, midnight, monday_of, week_of
from monitor.world.far_ends import ABROAD, far_ends
from monitor.world.scenario import HOSTS
from monitor.world.stories import STORIES, Story

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from numpy.typing import NDArray

    Integers = NDArray[np.int64]

_TCP: Final = 6
# RFC 6335 section 6: dynamic ports, which no service may be registered on; three are services by habit (Db2, WireGuard,
# gNMI) and left out, so that a client's port never looks like a service.
_DYNAMIC: Final = (49_152, 65_536)
_ABOVE: Final = (52_000, 65_536)
_HABITUAL: Final = (50_000, 51_820, 57_400)
# Chance of each hour (UTC): patients in the evening, staff by day in Paris, copies at night, machines always.
_HOURS: Final = {
    "flat": (1,) * 24,
    "office": (0, 0, 0, 0, 0, 1, 4, 8, 10, 10, 8, 6, 9, 10, 10, 8, 5, 2, 1, 1, 0, 0, 0, 0),
    "evening": (1, 1, 0, 0, 1, 2, 4, 5, 6, 6, 6, 5, 6, 6, 6, 7, 8, 9, 10, 9, 7, 5, 3, 2),
    "night": (6, 8, 10, 10, 8, 4, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 4, 5, 6),
}
_LONGEST_SECONDS: Final = {"portal": 590, "core": 59}


@dataclass(frozen=True, slots=True)
class Size:
    """Median packets and octets a packet, forth and back; `short`: a TCP record always holds the SYN."""

    packets: tuple[float, float]
    octets: tuple[int, int]
    fewest: int = 4
    spread: float = 0.9
    short: bool = False


_SIZES: Final = {
    "web": Size((14, 20), (210, 900)),
    "upload": Size((900, 320), (1_250, 90), fewest=20),
    "short_upload": Size((300, 110), (1_250, 90), fewest=20, short=True),
    "bulk": Size((60_000, 20_000), (1_430, 80), fewest=5_000, spread=0.5),
    "session": Size((900, 1_400), (140, 620), fewest=200),
    "quic": Size((20, 30), (300, 1_000)),
    "dns": Size((1, 1), (90, 190), fewest=1, spread=0.3),
    "tls_dns": Size((9, 8), (150, 330)),
    "ntp": Size((1, 1), (90, 90), fewest=1, spread=0.2),
    "ping": Size((4, 4), (84, 84), fewest=1, spread=0.3),
    "syn": Size((1, 1), (50, 50), fewest=1, spread=0.6),
    "empty_udp": Size((1, 1), (28, 28), fewest=1, spread=0.2),
}


def _days(story: Story, rng: np.random.Generator, week: int, scale: float) -> Integers:
    """Day of the week of each exchange; none of a growing story before it has begun."""
    expected = story.exchanges * scale * (grown(week) if story.grows else 1)
    if not expected:
        return np.empty(0, dtype=np.int64)
    weights = np.array(story.week)
    chosen: Integers = rng.choice(len(weights), size=max(1, round(expected)), p=weights / weights.sum())
    return chosen


def _pool(names: tuple[str, ...]) -> tuple[Integers, NDArray[np.float64]]:
    """Positions and weights of a story's far ends, or of its peer hosts."""
    if names[0].startswith("host:"):
        groups = {name.removeprefix("host:") for name in names}
        found = np.array([position for position, host in enumerate(HOSTS) if host.group in groups])
        return found, np.full(len(found), 1 / len(found))
    everyone = {far.id: position for position, far in enumerate(far_ends())}
    if names == (ABROAD,):
        found = np.array([position for position, far in enumerate(far_ends()) if far.id.startswith("isp_")])
        # A few countries send most of it; the order is mixed by a fixed stride, so that it is not the alphabet's.
        weights = 1 / (1 + (np.arange(len(found)) * 67) % len(found)) ** 0.6
        return found, weights / weights.sum()
    found = np.array([everyone[name] for name in names])
    return found, np.full(len(found), 1 / len(found))


def _ports(story: Story, rng: np.random.Generator, count: int) -> tuple[Integers, Integers]:
    """Ports of the end that serves and of the other one."""
    serving = rng.choice(np.array(story.ports), size=count).astype(np.int64)
    if story.client_ports == "none":
        return serving, np.zeros(count, dtype=np.int64)
    if story.client_ports == "same":
        return serving, serving
    if story.client_ports == "53":
        return serving, np.full(count, 53, dtype=np.int64)
    other = rng.integers(*(_ABOVE if story.client_ports == "above" else _DYNAMIC), size=count)
    return serving, np.where(np.isin(other, _HABITUAL), other + 1, other)


def _volume(
    size: Size, side: int, story: Story, rng: np.random.Generator, is_v6: NDArray[np.bool_]
) -> tuple[Integers, Integers]:
    """Packets and octets of one direction; floors keep conversations above what counts as a probe, and probes below."""
    count = len(is_v6)
    drawn = np.maximum(size.fewest, rng.lognormal(np.log(size.packets[side]), size.spread, size=count)).astype(np.int64)
    if story.size == "empty_udp":
        return drawn, drawn * np.where(is_v6, 48, 28)
    if story.size == "syn":
        packets = np.minimum(drawn, 3)
        return packets, packets * (rng.choice(np.array([40, 44, 52, 60]), size=count) + np.where(is_v6, 20, 0))
    each = size.octets[side] * rng.uniform(0.8, 1.15, size=count) + np.where(is_v6, 20, 0)
    return drawn, np.minimum((drawn * each).astype(np.int64), drawn * 1_500)


def _flags(story: Story, size: Size, rng: np.random.Generator, count: int) -> tuple[Integers, Integers]:
    """TCP flags of the starting end and of the other, joined over an interval. Source: Amazon VPC user guide."""
    if story.protocol != _TCP:
        return np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    if story.action == "REJECT":
        return np.full(count, 2), np.zeros(count, dtype=np.int64)
    shares = (0.7, 0.3, 0.0, 0.0) if size.short else (0.6, 0.15, 0.15, 0.1)
    state = rng.choice(4, size=count, p=shares)  # whole, opening, middle, closing
    return np.array([3, 2, 0, 1])[state], np.array([19, 18, 0, 1])[state]


def exchanges_of(story: Story, seed: int, week: int, scale: float) -> pl.DataFrame | None:
    """The exchanges of one story in one week, null when it has none there.

    Columns out: `story host other` (positions; `other` is a far end, or a peer host when the story is inside) `is_v6`,
    `number` (random bits for the far address), `start end` (seconds), `local_port remote_port nat_port service_port`,
    `out_packets out_octets in_packets in_octets out_flags in_flags`, `order` (random, breaks ties in a file).
    """
    entropy = (seed, crc32(story.id.encode()), week % 2**32)
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence(entropy)))
    day = _days(story, rng, week, scale)
    count = len(day)
    if not count:
        return None
    own = np.array([position for position, host in enumerate(HOSTS) if host.group == story.hosts])
    host = rng.choice(own, size=count)
    pool, weights = _pool(story.far)
    other = rng.choice(pool, size=count, p=weights)
    if story.inside and story.far[0].startswith("host:"):
        other = np.where(other == host, pool[(np.searchsorted(pool, other) + 1) % len(pool)], other)
        has_v6 = np.ones(count, dtype=np.bool_)
    else:
        has_v6 = np.array([bool(far.v6) for far in far_ends()])[other]
    is_v6 = has_v6 & (rng.random(count) < story.v6_share)
    vpc = HOSTS[own[0]].vpc
    longest = _LONGEST_SECONDS[vpc]
    hours = np.array(_HOURS[story.hours], dtype=np.float64)
    second = rng.choice(24, size=count, p=hours / hours.sum()) * 3_600 + rng.integers(0, 3_600, size=count)
    lasts = rng.integers(0, longest + 1, size=count)
    begins = midnight(monday_of(week)) + day * DAY_SECONDS + np.minimum(second, DAY_SECONDS - 1 - longest)
    serving, client = _ports(story, rng, count)
    local, remote = (client, serving) if story.starter == "ours" else (serving, client)
    size = _SIZES[story.size]
    forward = (*_volume(size, 0, story, rng, is_v6), _flags(story, size, rng, count))
    backward = _volume(size, 1, story, rng, is_v6)
    ours_starts = story.starter != "theirs"
    outward = (*forward[:2], forward[2][0]) if ours_starts else (*backward, forward[2][1])
    inward = (*backward, forward[2][1]) if ours_starts else (*forward[:2], forward[2][0])
    drawn = rng.integers(*_DYNAMIC, size=count)
    translated = (story.way == "nat") & (local != 0)
    return pl.DataFrame(
        {
            "story": np.full(count, STORIES.index(story), dtype=np.int64),
            "host": host,
            "other": other,
            "is_v6": is_v6,
            "number": rng.integers(0, 2**62, size=count),
            "start": begins,
            "end": begins + lasts,
            "local_port": local,
            "remote_port": remote,
            "nat_port": np.where(translated, np.where(np.isin(drawn, _HABITUAL), drawn + 1, drawn), local),
            "service_port": np.minimum(local, remote) if story.starter == "nobody" else serving,
            "out_packets": outward[0],
            "out_octets": outward[1],
            "out_flags": outward[2],
            "in_packets": inward[0],
            "in_octets": inward[1],
            "in_flags": inward[2],
            "order": rng.integers(0, 2**62, size=count),
        }
    )


def exchanges(seed: int, week: int, scale: float) -> pl.DataFrame:
    """The exchanges of every story in one week; `scale` multiplies how often each happens, which is once at least."""
    parts = (exchanges_of(story, seed, week, scale) for story in STORIES)
    return pl.concat([part for part in parts if part is not None])


def exchanges_by_day(seed: int, start: date, days: int, scale: float) -> Iterator[pl.DataFrame]:
    """The exchanges of each day from `start`, day by day; one week is held at a time."""
    drawn: tuple[int, dict[tuple[object, ...], pl.DataFrame]] | None = None
    for day in (start + timedelta(days=number) for number in range(days)):
        week = week_of(day)
        if drawn is None or drawn[0] != week:
            whole = exchanges(seed, week, scale).with_columns(day=pl.col("start") // DAY_SECONDS)
            drawn = week, whole.partition_by("day", as_dict=True, include_key=False)
        yield drawn[1][midnight(day) // DAY_SECONDS,]
