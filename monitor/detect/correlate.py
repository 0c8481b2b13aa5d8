"""Correlations: what several matches within a window of event time mean together.

Decides when a window holds enough: it ends at a match, reaches back `timespan`, and counts the matches, the distinct
values or the distinct rules in it. A match answers once, whenever the rest of its window comes: the order in which
matches come changes nothing, as long as they come within `LATENESS_SECONDS` of the newest. What is remembered is
bounded in time and in rows, numbered, and can be kept and resumed (`held`, `changed_since`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import polars as pl

from monitor.detect.matches import KEY, LEVELS, MATCHES, no_matches
from monitor.schema import frame_schema

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.detect.rules import Correlation

LATENESS_SECONDS: Final = 6 * 3_600
MOST_ROWS: Final = 200_000
_SCHEMA: Final = frame_schema(MATCHES)
_HELD: Final = pl.Schema({**_SCHEMA, "correlation": pl.String(), "answered": pl.Boolean(), "number": pl.Int64()})


def _nothing() -> pl.DataFrame:
    return pl.DataFrame(schema=_HELD)


@dataclass(slots=True)
class Correlator:
    """Takes matches as they come; `held` is all that it remembers, `dropped` counts what there was no room for."""

    correlations: Sequence[Correlation]
    held: pl.DataFrame = field(default_factory=_nothing)
    dropped: int = 0
    _numbered: int = 0

    @classmethod
    def resumed(cls, correlations: Sequence[Correlation], parts: Sequence[pl.DataFrame]) -> Correlator:
        """Go on with what was kept (`changed_since`): of a row that was kept twice the later part is right.

        A column that an older version did not keep is null; what is of no correlation any more is forgotten.
        """
        known = [each.about.id for each in correlations]
        readable = [part for part in map(_as_held, parts) if part is not None]
        if not readable:
            return cls(correlations)
        held = pl.concat(readable).unique("number", keep="last", maintain_order=True)
        numbered = held["number"].max()
        held = held.filter(pl.col("correlation").is_in(known))
        return cls(correlations, held, _numbered=numbered + 1 if isinstance(numbered, int) else 0)

    def changed_since(self, before: Correlator) -> pl.DataFrame:
        """What is to be kept beside what was `before`: rows that are new, and those that answered since."""
        silent = before.held.filter(~pl.col("answered"))["number"].implode()
        has_answered = pl.col("answered") & pl.col("number").is_in(silent)
        return self.held.filter((pl.col("number") >= before._numbered) | has_answered)

    def take(self, matches: pl.DataFrame) -> pl.DataFrame:
        """The matches that stand for themselves, and those of correlations that these make whole.

        Columns in and out: MATCHES.
        """
        if not self.correlations or matches.is_empty():
            return matches
        answers, held = [], []
        for correlation in self.correlations:
            known = self.held.filter(pl.col("correlation") == correlation.about.id)
            new = matches.filter(pl.col("rule").is_in(correlation.of))
            if new.is_empty():
                held.append(known)
                continue
            new = new.with_columns(
                correlation=pl.lit(correlation.about.id),
                answered=pl.lit(value=False),
                number=pl.int_range(self._numbered, self._numbered + new.height, dtype=pl.Int64),
            )
            self._numbered += new.height
            # No other window can have become whole than those that reach over something new.
            reach = pl.duration(seconds=correlation.seconds)
            begins, ends = pl.lit(new["time"].min()) - reach, pl.lit(new["time"].max()) + reach
            is_near = (pl.col("time") > begins) & (pl.col("time") <= ends)
            far = known.filter(~is_near)
            counted = _counted(pl.concat([known.filter(is_near), new]), correlation)
            answers.append(_answers(counted.filter(~pl.col("answered") & pl.col("_is_enough")), correlation))
            counted = counted.with_columns(answered=pl.col("answered") | pl.col("_is_enough"))
            held.append(self._kept(pl.concat([far, counted.select(_HELD.names())]), correlation))
        self.held = pl.concat(held)
        silent = {name for each in self.correlations if not each.generates for name in each.of}
        return pl.concat([matches.filter(~pl.col("rule").is_in(silent)), *answers])

    def _kept(self, rows: pl.DataFrame, correlation: Correlation) -> pl.DataFrame:
        """What a later match may still need."""
        reach = pl.duration(seconds=correlation.seconds + LATENESS_SECONDS)
        rows = rows.filter(pl.col("time") > pl.col("time").max() - reach)
        if rows.height > MOST_ROWS:
            self.dropped += rows.height - MOST_ROWS
            rows = rows.sort("time").tail(MOST_ROWS)
        return rows


def _as_held(part: pl.DataFrame) -> pl.DataFrame | None:
    """A part in today's columns; null where it has no number, or says what is no word any more."""
    if not {"correlation", "answered", "number"}.issubset(part.columns):
        return None
    chosen = [
        (pl.col(name) if name in part.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in _HELD.items()
    ]
    try:
        return part.select(chosen)
    except pl.exceptions.PolarsError:
        return None


def _counted(rows: pl.DataFrame, correlation: Correlation) -> pl.DataFrame:
    """Tell of each row whether the window that ends at it holds enough.

    A value counts in every window that ends from its time on until it comes again or the window has passed: what begins
    less what has ended by then is the number of distinct values.
    """
    value = {"event_count": pl.col("_row"), "temporal": pl.col("rule")}.get(correlation.kind)
    value = pl.col(correlation.field or "rule") if value is None else value
    # The window is a group by itself where nothing is grouped; texts, for lists group by their words.
    rows = (
        rows.rechunk()
        .with_row_index("_row")
        .with_columns(_value=_as_text(value, rows), _group=_group_of(rows, correlation))
    )
    spans = (
        rows.filter(pl.col("_value").is_not_null())
        .sort("_group", "_value", "time")
        .with_columns(
            _ends=pl.min_horizontal(
                pl.col("time").shift(-1).over("_group", "_value"),
                pl.col("time") + pl.duration(seconds=correlation.seconds),
            )
        )
    )
    steps = pl.concat(
        [
            spans.select("_group", at=pl.col("time"), step=pl.lit(1, pl.Int64)),
            spans.select("_group", at=pl.col("_ends"), step=pl.lit(-1, pl.Int64)),
        ]
    )
    level = steps.group_by("_group", "at").agg(pl.col("step").sum()).sort("_group", "at")
    level = level.with_columns(_count=pl.col("step").cum_sum().over("_group")).drop("step")
    counted = rows.join(level, left_on=["_group", "time"], right_on=["_group", "at"], how="left", maintain_order="left")
    enough = pl.col("_count").fill_null(0) >= correlation.least
    return counted.with_columns(_is_enough=enough & pl.col("_value").is_not_null())


def _as_text(value: pl.Expr, rows: pl.DataFrame) -> pl.Expr:
    dtype = rows.lazy().with_row_index("_row").select(value).collect_schema().dtypes()[0]
    if isinstance(dtype, pl.List):
        return value.cast(pl.List(pl.String)).list.join(" ")
    return value.cast(pl.String)


def _group_of(rows: pl.DataFrame, correlation: Correlation) -> pl.Expr:
    if not correlation.group_by:
        return pl.lit("")
    # Lengths before the words: no two groups are spelled alike, and null is a group.
    words = [_as_text(pl.col(name), rows) for name in correlation.group_by]
    parts = [pl.format("{}:{}", word.str.len_bytes(), word).fill_null("-") for word in words]
    return pl.concat_str(parts, separator="/")


def _answers(rows: pl.DataFrame, correlation: Correlation) -> pl.DataFrame:
    """Matches of the correlation; what it does not group by does not tell its findings apart."""
    if rows.is_empty():
        return no_matches()
    # A join leaves chunks, and of one that nothing is left of Polars 2.1.0 panics when numbers are made text.
    rows = rows.rechunk()
    apart = [name for name in KEY if name != "rule" and name not in correlation.group_by]
    detail = pl.format("{} of {} within {} s", "_count", pl.lit(", ".join(correlation.of)), correlation.seconds)
    return rows.with_columns(
        *(pl.lit(None, dtype=_SCHEMA[name]).alias(name) for name in apart),
        rule=pl.lit(correlation.about.id),
        level=pl.lit(correlation.about.level, dtype=LEVELS),
        category=pl.lit("correlation", dtype=_SCHEMA["category"]),
        records=pl.col("_count").cast(pl.Int64),
        detail=detail,
        facts=pl.lit(None, pl.String),
    ).select(_SCHEMA.names())
