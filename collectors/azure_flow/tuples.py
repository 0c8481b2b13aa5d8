"""Flow tuples as columns: a text of fields between commas each, with the reason where one is no record.

Decides which tuples can be read and what each field means. Refuses to know in which record a tuple stood.

Source: Microsoft, Azure Network Watcher, "NSG flow logs overview" and "Virtual network flow logs", read 2026-11.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from collectors.reasons import Reasons, shown
from monitor.address import ParsedAddresses, parse_addresses

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TOO_FEW: Final = "too_few_fields"
TOO_MANY: Final = "too_many_fields"
EMPTY: Final = "empty_field"
NOT_A_NUMBER: Final = "not_a_number"
OUT_OF_RANGE: Final = "out_of_range"
NOT_AN_ADDRESS: Final = "not_an_address"
UNKNOWN_WORD: Final = "unknown_word"
_WHAT: Final = {
    NOT_A_NUMBER: "is not a number",
    OUT_OF_RANGE: "is out of range",
    NOT_AN_ADDRESS: "is not an address",
    UNKNOWN_WORD: "is not a word of this format",
}

TIME: Final = "Time stamp"
SOURCE, DESTINATION = "Source IP", "Destination IP"
SOURCE_PORT, DESTINATION_PORT = "Source port", "Destination port"
PROTOCOL: Final = "Protocol"
COUNTERS: Final = ("Packets sent", "Bytes sent", "Packets received", "Bytes received")
_ADDRESSES: Final = (SOURCE, DESTINATION)
_NUMBERS: Final[dict[str, pl.DataType]] = {
    TIME: pl.Int64(),
    SOURCE_PORT: pl.UInt16(),
    DESTINATION_PORT: pl.UInt16(),
    **dict.fromkeys(COUNTERS, pl.Int64()),
}
# A time from here on is in milliseconds: in seconds it would be year 5138, in milliseconds below it 1973.
MILLISECONDS_FROM: Final = 100_000_000_000
_LAST_MILLISECOND: Final = 253_402_300_799_999  # 9999-12-31T23:59:59.999Z, the last that RFC 3339 can write
_DIGITS: Final = "^[+-]?[0-9]+$"
_REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, slots=True)
class Layout:
    """Fields of a tuple in order, by the names that Azure gives them.

    `short`: how many fields a tuple of the version without counters has. `words`: fields whose text is one of a few,
    and what each is for us; a protocol may be a number as well. `kept`: fields that stay as the text that they are.
    """

    fields: tuple[str, ...]
    words: Mapping[str, Mapping[str, int]]
    short: int | None = None
    kept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tuples:
    """Tuples as columns: numbers typed (null: not told), words and protocol as the numbers that the layout gives.

    `reasons` says for each whether it is a record; the address columns of `frame` are positions in `addresses`;
    `words` are the fields that are kept as text; `texts` are the tuples as they stood.
    """

    frame: pl.DataFrame
    words: Mapping[str, pl.Series]
    addresses: ParsedAddresses
    reasons: Reasons
    texts: Sequence[str]
    layout: Layout

    def describe(self, row: int, reason: str, name: str) -> str:
        """Say for people what is wrong with one tuple."""
        parts = self.texts[row].split(",")
        if reason in {TOO_FEW, TOO_MANY}:
            count = f"{len(parts)} field{'' if len(parts) == 1 else 's'}"
            return f"the tuple `{shown(self.texts[row])}` has {count} where the format has {len(self.layout.fields)}"
        if reason == EMPTY:
            return f"{name} is empty"
        return f"{name} `{shown(parts[self.layout.fields.index(name)])}` {_WHAT[reason]}"


def read_tuples(texts: Sequence[str], layout: Layout) -> Tuples:
    """Read tuples, one a row.

    Raises nothing on any text: a tuple that is no record has a reason.
    """
    frame = _split(texts, layout)
    # Counted in the text: the reader pads what is short and cuts what is long.
    counted = pl.Series(texts, dtype=pl.String).str.count_matches(",", literal=True).to_numpy() + 1
    reasons = Reasons(len(texts))
    reasons.blame((counted < len(layout.fields)) & (counted != (layout.short or 0)), TOO_FEW, "")
    reasons.blame(counted > len(layout.fields), TOO_MANY, "")
    optional = {*COUNTERS, *(layout.fields[layout.short :] if layout.short is not None else ())}
    for name in layout.fields:
        if name not in optional and frame[name].null_count():
            reasons.blame(frame[name].is_null(), EMPTY, name)
        elif name in layout.words and frame[name].null_count():
            reasons.blame(frame[name].is_null().to_numpy() & (counted == len(layout.fields)), EMPTY, name)
    book = _address_book(frame)
    addresses = parse_addresses(book)
    columns: list[pl.Series] = []
    for name in layout.fields:
        column = frame[name]
        if name in _ADDRESSES:
            columns.append(_positions(column, addresses, reasons, name))
        elif name in _NUMBERS:
            columns.append(_number(column, _NUMBERS[name], reasons, name))
        elif name in layout.words:
            columns.append(_word(column, layout.words[name], reasons, name))
    words = {name: frame[name] for name in layout.kept}
    return Tuples(pl.DataFrame(columns), words, addresses, reasons, texts, layout)


def _split(texts: Sequence[str], layout: Layout) -> pl.DataFrame:
    """One row a tuple. A line of dashes before them tells the reader how many fields to expect."""
    joined = "\n".join(texts)
    if "\r" in joined or joined.count("\n") != max(len(texts) - 1, 0):
        joined = "\n".join(text.replace("\n", _REPLACEMENT).replace("\r", _REPLACEMENT) for text in texts)
    dashes = ",".join(["-"] * len(layout.fields))
    addresses = pl.Categorical(pl.Categories.random())
    words = pl.Categorical(pl.Categories.random())
    types: dict[str, pl.DataType] = dict.fromkeys(layout.fields, pl.String())
    types |= dict.fromkeys(_ADDRESSES, addresses)
    types |= dict.fromkeys((*layout.words, *layout.kept), words)
    return pl.read_csv(
        f"{dashes}\n{joined}\n".encode("utf-8", "replace"),
        separator=",",
        quote_char=None,
        has_header=False,
        schema=types,
        ignore_errors=True,
        truncate_ragged_lines=True,
    ).slice(1)


def _address_book(frame: pl.DataFrame) -> pl.Series:
    """Each distinct address text, at the position of its category."""
    texts = pl.concat([frame[name].unique().drop_nulls() for name in _ADDRESSES]).unique()
    physical = texts.to_physical()
    size = int(physical.to_numpy().max(initial=0)) + 1
    return pl.Series(["-"], dtype=pl.String).new_from_index(0, size).scatter(physical, texts.cast(pl.String))


def _positions(column: pl.Series, addresses: ParsedAddresses, reasons: Reasons, name: str) -> pl.Series:
    codes = column.to_physical().cast(pl.UInt32)
    invalid = addresses.version == 0
    reasons.blame((column.is_not_null() & pl.Series(invalid).gather(codes)), NOT_AN_ADDRESS, name)
    return codes.alias(name)


def _number(column: pl.Series, dtype: pl.DataType, reasons: Reasons, name: str) -> pl.Series:
    number = column.cast(dtype, strict=False)
    if number.null_count() > column.null_count():
        unread = number.is_null() & column.is_not_null()
        is_number = column.str.contains(_DIGITS)
        reasons.blame(unread & ~is_number, NOT_A_NUMBER, name)
        reasons.blame(unread & is_number, OUT_OF_RANGE, name)
    top = _LAST_MILLISECOND if name == TIME else None
    if dtype.is_signed_integer() and number.len():
        low, high = number.min(), number.max()
        if isinstance(low, int) and low < 0:
            reasons.blame(number < 0, OUT_OF_RANGE, name)
        if top is not None and isinstance(high, int) and high > top:
            reasons.blame(number > top, OUT_OF_RANGE, name)
    return number


def _word(column: pl.Series, words: Mapping[str, int], reasons: Reasons, name: str) -> pl.Series:
    """Give the layout's numbers for the words of a column; null where it has none."""
    distinct = column.unique().drop_nulls()
    meant: list[int | None] = []
    for text in distinct.cast(pl.String).to_list():
        number = words.get(text)
        if number is None and name == PROTOCOL:
            number = _protocol(text)
        meant.append(number)
    physical = distinct.to_physical()
    size = int(physical.to_numpy().max(initial=0)) + 1
    table = (
        pl.Series([None], dtype=pl.UInt8).new_from_index(0, size).scatter(physical, pl.Series(meant, dtype=pl.UInt8))
    )
    found = table.gather(column.to_physical().cast(pl.UInt32))
    unknown = found.is_null() & column.is_not_null()
    if unknown.any():
        reasons.blame(unknown, UNKNOWN_WORD, name)
    return found.alias(name)


def _protocol(text: str) -> int | None:
    """Value 0 to 255 of a protocol number, null for every other text."""
    if not (text.isascii() and text.isdigit() and len(text) <= len("255")):
        return None
    return int(text) if int(text) <= np.iinfo(np.uint8).max else None
