"""Lines of a flow log as columns, with the reason where a line is no record.

Decides how a field is handed on: `-` is null, a word becomes one of our vocabulary, a problem is said for people.
`read` decides which lines are records.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from collectors.aws_vpc.fields import shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from monitor.address import ParsedAddresses

NOTHING: Final = frozenset({"-", ""})
_SMALL_DIGITS: Final = 3

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
TOO_FEW, TOO_MANY, EMPTY, NOT_A_NUMBER, OUT_OF_RANGE, NOT_AN_ADDRESS, UNKNOWN_WORD, END_BEFORE_START = range(1, 9)
# Marks a line that repeats the header in force: no record, and nothing wrong with it.
HEADER: Final = len(REASONS)


@dataclass(frozen=True, slots=True)
class Records:
    """Lines of one input as columns.

    `frame` has one column a field: numbers typed, addresses as positions in `addresses`, open text `String`, all else
    `Categorical`; `rows` says which line of the piece each row is: not always the next. `reasons` (codes of REASONS,
    and HEADER) says for every line whether it is a record. `raw_addresses` are the texts that `addresses` were read
    from; `coded` remembers what `codes` found.
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
        if reason in {TOO_FEW, TOO_MANY}:
            found = "the line is empty" if parts == [""] else f"{len(parts)} field{'s' if len(parts) > 1 else ''}"
            return f"{found} where the format has {len(self.fields)}"
        name = self.fields[int(self.culprits[row])]
        text = shown(parts[int(self.culprits[row])])
        return {
            EMPTY: f"{name} is empty",
            NOT_A_NUMBER: f"{name} `{text}` is not a number",
            OUT_OF_RANGE: f"{name} `{text}` is out of range",
            NOT_AN_ADDRESS: f"{name} `{text}` is not an address",
            UNKNOWN_WORD: f"{name} `{text}` is not a word of this format",
            END_BEFORE_START: "end lies before start",
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
        values = [small_number(text) for text in texts]
        present = np.array([value is not None for value in values], dtype=np.bool_)
        return np.array([value or 0 for value in values], dtype=np.uint8)[codes], present[codes]

    def address(self, name: str, absent: np.uint32) -> NDArray[np.uint32]:
        """Positions in `addresses`, `absent` for `-` and where the format lacks the field."""
        if name not in self.frame.columns:
            return np.full(self.frame.height, absent)
        codes = self.frame[name].to_numpy()
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


def _distinct(column: pl.Series) -> tuple[NDArray[np.intp], list[str]]:
    """Dense codes of a categorical column, and the text of each code; the last code is that of null."""
    unique = column.unique().drop_nulls()
    physical = unique.to_physical().to_numpy()
    beyond = int(physical.max()) + 1 if len(physical) else 0
    number = np.full(beyond + 1, len(physical), dtype=np.intp)
    number[physical] = np.arange(len(physical))
    return number[column.to_physical().fill_null(beyond).to_numpy()], [*unique.cast(pl.String).to_list(), ""]


def small_number(text: str) -> int | None:
    """Value 0 to 255 of a field, null for every other text."""
    digits = text.removeprefix("+").lstrip("0") or text[-1:]
    if len(digits) > _SMALL_DIGITS or not (digits.isascii() and digits.isdigit()):
        return None
    return int(digits) if int(digits) <= np.iinfo(np.uint8).max else None
