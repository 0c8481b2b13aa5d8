"""Whether somebody was looking: what each source was expected to say, held against what the ledger says that it did.

Decides when a silence is a gap (it is longer than the source's `expect_every_seconds`) and when an observer, such as a
network interface, or one of our own networks has fallen silent while its source goes on. All are worked out of the
stored rows whenever they are asked for, and never stored: a file that comes late fills a gap. The ledger keeps the
first and the last time of each hour, so that a silence between two records of one hour is not seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from monitor.kept import UNREADABLE
from monitor.schema import TIME

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

# An observer or a network that was heard in fewer hours has no habit that it could break.
_HABIT_HOURS: Final = 3
# How many times its own longest silence, or the source's expected one, it must be silent.
_HABIT_TIMES: Final = 2
_HOUR_SECONDS: Final = 3_600


@dataclass(frozen=True, slots=True)
class Silence:
    """A span without a word of a source, longer than is normal for it."""

    source: str
    begins: datetime
    ends: datetime

    @property
    def seconds(self) -> float:
        """How long."""
        return (self.ends - self.begins).total_seconds()


def silences(
    coverage: pl.DataFrame, every_seconds: Mapping[str, int], begins: datetime, ends: datetime
) -> tuple[Silence, ...]:
    """Silences of the sources of which a cadence is known, by source and time.

    A record and any statement of a source about its own seeing are a word of it, an input that cannot be read is none;
    one that has no word at all between the two instants was silent all the time. Columns in: `kept.COVERAGE`, of hours
    between `begins` and `ends`.
    """
    if begins >= ends or not every_seconds:
        return ()
    edges = pl.DataFrame(
        [
            (source, at, at)
            for source, seconds in every_seconds.items()
            if (ends - begins).total_seconds() > seconds
            for at in (begins, ends)
        ],
        schema={"source": pl.String, "first_time": TIME, "last_time": TIME},
        orient="row",
    )
    said = (
        coverage.filter(pl.col("state") != UNREADABLE)
        .select("source", pl.col("first_time").clip(begins, ends), pl.col("last_time").clip(begins, ends))
        .filter(pl.col("source").is_in(edges["source"].implode()))
    )
    normal = pl.col("source").replace_strict(dict(every_seconds), return_dtype=pl.Int64)
    found = (
        pl.concat([edges, said])
        .sort("source", "first_time", "last_time")
        .with_columns(heard=pl.col("last_time").cum_max().shift(1).over("source"))
        .filter((pl.col("first_time") - pl.col("heard")).dt.total_microseconds() > normal * 1_000_000)
        .select("source", "heard", "first_time")
    )
    return tuple(Silence(*row) for row in found.iter_rows())


def silent_observers(coverage: pl.DataFrame, every_seconds: Mapping[str, int]) -> pl.DataFrame:
    """Observers that used to report and stopped while their source goes on.

    An observer is silent when the source's newest record is later than its own last one by twice its own longest
    silence so far, and by twice the source's expected one (an hour, where none is declared). Columns in:
    `kept.COVERAGE`. Columns out: `source`, `observer`, `silent_since` (its last record).
    """
    heard = coverage.filter((pl.col("state") == "ok") & pl.col("observer").is_not_null())
    return _silent(heard, ("source", "observer"), coverage, every_seconds)


def silent_networks(networks: pl.DataFrame, coverage: pl.DataFrame, every_seconds: Mapping[str, int]) -> pl.DataFrame:
    """Networks of ours that used to be heard of and are not any more while their source goes on, as observers are.

    Columns in: `kept.NETWORKS` and `kept.COVERAGE`. Columns out: `source`, `system`, `network`, `silent_since`.
    """
    return _silent(networks, ("source", "system", "network"), coverage, every_seconds)


def _silent(
    heard: pl.DataFrame, key: Sequence[str], coverage: pl.DataFrame, every_seconds: Mapping[str, int]
) -> pl.DataFrame:
    newest = coverage.filter(pl.col("state") == "ok").group_by("source").agg(newest=pl.col("last_time").max())
    paused = heard.sort(*key, "first_time").with_columns(
        pause=(pl.col("first_time") - pl.col("last_time").cum_max().shift(1).over(key)).dt.total_microseconds()
    )
    expected = pl.col("source").replace_strict(dict(every_seconds), default=_HOUR_SECONDS, return_dtype=pl.Int64)
    return (
        paused.group_by(key)
        .agg(
            hours=pl.col("hour").n_unique(),
            pause=pl.col("pause").max().fill_null(0),
            silent_since=pl.col("last_time").max(),
        )
        .join(newest, on="source")
        .filter(
            pl.col("hours") >= _HABIT_HOURS,
            (pl.col("newest") - pl.col("silent_since")).dt.total_microseconds()
            > _HABIT_TIMES * pl.max_horizontal("pause", expected * 1_000_000),
        )
        .select(*key, "silent_since")
        .sort(key)
    )
