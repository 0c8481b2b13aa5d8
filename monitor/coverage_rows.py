"""Rows for rules on coverage: whether somebody was looking, how much is undetermined, how old atlas and law are.

Decides what is told of a moment: the last word of each source and observer, losses and shares of the last 24 hours.
When a silence is too long the site's `expect_every_seconds` says; knows no rule.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from monitor.detect.fields import COVERAGE
from monitor.expectations import silent_networks, silent_observers
from monitor.kept import UNREADABLE
from monitor.schema import frame_schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

_DAY: Final = timedelta(days=1)
_LOSSES: Final = ("gap", "dropped", "skipped", "sampled")


def coverage_rows(
    coverage: pl.DataFrame,
    transfers: pl.DataFrame,
    every_seconds: Mapping[str, int],
    moment: datetime,
    ages: Mapping[str, int | None],
    networks: pl.DataFrame,
    began: datetime | None = None,
) -> pl.DataFrame:
    """What is told of the looking at a moment. Columns out: `fields.COVERAGE`.

    Columns in: `kept.COVERAGE`, `kept.TRANSFERS` and `kept.NETWORKS`, of at least the last 24 hours. `every_seconds`:
    the longest silence that is normal, by source; `ages`: days since `atlas` and `law` were last known to be right;
    `began`: since when somebody listens: a source that was never heard cannot have been silent for longer.
    """
    rows = [
        *_sources(coverage, every_seconds, moment, max(began or moment - _DAY, moment - _DAY)),
        *_observers(coverage, every_seconds, moment),
        *_networks(networks, coverage, every_seconds, moment),
        *_losses(coverage.filter(pl.col("hour") > moment - _DAY), moment),
        *_unreadable(coverage.filter(pl.col("hour") > moment - _DAY), moment),
        *_systems(transfers.filter("counted", pl.col("hour") > moment - _DAY), moment),
        *(_age(subject, days, moment) for subject, days in sorted(ages.items())),
    ]
    schema = frame_schema(COVERAGE)
    return pl.DataFrame([dict.fromkeys(schema) | row for row in rows], schema=schema, orient="row")


def _sources(
    coverage: pl.DataFrame, every_seconds: Mapping[str, int], moment: datetime, began: datetime
) -> Iterator[dict[str, Any]]:
    said = coverage.filter(pl.col("state") != UNREADABLE)
    heard = dict(said.group_by("source").agg(pl.col("last_time").max()).iter_rows())
    for source in sorted({*heard, *every_seconds}):
        last, expected = heard.get(source, began), every_seconds.get(source)
        silent = max(int((moment - last).total_seconds()), 0)
        is_silent = expected is not None and silent > expected
        is_known = source in heard or began > moment - _DAY
        since = f"since {last.isoformat()}" if is_known else "for a day or longer"
        yield {
            "time": moment,
            "subject": "source",
            "state": "silent" if is_silent else "speaking",
            "source": source,
            "silent_seconds": silent,
            "expected_seconds": expected,
            "detail": f"The source {source} is silent {since}." if is_silent else f"The source {source} speaks.",
            "facts": _facts("source_silent", source=source, since=_epoch(last if is_known else None))
            if is_silent
            else None,
        }


def _observers(coverage: pl.DataFrame, every_seconds: Mapping[str, int], moment: datetime) -> Iterator[dict[str, Any]]:
    for source, observer, since in silent_observers(coverage, every_seconds).iter_rows():
        yield {
            "time": moment,
            "subject": "observer",
            "state": "silent",
            "source": source,
            "observer": observer,
            "silent_seconds": int((moment - since).total_seconds()),
            "detail": f"{observer} of the source {source} is silent since {since.isoformat()}.",
            "facts": _facts("observer_silent", source=source, observer=observer, since=_epoch(since)),
        }


def _networks(
    networks: pl.DataFrame, coverage: pl.DataFrame, every_seconds: Mapping[str, int], moment: datetime
) -> Iterator[dict[str, Any]]:
    for source, system, network, since in silent_networks(networks, coverage, every_seconds).iter_rows():
        yield {
            "time": moment,
            "subject": "network",
            "state": "silent",
            "source": source,
            "observer": network,
            "system": system,
            "silent_seconds": int((moment - since).total_seconds()),
            "detail": f"The source {source} tells of {network} ({system}) no more since {since.isoformat()}.",
        }


def _losses(coverage: pl.DataFrame, moment: datetime) -> Iterator[dict[str, Any]]:
    lost = coverage.filter(pl.col("state").is_in(_LOSSES)).group_by("source", "state").agg(pl.col("records").sum())
    for source, state, records in lost.sort("source", "state").iter_rows():
        yield {
            "time": moment,
            "subject": "source",
            "state": state,
            "source": source,
            "records": records,
            "detail": f"The source {source} says {state} in the last 24 hours, of {records} records.",
            "facts": _facts(f"source_{state}", source=source, records=records),
        }


def _unreadable(coverage: pl.DataFrame, moment: datetime) -> Iterator[dict[str, Any]]:
    """Inputs that could not be read: their records are lost as well, and nobody knows how many they are."""
    inputs = coverage.filter(pl.col("state") == UNREADABLE).group_by("source").agg(pl.col("statements").sum())
    for source, count in inputs.sort("source").iter_rows():
        yield {
            "time": moment,
            "subject": "source",
            "state": "dropped",
            "source": source,
            "detail": f"Of the source {source}, {count} inputs of the last 24 hours cannot be read.",
        }


def _systems(transfers: pl.DataFrame, moment: datetime) -> Iterator[dict[str, Any]]:
    octets = pl.col("octets_out") + pl.col("octets_in")
    # Where an anycast address answers no source can say, on any day: the report counts it, it is nobody's fault.
    is_unknown = (pl.col("place_verdict") == "undetermined") & pl.col("place_reason").ne_missing("anycast")
    summed = (
        transfers.filter(pl.col("system").is_not_null())
        .group_by("system")
        .agg(
            pl.col("records").sum(),
            whole=octets.sum(),
            unknown=octets.filter(is_unknown).sum(),
        )
    )
    for system, records, whole, unknown in summed.sort("system").iter_rows():
        percent = 100 * unknown / whole if whole else 0.0
        yield {
            "time": moment,
            "subject": "system",
            "system": system,
            "records": records,
            "undetermined_percent": percent,
            "detail": f"Of the octets of {system} in the last 24 hours {percent:.0f} % are undetermined in place, "
            "anycast apart.",
            "facts": _facts("undetermined", system=system, percent=round(percent)),
        }


def _age(subject: str, days: int | None, moment: datetime) -> dict[str, Any]:
    told = "of unknown age" if days is None else f"{days} days old"
    return {
        "time": moment,
        "subject": subject,
        "age_days": days,
        "detail": f"The {subject} is {told}.",
        "facts": _facts(f"{subject}_age", days=days),
    }


def _facts(says: str, **facts: str | int | None) -> str:
    """Which sentence, and what stands in it; times are seconds since 1970."""
    return json.dumps({"says": says, **facts}, ensure_ascii=False)


def _epoch(time: datetime | None) -> int | None:
    return None if time is None else int(time.timestamp())
