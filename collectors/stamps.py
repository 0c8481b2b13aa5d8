"""Time stamps of text logs as instants, where the text and the site tell them for sure.

Decides that a stamp without a zone counts in the site's `time_zone:`, one without a year in its `year:`, and that
without these it tells no instant: such a record is decoded and not judged. Refuses to look at the clock or at the age
of a file. Where a stamp without a year goes back from December to January, the next year has begun. `year:` and
`year_from_month:` hold for inputs that begin while they stand there: one that is read on keeps what it began with.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import polars as pl

from monitor import schema

if TYPE_CHECKING:
    from collectors.contract import SourceOptions

MONTHS: Final = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
# What a stamp may look like, each a group of its own: RFC 3339 with or without a zone, RFC 3164, BIND's own, Unix time.
_CLOCK: Final = r"[0-9][0-9]:[0-9][0-9]:[0-9][0-9]"
STAMP: Final = (
    rf"(?P<iso>[0-9]{{4}}-[0-9][0-9]-[0-9][0-9][T ]{_CLOCK}(?:[.,][0-9]{{1,9}})?(?:Z|[+-][0-9][0-9](?::?[0-9][0-9])?)?)"
    rf"|(?P<bsd>(?:{MONTHS}) {{1,2}}[0-9]{{1,2}} (?:[0-9]{{4}} )?{_CLOCK}(?:\.[0-9]{{1,9}})?)"
    rf"|(?P<named>[0-9][0-9]-(?:{MONTHS})-[0-9]{{4}} {_CLOCK}(?:\.[0-9]{{1,9}})?)"
    r"|(?P<unix>[0-9]{9,10}\.[0-9]{1,6})"
    r"|\[(?P<epoch>[0-9]{9,10})\]"
)
FORMS: Final = ("iso", "bsd", "named", "unix", "epoch")
_MONTH_NUMBER: Final = {name: number for number, name in enumerate(MONTHS.split("|"), start=1)}
_LEAP_YEAR: Final = 2024  # whether a day exists at all is asked of a year that has every day
_LAST_YEAR: Final = 9999
_DECEMBER_AFTER_JANUARY: Final = 11
_NAIVE: Final = pl.Datetime("us")
_ZONED: Final = re.compile(r"(?:Z|[+-]\d\d(?::?\d\d)?)$").pattern


@dataclass(frozen=True, slots=True)
class Times:
    """Instants of a column of stamps; `impossible` where a stamp names a day or an hour that does not exist."""

    instant: pl.Series
    impossible: pl.Series


class Stamps:
    """Reads the stamps of one input in order; carries the month and the year of the last one without a year."""

    def __init__(self, options: SourceOptions) -> None:
        """Take the site's zone and year.

        Raises:
            ValueError: there is no such zone.
        """
        self._zone = options.time_zone
        self._year = options.year
        self._from_month = options.year_from_month
        self._month = 0
        self._years = 0
        check_zone(self._zone)

    def state(self) -> list[int]:
        """Month of the last stamp without a year (0: none yet), how many New Years were passed, since which year."""
        return [self._month, self._years, (self._year or 0) if self._month else 0]

    def resume(self, state: list[int]) -> None:
        """Go on after that month; a year that was begun with stays, whatever the site says by now."""
        self._month, self._years, *begun = state  # states of before have no year
        if any(begun):
            self._year = begun[0]

    def times(self, stamps: pl.DataFrame) -> Times:
        """Read the columns that `STAMP` gives, of which a row has at most one; null where it has none."""
        height = stamps.height
        instant = pl.Series("time", [None], dtype=schema.TIME).new_from_index(0, height)
        impossible = pl.Series([False]).new_from_index(0, height)
        for form in FORMS:
            column = stamps[form]
            if column.null_count() == height:
                continue
            rows = column.is_not_null().arg_true()
            found, exists = self._read(form, column.gather(rows))
            instant = instant.scatter(rows, found)
            impossible = impossible.scatter(rows, ~exists)
        return Times(instant, impossible)

    def _read(self, form: str, text: pl.Series) -> tuple[pl.Series, pl.Series]:
        if form in {"unix", "epoch"}:
            microseconds = (text.cast(pl.Float64) * 1e6).round().cast(pl.Int64)
            return microseconds.cast(schema.TIME), text.is_not_null()
        if form == "named":
            naive = _parsed(text, "%d-%b-%Y %H:%M:%S%.f")
            return placed(naive, self._zone), naive.is_not_null()
        if form == "bsd":
            return self._without_year(text)
        return self._rfc3339(text)

    def _rfc3339(self, text: pl.Series) -> tuple[pl.Series, pl.Series]:
        even = text.str.replace(" ", "T", literal=True).str.replace(",", ".", literal=True)
        zoned = even.str.contains(_ZONED)
        full = even.str.replace(r"Z$", "+00:00").str.replace(r"([+-]\d\d)$", "${1}:00")
        sure = full.zip_with(zoned, _nothing(full)).str.to_datetime(
            "%Y-%m-%dT%H:%M:%S%.f%z", time_unit="us", time_zone="UTC", strict=False
        )
        if zoned.all():
            return sure, sure.is_not_null()
        naive = _parsed(even.zip_with(~zoned, _nothing(even)), "%Y-%m-%dT%H:%M:%S%.f")
        return sure.zip_with(zoned, placed(naive, self._zone)), sure.is_not_null() | naive.is_not_null()

    def _without_year(self, text: pl.Series) -> tuple[pl.Series, pl.Series]:
        """Stamps of RFC 3164; some programs write the year after the day."""
        even = text.str.replace_all("  ", " ", literal=True)
        has_year = even.str.contains(r"^\w{3} \d{1,2} \d{4} ")
        with_year = even.str.replace(r"^(\w{3} \d{1,2}) (\d{4}) (.*)$", "${2} ${1} ${3}")
        years = self._years_of(even)
        told = pl.Series(years.clip(1, _LAST_YEAR)).cast(pl.String).str.zfill(4) + " " + even
        naive = _parsed(with_year.zip_with(has_year, told), "%Y %b %d %H:%M:%S%.f")
        any_year = _parsed(with_year.zip_with(has_year, f"{_LEAP_YEAR} " + even), "%Y %b %d %H:%M:%S%.f")
        sure = has_year if self._year is None else (has_year | pl.Series(years <= _LAST_YEAR))
        return placed(naive.zip_with(sure, _nothing(naive)), self._zone), any_year.is_not_null()

    def _years_of(self, text: pl.Series) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """Year of each stamp: a step back of two months or more begins the next year; January to December steps back.

        One month back is a record that came late at the end of a month.
        """
        month = text.str.slice(0, 3).replace_strict(_MONTH_NUMBER, return_dtype=pl.Int64).to_numpy()
        if not self._month and month[0] < self._from_month:
            self._years = 1
        before = np.concatenate(([self._month or month[0]], month[:-1]))
        change = month - before
        step = np.where(change == _DECEMBER_AFTER_JANUARY, -1, np.where(change < -1, 1, 0))
        years = self._years + np.cumsum(step)
        self._month, self._years = int(month[-1]), int(years[-1])
        return (self._year or _LEAP_YEAR) + years


def check_zone(zone: str | None) -> None:
    """Refuse a zone that is none.

    Raises:
        ValueError: there is no such zone; the message says which.
    """
    try:
        ZoneInfo(zone or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        message = f"there is no time zone {zone}"
        raise ValueError(message) from error


def placed(naive: pl.Series, zone: str | None) -> pl.Series:
    """Local time of a zone as instants; null without a zone.

    Where the clock goes back, the first of the two instants; a time that the clock leaps over is none.
    """
    if zone is None:
        return pl.Series(naive.name, [None], dtype=schema.TIME).new_from_index(0, len(naive))
    local = naive.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    return local.dt.convert_time_zone("UTC")


def _parsed(text: pl.Series, form: str) -> pl.Series:
    return text.str.to_datetime(form, time_unit="us", strict=False).cast(_NAIVE)


def _nothing(like: pl.Series) -> pl.Series:
    return pl.Series(like.name, [None], dtype=like.dtype).new_from_index(0, len(like))
