"""What a replay says to a person: figures out of a tally, in the order in which they matter.

Decides which sums stand together and what comes first; `answer_text` puts them into words and tables. Probes, records
that are counted elsewhere and records that could not be judged are never mixed into the octets that left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from monitor.tally import Tally

# What needs a person first, first.
SHOWN_VERDICTS: Final = ("uncovered", "undetermined", "derogation", "safeguarded", "adequate")
_MEASURES: Final = ("records", "octets_out", "octets_in")
_FLOW_KEYS: Final = (
    "system",
    "data_class",
    "activity",
    "place_verdict",
    "place_country",
    "recipient",
    "ground",
    "control_verdict",
    "control_countries",
)


@dataclass(frozen=True, slots=True)
class Answer:
    """Figures of a replay.

    `flows`: one row per system, activity, place, recipient and ground, worst first. `exposed_inside`: what stays in the
    EEA with an operator that a foreign law reaches. `systems`: one row per system with octets by verdict. All leave
    probes, uncounted and internal records out; `probes` and `internal` count what was counted of these.
    """

    flows: pl.DataFrame
    exposed_inside: pl.DataFrame
    systems: pl.DataFrame
    probes: int
    internal: int
    internal_octets: int
    judged: int
    tally: Tally


def answer_of(tally: Tally) -> Answer:
    """Make the figures of a tally. Octets are those of counted records, both ways, scaled by sampling."""
    sums = tally.sums().with_columns(
        pl.col("control_countries").list.join(" "),
        pl.col("octets_out", "octets_in").cast(pl.Int128),
        octets=pl.col("octets_out").cast(pl.Int128) + pl.col("octets_in"),
    )
    counted = sums.filter(pl.col("counted"))
    probes = tally.probes().filter(pl.col("counted"))
    internal = counted.filter(pl.col("place_verdict") == "internal")
    return Answer(
        flows=_flows(counted),
        exposed_inside=_exposed_inside(counted),
        systems=_systems(counted, probes),
        probes=int(probes["records"].sum()),
        internal=int(internal["records"].sum()),
        internal_octets=int(internal["octets"].sum()),
        judged=tally.judged,
        tally=tally,
    )


def _flows(counted: pl.DataFrame) -> pl.DataFrame:
    order = {verdict: place for place, verdict in enumerate(SHOWN_VERDICTS)}
    text = counted.with_columns(pl.col("place_verdict", "place_reason", "control_verdict").cast(pl.String))
    leaving = text.filter(pl.col("place_verdict").is_in(SHOWN_VERDICTS)).with_columns(
        recipient=pl.coalesce("importer", pl.col("operator").cast(pl.String)),
        ground=pl.coalesce("mechanism", "place_reason"),
    )
    return (
        leaving.group_by(_FLOW_KEYS)
        .agg(pl.col(*_MEASURES, "octets").sum())
        .with_columns(rank=pl.col("place_verdict").replace_strict(order, return_dtype=pl.Int8))
        .sort(
            "rank",
            "octets",
            *(pl.col(name).cast(pl.String) for name in _FLOW_KEYS),
            descending=[False, True, *([False] * len(_FLOW_KEYS))],
        )
        .drop("rank")
    )


def _exposed_inside(counted: pl.DataFrame) -> pl.DataFrame:
    keys = ("system", "data_class", "operator", "place_country", "control_countries")
    inside = counted.filter((pl.col("place_verdict") == "eea") & (pl.col("control_verdict") == "exposed"))
    names = [pl.col(name).cast(pl.String) for name in keys]
    return (
        inside.group_by(keys)
        .agg(pl.col(*_MEASURES, "octets").sum())
        .sort("octets", *names, descending=[True, *([False] * len(keys))])
    )


def _systems(counted: pl.DataFrame, probes: pl.DataFrame) -> pl.DataFrame:
    def octets(*conditions: pl.Expr) -> pl.Expr:
        return pl.col("octets").filter(*conditions).sum()

    verdict = pl.col("place_verdict").cast(pl.String)
    keys = ("system", "data_class")
    by_probe = probes.group_by(keys).agg(probes=pl.col("records").sum())
    outside = verdict != "internal"
    summed = counted.group_by(keys).agg(
        octets(verdict == "internal").alias("internal"),
        octets(verdict == "eea").alias("eea"),
        octets(verdict.is_in(["adequate", "safeguarded", "derogation"])).alias("covered"),
        octets(verdict == "uncovered").alias("uncovered"),
        octets(verdict == "undetermined").alias("undetermined"),
        octets(verdict == "not_a_transfer").alias("not_a_transfer"),
        octets(outside, pl.col("control_verdict") == "exposed").alias("exposed"),
        octets(outside).alias("outward"),
    )
    return (
        summed.join(by_probe, on=keys, how="full", coalesce=True, nulls_equal=True)
        .with_columns(pl.exclude(keys).fill_null(0))
        .sort(pl.col("system").cast(pl.String), nulls_last=True)
    )
