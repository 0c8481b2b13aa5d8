"""Give every line of the report a name that a person can type, and find the rows of the ledger behind it.

Decides the form of a figure's id: `MONTH.SECTION.DIGEST`, the digest over the values that tell the line apart, or
`total`. The same ledger gives the same ids, on any machine. The letters are those of base 32, which has no 0, 1, 8 or 9
to mistake.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from monitor.report.sections import BY_NAME, with_derived
from monitor.wording import choose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.report.sections import Section

TOTAL: Final = "total"
_LETTERS: Final = 10
_FORM: Final = re.compile(r"(\d{4}-(?:0[1-9]|1[0-2]))\.([a-z-]+)\.([a-z2-7]+)")
_MARK: Final = "if-"
_ASSUMED: Final = re.compile(rf"\d{{4}}-\d{{2}}\.{_MARK}[a-z2-7]+\..*")
_MARK_LETTERS: Final = 6
_ROW: Final = "_row"


class UnknownFigureError(ValueError):
    """An id that names nothing; the message says what to write."""


@dataclass(frozen=True, slots=True)
class FigureId:
    """The parts of a figure's id."""

    month: str
    section: Section
    digest: str


def figure_id(month: str, section: str, values: Sequence[str | bool | None] | None = None) -> str:
    """The id of the line of a section with these values, or of the section's total; `month` with its mark, if any."""
    return f"{month}.{section}.{TOTAL if values is None else _digest(section, values)}"


def assumed_mark(law: str) -> str:
    """What stands in the ids of a report under an assumed law: told apart from real ones, and from other laws.

    `law`: digest of the assumed law.
    """
    digest = hashlib.sha256(law.encode()).digest()
    return f"{_MARK}{base64.b32encode(digest).decode().lower()[:_MARK_LETTERS]}"


def _digest(section: str, values: Sequence[str | bool | None]) -> str:
    text = json.dumps([section, *values], ensure_ascii=True)
    return base64.b32encode(hashlib.sha256(text.encode()).digest()).decode().lower()[:_LETTERS]


def digests(section: Section, lines: pl.DataFrame) -> pl.Series:
    """The digest of every line; `lines` has the columns of `section.by`, one row for each distinct line."""
    return pl.Series(
        [_digest(section.name, values) for values in lines.select(section.by).iter_rows()], dtype=pl.String
    )


def parse_figure_id(text: str) -> FigureId:
    """Take an id apart.

    Raises:
        UnknownFigureError: it has another form, or names no section.
    """
    matched = _FORM.fullmatch(text.strip())
    if _ASSUMED.fullmatch(text.strip()):
        raise UnknownFigureError(
            f"{text} is a figure under an assumed law (report --as-if): no row of the ledger says that. "
            f"Write an id of the report without --as-if."
        )
    if matched is None:
        raise UnknownFigureError(
            f"{text!r} is not the id of a figure. Write it as the report prints it, such as 2026-10.no-ground.total."
        )
    month, name, digest = matched.groups()
    section = BY_NAME.get(name)
    if section is None:
        raise UnknownFigureError(f"{name!r} is no section of the report. {choose(name, BY_NAME)}")
    return FigureId(month, section, digest)


def rows_behind(text: str, transfers: pl.DataFrame) -> pl.DataFrame:
    """The rows of the ledger that a figure adds up, unchanged and in their order.

    Columns in: `kept.KEY` and `place_country`, of that month (by key or by hour).

    Raises:
        UnknownFigureError: the id has another form, or no row of these transfers belongs to it.
    """
    wanted = parse_figure_id(text)
    section = wanted.section
    numbered = with_derived(transfers).with_row_index(_ROW).filter(section.rows)
    if section.entries:
        numbered = numbered.with_columns(entry="register_entries").explode("entry").drop_nulls("entry")
    if wanted.digest != TOTAL:
        lines = numbered.select(section.by).unique(maintain_order=True) if section.by else numbered.clear()
        here = lines.filter(digests(section, lines) == wanted.digest) if section.by else lines
        if not here.height:
            raise UnknownFigureError(
                f"{text} is in no report of this ledger: no transfer of {wanted.month} belongs to it. "
                f"Write an id as the report of {wanted.month} prints it; "
                f"{figure_id(wanted.month, section.name)} stands for all of that table."
            )
        numbered = numbered.join(here, on=section.by, how="semi", nulls_equal=True)
    behind = numbered[_ROW].unique().sort()
    return transfers.select(pl.all().gather(behind))
