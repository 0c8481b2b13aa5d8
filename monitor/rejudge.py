"""Judge kept sums again, under the same law or another, without the logs that they came from.

Decides nothing that `judge` does not: what a verdict depends on is in the key of a transfer row, and the law changes
only where an hour begins. Under the law that the rows were judged by nothing changes; under another one, the result is
what a replay of the logs under that one gives.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from monitor import kept
from monitor.folding import folded_transfers
from monitor.transfer_keys import KeyNumbers

if TYPE_CHECKING:
    from monitor.grounds import Grounds, PlaceAnswer
    from monitor.law.control import Control

_UNLISTED: Final = "operator_unlisted"
# Reasons that no law can change: what was never asked of it.
_UNASKED: Final = frozenset(
    {"own_staff", "direct_collection", "private_unlisted", "no_source", "anycast", "global_service", "pseudo_country"}
)
# What a verdict depends on, beside the hour, and what stays of it where the law was not asked.
_ASKED: Final = (
    "system", "data_class", "importer", "operator", "place_candidates", "control_countries", "register_entries",
    "named_elsewhere", "place_verdict", "place_reason", "place_country", "mechanism", "control_verdict",
    "control_reason", "control_country", "reach_laws",
)  # fmt: skip


# What a verdict decides; the rest of a row stays.
_ANSWER: Final = {
    column.name: column.dtype
    for column in kept.TRANSFERS
    if column.name
    in {
        "importer", "place_verdict", "place_reason", "place_country", "mechanism", "register_entries",
        "named_elsewhere", "control_verdict", "control_reason", "control_countries", "control_country", "reach_laws",
    }
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rejudge:
    """The law, and the name of the basis that the new verdicts are made from."""

    grounds: Grounds
    basis: str
    keys: KeyNumbers = field(default_factory=KeyNumbers)

    def rejudged(self, transfers: pl.DataFrame) -> pl.DataFrame:
        """Transfer rows with the verdicts of this law; rows that differed in the verdict alone become one.

        Columns in and out: `kept.TRANSFERS`.
        """
        if not transfers.height:
            return transfers
        epoch = self.grounds.epochs.number(transfers["hour"].to_physical().to_numpy())
        asked = transfers.with_columns(pl.Series("epoch", epoch.astype(np.int64)))
        distinct = asked.select("epoch", *_ASKED).unique(maintain_order=True)
        answers = pl.DataFrame(
            [self._answer(row) for row in distinct.iter_rows(named=True)], schema=_ANSWER, orient="row"
        )
        new = answers.rename({name: f"new_{name}" for name in _ANSWER})
        told = asked.join(
            pl.concat([distinct, new], how="horizontal"), on=["epoch", *_ASKED], nulls_equal=True, how="left"
        ).with_columns(*(pl.col(f"new_{name}").alias(name) for name in _ANSWER), pl.lit(self.basis).alias("basis"))
        told = told.with_columns(self.keys.of(told.select(kept.KEY_NAMES)))
        return folded_transfers([told.select(column.name for column in kept.TRANSFERS)])

    def _answer(self, row: dict[str, Any]) -> dict[str, Any]:
        place = self._place(row)
        control = self._control(row)
        answer: dict[str, Any] = {name: row[name] for name in _ASKED if name in _ANSWER}
        if place is not None:
            only = row["place_candidates"][0] if len(row["place_candidates"]) == 1 else None
            answer |= {
                "importer": place.importer,
                "place_verdict": place.ground.verdict,
                "place_reason": place.ground.reason,
                "mechanism": place.ground.mechanism,
                "place_country": None if place.ground.verdict == "undetermined" else only,
                "register_entries": list(place.entries),
                "named_elsewhere": place.named_elsewhere,
            }
        if control is not None:
            answer |= {
                "control_verdict": control.verdict,
                "control_reason": control.reason,
                "control_countries": list(control.countries),
                "control_country": control.country,
                "reach_laws": list(control.laws),
            }
        return answer

    def _place(self, row: dict[str, Any]) -> PlaceAnswer | None:
        """The new ground; None where the law was not asked."""
        if row["place_verdict"] == "internal" or row["place_reason"] in _UNASKED:
            return None
        grounds, countries = self.grounds, row["place_candidates"]
        moment = grounds.epochs.moment(row["epoch"])
        wanted = set(row["register_entries"])
        places = [place for place, entry in enumerate(grounds.register.entries) if entry.id in wanted]
        matching = grounds.register.matching(places, countries, row["system"], row["data_class"], moment)
        importer = grounds.importer_named(None if matching else row["importer"])
        return grounds.judge_place(countries, moment, importer, matching, named_elsewhere=row["named_elsewhere"])

    def _control(self, row: dict[str, Any]) -> Control | None:
        """The new verdict on control; None where there is none."""
        if row["control_verdict"] == "none":
            return None
        position = self.grounds.operator_named(row["operator"])
        if position is None or row["control_reason"] == _UNLISTED:
            registration = row["control_countries"][0] if row["control_countries"] else None
            return self.grounds.controls[self.grounds.control_unlisted(registration)]
        return self.grounds.controls[self.grounds.control(position, row["epoch"])]
