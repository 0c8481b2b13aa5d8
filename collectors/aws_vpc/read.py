"""Tell the records among the lines: columns for those that are, a counted reason for those that are not.

One pass of Polars' CSV reader splits the lines and reads the numbers; a count of separators finds lines of the wrong
length, which that reader would pad or cut. Only lines in which a number came out empty are looked at again as text,
because `-` (unknown) and `12x` (broken) both come out empty.

This format has no quoting: a quote is a character like any other.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from collectors.aws_vpc.fields import header_fields
from collectors.aws_vpc.records import (
    EMPTY,
    END_BEFORE_START,
    HEADER,
    NOT_A_NUMBER,
    NOT_AN_ADDRESS,
    NOTHING,
    OUT_OF_RANGE,
    TOO_FEW,
    TOO_MANY,
    UNKNOWN_WORD,
    Records,
    small_number,
)
from monitor.address import parse_addresses
from monitor.combinations import distinct_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeAlias

    from numpy.typing import NDArray

    _Blame: TypeAlias = Callable[[NDArray[np.bool_], int, int], None]

_SPACE: Final = 0x20
_NEWLINE: Final = 0x0A
_LINES_AT_A_TIME: Final = 4096
_NUMBERS: Final = {
    "srcport": pl.UInt16(),
    "dstport": pl.UInt16(),
    "packets": pl.Int64(),
    "bytes": pl.Int64(),
    "start": pl.Int64(),
    "end": pl.Int64(),
}
_SMALL_NUMBERS: Final = ("protocol", "tcp-flags")
_TEXTS: Final = ("account-id", "interface-id", "vpc-id", "region")
_ADDRESSES: Final = ("srcaddr", "dstaddr", "pkt-srcaddr", "pkt-dstaddr")
_WORDS: Final = {
    "action": frozenset({"ACCEPT", "REJECT", "-"}),
    "log-status": frozenset({"OK", "NODATA", "SKIPDATA", "-"}),
}
_LAST_SECOND: Final = 253_402_300_799  # 9999-12-31T23:59:59Z, the last that RFC 3339 can write
_NUMBER: Final = re.compile(r"[+-]?[0-9]+")
_FIRST_LETTER, _LAST_LETTER = b"az"

# Octets that a header may hold, and those that a name begins with.
_IN_HEADERS: Final = np.isin(np.arange(256), np.frombuffer(b"abcdefghijklmnopqrstuvwxyz0123456789- \r\n", np.uint8))
_BEGINS_NAMES: Final = np.isin(np.arange(256), np.frombuffer(b"abcdefghijklmnopqrstuvwxyz", np.uint8))

_STRAY_RETURN: Final = re.compile(rb"\r(?!\n)")
_REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"

# Fields whose text is checked; a header can pass for a record only where a format has none of them.
_CHECKED: Final = frozenset({"version", *_NUMBERS, *_SMALL_NUMBERS, *_ADDRESSES, *_WORDS})


def read_records(data: bytes, fields: tuple[str, ...]) -> Records:
    """Read the lines of `data` up to its end, or up to a header in it.

    Raises nothing on any bytes: a line that is no record has a reason.
    """
    if not data.endswith(b"\n"):
        data += b"\n"
    raw = np.frombuffer(data, dtype=np.uint8)
    ends = line_ends(data)
    begins = np.concatenate((np.zeros(1, dtype=ends.dtype), ends[:-1] + 1))
    separators = _separators(raw, begins)
    words = pl.Categorical(pl.Categories.random())
    types: dict[str, pl.DataType] = dict.fromkeys(fields, words)
    types |= {name: _NUMBERS[name] for name in fields if name in _NUMBERS}
    types |= {name: pl.String() for name in fields if name in _TEXTS or name in _ADDRESSES}
    frame = _split(data, fields, types)
    reasons = np.zeros(len(ends), dtype=np.uint8)
    reasons[separators < len(fields) - 1] = TOO_FEW
    reasons[separators > len(fields) - 1] = TOO_MANY
    frame, book = _numbered_addresses(frame)
    records = Records(
        frame=frame,
        rows=np.arange(len(ends)),
        reasons=reasons,
        culprits=np.zeros(len(ends), dtype=np.uint8),
        fields=fields,
        addresses=parse_addresses(book),
        lines=len(ends),
        octets=len(data),
        data=data,
        ends=ends,
        raw_addresses=book,
    )
    _judge_lines(records)
    header = _other_header(records)
    return records if header is None else _cut(records, header)


def _separators(raw: NDArray[np.uint8], begins: NDArray[np.int64]) -> NDArray[np.uint32]:
    """Spaces of every line, a few thousand lines at a time so that what is set aside stays small."""
    counts = np.empty(len(begins), dtype=np.uint32)
    limits = np.append(begins, len(raw))
    for start in range(0, len(begins), _LINES_AT_A_TIME):
        stop = min(start + _LINES_AT_A_TIME, len(begins))
        first, last = limits[start], limits[stop]
        spaces = (raw[first:last] == _SPACE).view(np.uint8)
        counts[start:stop] = np.add.reduceat(spaces, begins[start:stop] - first, dtype=np.uint32)
    return counts


def _split(data: bytes, fields: tuple[str, ...], types: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """One row a line. A line of dashes before them tells the reader how many fields to expect."""
    dashes = b" ".join([b"-"] * len(fields)) + b"\n"
    return pl.read_csv(
        dashes + _readable(data),
        separator=" ",
        quote_char=None,
        has_header=False,
        schema=dict(types),
        ignore_errors=True,
        truncate_ragged_lines=True,
    ).slice(1)


def _readable(data: bytes) -> bytes:
    """Put U+FFFD for what the reader would drop: octets that are no UTF-8, carriage returns that end no line."""
    if b"\r" in data and data.count(b"\r") != data.count(b"\r\n"):
        data = _STRAY_RETURN.sub(_REPLACEMENT.encode(), data)
    return data if data.isascii() else data.decode("utf-8", "replace").encode()


def _numbered_addresses(frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
    """Put positions for the texts of addresses, and give the distinct texts; an empty field stays null."""
    names = [name for name in _ADDRESSES if name in frame.columns]
    if not names:
        return frame, pl.Series([], dtype=pl.String)
    texts = pl.concat([frame[name] for name in names])
    distinct = distinct_texts(texts)
    positions = pl.Series(distinct.ids.astype(np.uint32))
    if texts.null_count():
        positions = pl.select(pl.when(texts.is_not_null()).then(positions)).to_series()
    parts = [positions.slice(place * frame.height, frame.height).alias(name) for place, name in enumerate(names)]
    return frame.with_columns(parts), texts.gather(pl.Series(distinct.row_of))


def _judge_lines(records: Records) -> None:
    """Fill `reasons` and `culprits` for lines of the right length."""
    frame = records.frame

    def blame(mask: NDArray[np.bool_], reason: int, position: int) -> None:
        hit = mask & (records.reasons == 0)
        records.reasons[hit] = reason
        records.culprits[hit] = position

    numbers = [name for name in records.fields if name in _NUMBERS]
    for position, name in enumerate(records.fields):
        if name not in numbers and frame[name].null_count():
            blame(frame[name].is_null().to_numpy(), EMPTY, position)
    _reread_numbers(records, numbers, blame)
    for position, name in enumerate(records.fields):
        _judge_field(records, name, position, blame)
    if "start" in frame.columns and "end" in frame.columns:
        before = (frame["end"] < frame["start"]).fill_null(value=False)
        if before.any():
            blame(before.to_numpy(), END_BEFORE_START, records.fields.index("end"))


def _judge_field(records: Records, name: str, position: int, blame: _Blame) -> None:
    """Blame what stands in one field of each line, empty fields and unreadable numbers apart."""
    column = records.frame[name]
    if name in _NUMBERS:
        top = _LAST_SECOND if name in {"start", "end"} else (1 << 63) - 1
        low, high = column.min(), column.max()
        if isinstance(low, int) and isinstance(high, int) and (low < 0 or high > top):
            values = column.fill_null(0).to_numpy()
            blame((values < 0) | (values > top), OUT_OF_RANGE, position)
    elif name in _ADDRESSES:
        invalid = (records.addresses.version == 0) & (records.raw_addresses.fill_null("-") != "-").to_numpy()
        if invalid.any():
            codes = column.fill_null(0).to_numpy()
            blame(invalid[codes], NOT_AN_ADDRESS, position)
    elif name in _CHECKED:
        codes, texts = records.codes(name)
        wrong = np.array([_word_reason(name, text) for text in texts], dtype=np.uint8)
        for reason in np.unique(wrong[wrong != 0]).tolist():
            blame(wrong[codes] == reason, reason, position)


def _reread_numbers(records: Records, numbers: list[str], blame: _Blame) -> None:
    """Look at lines in which a number came out empty again, as text: `-` is unknown, all else is broken."""
    empty = np.zeros(records.lines, dtype=np.bool_)
    for name in numbers:
        if records.frame[name].null_count():
            empty |= records.frame[name].is_null().to_numpy()
    rows = np.flatnonzero(empty & (records.reasons == 0))
    if not len(rows):
        return
    texts = _split(records.lines_of(rows), records.fields, dict.fromkeys(records.fields, pl.String()))
    for name in numbers:
        position = records.fields.index(name)
        text = texts[name]
        is_number = text.str.contains(f"^(?:{_NUMBER.pattern})$")
        for mask, reason in (
            (text.is_null(), EMPTY),
            (~is_number & (text != "-"), NOT_A_NUMBER),
            (is_number & records.frame[name].gather(pl.Series(rows)).is_null(), OUT_OF_RANGE),
        ):
            whole = np.zeros(records.lines, dtype=np.bool_)
            whole[rows[mask.fill_null(value=False).to_numpy()]] = True
            blame(whole, reason, position)


def _word_reason(name: str, text: str) -> int:
    if text in NOTHING:
        return 0
    if name in _WORDS:
        return 0 if text in _WORDS[name] else UNKNOWN_WORD
    if not _NUMBER.fullmatch(text):
        return NOT_A_NUMBER
    return 0 if name == "version" or small_number(text) is not None else OUT_OF_RANGE


def line_ends(data: bytes) -> NDArray[np.int64]:
    """Where each line ends; the last one may end with the data."""
    ends = np.flatnonzero(np.frombuffer(data, dtype=np.uint8) == _NEWLINE)
    return ends if data.endswith(b"\n") else np.append(ends, len(data))


def header_rows(data: bytes, ends: NDArray[np.int64]) -> dict[int, tuple[str, ...]]:
    """Row and fields of every header among the lines that end at `ends`.

    One look at all octets at once leaves few lines to `header_fields`; each distinct one is read once.
    """
    raw = np.frombuffer(data, dtype=np.uint8)
    begins = np.concatenate((np.zeros(1, dtype=ends.dtype), ends[:-1] + 1))
    alien = ~_IN_HEADERS[raw]
    alien[1:] |= (raw[:-1] == _SPACE) & ~_BEGINS_NAMES[raw[1:]]
    alien[begins] |= ~_BEGINS_NAMES[raw[begins]]
    read: dict[bytes, tuple[str, ...] | None] = {}
    found: dict[int, tuple[str, ...]] = {}
    for row in np.flatnonzero(~np.logical_or.reduceat(alien, begins)).tolist():
        line = data[begins[row] : ends[row]]
        if line not in read:
            read[line] = header_fields(line)
        fields = read[line]
        if fields:
            found[row] = fields
    return found


def _other_header(records: Records) -> int | None:
    """Row of the first header that names other fields; those that repeat the one in force are marked before it."""
    checked = not _CHECKED.isdisjoint(records.fields)
    rows = np.flatnonzero(records.reasons) if checked else np.arange(records.lines)
    initials = np.frombuffer(records.data, dtype=np.uint8)[records.begins[rows]]
    for row in rows[(initials >= _FIRST_LETTER) & (initials <= _LAST_LETTER)].tolist():
        fields = header_fields(records.line(row))
        if fields and fields != records.fields:
            return int(row)
        if fields:
            records.reasons[row] = HEADER
    return None


def _cut(records: Records, row: int) -> Records:
    """Only the lines before `row`."""
    return replace(
        records,
        frame=records.frame.head(row),
        rows=records.rows[:row],
        reasons=records.reasons[:row],
        culprits=records.culprits[:row],
        ends=records.ends[:row],
        lines=row,
        octets=int(records.begins[row]),
        coded={name: (codes[:row], texts) for name, (codes, texts) in records.coded.items()},
    )
