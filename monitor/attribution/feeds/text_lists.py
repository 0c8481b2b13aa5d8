"""Lists that people keep: geofeeds (RFC 8805) and plain prefix lists, one entry a line.

A line that is no entry is skipped and counted, as the RFC asks of its readers; more than a tenth of them refuse the
file. In a geofeed only prefix, country and region are read. What its country column can say:

- an ISO 3166-1 code, in capitals or not: the place;
- nothing, or `ZZ`: the publisher asks that the prefix be placed nowhere. It is `global` then, never the place that
  another source would guess;
- anything else (`EU`, `UK`): not a place. The row says whose, and is counted.

A region of another country than the row's is left out. The same prefix in two countries says no place.

Source: RFC 8805 section 2.1 (format), RFC 9632 (where geofeeds are found).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from monitor.attribution.feeds.assembly import bounded, statements
from monitor.attribution.feeds.contract import SCOPE, Note, Remark
from monitor.countries import country_names

if TYPE_CHECKING:
    from monitor.attribution.feeds.contract import Feed, Statements

_CELL: Final = r'\s*"?([^",]*)"?\s*'
_GEOFEED: Final = rf"^{_CELL}(?:,{_CELL}(?:,{_CELL}(?:,.*)?)?)?$"
_UNKNOWN: Final = "ZZ"


def read_geofeed(content: bytes, feed: Feed) -> Statements:
    """Read a geofeed.

    Raises:
        ProblemsFound: the bytes are not that.
    """
    lines = _lines(bounded(content, feed), r"#.*$")
    cells = lines.select(
        "line",
        text=pl.col("written").str.extract(_GEOFEED, 1).str.strip_chars().fill_null(pl.col("written")),
        country=pl.col("written").str.extract(_GEOFEED, 2).str.strip_chars().str.to_uppercase().replace("", None),
        region=pl.col("written").str.extract(_GEOFEED, 3).str.strip_chars().str.to_uppercase().replace("", None),
    )
    asked = pl.col("country").is_null() | (pl.col("country") == _UNKNOWN)
    known = pl.col("country").is_in(list(country_names()))
    foreign = known & pl.col("region").str.starts_with(pl.col("country") + "-").not_()
    judged = cells.with_columns(asked=asked, known=known & ~asked, foreign=foreign.fill_null(value=False))
    notes = [
        *_counted(judged.filter("asked"), "no_country", pl.lit("")),
        *_counted(judged.filter(~pl.col("asked") & ~pl.col("known")), "unknown_country", pl.col("country")),
        *_counted(judged.filter("foreign"), "foreign_subdivision", pl.col("region")),
    ]
    rows = judged.select(
        "text",
        operator=pl.lit(feed.operator, pl.String),
        service=pl.lit(None, pl.String),
        region=pl.when(pl.col("known") & ~pl.col("foreign")).then("region"),
        country=pl.when("known").then("country"),
        scope=pl.when("asked")
        .then(pl.lit("global", SCOPE))
        .when("known")
        .then(pl.lit("regional", SCOPE))
        .otherwise(pl.lit("whose", SCOPE)),
    )
    return statements(rows, feed, notes=notes, lines=cells["line"])


def read_prefix_list(content: bytes, feed: Feed) -> Statements:
    """Read one prefix a line; what follows `#`, `;` or `//` is a comment. What it says is `scope` of the feed.

    Raises:
        ProblemsFound: the bytes are not that.
    """
    lines = _lines(bounded(content, feed), r"(#|;|//).*$")
    rows = lines.select(
        text="written",
        operator=pl.lit(feed.operator, pl.String),
        service=pl.lit(None, pl.String),
        region=pl.lit(None, pl.String),
        country=pl.lit(None, pl.String),
        scope=pl.lit(feed.scope, SCOPE),
    )
    return statements(rows, feed, lines=lines["line"])


def _lines(content: bytes, comment: str) -> pl.DataFrame:
    """The lines that hold something, without comments; line numbers count from 1. Columns out: `line`, `written`."""
    text = content.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    return (
        pl.DataFrame({"written": text.split("\n")}, schema={"written": pl.String})
        .with_row_index("line", offset=1)
        .with_columns(pl.col("written").str.replace(comment, "").str.strip_chars())
        .filter(pl.col("written").str.strip_chars(' \t,"') != "")
    )


def _counted(rows: pl.DataFrame, what: Remark, word: pl.Expr) -> list[Note]:
    counts = rows.with_columns(word.alias("word").cast(pl.String)).group_by("word").len().sort("word")
    return [Note(what, said or "", rows_of) for said, rows_of in counts.iter_rows()]
