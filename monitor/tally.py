"""Count what a replay did with every record: judged, not counted, not ours, without time, broken.

Decides how judged rows are summed for people: by system, verdict, country and operator. Memory is bounded by the
number of distinct verdicts, not by the traffic.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, cast

import numpy as np
import polars as pl

from monitor import schema
from monitor.combinations import combinations
from monitor.totals import total

if TYPE_CHECKING:
    from datetime import datetime

    from collectors.contract import Batch
    from monitor.pipeline import Judged

# Columns by which judged rows are summed; all of them are bounded by our own files.
KEYS: Final = (
    "system",
    "peer_system",
    "data_class",
    "activity",
    "direction",
    "counted",
    "importer",
    "operator",
    "control_countries",
    "control_verdict",
    "control_reason",
    "place_country",
    "place_verdict",
    "place_reason",
    "mechanism",
)
_ROW_KEYS: Final = ("system", "peer_system", "activity", "direction", "counted")
_MEASURES: Final = ("records", "octets_out", "octets_in")
_FOLD_AFTER_ROWS: Final = 200_000
# One record may claim almost 2**63 octets: sums are wider than the columns. A part is added up in floating point, which
# is exact up to 2**53 octets, eight pebioctets; the totals beside the sums are exact always.
_SUM: Final = pl.Int128()


@dataclass(slots=True)
class Tally:
    """What became of the records of a replay. Octets are as the records say, unscaled."""

    records: int = 0
    inputs: int = 0
    unreadable: dict[str, str] = field(default_factory=dict)
    judged: int = 0
    judged_octets: int = 0
    uncounted: int = 0
    uncounted_octets: int = 0
    not_ours_by_source: Counter[str] = field(default_factory=Counter)
    not_ours_octets: int = 0
    no_time: int = 0
    no_time_octets: int = 0
    coverage: Counter[str] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)
    first: datetime | None = None
    last: datetime | None = None
    _parts: list[pl.DataFrame] = field(default_factory=list)

    def add_batch(self, batch: Batch) -> None:
        """Count what a decoder made of a piece."""
        self.records += batch.records
        self.broken.update(batch.bad_by_reason)
        for frame in batch.coverage:
            self.coverage.update(frame["state"].cast(pl.String).to_list())

    def add_judged(self, judged: Judged) -> None:
        """Count judged rows."""
        frame = judged.frame
        if judged.not_ours:
            self.not_ours_by_source[judged.source] += judged.not_ours
        self.not_ours_octets += judged.not_ours_octets
        self.no_time += judged.no_time
        self.no_time_octets += judged.no_time_octets
        if not frame.height:
            return
        part = _sums(judged)
        self.judged += frame.height
        self.judged_octets += total(frame["octets"])
        uncounted = frame.filter(~pl.col("counted")) if not frame["counted"].all() else frame.clear()
        self.uncounted += uncounted.height
        self.uncounted_octets += total(uncounted["octets"])
        first, last = cast("datetime", frame["end_time"].min()), cast("datetime", frame["end_time"].max())
        self.first = first if self.first is None else min(self.first, first)
        self.last = last if self.last is None else max(self.last, last)
        self._parts.append(part)
        if sum(each.height for each in self._parts) > _FOLD_AFTER_ROWS:
            self._parts = [_fold(self._parts)]

    @property
    def not_ours(self) -> int:
        """Records of which no end is in the inventory."""
        return self.not_ours_by_source.total()

    @property
    def broken_records(self) -> int:
        """Lines that claim to be records and are not."""
        return sum(self.broken.values())

    def sums(self) -> pl.DataFrame:
        """One row per distinct value of KEYS. Columns out: KEYS, `records`, `octets_out`, `octets_in`."""
        return _fold(self._parts) if self._parts else _empty()


def _sums(judged: Judged) -> pl.DataFrame:
    """Sum a part: the rows are numbered by what they have in common, and their measures added by number."""
    frame, verdicts = judged.frame, judged.verdicts
    codes = [_codes(frame[name]) for name in _ROW_KEYS]
    groups = combinations([judged.verdict, *codes])
    rows = pl.Series(groups.row_of.astype(np.uint32))
    weights = {name: frame[name].fill_null(0).cast(pl.Float64).to_numpy() for name in ("octets_out", "octets_in")}
    return pl.DataFrame(
        {
            **{name: frame[name].gather(rows) for name in (*_ROW_KEYS, "data_class")},
            **{
                name: verdicts[source].gather(pl.Series(judged.verdict[groups.row_of].astype(np.uint32)))
                for name, source in _VERDICT_KEYS.items()
            },
            "records": np.bincount(groups.ids, minlength=len(groups)).astype(np.int64),
            **{
                name: pl.Series(np.bincount(groups.ids, weights=weight, minlength=len(groups))).cast(_SUM)
                for name, weight in weights.items()
            },
        }
    ).select(*KEYS, *_MEASURES)


_VERDICT_KEYS: Final = {
    name: "listed_operator" if name == "operator" else name for name in KEYS if name not in {*_ROW_KEYS, "data_class"}
}


def _codes(column: pl.Series) -> np.typing.NDArray[np.int64]:
    if column.dtype == pl.Boolean:
        return column.cast(pl.Int64).to_numpy()
    return column.to_physical().cast(pl.Int64).fill_null(-1).to_numpy()


def _fold(parts: list[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat(parts).group_by(KEYS, maintain_order=True).agg(pl.col(*_MEASURES).sum())


def _empty() -> pl.DataFrame:
    types = {column.name: column.dtype for column in schema.JUDGED if column.name in KEYS}
    measures = {"records": pl.Int64(), "octets_out": _SUM, "octets_in": _SUM}
    return pl.DataFrame(schema={**{name: types[name] for name in KEYS}, **measures})
