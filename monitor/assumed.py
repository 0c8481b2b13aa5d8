"""Judge a month of the ledger again under an assumed law, and tell what that changes.

Decides that both sides are judged by the files of today, so that only the assumption differs between them. Nothing is
written: the ledger keeps what was judged under the law in force.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from monitor import kept
from monitor.ledger.read import month_and_course
from monitor.totals import sums_of

if TYPE_CHECKING:
    from monitor.rejudge import Rejudge

# What a verdict says; of these the changes tell how it was.
_SAID: Final = (
    "place_verdict", "place_reason", "mechanism", "control_verdict", "control_reason", "control_country", "reach_laws",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Assumed:
    """A month under another law. `transfers` and `course` conform to `kept.MONTH` and `kept.COURSE`.

    `changes`: every key of the month by how it was judged and how it would be. Columns: those of `kept.MONTH` as they
    would be, and `was_...` for each word of a verdict.
    """

    transfers: pl.DataFrame
    course: pl.DataFrame
    changes: pl.DataFrame


def assumed(narrow: pl.DataFrame, words: pl.DataFrame, before: Rejudge | None, after: Rejudge) -> Assumed:
    """Judge rows again. Columns in: as `ledger.read.sums_and_words` gives them.

    `before` judges how it stands without the assumption; None where the rows were judged so already.
    """
    judges = [each for each in (before, after) if each is not None]
    hour = narrow["hour"].to_physical().to_numpy()
    epochs = [each.grounds.epochs.number(hour).astype(np.int64) for each in judges]
    spans = [pl.Series(f"epoch_{number}", epoch) for number, epoch in enumerate(epochs)]
    by = ["key", *(each.name for each in spans)]
    rows = narrow.with_columns(spans)
    # Between two changes of the law all hours of a key have one answer.
    pieces = rows.group_by(by).agg(pl.col("hour").min(), *sums_of(narrow, kept.MEASURE_NAMES)).sort(by)
    asked = pieces.join(words, on="key", how="left", maintain_order="left")
    asked = asked.select(column.name for column in kept.TRANSFERS)
    was = asked if before is None else before.row_by_row(asked)
    new = after.row_by_row(asked)
    keys = pieces.select(*by, new["key"].alias("new_key"))
    renamed = rows.join(keys, on=by).select("hour", pl.col("new_key").alias("key"), *kept.MEASURE_NAMES)
    folded = renamed.group_by("hour", "key").agg(sums_of(renamed, kept.MEASURE_NAMES))
    transfers, course = month_and_course(folded, new.drop("hour", *kept.MEASURE_NAMES).unique("key", keep="any"))
    changes = new.drop("hour", "key").with_columns(
        *(was[name].alias(f"was_{name}") for name in _SAID),
        pl.coalesce("importer", was["importer"]).alias("importer"),
        pl.coalesce("place_country", was["place_country"]).alias("place_country"),
    )
    return Assumed(transfers, course, changes)
