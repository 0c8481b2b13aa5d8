"""What became of the lines of a log that gave no event: those of no interest, and those that could not be read.

Decides how a bad line is shown to people: shortened, and without what a terminal would act on.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import polars as pl

from collectors.contract import SAMPLED_BAD_RECORDS, BadRecord, Batch

if TYPE_CHECKING:
    from collections.abc import Callable

_SHOWN: Final = 60


def counted(lines: pl.DataFrame, what: Callable[[str, str], str]) -> Batch:
    """Count lines that gave no event, as a batch without events; `records` is the number of all rows.

    *Columns in*: `line`; `bad`, the reason why a line could not be read; `passed`, what a line of no interest is (both
    null where the line gave an event); `text`, what `what` is told besides the reason to say it for people.
    """
    bad = lines.filter(pl.col("bad").is_not_null())
    sample = bad.head(SAMPLED_BAD_RECORDS)
    passed = lines.filter(pl.col("bad").is_null() & pl.col("passed").is_not_null())
    return Batch(
        records=lines.height,
        bad=tuple(
            BadRecord(line, reason, what(reason, text or ""))
            for line, reason, text in sample.select("line", "bad", "text").iter_rows()
        ),
        bad_by_reason=_counter(bad["bad"]),
        passed_over=_counter(passed["passed"]),
    )


def shown(text: str) -> str:
    """A piece of input as a bad record shows it: on one line of a terminal, and nothing in it acts on that."""
    short = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in short)


def _counter(column: pl.Series) -> Counter[str]:
    found = column.value_counts()
    return Counter(dict(zip(found.to_series(0).to_list(), found.to_series(1).to_list(), strict=True)))
