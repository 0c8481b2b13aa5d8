"""Which events the rules of a site hold of: judged rows in, one row per match out.

Decides what can never match, whatever a rule says: what is not counted, and probes. Pure: equal rows give equal
matches, whatever batch they come in. Correlations, which have a memory, take these matches
(`monitor.detect.correlate`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from monitor.detect.fields import COVERAGE, JUDGED, POSTURE
from monitor.detect.matches import MATCHES, TAKEN, no_matches

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from monitor.detect.rules import Rule, RuleSet
    from monitor.schema import Column

_LIVE: Final = pl.col("counted") & (pl.col("activity") != "probe")
_EVENTS: Final = ("flow", "name", "admin")
_ROW: Final = "_row"
# Combinations that are remembered; a site has hundreds.
_MOST_COMBINATIONS: Final = 100_000


@dataclass(frozen=True, slots=True)
class Detection:
    """The rules of a site, put to frames. `_known` remembers which rules may hold of which combination of words."""

    rules: RuleSet
    _known: dict[tuple[object, ...], tuple[int, ...]] = field(default_factory=dict, compare=False, repr=False)

    def detect(self, judged: pl.DataFrame) -> pl.DataFrame:
        """Matches among judged rows. Columns in: `schema.JUDGED`, with or without `fields.REMEMBERED`; out: MATCHES."""
        rules = [rule for rule in self.rules.rules if rule.category is None or rule.category in _EVENTS]
        if judged.is_empty() or not rules:
            return no_matches()
        rows = _completed(judged, JUDGED)
        small = sorted({"event", *(name for rule in rules for name in rule.condition.most.meta.root_names())})
        # Most rows are like many others in the few words that rules ask for: the rules are asked once about these.
        kinds = rows.lazy().with_row_index(_ROW).filter(_LIVE).group_by(small).agg(_ROW).collect()
        may_hold = self._may_hold(kinds.select(small), rules)
        chosen = [rule for place, rule in enumerate(rules) if any(place in places for places in may_hold)]
        if not chosen:
            return no_matches()
        held = kinds.filter(pl.Series([bool(places) for places in may_hold]))[_ROW].explode().sort()
        return _matched(rows[held], chosen)

    def may_hold(self, examples: pl.DataFrame, known: Collection[str]) -> NDArray[np.bool_]:
        """Whether a rule may hold of the rows that each example stands for: those that are equal in `known` columns."""
        rules = [rule for rule in self.rules.rules if rule.category is None or rule.category in _EVENTS]
        asked = [_most(rule) for rule in rules]
        asked = [most if set(most.meta.root_names()) <= set(known) else pl.lit(value=True) for most in asked]
        if not asked:
            return np.zeros(examples.height, dtype=np.bool_)
        told = examples.lazy().with_columns(_may=pl.any_horizontal(asked)).select("_may").collect()
        return told["_may"].fill_null(value=False).to_numpy()

    def _may_hold(self, kinds: pl.DataFrame, rules: Sequence[Rule]) -> list[tuple[int, ...]]:
        """Places of the rules that may hold of each combination."""
        keys = kinds.rows()
        new = pl.Series([key not in self._known for key in keys], dtype=pl.Boolean)
        if new.any():
            asked = kinds.filter(new)
            names = [rule.about.id for rule in rules]
            told = asked.lazy().with_columns(_most(rule).alias(rule.about.id) for rule in rules).select(names).collect()
            if len(self._known) > _MOST_COMBINATIONS:
                self._known.clear()
            for key, held in zip(asked.rows(), told.rows(), strict=True):
                self._known[key] = tuple(place for place, holds in enumerate(held) if holds)
        return [self._known[key] for key in keys]

    def posture(self, posture: pl.DataFrame) -> pl.DataFrame:
        """Matches among the site's own systems. Columns in: `fields.POSTURE`; out: MATCHES."""
        return _matched(_completed(posture, POSTURE), [rule for rule in self.rules.rules if rule.category == "posture"])

    def coverage(self, coverage: pl.DataFrame) -> pl.DataFrame:
        """Matches among what is told of the looking. Columns in: `fields.COVERAGE`; out: MATCHES."""
        return _matched(
            _completed(coverage, COVERAGE), [each for each in self.rules.rules if each.category == "coverage"]
        )


@dataclass(frozen=True, slots=True)
class _Found:
    """A rule, and the places of the rows of which it holds."""

    rule: Rule
    places: pl.Series


def _completed(frame: pl.DataFrame, columns: Sequence[Column]) -> pl.DataFrame:
    """The frame with nulls where a column is missing."""
    missing = [column for column in columns if column.name not in frame.columns]
    # One column of nulls for all columns of a type costs less than one for each.
    nothing = {
        column.dtype: pl.Series([None], dtype=column.dtype).new_from_index(0, frame.height) for column in missing
    }
    return frame.with_columns(nothing[column.dtype].alias(column.name) for column in missing)


def _matched(rows: pl.DataFrame, rules: Sequence[Rule]) -> pl.DataFrame:
    if rows.is_empty() or not rules:
        return no_matches()
    asked = [rule.condition.exact.alias(rule.about.id) for rule in rules]
    if "event" in rows.columns:
        asked = [(_of_category(rule) & rule.condition.exact).alias(rule.about.id) for rule in rules]
    # One pass for all rules: what several of them ask of a column is worked out once.
    holds = rows.lazy().select(asked).collect()
    found = [_Found(rule, place) for rule in rules if len(place := holds[rule.about.id].arg_true())]
    return _as_matches(rows, found) if found else no_matches()


def _of_category(rule: Rule) -> pl.Expr:
    return pl.col("event").is_not_null() if rule.category is None else pl.col("event") == rule.category


def _most(rule: Rule) -> pl.Expr:
    return _of_category(rule) & rule.condition.most


def _as_matches(rows: pl.DataFrame, found: Sequence[_Found]) -> pl.DataFrame:
    """Rows at these places, by rule, in the columns of a match."""
    wanted = {*TAKEN, "event", "time", "end_time", "start_time", "records", "records_last_day", "detail", "facts"}
    held = rows.select(name for name in rows.columns if name in wanted)[pl.concat([each.places for each in found])]
    have = set(held.columns)
    ended = pl.coalesce(*(name for name in ("end_time", "time") if name in have))
    told: dict[str, pl.Expr] = {
        "rule": _repeated([each.rule.about.id for each in found], found),
        "level": _repeated([each.rule.about.level for each in found], found),
        "category": pl.coalesce(
            _repeated([each.rule.category for each in found], found),
            pl.col("event").cast(pl.String) if "event" in have else pl.lit(None, pl.String),
        ),
        "time": ended,
        "first_time": pl.min_horizontal("start_time", ended) if "start_time" in have else ended,
        "records": pl.lit(1, pl.Int64),
    }
    for name in ("records", "records_last_day"):
        if name in have:
            told["records"] = pl.col(name).fill_null(0)
    chosen = [
        told.get(column.name, pl.col(column.name) if column.name in have else pl.lit(None))
        .cast(column.dtype)
        .alias(column.name)
        for column in MATCHES
    ]
    return held.select(chosen)


def _repeated(words: Sequence[str | None], found: Sequence[_Found]) -> pl.Expr:
    """A word for each row, by the rule that it is a match of."""
    parts = [
        pl.Series([word], dtype=pl.String).new_from_index(0, len(each.places))
        for word, each in zip(words, found, strict=True)
    ]
    return pl.lit(pl.concat(parts))
