"""From what a file says, row by row, to statements: read the prefixes, place the regions, keep one row for a prefix.

Every feed reader ends here. Decides what happens to a row that cannot be read: a machine's file (JSON) with one is
refused whole, for then the file is not what it was; in a list that people keep, a row is skipped and counted, up to a
tenth of the rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from monitor.attribution.feeds.contract import LARGEST_FEED_OCTETS, SCOPE, STATED, Feed, Note, Statements
from monitor.attribution.feeds.equal import one_statement_each
from monitor.attribution.feeds.networks import read_networks
from monitor.problem import Problem, ProblemsFound
from monitor.wording import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

RAW: Final = pl.Schema(
    {
        "text": pl.String(),  # the prefix as written
        "operator": pl.String(),
        "service": pl.String(),
        "region": pl.String(),
        "country": pl.String(),
        "scope": SCOPE,
    }
)
"""Columns that a reader hands over, one row for each prefix and statement as the file has them."""

_SKIPPED_AT_MOST: Final = 0.1
_OTHER_FORMAT: Final = "Check that this is the file you meant, and its format in the list of sources."


def refused(feed: Feed | str, what: str, remedy: str = _OTHER_FORMAT, *, line: int = 0, key: str = "") -> ProblemsFound:
    """The problem of a whole file, or of one place in it."""
    return ProblemsFound([Problem(feed if isinstance(feed, str) else feed.file, line, 0, key, what, remedy)])


def bounded(content: bytes, feed: Feed) -> bytes:
    """The bytes of a feed without a byte order mark.

    Raises:
        ProblemsFound: there are too many of them.
    """
    if len(content) > LARGEST_FEED_OCTETS:
        raise refused(feed, f"it is larger than {LARGEST_FEED_OCTETS // 1024 // 1024} MiB.")
    return content.removeprefix(b"\xef\xbb\xbf")


def placed(rows: pl.DataFrame, feed: Feed, provider: str) -> tuple[pl.DataFrame, list[Note]]:
    """Give each row the country and scope of its region, and the operator of a partition that is run apart.

    A row without region keeps its scope. Returns notes on the regions that the table does not know or does not place.
    """
    table = feed.regions.columns(provider)
    word = pl.col("region").str.strip_chars().str.to_lowercase().alias("word")
    joined = rows.with_columns(word).join(table, on="word", how="left", suffix="_of_region", maintain_order="left")
    known, said = pl.col("scope_of_region").is_not_null(), pl.col("word").is_not_null()
    lost = joined.filter(said & (~known | (pl.col("scope_of_region") == "whose")))
    lost = lost.group_by("region", known.alias("known")).len().sort("region", "known")
    notes = [
        Note("unplaced_region" if listed else "unknown_region", region, count)
        for region, listed, count in lost.iter_rows()
    ]
    decided = joined.with_columns(
        scope=pl.when(known)
        .then(pl.col("scope_of_region").cast(SCOPE))
        .when(said)
        .then(pl.lit("whose", SCOPE))
        .otherwise(pl.col("scope")),
        country=pl.col("country_of_region"),
        operator=pl.when(pl.col("apart")).then("operator_of_region").otherwise("operator"),
    )
    return decided.select(RAW.names()), notes


def placed_statements(
    rows: pl.DataFrame,
    feed: Feed,
    provider: str,
    *,
    key_of: Callable[[int], str],
    general: str | None = None,
    published: datetime | None = None,
) -> Statements:
    """Make the statements of a cloud's own list: each row is where its region is.

    `general` is what the list calls all of the cloud, which is no service of it.

    Raises:
        ProblemsFound: rows cannot be read, or there is none.
    """
    named = rows if general is None else rows.with_columns(pl.col("service").replace(general, None))
    found, notes = placed(named, feed, provider)
    return statements(found, feed, notes=notes, published=published, key_of=key_of)


def statements(
    rows: pl.DataFrame,
    feed: Feed,
    *,
    notes: Sequence[Note] = (),
    published: datetime | None = None,
    lines: pl.Series | None = None,
    key_of: Callable[[int], str] | None = None,
    may_be_empty: bool = False,
) -> Statements:
    """Make the statements of a feed out of its rows (columns `RAW`).

    `lines` are the line numbers of a list that people keep; without them one unreadable row refuses the file, and
    `key_of` names its place.

    Raises:
        ProblemsFound: rows cannot be read, or there is none.
    """
    if rows.is_empty():
        if may_be_empty:
            return Statements(pl.DataFrame(schema=STATED), tuple(sorted(notes)), published)
        raise refused(feed, "there is no prefix in it.")
    networks = read_networks(rows["text"])
    bad = networks["fault"].is_not_null()
    notes = list(notes)
    if bad.any():
        first = int(bad.arg_max() or 0)
        line = int(lines[first]) if lines is not None else 0
        what = f"{shown(rows['text'][first])} is no prefix: {networks['fault'][first]}."
        if lines is None or bad.sum() > _SKIPPED_AT_MOST * len(bad):
            raise refused(feed, what, line=line, key=key_of(first) if key_of is not None else "")
        notes.append(Note("unreadable", f"line {line}", int(bad.sum())))
    frame = pl.concat([networks, rows], how="horizontal").filter(~bad).select(STATED.names())
    frame, torn = one_statement_each(frame)
    return Statements(frame, tuple(sorted([*notes, *torn])), published)
