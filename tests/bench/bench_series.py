"""Metrics at ten thousand pairs of system and operator: how many series, how large a scrape is and how long it takes.

A hundred systems talk with a hundred operators in two countries each, inwards and outwards: forty thousand sets of
labels, of which far fewer may become series. What loses its name must stand under `other` in the same sums. The
registry is served as the daemon serves it; a client without compression and a real Prometheus scrape it. Exits 1 above
a limit, or where octets are missing.
"""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import httpx
from prometheus_client import CollectorRegistry

from monitor.metrics.counters import Metrics
from monitor.web.portal import Health, Served, portal
from tests.monitor.metrics.sums import sums, transfers
from tests.services.portals import served
from tests.services.prometheus import scraping

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl
    from starlette.types import ASGIApp

_SYSTEMS: Final = 100
_OPERATORS: Final = 100
_COUNTRIES: Final = ("US", "IN")
_DIRECTIONS: Final = ("outbound", "inbound")
_BATCHES: Final = 10
_SCRAPES: Final = 5
_MOST_SERIES: Final = 60_000
_SCRAPE_SECONDS: Final = 5.0
_FACTOR: Final = 1_000


def main() -> None:
    """Feed, scrape, print, and exit 1 where something is wrong."""
    registry = CollectorRegistry()
    metrics = Metrics(registry)
    metrics.start([(_system(number), "health") for number in range(_SYSTEMS)], ["gateway"])
    fed, begun = 0, time.process_time()
    for frame in _batches():
        metrics.judged(sums(frame), "gateway")
        fed += int(frame["octets_out"].sum())
    counting = time.process_time() - begun
    with served(_portal(registry)) as port:
        text, seconds = _scraped(port)
        scraped = _by_prometheus(port)
    samples = [line for line in text.splitlines() if line and not line.startswith("#")]
    octets = _sum(samples, "transferwatch_transfer_octets_total{", 'way="out"')
    folded = _sum(samples, "transferwatch_folded_records_total{", 'label="operator"')
    traffic = sum(line.startswith("transferwatch_transfer_") for line in samples)
    pairs = _SYSTEMS * _OPERATORS
    print(f"{pairs:,} pairs of system and operator, {pairs * len(_COUNTRIES) * len(_DIRECTIONS):,} sets of labels")
    print(f"  {len(samples):,} series, of which {traffic:,} are of traffic (limit {_MOST_SERIES:,} altogether)")
    print(f"  a scrape: {len(text) / 1e6:.1f} MB of text, {seconds:.2f} s (limit {_SCRAPE_SECONDS:.0f} s)")
    print(f"  {scraped}")
    print(f"  counting them took {counting:.2f} CPU seconds; {folded:,.0f} records lost the name of their operator")
    missed = []
    if octets != fed:
        missed.append(f"{octets:.0f} octets in the scrape, {fed} were fed")
    if len(samples) > _MOST_SERIES:
        missed.append(f"{len(samples):,} series")
    if seconds > _SCRAPE_SECONDS:
        missed.append(f"{seconds:.2f} seconds for a scrape")
    for sentence in missed:
        print(f"ABOVE THE LIMIT: {sentence}")
    raise SystemExit(1 if missed else 0)


def _batches() -> Iterator[pl.DataFrame]:
    """The pairs in batches: of each the operators of a part, so that names are given out as they come."""
    for part in range(_BATCHES):
        yield transfers(
            *(
                {
                    "system": _system(system), "operator": f"operator_{operator:03}", "place_country": country,
                    "control_country": country, "direction": direction, "place_verdict": "uncovered",
                    "octets_out": _FACTOR * (1 + operator), "octets_in": _FACTOR,
                }
                for system in range(_SYSTEMS)
                for operator in range(part, _OPERATORS, _BATCHES)
                for country in _COUNTRIES
                for direction in _DIRECTIONS
            )
        )  # fmt: skip


def _system(number: int) -> str:
    return f"system-{number:03}"


def _portal(registry: CollectorRegistry) -> ASGIApp:
    return portal(
        Served(
            site="bench",
            registry=registry,
            health=lambda: Health(is_well=True, says="well", facts={}),
            months=list,
            page=lambda month, language: f"{month} {language}",
            figures=str,
        )
    )


def _scraped(port: int) -> tuple[str, float]:
    """What a scrape answers, and the middle of the seconds that several took."""
    took, text = [], ""
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=60) as client:
        for _ in range(_SCRAPES):
            begun = time.monotonic()
            answer = client.get("/metrics", headers={"Accept-Encoding": "identity"})
            took.append(time.monotonic() - begun)
            text = answer.text
    return text, sorted(took)[_SCRAPES // 2]


def _by_prometheus(port: int) -> str:
    found = shutil.which("prometheus")
    if found is None:
        return "no Prometheus is installed, none scraped it"
    with (
        TemporaryDirectory() as directory,
        scraping(Path(found), port, Path(directory), every_seconds=10) as prometheus,
    ):
        prometheus.wait_for('up{job="transferwatch"} == 1')
        samples = prometheus.value("scrape_samples_scraped")
        return f"Prometheus scraped {samples:,.0f} samples in {prometheus.value('scrape_duration_seconds'):.2f} s"


def _sum(samples: list[str], begin: str, holds: str) -> float:
    return sum(float(line.rpartition(" ")[2]) for line in samples if line.startswith(begin) and holds in line)


if __name__ == "__main__":
    main()
