"""Read times as cloud logs write them: RFC 3339, with any number of fractional digits.

Decides what becomes of odd ones: a time without a zone is UTC, since every cloud log is; digits beyond the
microsecond are cut off, never rounded up into the next second. Refuses any other form.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from monitor import schema

# RFC 3339 has years of four digits; the calendar of dates ends with them.
_LAST: Final = pl.datetime(9999, 12, 31, 23, 59, 59, 999_999, time_zone="UTC", time_unit="us")
_FIRST: Final = pl.datetime(1, 1, 1, time_zone="UTC", time_unit="us")
_USUAL: Final = "%Y-%m-%dT%H:%M:%S%.fZ"
# The parser of that form also takes a sign, and numbers of fewer digits.
_DAY: Final = r"[0-9]{4}-[0-9][0-9]-[0-9][0-9]"
_CLOCK: Final = r"[0-9][0-9]:[0-9][0-9]:[0-9][0-9]"
_USUAL_FORM: Final = rf"^{_DAY}T{_CLOCK}(\.[0-9]+)?Z$"
_FORM: Final = rf"^({_DAY})[Tt ]({_CLOCK})(?:\.([0-9]{{1,6}})[0-9]*)?(?:[Zz]|([+-][0-9][0-9]:[0-9][0-9])| ?UTC)?$"
_MICROSECOND_DIGITS: Final = 6


def instants(texts: pl.Series) -> pl.Series:
    """Times in UTC; null where the text is none.

    Columns in: `String`. Out: `schema.TIME`, under the same name. Source: RFC 3339 section 5.6.
    """
    column = pl.lit(texts)
    read = column.str.to_datetime(_USUAL, strict=False, time_unit="us", time_zone="UTC")
    sound = column.str.contains(_USUAL_FORM) & read.is_between(_FIRST, _LAST)
    usual = pl.select(pl.when(sound).then(read).alias(texts.name)).to_series()
    if usual.null_count() == texts.null_count():
        return usual
    odd = texts.filter(usual.is_null() & texts.is_not_null()).unique()
    return usual.fill_null(texts.replace_strict(odd, _odd(odd), default=None, return_dtype=schema.TIME))


def _odd(texts: pl.Series) -> pl.Series:
    parts = pl.select(pl.lit(texts).str.extract_groups(_FORM)).to_series().struct.unnest()
    day, clock, digits, offset = (pl.col(name) for name in parts.columns)
    local = pl.concat_str(day, pl.lit("T"), clock).str.to_datetime("%Y-%m-%dT%H:%M:%S", strict=False, time_unit="us")
    fraction = digits.str.pad_end(_MICROSECOND_DIGITS, "0").cast(pl.Int64).fill_null(0)
    minutes = offset.str.slice(1, 2).cast(pl.Int64) * 60 + offset.str.slice(4, 2).cast(pl.Int64)
    ahead = pl.when(offset.str.starts_with("-")).then(-minutes).otherwise(minutes).fill_null(0)
    instant = local + pl.duration(microseconds=fraction) - pl.duration(minutes=ahead)
    utc = instant.dt.replace_time_zone("UTC").cast(schema.TIME)
    return parts.select(pl.when(utc.is_between(_FIRST, _LAST)).then(utc)).to_series()
