"""Rows of a Parquet flow log: written out as the lines that they stand for, and read as such.

Decides how a value of a column becomes the text of a field. Refuses to know more of it: every reason, attribute and
reading is that of the text form.

Source: AWS, Amazon VPC User Guide, "Flow log files" (Apache Parquet: columns in place of fields), read 2026-11.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from collectors.aws_vpc.decode import UNKNOWN_ORDER, batch_of_records
from collectors.aws_vpc.fields import DOCUMENTED, shown
from collectors.aws_vpc.read import header_rows, line_ends, read_records
from collectors.contract import SAMPLED_BAD_RECORDS, BadRecord, Batch, Flows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

# What would end a field or a line, and what stands for it meanwhile: characters of private use.
_APART: Final = {" ": "\ue000", "\n": "\ue001", "\r": "\ue002"}
_TEXTS: Final = ("observer", "account", "network_id", "region_hint", "service_hint", "detail")
_NAMED: Final = 5
_UNREADABLE: Final = "\N{REPLACEMENT CHARACTER}"  # octets that are no text


def decode_table(table: pl.DataFrame, first_row: int) -> Batch:
    """Decode rows; the number of a row stands for that of its line.

    Raises nothing on any columns: a table without the fields of a flow log is nothing but bad records.
    """
    if not table.height:
        return Batch()
    columns = _columns(table)
    if DOCUMENTED.isdisjoint(columns):
        names = ", ".join(f"`{shown(name)}`" for name in table.columns[:_NAMED])
        return _all_bad(table.height, first_row, f"the table has no column of a flow log, only {names or 'none'}")
    fields, is_apart = _fields(columns)
    data = _lines(fields)
    ends = line_ends(data)
    rows = np.arange(table.height)
    headers = header_rows(data, ends)
    bad: list[BadRecord] = []
    if headers:
        what = "the row names fields where values belong"
        bad = [BadRecord(first_row + row, UNKNOWN_ORDER, what) for row in headers]
        rows = np.delete(rows, list(headers))
        data = b"".join(line + b"\n" for line in _picked(data, ends, rows))
    batch = Batch()
    if len(rows):
        records = read_records(data, tuple(fields))
        batch = batch_of_records(replace(records, rows=rows), first_row)
    if is_apart:
        batch = _joined_again(batch)
    if not bad:
        return batch
    return replace(
        batch,
        records=batch.records + len(bad),
        bad=tuple(sorted((*batch.bad, *bad), key=lambda each: each.line)[:SAMPLED_BAD_RECORDS]),
        bad_by_reason=batch.bad_by_reason + Counter({UNKNOWN_ORDER: len(bad)}),
    )


def _all_bad(rows: int, first_row: int, what: str) -> Batch:
    sample = tuple(BadRecord(first_row + row, UNKNOWN_ORDER, what) for row in range(min(rows, SAMPLED_BAD_RECORDS)))
    return Batch(records=rows, bad=sample, bad_by_reason=Counter({UNKNOWN_ORDER: rows}))


def _columns(table: pl.DataFrame) -> dict[str, pl.Series]:
    """Columns by the names of the fields; AWS writes them with underscores or with dashes."""
    columns: dict[str, pl.Series] = {}
    for column in table.iter_columns():
        name = column.name.replace("_", "-").lower()
        if name and name not in columns and not column.dtype.is_nested() and column.dtype != pl.Object:
            columns[name] = column
    return columns


def _fields(columns: dict[str, pl.Series]) -> tuple[dict[str, pl.Series], bool]:
    """Columns of text, null where a value is unknown; and whether what separates fields had to be replaced."""
    fields: dict[str, pl.Series] = {}
    is_apart = False
    for name, column in columns.items():
        text = column.cast(pl.String, strict=False)
        if text.null_count() > column.null_count():
            text = text.zip_with(text.is_not_null() | column.is_null(), pl.Series([_UNREADABLE]))
        if column.dtype in {pl.String, pl.Binary, pl.Categorical, pl.Enum}:
            text = text.set(text == "", None)
            if text.str.contains_any(list(_APART)).any():
                is_apart = True
                text = text.str.replace_many(list(_APART), list(_APART.values()))
        fields[name] = text.alias(name)
    return fields, is_apart


def _lines(fields: dict[str, pl.Series]) -> bytes:
    """One line a row, unknown values as `-`."""
    frame = pl.DataFrame(list(fields.values()))
    return frame.write_csv(separator=" ", include_header=False, null_value="-", quote_style="never").encode()


def _picked(data: bytes, ends: NDArray[np.int64], rows: NDArray[np.intp]) -> Sequence[bytes]:
    begins = np.concatenate(([0], ends[:-1] + 1))
    return [data[begin:end] for begin, end in zip(begins[rows].tolist(), ends[rows].tolist(), strict=True)]


def _joined_again(batch: Batch) -> Batch:
    """Put back what separates fields in text."""
    back = {apart: text for text, apart in _APART.items()}
    escaped = {apart: text.encode("unicode_escape").decode() for apart, text in back.items()}
    table = {ord(apart): text for apart, text in escaped.items()}

    def restored(frame: pl.DataFrame) -> pl.DataFrame:
        texts = [name for name in _TEXTS if name in frame.columns]
        return frame.with_columns(
            *(pl.col(name).str.replace_many(list(back), list(back.values())) for name in texts),
            pl.col("attributes").str.replace_many(list(escaped), list(escaped.values())),
        )

    return replace(
        batch,
        flows=tuple(Flows(restored(part.frame), part.addresses) for part in batch.flows),
        coverage=tuple(restored(frame) for frame in batch.coverage),
        bad=tuple(replace(each, what=each.what.translate(table)) for each in batch.bad),
    )
