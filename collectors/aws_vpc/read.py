"""Tell the records among the lines: columns for those that are, a counted reason for those that are not.

One pass of Polars' CSV reader splits the lines and reads the numbers; a count of separators finds lines of the wrong
length, which that reader would pad or cut. Only lines in which a number came out empty are looked at again as text,
because `-` (unknown) and `12x` (broken) both come out empty.

This format has no quoting: a quote is a character like any other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from collectors.aws_vpc.fields import header_fields
from monitor.address import ParsedAddresses, parse_addresses

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
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
_SMALL_DIGITS: Final = 3
_NOTHING: Final = frozenset({"-", ""})
_FIRST_LETTER, _LAST_LETTER = b"az"

# Reasons for which a line is no record: code 0 is "it is one". The first that applies is counted.
REASONS: Final = (
    "",
    "too_few_fields",
    "too_many_fields",
    "empty_field",
    "not_a_number",
    "out_of_range",
    "not_an_address",
    "unknown_word",
    "end_before_start",
)
_TOO_FEW, _TOO_MANY, _EMPTY, _NOT_A_NUMBER, _OUT_OF_RANGE, _NOT_AN_ADDRESS, _UNKNOWN_WORD, _END_BEFORE_START = range(
    1, 9
)
# Marks a line that repeats the header in force: no record, and nothing wrong with it.
HEADER: Final = len(REASONS)
_SHOWN: Final = 60
_STRAY_RETURN: Final = re.compile(rb"\r(?!\n)")
_REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"

# Fields whose text is checked; a header can pass for a record only where a format has none of them.
_CHECKED: Final = frozenset({"version", *_NUMBERS, *_SMALL_NUMBERS, *_ADDRESSES, *_WORDS})


@dataclass(frozen=True, slots=True)
class Records:
    """Lines of one input as columns.

    `frame` has one column a field: numbers typed, open text `String`, all else `Categorical`; `rows` says which line
    of the piece each row is. `reasons` (codes of REASONS, and HEADER) says for every line whether it is a record.
    `addresses` is aligned with the physical codes of the address columns; `coded` remembers what `codes` found.
    """

    frame: pl.DataFrame
    rows: NDArray[np.int64]
    reasons: NDArray[np.uint8]
    culprits: NDArray[np.uint8]
    fields: tuple[str, ...]
    addresses: ParsedAddresses
    lines: int
    octets: int
    data: bytes
    ends: NDArray[np.int64]
    raw_addresses: pl.Series
    coded: dict[str, tuple[NDArray[np.intp], list[str]]] = field(default_factory=dict)

    @property
    def begins(self) -> NDArray[np.int64]:
        """Where each line begins in `data`."""
        return np.concatenate((np.zeros(1, dtype=self.ends.dtype), self.ends[:-1] + 1))

    @property
    def reason_texts(self) -> Sequence[str]:
        """Names of the reason codes."""
        return REASONS

    @property
    def says_coverage(self) -> NDArray[np.bool_]:
        """Rows in which the source speaks about its own seeing."""
        if "log-status" not in self.frame.columns:
            return np.zeros(self.frame.height, dtype=np.bool_)
        return self._is_one_of("log-status", {"NODATA", "SKIPDATA"})

    @property
    def broken(self) -> NDArray[np.intp]:
        """Lines that are neither records nor headers."""
        return np.flatnonzero((self.reasons != 0) & (self.reasons != HEADER))

    def good(self) -> Records:
        """Only the lines that are records."""
        return self.where(self.reasons == 0) if self.reasons.any() else self

    def where(self, mask: NDArray[np.bool_]) -> Records:
        """Only the rows of the frame for which `mask` holds."""
        if mask.all():
            return self
        codes = {name: (codes[mask], texts) for name, (codes, texts) in self.coded.items()}
        return replace(self, frame=self.frame.filter(pl.Series(mask)), rows=self.rows[mask], coded=codes)

    def describe(self, row: int) -> str:
        """Say for people what is wrong with one line."""
        reason = int(self.reasons[row])
        parts = self.line(row).decode("utf-8", "replace").split(" ")
        if reason in {_TOO_FEW, _TOO_MANY}:
            found = "the line is empty" if parts == [""] else f"{len(parts)} field{'s' if len(parts) > 1 else ''}"
            return f"{found} where the format has {len(self.fields)}"
        name = self.fields[int(self.culprits[row])]
        shown = _shown(parts[int(self.culprits[row])])
        return {
            _EMPTY: f"{name} is empty",
            _NOT_A_NUMBER: f"{name} `{shown}` is not a number",
            _OUT_OF_RANGE: f"{name} `{shown}` is out of range",
            _NOT_AN_ADDRESS: f"{name} `{shown}` is not an address",
            _UNKNOWN_WORD: f"{name} `{shown}` is not a word of this format",
            _END_BEFORE_START: "end lies before start",
        }[reason]

    def line(self, row: int) -> bytes:
        """Bytes of one line, without its end."""
        begin = int(self.ends[row - 1]) + 1 if row else 0
        return self.data[begin : int(self.ends[row])].removesuffix(b"\r")

    def lines_of(self, rows: NDArray[np.intp]) -> bytes:
        """Bytes of some lines, with their ends, one after the other."""
        begins = self.begins[rows]
        lengths = self.ends[rows] + 1 - begins
        shift = np.repeat(begins - (np.cumsum(lengths) - lengths), lengths)
        return np.frombuffer(self.data, dtype=np.uint8)[shift + np.arange(len(shift))].tobytes()

    def column(self, name: str, dtype: pl.DataType | type[pl.DataType]) -> pl.Series:
        """Return a typed column, all null where the format lacks the field."""
        if name in self.frame.columns:
            return self.frame[name]
        return pl.Series(name, [None], dtype=dtype).new_from_index(0, self.frame.height)

    def text(self, name: str) -> pl.Series:
        """Return a text column, null for `-` and where the format lacks the field."""
        if name not in self.frame.columns:
            return pl.Series(name, [None], dtype=pl.String).new_from_index(0, self.frame.height)
        text = self.frame[name].cast(pl.String)
        return pl.select(pl.when(text != "-").then(text)).to_series()

    def mapped(self, name: str, words: Mapping[str, str], dtype: pl.Enum) -> pl.Series:
        """Return a word column in our vocabulary, null for every other word."""
        if name not in self.frame.columns:
            return pl.Series(name, [None], dtype=dtype).new_from_index(0, self.frame.height)
        codes, texts = self.codes(name)
        table = pl.Series([words.get(text) for text in texts], dtype=dtype)
        return table.gather(pl.Series(codes))

    def small_number(self, name: str) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
        """Values 0 to 255 of a field and where there is one."""
        if name not in self.frame.columns:
            return np.zeros(self.frame.height, np.uint8), np.zeros(self.frame.height, np.bool_)
        codes, texts = self.codes(name)
        values = [_small_number(text) for text in texts]
        present = np.array([value is not None for value in values], dtype=np.bool_)
        return np.array([value or 0 for value in values], dtype=np.uint8)[codes], present[codes]

    def address(self, name: str, absent: np.uint32) -> NDArray[np.uint32]:
        """Positions in `addresses`, `absent` for `-` and where the format lacks the field."""
        if name not in self.frame.columns:
            return np.full(self.frame.height, absent)
        codes = self.frame[name].to_physical().to_numpy()
        return np.where(self.addresses.version[codes] == 0, absent, codes).astype(np.uint32)

    def codes(self, name: str) -> tuple[NDArray[np.intp], list[str]]:
        """Dense codes of a text column, and the text of each code; the last code is that of null."""
        found = self.coded.get(name)
        if found is None:
            found = self.coded[name] = _distinct(self.frame[name])
        return found

    def _is_one_of(self, name: str, words: set[str]) -> NDArray[np.bool_]:
        codes, texts = self.codes(name)
        return np.array([text in words for text in texts], dtype=np.bool_)[codes]


def _shown(value: str) -> str:
    """Shorten text, and escape what a terminal would not print or would act on."""
    kept = value if len(value) <= _SHOWN else value[:_SHOWN] + "..."
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in kept)


def _distinct(column: pl.Series) -> tuple[NDArray[np.intp], list[str]]:
    """Dense codes of a categorical column, and the text of each code; the last code is that of null."""
    unique = column.unique().drop_nulls()
    physical = unique.to_physical().to_numpy()
    beyond = int(physical.max()) + 1 if len(physical) else 0
    number = np.full(beyond + 1, len(physical), dtype=np.intp)
    number[physical] = np.arange(len(physical))
    return number[column.to_physical().fill_null(beyond).to_numpy()], [*unique.cast(pl.String).to_list(), ""]


def read_records(data: bytes, fields: tuple[str, ...]) -> Records:
    """Read the lines of `data` up to its end, or up to a header in it.

    Raises nothing on any bytes: a line that is no record has a reason.
    """
    if not data.endswith(b"\n"):
        data += b"\n"
    raw = np.frombuffer(data, dtype=np.uint8)
    ends = np.flatnonzero(raw == _NEWLINE)
    begins = np.concatenate((np.zeros(1, dtype=ends.dtype), ends[:-1] + 1))
    separators = _separators(raw, begins)
    words = pl.Categorical(pl.Categories.random())
    addresses = pl.Categorical(pl.Categories.random())
    types: dict[str, pl.DataType] = dict.fromkeys(fields, words)
    types |= {name: _NUMBERS[name] for name in fields if name in _NUMBERS}
    types |= {name: addresses for name in fields if name in _ADDRESSES}
    types |= {name: pl.String() for name in fields if name in _TEXTS}
    frame = _split(data, fields, types)
    reasons = np.zeros(len(ends), dtype=np.uint8)
    reasons[separators < len(fields) - 1] = _TOO_FEW
    reasons[separators > len(fields) - 1] = _TOO_MANY
    book = _address_book(frame)
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


def _address_book(frame: pl.DataFrame) -> pl.Series:
    """Each distinct address text of the piece, at the position of its category."""
    columns = [frame[name].unique().drop_nulls() for name in _ADDRESSES if name in frame.columns]
    texts = pl.concat(columns).unique() if columns else pl.Series([], dtype=pl.Categorical)
    # The line of dashes makes `-` the first category, so the positions have no gap but where only it was.
    physical = texts.to_physical()
    size = int(physical.to_numpy().max(initial=0)) + 1
    return pl.Series(["-"], dtype=pl.String).new_from_index(0, size).scatter(physical, texts.cast(pl.String))


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
            blame(frame[name].is_null().to_numpy(), _EMPTY, position)
    _reread_numbers(records, numbers, blame)
    for position, name in enumerate(records.fields):
        _judge_field(records, name, position, blame)
    if "start" in frame.columns and "end" in frame.columns:
        before = (frame["end"] < frame["start"]).fill_null(value=False)
        if before.any():
            blame(before.to_numpy(), _END_BEFORE_START, records.fields.index("end"))


def _judge_field(records: Records, name: str, position: int, blame: _Blame) -> None:
    """Blame what stands in one field of each line, empty fields and unreadable numbers apart."""
    column = records.frame[name]
    if name in _NUMBERS:
        top = _LAST_SECOND if name in {"start", "end"} else (1 << 63) - 1
        low, high = column.min(), column.max()
        if isinstance(low, int) and isinstance(high, int) and (low < 0 or high > top):
            values = column.fill_null(0).to_numpy()
            blame((values < 0) | (values > top), _OUT_OF_RANGE, position)
    elif name in _ADDRESSES:
        invalid = (records.addresses.version == 0) & (records.raw_addresses != "-").to_numpy()
        if invalid.any():
            codes = column.to_physical().fill_null(0).to_numpy()
            blame(invalid[codes], _NOT_AN_ADDRESS, position)
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
            (text.is_null(), _EMPTY),
            (~is_number & (text != "-"), _NOT_A_NUMBER),
            (is_number & records.frame[name].gather(pl.Series(rows)).is_null(), _OUT_OF_RANGE),
        ):
            whole = np.zeros(records.lines, dtype=np.bool_)
            whole[rows[mask.fill_null(value=False).to_numpy()]] = True
            blame(whole, reason, position)


def _word_reason(name: str, text: str) -> int:
    if text in _NOTHING:
        return 0
    if name in _WORDS:
        return 0 if text in _WORDS[name] else _UNKNOWN_WORD
    if not _NUMBER.fullmatch(text):
        return _NOT_A_NUMBER
    return 0 if name == "version" or _small_number(text) is not None else _OUT_OF_RANGE


def _small_number(text: str) -> int | None:
    """Value 0 to 255 of a field, null for every other text."""
    digits = text.removeprefix("+").lstrip("0") or text[-1:]
    if len(digits) > _SMALL_DIGITS or not (digits.isascii() and digits.isdigit()):
        return None
    return int(digits) if int(digits) <= np.iinfo(np.uint8).max else None


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
