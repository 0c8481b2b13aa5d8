"""One statement for each prefix of a feed: which of several counts.

A provider lists a prefix once for each service, and again in its general list. Decided fact by fact, so that the order
of the feed never matters:

1. Scope: a *service* that is global makes the prefix global; else a regional statement makes it regional (a general
   list without region hides no region); else a global general list makes it global; else it is `whose`.
2. Country and region come from the regional statements. Two countries for one prefix are none: the prefix is `whose`
   then, and noted. Of two regions in one country the first in alphabetical order stands.
3. Service: the service with the fewest prefixes in this feed, which says most; of equals the first by name. Where the
   prefix is global, only the global services are asked.
4. Operator: of a regional statement if there is one (a sovereign region has its own operator), else any; first by id.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from monitor.attribution.feeds.contract import SCOPE, STATED, Note

KEY: Final = ["version", "first_high", "first_low", "last_high", "last_low"]


def one_statement_each(rows: pl.DataFrame) -> tuple[pl.DataFrame, list[Note]]:
    """Keep one statement for each prefix.

    Columns in and out: `STATED`; out, sorted and each prefix once. Rows of several feeds of one provider may be put
    together before. Returns the notes on prefixes that were stated in several countries as well.
    """
    frequency = pl.len().over("service").alias("frequency")
    rows = rows.with_columns(frequency).sort("frequency", "service", "region", "operator", nulls_last=True)
    scope = pl.col("scope").cast(pl.String)
    regional, general = scope == "regional", pl.col("service").is_null()
    joined = rows.group_by(KEY, maintain_order=True).agg(
        pl.col("network").first(),
        any_global_service=((scope == "global") & ~general).any(),
        any_global=(scope == "global").any(),
        any_regional=regional.any(),
        countries=pl.col("country").filter(regional).n_unique(),
        country=pl.col("country").filter(regional).min(),
        region=pl.col("region").filter(regional).min(),
        other_region=pl.col("region").filter(~regional).min(),
        service=pl.col("service").drop_nulls().first(),
        global_service=pl.col("service").filter((scope == "global") & ~general).first(),
        operator=pl.col("operator").filter(regional).drop_nulls().min(),
        other_operator=pl.col("operator").drop_nulls().min(),
    )
    is_global = pl.col("any_global_service") | (pl.col("any_global") & ~pl.col("any_regional"))
    torn = ~is_global & (pl.col("countries") > 1)
    is_regional = ~is_global & pl.col("any_regional") & ~torn
    decided = joined.with_columns(
        torn=torn,
        scope=pl.when(is_global)
        .then(pl.lit("global"))
        .when(is_regional)
        .then(pl.lit("regional"))
        .otherwise(pl.lit("whose"))
        .cast(SCOPE),
        service=pl.when(is_global).then(pl.coalesce("global_service", "service")).otherwise("service"),
        country=pl.when(is_regional).then("country"),
        region=pl.when(is_regional).then("region").otherwise("other_region"),
        operator=pl.coalesce("operator", "other_operator"),
    )
    notes = [Note("several_countries", network, 1) for network in decided.filter("torn")["network"].head(20)]
    ordered = decided.sort(*KEY, descending=[False, False, False, True, True])
    return ordered.select(STATED.names()), notes
