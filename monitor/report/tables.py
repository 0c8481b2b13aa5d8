"""Make the tables of a report: lines with an id and their sums, the largest first.

Decides the order of lines: octets both ways, then records, then the values themselves, so that equal ledgers give equal
tables. No line is dropped here; what a page leaves out it sums up itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from monitor.kept import MEASURE_NAMES
from monitor.report.figure_ids import digests, figure_id
from monitor.report.sections import with_derived
from monitor.report.sums import WIDE, Sums, both_ways, summed

if TYPE_CHECKING:
    from monitor.report.sections import Section


@dataclass(frozen=True, slots=True)
class Table:
    """Lines of one section. Columns of `lines`: `id`, those of `by`, the measures. `total` adds up rows, not lines."""

    section: Section
    id: str
    lines: pl.DataFrame
    total: Sums


def prepared(transfers: pl.DataFrame) -> pl.DataFrame:
    """Rows with derived columns and measures that cannot wrap around when they are added up."""
    return with_derived(transfers).with_columns(pl.col(MEASURE_NAMES).cast(WIDE))


def table_of(section: Section, month: str, rows: pl.DataFrame) -> Table:
    """The table of a section; `rows` come from `prepared`."""
    taken = rows.filter(section.rows)
    if section.entries:
        taken = taken.filter(pl.col("register_entries").list.len() > 0)
    total = summed(taken)
    if section.entries:
        taken = taken.with_columns(entry=pl.col("register_entries").list.unique()).explode("entry").drop_nulls("entry")
    if section.by:
        lines = taken.group_by(section.by).agg(pl.col(MEASURE_NAMES).sum())
    else:
        lines = taken.select(MEASURE_NAMES).clear()
    lines = lines.with_columns(id=figure_id(month, section.name).removesuffix("total") + digests(section, lines))
    order = [both_ways(), pl.col("records"), *(pl.col(name) for name in section.by)]
    lines = lines.sort(order, descending=[True, True, *([False] * len(section.by))], nulls_last=True)
    return Table(section, figure_id(month, section.name), lines.select("id", *section.by, *MEASURE_NAMES), total)
