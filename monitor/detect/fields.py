"""Which fields a rule of each category may name, and what they mean.

Decides the two small frames that are not judged rows: `POSTURE`, where the site's own systems stand under the law of
an instant, and `COVERAGE`, whether somebody was looking; and `REMEMBERED`, what is added to a judged row of the past.
Refuses to know how they are filled (`monitor.posture_rows`, `monitor.coverage_rows`, `monitor.detect.memory`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from monitor import schema
from monitor.schema import Column

if TYPE_CHECKING:
    from collections.abc import Mapping

_JUDGED: Final = {column.name: column for column in schema.JUDGED}
_WHOLE: Final = pl.Int64()

REMEMBERED: Final = (
    Column("system_known_hours", _WHOLE, True, "hours since the first transfer that is known of this system"),
    Column(
        "operator_known_hours",
        _WHOLE,
        True,
        "hours since this system first met this operator, under the name that it shows; null: nothing is remembered",
    ),
    Column("country_known_hours", _WHOLE, True, "hours since a transfer of this system first landed in this country"),
    Column(
        "octets_out_hour",
        _WHOLE,
        True,
        "octets of this system to this operator and country in this hour so far, all in",
    ),
    Column(
        "times_habit",
        pl.Float64(),
        True,
        "`octets_out_hour` by what is usual in an hour of that pair; null: the pair has no habit yet",
    ),
    Column("octets_out_remote_hour", _WHOLE, True, "octets of this system to this remote address in this hour so far"),
)


def _as_judged(*names: str, nullable: bool = True) -> tuple[Column, ...]:
    return tuple(Column(name, _JUDGED[name].dtype, nullable, _JUDGED[name].meaning) for name in names)


POSTURE: Final = (
    Column("time", schema.TIME, False, "the instant of which this is told"),
    *_as_judged("system", "data_class"),
    Column("serves", pl.String(), True, "whom the system serves: public, staff or partners"),
    Column("operator", schema.OPERATORS, True, "who hosts it, as the inventory says"),
    Column("place_country", schema.COUNTRIES, True, "where it is hosted, as the inventory says"),
    Column("place_verdict", schema.PLACE_VERDICTS, True, "eea, adequate, or uncovered: a third country"),
    *_as_judged("control_country", "reach_laws", "control_verdict", "control_reason"),
    Column("keys", pl.String(), True, "who holds the keys: provider, customer or external"),
    Column("transition_target", pl.String(), True, "the operator that the system moves to"),
    Column("transition_days_left", _WHOLE, True, "days to the deadline of the move; below 0 once it has passed"),
    Column("is_transition_target", pl.Boolean(), True, "whether this host is the target"),
    Column("records_last_day", _WHOLE, True, "records of the last 24 hours of which our end was on this host"),
    Column("octets_last_day", _WHOLE, True, "octets of these, both ways"),
    Column("detail", pl.String(), True, "the same in a sentence"),
)

COVERAGE: Final = (
    Column("time", schema.TIME, False, "the instant of which this is told"),
    Column("subject", pl.String(), False, "what it is about: source, observer, system, atlas or law"),
    Column("state", pl.String(), True, "of a source: speaking, silent, gap, dropped, skipped, sampled"),
    Column("source", pl.String(), True, "name of the source"),
    Column("observer", pl.String(), True, "exporter, interface or sensor"),
    Column("system", schema.SYSTEMS, True, "our system, of its share of undetermined"),
    Column("silent_seconds", _WHOLE, True, "seconds since the last word of the source or observer"),
    Column("expected_seconds", _WHOLE, True, "the longest silence that is normal; null where none is declared"),
    Column("records", _WHOLE, True, "counted records of the last 24 hours; of a loss, the records lost where told"),
    Column(
        "undetermined_percent", pl.Float64(), True, "of the octets of the last day, share undetermined, anycast apart"
    ),
    Column("age_days", _WHOLE, True, "of the atlas and the law: days since they were last known to be right"),
    Column("detail", pl.String(), True, "the same in a sentence"),
)

JUDGED: Final = (*schema.JUDGED, *REMEMBERED)

FRAMES: Final[Mapping[str, tuple[Column, ...]]] = {
    "flow": JUDGED,
    "name": JUDGED,
    "admin": JUDGED,
    "posture": POSTURE,
    "coverage": COVERAGE,
}
"""Columns by category of the log source. A rule without a category reads flows, names and administration alike."""


def fields_of(category: str | None) -> dict[str, pl.DataType]:
    """Type of every field that a rule of this category may name."""
    columns = JUDGED if category is None else FRAMES[category]
    return {column.name: column.dtype for column in columns}
