"""Fold sums of parts into sums of the whole, so that how records were cut into batches leaves no trace.

Decides what adds up, what is the smallest or the largest, and what is the same in all rows of a key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from monitor import kept
from monitor.kept import MEASURE_NAMES
from monitor.totals import sums_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

EVIDENCE_KEY: Final = ("hour", "key", "remote_address", "local_address", "protocol", "name")
COVERAGE_KEY: Final = ("hour", "source", "observer", "state")
COVERAGE_SUMS: Final = ("statements", "records", "octets", "not_ours_records", "not_ours_octets")
NETWORK_KEY: Final = ("hour", "source", "system", "network")
OUTCOME_KEY: Final = ("source", "outcome", "reason")
PROBE_KEY: Final = tuple(column.name for column in kept.PROBE_KEY)
_EXTREMES: Final = {
    "first_time": pl.col("first_time").min(),
    "first_seen": pl.col("first_seen").min(),
    "last_time": pl.col("last_time").max(),
    "last_seen": pl.col("last_seen").max(),
}


def narrow_transfers(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Transfer rows of several parts as one, without their words: `hour`, `key` and the measures."""
    return _fold((part.select("hour", "key", *MEASURE_NAMES) for part in parts), ("hour", "key"), MEASURE_NAMES)


def folded_transfers(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Transfer rows of several parts as one: the words of a key are those of any row that has it."""
    words = pl.concat([part.drop("hour", *MEASURE_NAMES) for part in parts]).unique("key", keep="any")
    return narrow_transfers(parts).join(words, on="key", how="left").select(column.name for column in kept.TRANSFERS)


def folded_probes(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Probes of several parts as one."""
    return _fold(parts, PROBE_KEY, MEASURE_NAMES)


def folded_coverage(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Coverage of several parts as one."""
    return _fold(parts, COVERAGE_KEY, COVERAGE_SUMS)


def folded_networks(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Networks of several parts as one."""
    return _fold(parts, NETWORK_KEY, ("records",))


def folded_outcomes(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Outcomes of several parts as one."""
    return _fold(parts, OUTCOME_KEY, ("records", "octets"))


def folded_evidence(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Evidence of several parts as one."""
    return _fold(parts, EVIDENCE_KEY, (*MEASURE_NAMES, "folded"))


def _fold(frames: Iterable[pl.DataFrame], key: Sequence[str], measures: Sequence[str]) -> pl.DataFrame:
    whole = pl.concat(frames)
    others = [_EXTREMES[name] for name in whole.columns if name not in {*key, *measures}]
    return whole.group_by(key).agg(*sums_of(whole, measures), *others).select(whole.columns)
