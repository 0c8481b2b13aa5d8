"""Matches for the tests of alerts: as detection gives them, of words that a test changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from monitor.detect.matches import MATCHES
from monitor.schema import frame_schema

if TYPE_CHECKING:
    from collections.abc import Sequence

NOW: Final = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
NOW_SECONDS: Final = int(NOW.timestamp())
_WORDS: Final = {
    "rule": "health_to_uncovered_country",
    "level": "high",
    "category": "flow",
    "records": 1,
    "system": "warehouse",
    "data_class": "health",
    "activity": "data",
    "direction": "outbound",
    "service": "tcp/443",
    "local_address": "10.20.0.7",
    "remote_address": "52.0.0.1",
    "octets_out": 1_000,
    "octets_in": 100,
    "importer": None,
    "operator": "aws",
    "operator_parent": "amazon",
    "place_country": "US",
    "place_candidates": ["US"],
    "place_confidence": "agreed",
    "place_verdict": "uncovered",
    "place_reason": "no_ground",
    "control_country": "US",
    "control_countries": ["US"],
    "reach_laws": ["US_FISA702", "US_CLOUD"],
    "control_verdict": "exposed",
    "control_reason": "law",
    "name": "ingest.example.com",
    "source": "aws_vpc",
    "basis": "0123456789abcdef",
}


def match(seconds_ago: int = 0, **words: Any) -> dict[str, Any]:  # noqa: ANN401 - a cell of any column
    """One match whose event ended so long before `NOW`."""
    time = NOW - timedelta(seconds=seconds_ago)
    return {**_WORDS, "time": time, "first_time": time - timedelta(seconds=10), **words}


def frame(*rows: dict[str, Any]) -> pl.DataFrame:
    """Rows as a frame of matches."""
    return pl.DataFrame(list(rows), schema=frame_schema(MATCHES))


def chunks(rows: Sequence[dict[str, Any]], sizes: Sequence[int]) -> list[pl.DataFrame]:
    """The rows cut into frames of these sizes, the rest in one."""
    found, place = [], 0
    for size in (*sizes, len(rows)):
        if rows[place : place + size]:
            found.append(frame(*rows[place : place + size]))
        place += size
    return found
