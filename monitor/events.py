"""Spell decoded batches out as events, as `decode` prints them: rows that conform to the tables of `schema`.

Decides the order (that of the input, all events interleaved by line). Judges nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from monitor import schema
from monitor.ndjson import ndjson_objects

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from collectors.contract import Admins, Batch, Flows, Names
    from monitor.schema import Column

_EVENTS_AT_A_TIME: Final = 10_000


def event_frames(batch: Batch, kind: str) -> Iterator[pl.DataFrame]:
    """Yield the events of a batch in the order of the input: each frame holds one sort of event.

    Columns out: `schema.FLOW`, `NAME`, `ADMIN` or `COVERAGE`.
    """
    tables = _tables(batch, kind)
    if not tables:
        return
    table, row = _order(tables)
    begins = np.flatnonzero(np.diff(table, prepend=-1))
    for begin, end in zip(begins, np.append(begins[1:], len(table)), strict=True):
        yield tables[table[begin]][1][int(row[begin]) : int(row[end - 1]) + 1]


def event_lines(batch: Batch, kind: str) -> Iterator[str]:
    """Yield the same events as NDJSON text, some thousand at a time; quick also where kinds alternate line by line."""
    tables = _tables(batch, kind)
    if not tables:
        return
    table, row = _order(tables)
    for begin in range(0, len(table), _EVENTS_AT_A_TIME):
        part = slice(begin, begin + _EVENTS_AT_A_TIME)
        yield "\n".join(_objects(tables, table[part], row[part])) + "\n"


def _objects(
    tables: Sequence[tuple[pl.Series, pl.DataFrame]], table: NDArray[np.intp], row: NDArray[np.intp]
) -> pl.Series:
    """JSON text of the events that `table` and `row` name, in that order; the rows of each table are consecutive."""
    by_table = np.argsort(table, kind="stable")
    numbers, firsts, counts = np.unique(table, return_index=True, return_counts=True)
    objects = [
        ndjson_objects(tables[number][1].slice(row[first], count))
        for number, first, count in zip(numbers.tolist(), firsts.tolist(), counts.tolist(), strict=True)
    ]
    return pl.concat(objects).gather(pl.Series(np.argsort(by_table)))


def _tables(batch: Batch, kind: str) -> list[tuple[pl.Series, pl.DataFrame]]:
    """Line numbers and events of each part of a batch, leaving out empty ones."""
    parts: tuple[tuple[Flows | Names | Admins, str, Sequence[Column]], ...] = (
        *((flows, "flow", schema.FLOW) for flows in batch.flows),
        *((names, "name", schema.NAME) for names in batch.names),
        *((admins, "admin", schema.ADMIN) for admins in batch.admins),
    )
    tables = [
        _spelled(_with_addresses(part, schema.ADDRESSES[event]), event, kind, columns)
        for part, event, columns in parts
        if part.frame.height
    ]
    tables += [_spelled(frame, "coverage", kind, schema.COVERAGE) for frame in batch.coverage if frame.height]
    return tables


def _order(tables: Sequence[tuple[pl.Series, pl.DataFrame]]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Table and row of every event, in the order of their lines."""
    lines = np.concatenate([line.to_numpy() for line, _ in tables])
    table = np.concatenate([np.full(len(line), number) for number, (line, _) in enumerate(tables)])
    row = np.concatenate([np.arange(len(line)) for line, _ in tables])
    order = np.argsort(lines, kind="stable")
    return table[order], row[order]


def _with_addresses(part: Flows | Names | Admins, ends: Sequence[str]) -> pl.DataFrame:
    text = part.addresses.text
    return part.frame.with_columns([text.gather(part.frame[name]).alias(name) for name in ends])


def _spelled(frame: pl.DataFrame, event: str, kind: str, columns: Sequence[Column]) -> tuple[pl.Series, pl.DataFrame]:
    spelled = frame.with_columns(
        pl.lit(event, dtype=schema.EVENTS).alias("event"), pl.lit(kind).cast(schema.SOURCES).alias("source")
    )
    return frame["line"], spelled.select(column.name for column in columns)
