"""A format and an atlas that are small enough to be read at a glance: `PREFIXES TAG` a line, and what it is made of."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from monitor.atlas_days import AtlasDays
from monitor.attribution.refresh.checks import Measured
from monitor.attribution.refresh.fetch import Transport
from monitor.attribution.refresh.taking import Offer
from monitor.attribution.refresh.update import Outcome, Workshop, update
from monitor.attribution.refresh.wanted import Fetch, Upkeep, Wanted
from monitor.problem import Problem, ProblemsFound

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from monitor.attribution.refresh.update import Ready

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
ONLINE = Offer(Transport(seconds=5))
GOOD = b"10 eu-west-1\n10 us-east-1\n"
BETTER = b"11 eu-west-1\n10 us-east-1\n"
PUBLISHED = date(2026, 11, 1)


def measure(id_: str, content: bytes) -> Measured:
    """Read the small format; `@DAY` is the day that it gives itself."""
    ranges, tags, day = 0, [], None
    for line in content.decode().splitlines():
        if line.startswith("@"):
            day = date.fromisoformat(line[1:])
            continue
        count, _, tag = line.partition(" ")
        if not count.isdecimal():
            raise ProblemsFound([Problem(id_, 1, 0, "", "it is not the small format.")])
        ranges += int(count)
        tags.append(tag)
    return Measured(ranges=ranges, ipv4_addresses=ranges * 256, ipv6_64s=0, tags=tuple(tags), published=day)


def build(ready: Mapping[str, Ready], out: Path) -> None:
    """Put the inputs one after the other."""
    content = b"".join(ready[id_].path.read_bytes() for id_ in sorted(ready))
    if b"unbuildable" in content:
        raise ProblemsFound([Problem("atlas", 0, 0, "", "it cannot be built.")])
    out.write_bytes(content)


def prove(path: Path, ready: Mapping[str, Ready]) -> tuple[str, AtlasDays]:
    """Believe everything but one word."""
    content = path.read_bytes()
    if b"unprovable" in content:
        raise ProblemsFound([Problem("atlas", 0, 0, "", "it does not say what its inputs say.")])
    days = AtlasDays.of(each.published for each in ready.values())
    assert days is not None
    return hashlib.sha256(content).hexdigest(), days


WORKSHOP = Workshop(measure, build, prove, "said")


def wanted(id_: str, url: str | None = None, **fetch: object) -> Wanted:
    """A source that comes from a URL."""
    return Wanted(id_, PUBLISHED, Fetch(url=url, **fetch))  # type: ignore[arg-type]


def refreshed(folder: Path, *sources: Wanted, now: datetime = NOW, **how: object) -> Outcome:
    """Update a folder."""
    options: dict[str, object] = {"offer": ONLINE, **how}
    return update(folder, sources, Upkeep(), WORKSHOP, now, **options)  # type: ignore[arg-type]
