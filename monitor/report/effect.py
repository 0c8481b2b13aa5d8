"""What an assumed law changes in a month: the same records before and after, on each axis for itself.

Decides the groups that the changes fall into. On either axis every record is in exactly one of them, so that they add
up to all traffic with far ends that are not ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from monitor.kept import MEASURE_NAMES
from monitor.report.sections import COUNTED, with_derived
from monitor.report.sums import WIDE, Sums, both_ways, summed

if TYPE_CHECKING:
    from collections.abc import Mapping

WORSE: Final[Mapping[str, str]] = {"place": "uncovered", "control": "exposed"}
GROUPS: Final = ("worse", "otherwise", "reason", "same")
# What tells the lines of each table apart.
BY: Final[Mapping[str, tuple[str, ...]]] = {
    "place-worse": (
        "system", "data_class", "importer", "operator", "place", "was_place_verdict", "was_mechanism", "place_reason",
    ),
    "place-otherwise": (
        "system", "data_class", "importer", "operator", "place", "was_place_verdict", "was_mechanism", "place_verdict",
        "mechanism",
    ),
    "control-worse": ("system", "data_class", "operator", "place", "was_control_verdict", "control_country"),
    "control-otherwise": (
        "system", "data_class", "operator", "place", "was_control_verdict", "was_control_country", "control_verdict",
        "control_country",
    ),
}  # fmt: skip
# Beside the verdict, what makes it another one; and what only explains it.
_GROUND: Final[Mapping[str, tuple[str, ...]]] = {"place": ("mechanism",), "control": ()}
_REASON: Final[Mapping[str, tuple[str, ...]]] = {
    "place": ("place_reason",),
    "control": ("control_reason", "control_country", "reach_laws"),
}


@dataclass(frozen=True, slots=True)
class ChangeTable:
    """Lines of one group, the largest first. Columns: those of `BY[name]` and the measures."""

    name: str
    lines: pl.DataFrame
    total: Sums


@dataclass(frozen=True, slots=True)
class AxisEffect:
    """One axis: `groups` add up to the whole, and so do `before` and `after`, by verdict.

    `worse`: becomes `uncovered`, or `exposed`; `otherwise`: another verdict or ground; `reason`: only why; `same`.
    """

    groups: Mapping[str, Sums]
    worse: ChangeTable
    otherwise: ChangeTable
    before: Mapping[str, Sums]
    after: Mapping[str, Sums]


@dataclass(frozen=True, slots=True)
class Effect:
    """What an assumption changes; `whole`: all counted traffic with far ends that are not ours."""

    whole: Sums
    place: AxisEffect
    control: AxisEffect

    @property
    def axes(self) -> Mapping[str, AxisEffect]:
        """Both, by name."""
        return {"place": self.place, "control": self.control}


def effect_of(changes: pl.DataFrame) -> Effect:
    """Work out what changes. Columns in: as `AssumptionFacts.changes`."""
    rows = with_derived(changes).with_columns(pl.col(MEASURE_NAMES).cast(WIDE))
    rows = rows.filter(COUNTED & (pl.col("place_verdict") != "internal"))
    return Effect(summed(rows), _axis("place", rows), _axis("control", rows))


def _axis(axis: str, rows: pl.DataFrame) -> AxisEffect:
    grouped = rows.with_columns(_group(axis))
    sums = {name: summed(grouped.filter(pl.col("group") == name)) for name in GROUPS}
    return AxisEffect(
        groups=sums,
        worse=_table(f"{axis}-worse", grouped.filter(pl.col("group") == "worse")),
        otherwise=_table(f"{axis}-otherwise", grouped.filter(pl.col("group") == "otherwise")),
        before=_by_verdict(rows, f"was_{axis}_verdict"),
        after=_by_verdict(rows, f"{axis}_verdict"),
    )


def _group(axis: str) -> pl.Expr:
    verdict = f"{axis}_verdict"
    worse = (pl.col(verdict) == WORSE[axis]) & _differs(verdict)
    otherwise = pl.any_horizontal(_differs(name) for name in (verdict, *_GROUND[axis]))
    reason = pl.any_horizontal(_differs(name) for name in _REASON[axis])
    return (
        pl.when(worse)
        .then(pl.lit("worse"))
        .when(otherwise)
        .then(pl.lit("otherwise"))
        .when(reason)
        .then(pl.lit("reason"))
        .otherwise(pl.lit("same"))
        .alias("group")
    )


def _differs(name: str) -> pl.Expr:
    new, was = pl.col(name), pl.col(f"was_{name}")
    if name == "reach_laws":
        new, was = new.list.join(" "), was.list.join(" ")
    return new.ne_missing(was)


def _table(name: str, rows: pl.DataFrame) -> ChangeTable:
    by = BY[name]
    lines = rows.group_by(by).agg(pl.col(MEASURE_NAMES).sum())
    order = [both_ways(), pl.col("records"), *(pl.col(each) for each in by)]
    lines = lines.sort(order, descending=[True, True, *([False] * len(by))], nulls_last=True)
    return ChangeTable(name, lines.select(*by, *MEASURE_NAMES), summed(rows))


def _by_verdict(rows: pl.DataFrame, column: str) -> Mapping[str, Sums]:
    lines = rows.group_by(column).agg(pl.col(MEASURE_NAMES).sum()).sort(both_ways(), column, descending=[True, False])
    return {
        line[column]: Sums(**{name: int(line[name]) for name in MEASURE_NAMES}) for line in lines.iter_rows(named=True)
    }
