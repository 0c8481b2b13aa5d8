"""What the events of all types share: their line, who saw them, and their attributes; and which lines are broken.

Decides the columns that every event carries. A value that no schema column can hold makes its line a bad record.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from collectors.attributes import attribute_objects
from collectors.contract import SAMPLED_BAD_RECORDS
from collectors.json_lines import ROW, BadLine
from collectors.suricata.words import positions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from monitor.address import ParsedAddresses

NOT_AN_ADDRESS: Final = "not_an_address"
OUT_OF_RANGE: Final = "out_of_range"
END_BEFORE_START: Final = "end_before_start"
_LARGEST_PORT: Final = 65_535
_SHOWN: Final = 60


@dataclass(slots=True)
class Events:
    """Events of one type: their frame as the reader gave it, and which rows have turned out to be broken."""

    frame: pl.DataFrame
    book: ParsedAddresses
    broken: NDArray[np.bool_] = field(init=False)
    bad: list[BadLine] = field(default_factory=list)
    reasons: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin with no broken rows."""
        self.broken = np.zeros(self.frame.height, np.bool_)

    def blame(
        self, wrong: NDArray[np.bool_], reason: str, columns: Sequence[str], names: Sequence[str], what: str
    ) -> None:
        """Call rows broken that were not yet; `what` is said with the names and values of the columns."""
        rows = np.flatnonzero(wrong & ~self.broken)
        if not len(rows):
            return
        self.broken[rows] = True
        self.reasons[reason] = self.reasons.get(reason, 0) + len(rows)
        some = self.frame[rows[:SAMPLED_BAD_RECORDS].tolist()]
        values = [some[column].cast(pl.String).to_list() for column in columns]
        for row, *said in zip(some[ROW].to_list(), *values, strict=True):
            shown = " and ".join(f"{name} `{_shown(value)}`" for name, value in zip(names, said, strict=True))
            self.bad.append(BadLine(row, reason, f"{shown} {what}"))

    def address(self, column: str) -> pl.Series:
        """Positions of an address column in the book; text that is none makes the row broken."""
        places, wrong = positions(self.frame[column], self.book)
        self.blame(wrong, NOT_AN_ADDRESS, [column], [column], "is not an address")
        return places

    def port(self, column: str) -> pl.Series:
        """Ports; a number that is none makes the row broken."""
        numbers = self.frame[column]
        ports = numbers.cast(pl.UInt16, strict=False)
        if ports.null_count() != numbers.null_count():
            wrong = (ports.is_null() & numbers.is_not_null()).to_numpy()
            self.blame(wrong, OUT_OF_RANGE, [column], [column], f"is not between 0 and {_LARGEST_PORT}")
        return ports

    def count(self, column: str, name: str) -> pl.Series:
        """Return counts; a negative one makes the row broken."""
        numbers = self.frame[column]
        if (numbers.min() or 0) < 0:  # type: ignore[operator]
            self.blame((numbers < 0).fill_null(value=False).to_numpy(), OUT_OF_RANGE, [column], [name], "is negative")
        return numbers


def origin(frame: pl.DataFrame, first_line: int) -> list[pl.Series]:
    """Give the line, the observer (host or sensor name and interface) and what a sensor cannot know."""
    host = frame["host"].cast(pl.String)
    if host.null_count():
        host = pl.select(pl.coalesce(host, frame["sensor_name"].cast(pl.String))).to_series()
    observer = pl.select(pl.concat_str(host, frame["in_iface"].cast(pl.String), separator=" ", ignore_nulls=True))
    text = observer.to_series()
    nothing = pl.Series([None], dtype=pl.String).new_from_index(0, frame.height)
    return [
        line(frame, first_line),
        pl.select(pl.when(text != "").then(text)).to_series().alias("observer"),
        *(nothing.alias(name) for name in ("account", "network_id", "region_hint", "service_hint")),
    ]


def line(frame: pl.DataFrame, first_line: int) -> pl.Series:
    """Numbers of the lines that the rows stand in."""
    return (frame[ROW].cast(pl.UInt64) + first_line).alias("line")


def attributes(columns: dict[str, pl.Series], height: int) -> pl.Series:
    """One JSON object a row of what has a value; columns of any type."""
    kept = {name: _as_words(column) for name, column in columns.items() if column.null_count() < height}
    return attribute_objects(kept, height, absent="").alias("attributes")


def _as_words(column: pl.Series) -> pl.Series:
    if isinstance(column.dtype, pl.Categorical):
        return column
    if column.dtype == pl.Boolean:
        names = pl.Series(["false", "true"], dtype=pl.Categorical(pl.Categories.random()))
        return names[column.cast(pl.UInt32)]
    return column.cast(pl.String).cast(pl.Categorical(pl.Categories.random()))


def _shown(value: object) -> str:
    text = str(value)
    kept = text if len(text) <= _SHOWN else text[:_SHOWN] + "..."
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in kept)
