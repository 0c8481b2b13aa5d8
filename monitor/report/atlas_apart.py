"""How much of a month was judged with an atlas that lies far from it in time.

Decides what is far: `monitor.atlas_days`. Counts by hour, since a month may begin 170 days from its atlas
and end 200 from it. Rows of an atlas whose days the ledger does not know are a figure of their own, never left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import polars as pl

from monitor.atlas_days import FAR_DAYS
from monitor.report.sums import Sums, summed

if TYPE_CHECKING:
    from datetime import date

_DAY: Final = pl.col("hour").dt.date()


@dataclass(frozen=True, slots=True)
class AtlasApart:
    """Counted traffic with far ends that are not ours: all of it, what is far from its atlas, and what cannot be told.

    `most_days` is how far the farthest is, either way; null where nothing is known. `oldest` and `newest` are days of
    the sources of all atlases that were used.
    """

    whole: Sums = field(default_factory=Sums)
    far: Sums = field(default_factory=Sums)
    not_known: Sums = field(default_factory=Sums)
    most_days: int | None = None
    oldest: date | None = None
    newest: date | None = None


def atlas_apart_of(course: pl.DataFrame, bases: pl.DataFrame) -> AtlasApart:
    """Work it out. `course` conforms to `kept.COURSE`, `bases` to `kept.BASES`."""
    days = bases.unique("basis").select(
        "basis",
        *(pl.col(f"atlas_{end}").str.to_date("%Y-%m-%d", strict=False).alias(end) for end in ("oldest", "newest")),
    )
    placed = pl.col("counted") & (pl.col("place_verdict") != "internal")
    rows = course.filter(placed).join(days, on="basis", how="left")
    apart = pl.max_horizontal((_DAY - pl.col(end)).dt.total_days().abs() for end in ("oldest", "newest"))
    rows = rows.with_columns(apart.alias("apart"))
    told = rows.select(pl.col("apart").max(), pl.col("oldest").min(), pl.col("newest").max()).row(0)
    return AtlasApart(
        summed(rows),
        summed(rows.filter(pl.col("apart") > FAR_DAYS)),
        summed(rows.filter(pl.col("apart").is_null())),
        *told,
    )
