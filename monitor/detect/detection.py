"""Which events the rules of a site hold of: judged rows in, one row per match out.

Decides what can never match, whatever a rule says: what is not counted, and probes. Pure: equal rows give equal
matches, whatever batch they come in. Correlations, which have a memory, take these matches (`monitor.detect.correlate`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from monitor.detect.fields import COVERAGE, JUDGED, POSTURE
from monitor.detect.matches import LEVELS, MATCHES, TAKEN, no_matches
from monitor.schema import TIME, frame_schema

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.detect.rules import Rule, RuleSet
    from monitor.schema import Column

_SCHEMA: Final = frame_schema(MATCHES)
_LIVE: Final = pl.col("counted") & (pl.col("activity") != "probe")


@dataclass(frozen=True, slots=True)
class Detection:
    """The rules of a site, put to frames."""

    rules: RuleSet

    def detect(self, judged: pl.DataFrame) -> pl.DataFrame:
        """Matches among judged rows. Columns in: `schema.JUDGED`, with or without `fields.REMEMBERED`; out: MATCHES."""
        rows = _completed(judged, JUDGED).filter(_LIVE)
        rules = [rule for rule in self.rules.rules if rule.category in {None, "flow", "name", "admin"}]
        return _matched(rows, rules)

    def posture(self, posture: pl.DataFrame) -> pl.DataFrame:
        """Matches among the site's own systems. Columns in: `fields.POSTURE`; out: MATCHES."""
        return _matched(_completed(posture, POSTURE), [rule for rule in self.rules.rules if rule.category == "posture"])

    def coverage(self, coverage: pl.DataFrame) -> pl.DataFrame:
        """Matches among what is told of the looking. Columns in: `fields.COVERAGE`; out: MATCHES."""
        return _matched(
            _completed(coverage, COVERAGE), [each for each in self.rules.rules if each.category == "coverage"]
        )


def _completed(frame: pl.DataFrame, columns: Sequence[Column]) -> pl.DataFrame:
    """The frame with nulls where a column is missing."""
    missing = [column for column in columns if column.name not in frame.columns]
    return frame.with_columns(pl.lit(None, dtype=column.dtype).alias(column.name) for column in missing)


def _matched(rows: pl.DataFrame, rules: Sequence[Rule]) -> pl.DataFrame:
    if rows.is_empty() or not rules:
        return no_matches()
    # One pass for all rules: what several of them ask of a column is worked out once.
    holds = rows.lazy().select(_of_category(rule, rows).alias(rule.about.id) for rule in rules).collect()
    found = []
    for rule in rules:
        held = holds[rule.about.id]
        if held.any():
            found.append(_as_matches(rows.filter(held), rule))
    return pl.concat(found) if found else no_matches()


def _of_category(rule: Rule, rows: pl.DataFrame) -> pl.Expr:
    if rule.category is None or "event" not in rows.columns:
        return rule.expression
    return (pl.col("event") == rule.category) & rule.expression


def _as_matches(rows: pl.DataFrame, rule: Rule) -> pl.DataFrame:
    """Matching rows in the columns of a match."""
    category = rule.category or pl.col("event").cast(pl.String)
    ended = pl.coalesce("end_time", "time") if "end_time" in rows.columns else pl.col("time")
    begun = pl.coalesce("start_time", ended) if "start_time" in rows.columns else ended
    records = _records(rows)
    own = {
        "rule": pl.lit(rule.about.id),
        "level": pl.lit(rule.about.level, dtype=LEVELS),
        "category": (pl.lit(category) if isinstance(category, str) else category).cast(_SCHEMA["category"]),
        "time": ended.cast(TIME),
        "first_time": pl.min_horizontal(begun, ended),
        "records": records,
        "detail": pl.col("detail") if "detail" in rows.columns else pl.lit(None, dtype=pl.String),
    }
    taken = {
        name: pl.col(name).cast(_SCHEMA[name]) if name in rows.columns else pl.lit(None, dtype=_SCHEMA[name])
        for name in TAKEN
    }
    chosen = own | taken
    return rows.select(chosen[column.name].alias(column.name) for column in MATCHES)


def _records(rows: pl.DataFrame) -> pl.Expr:
    for name in ("records_last_day", "records"):
        if name in rows.columns:
            return pl.col(name).fill_null(0)
    return pl.lit(1, dtype=pl.Int64)
