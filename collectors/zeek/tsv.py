"""Read lines of one layout as a table of typed columns; what cannot be read is counted with its reason.

One pass of Polars' CSV reader splits the lines and reads the numbers. The places of the separators tell lines of the
wrong length, which that reader would pad or cut, and whether a number that came out empty was unset or broken.

This format has no quoting: a quote is a character like any other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from collectors.zeek.fields import LOGS, Sort, field_name
from collectors.zeek.layout import unescaped
from collectors.zeek.table import (
    LAST_SECOND,
    MICROSECONDS,
    NOT_A_NUMBER,
    NOT_A_TIME,
    NOT_AN_ADDRESS,
    OUT_OF_RANGE,
    TOO_FEW,
    TOO_MANY,
    Broken,
    Table,
    address_book,
    as_time,
    changed,
    shown,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from collectors.zeek.layout import Layout

_NEWLINE: Final = 0x0A
_STRAY_RETURN: Final = re.compile(rb"\r(?!\n)")
_REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?")
_TYPES: Final = {
    Sort.TIME: pl.Float64(),
    Sort.SECONDS: pl.Float64(),
    Sort.COUNT: pl.Int64(),
    Sort.PORT: pl.UInt16(),
    Sort.TEXT: pl.String(),
    Sort.LIST: pl.String(),
}
_NUMBERS: Final = {Sort.TIME, Sort.SECONDS, Sort.COUNT, Sort.PORT}


def read_lines(data: bytes, lines: NDArray[np.uint64], layout: Layout, log: str, broken: Broken) -> Table:
    """Read the lines of `data`, which stand at `lines` of the input; the last one may lack its end.

    Raises nothing on any bytes.
    """
    text = _Text.of(_readable(data), layout)
    wrong = np.flatnonzero(text.counts != len(layout.fields) - 1)
    if len(wrong):
        _refuse_lengths(text, lines, wrong, layout, broken)
        keep = text.counts == len(layout.fields) - 1
        text, lines = text.where(keep), lines[keep]
    sorts = {name: LOGS[log].get(field_name(name), Sort.WORD) for name in layout.fields}
    frame = _split(text.data, layout, sorts)
    bad = np.zeros(frame.height, dtype=np.bool_)
    for place, (name, sort) in enumerate(sorts.items()):
        if sort in _NUMBERS:
            mask = _refused_numbers(frame[name], sort, text, place) & ~bad
            if mask.any():
                _refuse_numbers(np.flatnonzero(mask), name, sort, text, place, lines, broken)
                bad |= mask
    ends = [name for name, sort in sorts.items() if sort is Sort.ADDRESS]
    addresses, positions = address_book([frame[name] for name in ends])
    for name, position in zip(ends, positions, strict=True):
        place = layout.fields.index(name)
        codes = position.fill_null(len(addresses)).to_numpy()
        mask = np.append(addresses.version == 0, False)[codes]
        if position.null_count():
            mask |= position.is_null().to_numpy() & ~text.is_unset(place)
        mask &= ~bad
        if mask.any():
            rows = np.flatnonzero(mask)
            broken.add(lines[rows], NOT_AN_ADDRESS, _describing(rows, name, text, place, "is not an address"))
            bad |= mask
    named = dict(zip(ends, positions, strict=True))
    columns = [
        _typed(named.get(name, frame[name]), name, sort, text, layout).alias(field_name(name))
        for name, sort in sorts.items()
    ]
    table = Table(pl.DataFrame({column.name: column for column in columns}), lines, addresses)
    return table.where(pl.Series(~bad)) if bad.any() else table


@dataclass(frozen=True, slots=True)
class _Text:
    """Lines and where their separators stand; `separators` has one row a line once all are of one length."""

    data: bytes
    raw: NDArray[np.uint8]
    begins: NDArray[np.intp]
    ends: NDArray[np.intp]
    separators: NDArray[np.intp]
    counts: NDArray[np.intp]
    unset: bytes
    has_escapes: bool
    has_empty: bool

    @classmethod
    def of(cls, data: bytes, layout: Layout) -> _Text:
        raw = np.frombuffer(data, dtype=np.uint8)
        ends = np.flatnonzero(raw == _NEWLINE)
        begins = np.concatenate((np.zeros(1, dtype=ends.dtype), ends[:-1] + 1))
        separators = np.flatnonzero(raw == ord(layout.separator))
        counts = np.diff(np.searchsorted(separators, ends), prepend=0)
        empty = layout.empty.encode()
        return cls(
            data=data,
            raw=raw,
            begins=begins,
            ends=ends,
            separators=separators,
            counts=counts,
            unset=layout.unset.encode(),
            has_escapes=b"\\x" in data,
            has_empty=bool(empty) and empty in data,
        )

    def where(self, keep: NDArray[np.bool_]) -> _Text:
        """Only some lines."""
        lengths = self.ends + 1 - self.begins
        octets = np.repeat(keep, lengths)
        shift = np.repeat(np.cumsum(np.where(keep, 0, lengths))[keep], self.counts[keep])
        kept_lengths = lengths[keep]
        ends = np.cumsum(kept_lengths) - 1
        return replace(
            self,
            data=self.raw[octets].tobytes(),
            raw=self.raw[octets],
            begins=ends + 1 - kept_lengths,
            ends=ends,
            separators=self.separators[np.repeat(keep, self.counts)] - shift,
            counts=self.counts[keep],
        )

    def field(self, place: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Where a field of each line begins and ends."""
        rows, width = len(self.ends), int(self.counts[0]) if len(self.counts) else 0
        grid = self.separators.reshape(rows, width)
        begins = grid[:, place - 1] + 1 if place else self.begins
        return begins, grid[:, place] if place < width else self.ends

    def value(self, row: int, place: int) -> str:
        """What stands in a field of one line."""
        begins, ends = self.field(place)
        return self.data[begins[row] : ends[row]].decode("utf-8", "replace")

    def is_unset(self, place: int) -> NDArray[np.bool_]:
        """Whether a field of each line holds the marker of what is unset."""
        begins, ends = self.field(place)
        same = ends - begins == len(self.unset)
        for at, octet in enumerate(self.unset):
            same[same] = self.raw[begins[same] + at] == octet
        return np.asarray(same, dtype=np.bool_)


