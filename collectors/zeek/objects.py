r"""Read JSON objects, one a line, as the same tables that lines under a header become.

Decides which log an object is of: `_path` says it, else a member that only one log has. A time may be a number or ISO
8601 text. Values become attributes as the other form spells them: `T` and `F`, intervals with six digits.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from collectors.contract import BadRecord, Batch
from collectors.json_lines import ROW, As, read_json_lines
from collectors.zeek.fields import LOGS, TOLD_BY, UNTOLD, Sort
from collectors.zeek.layout import unescaped
from collectors.zeek.members import ITEM, lists, members, wanted
from collectors.zeek.records import events, passed_over
from collectors.zeek.table import (
    MICROSECONDS,
    NOT_AN_ADDRESS,
    OUT_OF_RANGE,
    Broken,
    Table,
    address_book,
    changed,
    shown,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from collectors.json_lines import Lines, Wanted

_NEWLINE: Final = 0x0A
_NAMED: Final = b'"_path":'
_DOTTED, _UNDERSCORED = b'"id.orig_h":', b'"id_orig_h":'
_HIGHEST_PORT: Final = 65_535
_LONGEST_SECONDS: Final = 9_000_000_000


def read_objects(data: bytes, lines: NDArray[np.uint64]) -> Iterator[Batch]:
    """Batches of the objects in some lines, which stand at `lines`, each of one log. Raises nothing on any bytes."""
    for part, numbers, underscored in _by_spelling(data, lines):
        for some, at, log in _by_log(part, numbers):
            yield from _of_log(some, at, log, underscored=underscored)


def _by_spelling(data: bytes, lines: NDArray[np.uint64]) -> Iterator[tuple[bytes, NDArray[np.uint64], bool]]:
    """Lines that spell the two ends in one way."""
    if _UNDERSCORED not in data:
        yield data, lines, False
    elif _DOTTED not in data:
        yield data, lines, True
    else:
        texts = data.splitlines(keepends=True) if b"\r" not in data else _lines(data)
        other = np.array([_UNDERSCORED in text for text in texts], dtype=np.bool_)
        for mask, underscored in ((~other, False), (other, True)):
            if mask.any():
                yield b"".join(texts[row] for row in np.flatnonzero(mask)), lines[mask], underscored


def _lines(data: bytes) -> list[bytes]:
    return [line + b"\n" for line in data.removesuffix(b"\n").split(b"\n")]


def _by_log(data: bytes, lines: NDArray[np.uint64]) -> Iterator[tuple[bytes, NDArray[np.uint64], str]]:
    """Lines that name their log together (as ""), and those that do not by the log that their members tell."""
    if data.count(_NAMED) >= len(lines):
        yield data, lines, ""
        return
    for member, log in TOLD_BY.items():
        if _NAMED not in data and data.count(b'"%s":' % member.encode()) == len(lines):
            yield data, lines, log
            return
    texts = _lines(data)
    marks = [(b'"%s":' % member.encode(), log) for member, log in TOLD_BY.items()]
    told = np.array(
        ["" if _NAMED in text else next((log for mark, log in marks if mark in text), UNTOLD) for text in texts]
    )
    for log in np.unique(told).tolist():
        rows = np.flatnonzero(told == log)
        yield b"".join(texts[row] for row in rows), lines[rows], log


@cache
def _wanted(log: str, *, underscored: bool) -> Mapping[str, Wanted]:
    if log:
        return {"": wanted(log, underscored=underscored)}
    return {name: wanted(name, underscored=underscored) for name in LOGS}


def _of_log(data: bytes, lines: NDArray[np.uint64], log: str, *, underscored: bool) -> Iterator[Batch]:
    if log == UNTOLD:
        # Still, what is no object is a bad record.
        read = read_json_lines(data, {})
    elif log:
        read = read_json_lines(data, _wanted(log, underscored=underscored))
    else:
        read = read_json_lines(data, _wanted("", underscored=underscored), by=("_path",))
    for name, some in read.kinds.items():
        if some.frame.height:
            broken = Broken()
            table = _table(some, lines, log or name, broken)
            made = events(table, log or name)
            yield made
            yield Batch(records=broken.by_reason.total(), bad=tuple(broken.sample), bad_by_reason=broken.by_reason)
    if read.passed_over:
        over: Counter[str] = Counter()
        for name, count in read.passed_over.items():
            over[shown(name) or UNTOLD] += count
        yield passed_over(over)
    if read.bad_by_reason:
        bad = tuple(BadRecord(int(lines[each.row]), each.reason, each.what) for each in read.bad)
        yield Batch(records=read.bad_by_reason.total(), bad=bad, bad_by_reason=read.bad_by_reason)


def _table(read: Lines, lines: NDArray[np.uint64], log: str, broken: Broken) -> Table:
    frame = read.frame
    numbers = lines[frame[ROW].to_numpy()]
    kinds = members(log)
    sorts = LOGS[log]
    bad = np.zeros(frame.height, dtype=np.bool_)
    for name in kinds:
        sort = sorts.get(name)
        top = {Sort.PORT: _HIGHEST_PORT, Sort.SECONDS: _LONGEST_SECONDS, Sort.COUNT: None}.get(sort, -1)  # type: ignore[arg-type]
        if top == -1:
            continue
        column = frame[name]
        wrong = ((column < 0) | (column > top) if top is not None else column < 0).fill_null(value=False).to_numpy()
        _refuse(wrong & ~bad, column, numbers, OUT_OF_RANGE, "is out of range", broken)
        bad |= wrong
    ends = [name for name, sort in sorts.items() if sort is Sort.ADDRESS]
    addresses, positions = address_book([frame[name] for name in ends])
    for name, position in zip(ends, positions, strict=True):
        wrong = np.append(addresses.version == 0, False)[position.fill_null(len(addresses)).to_numpy()]
        _refuse(wrong & ~bad, frame[name], numbers, NOT_AN_ADDRESS, "is not an address", broken)
        bad |= wrong
    placed = dict(zip(ends, positions, strict=True))
    columns = {
        name: placed[name] if name in placed else _typed(frame[name], kind, sorts.get(name))
        for name, kind in kinds.items()
    }
    for name in lists(log):
        columns[name] = _list(read.items[name], frame[ROW], as_list=sorts.get(name) is Sort.LIST)
    table = Table(pl.DataFrame({name: column.alias(name) for name, column in columns.items()}), numbers, addresses)
    return table.where(pl.Series(~bad)) if bad.any() else table


def _refuse(
    mask: NDArray[np.bool_], column: pl.Series, numbers: NDArray[np.uint64], reason: str, said: str, broken: Broken
) -> None:
    rows = np.flatnonzero(mask)
    if len(rows):
        broken.add(
            numbers[rows], reason, lambda place: f"{column.name} `{shown(str(column[int(rows[place])]))}` {said}"
        )


def _typed(column: pl.Series, kind: As, sort: Sort | None) -> pl.Series:
    if sort is Sort.PORT:
        return column.cast(pl.UInt16, strict=False)
    if sort is Sort.SECONDS:
        return (column * MICROSECONDS).round().cast(pl.Int64, strict=False)
    if kind is As.FLAG:
        letters = pl.DataFrame({"flag": column}).select(pl.when("flag").then(pl.lit("T")).otherwise(pl.lit("F")))
        return _unless(column.is_null(), letters.to_series()).cast(pl.Categorical(pl.Categories.random()))
    if kind is As.NUMBER:
        return _digits(column)
    if kind in {As.TEXT, As.WORD}:
        return changed(column, "\\x", unescaped)
    return column if sort is Sort.COUNT or kind is not As.WHOLE else column.cast(pl.String)


def _unless(mask: pl.Series, values: pl.Series) -> pl.Series:
    return pl.DataFrame({"mask": mask, "values": values}).select(pl.when(~pl.col("mask")).then("values")).to_series()


def _digits(column: pl.Series) -> pl.Series:
    """Numbers as the other form writes them: with six digits after the point."""
    distinct = column.drop_nulls().unique()
    spelled = pl.Series([f"{value:.6f}" for value in distinct.to_list()], dtype=pl.String)
    return column.replace_strict(distinct, spelled, default=None, return_dtype=pl.String)


def _list(items: pl.DataFrame, rows: pl.Series, *, as_list: bool) -> pl.Series:
    """An array's items by line, as a list or with commas between; null where there is no array or it is empty."""
    text = items[ITEM] if items[ITEM].dtype == pl.String else _digits(items[ITEM])
    grouped = items.select(ROW).with_columns(text.alias(ITEM)).group_by(ROW, maintain_order=True).agg(ITEM)
    joined = rows.to_frame(ROW).join(grouped, on=ROW, how="left", maintain_order="left")[ITEM]
    if as_list:
        return joined
    return joined.list.join(",")