def _readable(data: bytes) -> bytes:
    """End the last line, and put U+FFFD for what the reader would drop: no UTF-8, a carriage return in mid-line."""
    if not data.endswith(b"\n"):
        data += b"\n"
    if b"\r" in data:
        data = _STRAY_RETURN.sub(_REPLACEMENT.encode(), data).replace(b"\r\n", b"\n")
    return data if data.isascii() else data.decode("utf-8", "replace").encode()


def _split(data: bytes, layout: Layout, sorts: dict[str, Sort]) -> pl.DataFrame:
    words = pl.Categorical(pl.Categories.random())
    addresses = pl.Categorical(pl.Categories.random())
    types = {name: addresses if sort is Sort.ADDRESS else _TYPES.get(sort, words) for name, sort in sorts.items()}
    if not data:
        return pl.DataFrame(schema=types)
    return pl.read_csv(
        data,
        separator=layout.separator,
        quote_char=None,
        has_header=False,
        schema=types,
        null_values=layout.unset,
        empty_string_is_null=False,
        ignore_errors=True,
    )


def _refuse_lengths(
    text: _Text, lines: NDArray[np.uint64], wrong: NDArray[np.intp], layout: Layout, broken: Broken
) -> None:
    wanted = len(layout.fields)
    found = text.counts[wrong] + 1
    for reason, some in ((TOO_FEW, wrong[found < wanted]), (TOO_MANY, wrong[found > wanted])):

        def what(place: int, some: NDArray[np.intp] = some) -> str:
            row = int(some[place])
            if text.begins[row] == text.ends[row]:
                return f"the line is empty where the header has {wanted} fields"
            return f"{int(text.counts[row]) + 1} fields where the header has {wanted}"

        broken.add(lines[some], reason, what)


def _refused_numbers(column: pl.Series, sort: Sort, text: _Text, place: int) -> NDArray[np.bool_]:
    """Lines in which a field holds no number of its sort, and is not unset either."""
    refused = np.zeros(len(column), dtype=np.bool_)
    if column.null_count():
        refused = column.is_null().to_numpy() & ~text.is_unset(place)
    if sort is Sort.PORT:
        return refused
    low, high = column.min(), column.max()
    top = LAST_SECOND if sort is not Sort.COUNT else np.iinfo(np.int64).max
    within = low is None or (low >= 0 and high is not None and high <= top)  # type: ignore[operator]
    if sort is not Sort.COUNT:
        within = within and not column.is_nan().any()
    if not within:
        values = column.fill_null(0).to_numpy()
        refused |= ~((values >= 0) & (values <= top))
    return refused


def _refuse_numbers(
    rows: NDArray[np.intp],
    name: str,
    sort: Sort,
    text: _Text,
    place: int,
    lines: NDArray[np.uint64],
    broken: Broken,
) -> None:
    begins, ends = text.field(place)
    is_number = np.array(
        [
            _NUMBER.fullmatch(text.data[begin:end].decode("utf-8", "replace")) is not None
            for begin, end in zip(begins[rows].tolist(), ends[rows].tolist(), strict=True)
        ],
        dtype=np.bool_,
    )
    other = NOT_A_TIME if sort is Sort.TIME else NOT_A_NUMBER
    said = "is not a time" if sort is Sort.TIME else "is not a number"
    for reason, some, what in ((OUT_OF_RANGE, rows[is_number], "is out of range"), (other, rows[~is_number], said)):
        broken.add(lines[some], reason, _describing(some, name, text, place, what))


class _describing:  # noqa: N801 - a function of a place, with what it needs
    """Name the field and show what stands in it."""

    def __init__(self, rows: NDArray[np.intp], name: str, text: _Text, place: int, what: str) -> None:
        self._rows, self._name, self._text, self._place, self._what = rows, name, text, place, what

    def __call__(self, place: int) -> str:
        return f"{self._name} `{shown(self._text.value(int(self._rows[place]), self._place))}` {self._what}"


def _typed(column: pl.Series, name: str, sort: Sort, text: _Text, layout: Layout) -> pl.Series:
    if sort is Sort.TIME:
        return as_time(_microseconds(column))
    if sort is Sort.SECONDS:
        return _microseconds(column)
    if sort in {Sort.COUNT, Sort.PORT, Sort.ADDRESS}:
        return column
    if sort is Sort.LIST:
        split = column.str.split(layout.set_separator) if layout.set_separator else column.reshape((-1, 1))
        empty = pl.Series([[]], dtype=pl.List(pl.String))
        return pl.select(pl.when(column == layout.empty).then(empty).otherwise(split)).to_series()
    if name in layout.containers:
        # An empty one is as none: JSON records that hold one cannot be told from those that do not.
        column = changed(column, layout.empty, lambda each: None if each == layout.empty else each)
    if name in layout.containers and layout.set_separator != ",":
        column = changed(column, layout.set_separator, lambda each: each.replace(layout.set_separator, ","))
    if text.has_escapes:
        column = changed(column, "\\x", unescaped)
    if text.has_empty:
        column = changed(column, layout.empty, lambda each: "" if each == layout.empty else each)
    return column


def _microseconds(seconds: pl.Series) -> pl.Series:
    """Seconds with a fraction as whole microseconds; what is out of range was refused."""
    return (seconds * MICROSECONDS).round().cast(pl.Int64, strict=False)
