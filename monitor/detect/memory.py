"""What a site remembers of its past, so that a rule can ask what is new and what is more than usual.

Decides what new is: the hour of the event less the first hour in which the ledger has a counted transfer of the same
system to the same operator, under the same name where one shows, or into the same country. Decides what usual is: an
hour as large as the largest hour on the third-largest of the last 28 days; a pair that spoke on fewer than seven of
them has no habit. So one or two odd days do not become a habit, and a copy every night or every week does.

Everything but the octets by remote address is worked out of the ledger's rows of transfers, of which nothing else need
be kept: `Memory.of` reads them at the start, `after` takes each batch that was committed. The octets by remote address
are kept beside (`remotes_since`). First hours are minima of event time, so that the order in which batches come changes
nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import polars as pl

from monitor import schema
from monitor.detect.fields import REMEMBERED

if TYPE_CHECKING:
    from collections.abc import Sequence

HABIT_DAYS: Final = 28
LEAST_DAYS: Final = 7
_RANK: Final = 3
# How far behind the newest hour the totals of an hour can still grow.
_OPEN_HOURS: Final = 48
_REMOTE_HOURS: Final = 2
MOST_ROWS: Final = 500_000

_PAIR: Final = ("system", "operator", "place_country")
_CONTACT: Final = ("system", "operator", "named_operator")
_COUNTRY: Final = ("system", "place_country")
_TEXT: Final = pl.String()
_HOURLY: Final = pl.Schema({**dict.fromkeys(_PAIR, _TEXT), "hour": schema.TIME, "octets_out": pl.Int64()})
_DAILY: Final = pl.Schema({**dict.fromkeys(_PAIR, _TEXT), "day": schema.TIME, "most": pl.Int64()})
_REMOTE: Final = ("system", "remote_address", "hour")
_REMOTES: Final = pl.Schema({"system": _TEXT, "remote_address": _TEXT, "hour": schema.TIME, "octets_out": pl.Int64()})
_LIVE: Final = pl.col("counted") & (pl.col("activity") != "probe")
_SESSION: Final = _LIVE & (pl.col("activity") == "admin") & (pl.col("direction") == "inbound")


def _first(names: Sequence[str]) -> pl.DataFrame:
    return pl.DataFrame(schema={**dict.fromkeys(names, _TEXT), "first": schema.TIME})


def _no_hours() -> pl.DataFrame:
    return pl.DataFrame(schema=_HOURLY)


def _no_days() -> pl.DataFrame:
    return pl.DataFrame(schema=_DAILY)


def _no_remotes() -> pl.DataFrame:
    return pl.DataFrame(schema=_REMOTES)


@dataclass(frozen=True, slots=True)
class Memory:
    """First hours by system, by operator and name, by country; hours that are open, and the largest hour of each day.

    A value: `after` gives the next one. Each frame is bounded by `MOST_ROWS`; of first hours the earliest stay.
    """

    systems: pl.DataFrame = field(default_factory=lambda: _first(("system",)))
    contacts: pl.DataFrame = field(default_factory=lambda: _first(_CONTACT))
    countries: pl.DataFrame = field(default_factory=lambda: _first(_COUNTRY))
    hours: pl.DataFrame = field(default_factory=_no_hours)
    days: pl.DataFrame = field(default_factory=_no_days)
    remotes: pl.DataFrame = field(default_factory=_no_remotes)

    @classmethod
    def of(cls, transfers: pl.DataFrame) -> Memory:
        """The memory that rows of a ledger give. Columns in: `kept.TRANSFERS`, of all hours that are to count."""
        return cls().after(transfers)

    def after(self, transfers: pl.DataFrame, judged: pl.DataFrame | None = None) -> Memory:
        """The memory once more transfers were committed.

        Columns in: `kept.TRANSFERS`, rows that were not taken before; `judged`: `schema.JUDGED`, the same records, for
        the octets of a session by remote address.
        """
        seen = _hourly(transfers.filter("counted"))
        found = seen.rename({"hour": "first"})
        hours = _summed([self.hours, seen.select(_HOURLY.names())], [*_PAIR, "hour"])
        newest = hours["hour"].max()
        days = (
            hours.with_columns(day=pl.col("hour").dt.truncate("1d"))
            .group_by(*_PAIR, "day")
            .agg(most=pl.col("octets_out").max())
        )
        days = pl.concat([self.days, days.select(_DAILY.names())]).group_by(*_PAIR, "day").agg(pl.col("most").max())
        return replace(
            self,
            systems=_earliest([self.systems, found], ("system",)),
            contacts=_earliest([self.contacts, found], _CONTACT),
            countries=_earliest([self.countries, found.filter(pl.col("place_country").is_not_null())], _COUNTRY),
            hours=_since(hours, "hour", newest, pl.duration(hours=_OPEN_HOURS)),
            days=_since(days, "day", newest, pl.duration(days=HABIT_DAYS + 2)),
            remotes=self.remotes if judged is None else self._remotes_after(judged),
        )

    def with_remotes(self, parts: Sequence[pl.DataFrame]) -> Memory:
        """Go on with octets by remote address that were kept; of what was kept twice the later part is right."""
        readable = [part.select(_REMOTES.names()).cast(_REMOTES) for part in parts if _has_remotes(part)]
        if not readable:
            return self
        return replace(self, remotes=pl.concat(readable).unique(_REMOTE, keep="last", maintain_order=True))

    def remotes_since(self, before: Memory) -> pl.DataFrame:
        """The octets by remote address that are others than `before`."""
        return self.remotes.join(before.remotes, on=_REMOTES.names(), how="anti")

    def remember(self, judged: pl.DataFrame, *, is_taken: bool = False) -> pl.DataFrame:
        """The rows with what is remembered of them. Columns out: `fields.JUDGED`.

        Their own records are part of what is known: a row is never later than the first of its kind. `is_taken`: this
        memory took them already (`after`), so that their octets are not added again.
        """
        judged = judged.drop(_NAMES, strict=False)
        if judged.is_empty():
            return judged.with_columns(pl.lit(None, dtype=column.dtype).alias(column.name) for column in REMEMBERED)
        hour = pl.coalesce("end_time", "time").dt.truncate("1h")
        live = judged.with_row_index("_row").with_columns(hour=hour).filter(_LIVE & pl.col("system").is_not_null())
        # Few combinations stand for many rows: the past is asked about these.
        kinds = [*dict.fromkeys((*_CONTACT, *_PAIR)), "hour"]
        small = live.group_by(kinds).agg("_row", pl.col("octets_out").sum()).with_row_index("_kind")
        asked = small.drop("_row").with_columns(pl.col(kinds[:-1]).cast(pl.String))
        known = self if is_taken else self._with(asked)
        told = known._told(asked)  # noqa: SLF001 - of the same class
        rows = small.select("_kind", "_row").explode("_row").join(told, on="_kind", how="left")
        rows = rows.join(self._sessions(live, is_taken=is_taken), on="_row", how="left")
        return (
            judged.with_row_index("_row")
            .join(rows.select("_row", *_NAMES), on="_row", how="left", maintain_order="left")
            .drop("_row")
        )

    def _with(self, small: pl.DataFrame) -> Memory:
        """What is known once the combinations of a batch are; days that are over stay as they are."""
        found = small.rename({"hour": "first"})
        return replace(
            self,
            systems=_earliest([self.systems, found], ("system",)),
            contacts=_earliest([self.contacts, found], _CONTACT),
            countries=_earliest([self.countries, found.filter(pl.col("place_country").is_not_null())], _COUNTRY),
            hours=_summed([self.hours, small.select(_HOURLY.names())], [*_PAIR, "hour"]),
        )

    def _told(self, small: pl.DataFrame) -> pl.DataFrame:
        """What is known of each combination of a batch, whose own records are known."""
        asked = small
        for name, known, keys in (
            ("system_known_hours", self.systems, ["system"]),
            ("operator_known_hours", self.contacts, [*_CONTACT]),
            ("country_known_hours", self.countries, [*_COUNTRY]),
        ):
            # What there was no room for is as new as can be, but for a country that nobody can name.
            at_least = pl.when(pl.col(keys[-1]).is_not_null() | (name != "country_known_hours")).then(0)
            since = pl.coalesce((pl.col("hour") - pl.col("first")).dt.total_hours(), at_least).alias(name)
            asked = asked.join(known, on=keys, how="left", nulls_equal=True).with_columns(since).drop("first")
        asked = asked.drop("octets_out").join(self.hours, on=[*_PAIR, "hour"], how="left", nulls_equal=True)
        asked = asked.with_columns(pl.col("octets_out").fill_null(0))  # an hour that is long over
        usual = self._usual(asked)
        return (
            asked.join(usual, on="_kind", how="left")
            .with_columns(
                octets_out_hour=pl.col("octets_out"),
                times_habit=pl.col("octets_out") / pl.max_horizontal(pl.col("usual"), pl.lit(1)),
            )
            .with_columns(times_habit=pl.when(pl.col("usual").is_not_null()).then("times_habit"))
            .select("_kind", *(name for name in _NAMES if name != "octets_out_remote_hour"))
        )

    def _usual(self, asked: pl.DataFrame) -> pl.DataFrame:
        """The largest hour that is usual, by combination; those without a habit are absent."""
        today = pl.col("hour").dt.truncate("1d")
        return (
            asked.select("_kind", *_PAIR, today=today)
            .join(self.days, on=[*_PAIR], how="inner", nulls_equal=True)
            .filter(
                (pl.col("day") < pl.col("today")) & (pl.col("day") >= pl.col("today") - pl.duration(days=HABIT_DAYS))
            )
            .group_by("_kind")
            .agg(usual=pl.col("most").top_k(_RANK).min(), days=pl.len())
            .filter(pl.col("days") >= LEAST_DAYS)
            .select("_kind", "usual")
        )

    def _sessions(self, live: pl.DataFrame, *, is_taken: bool) -> pl.DataFrame:
        """Octets of each session's remote address in its hour, by row."""
        rows = _session_rows(live)
        known = self.remotes.join(rows.select(_REMOTE).unique(), on=[*_REMOTE], how="semi")
        total = known if is_taken else _summed([known, rows.select(_REMOTES.names())], [*_REMOTE])
        sums = rows.select("_row", *_REMOTE).join(total, on=[*_REMOTE], how="left")
        return sums.select("_row", octets_out_remote_hour=pl.col("octets_out").fill_null(0))

    def _remotes_after(self, judged: pl.DataFrame) -> pl.DataFrame:
        hour = pl.coalesce("end_time", "time").dt.truncate("1h")
        rows = _session_rows(judged.with_row_index("_row").with_columns(hour=hour))
        total = _summed([self.remotes, rows.select(_REMOTES.names())], [*_REMOTE])
        return _since(total, "hour", total["hour"].max(), pl.duration(hours=_REMOTE_HOURS))


_NAMES: Final = tuple(column.name for column in REMEMBERED)


def _has_remotes(part: pl.DataFrame) -> bool:
    return set(_REMOTES.names()).issubset(part.columns)


def _session_rows(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(_SESSION & pl.col("remote_address").is_not_null() & pl.col("system").is_not_null()).select(
        "_row", pl.col("system").cast(pl.String), "remote_address", "hour", pl.col("octets_out").fill_null(0)
    )


def _hourly(transfers: pl.DataFrame) -> pl.DataFrame:
    """Transfers by what memory asks of them; rows of no system tell nothing of one."""
    kinds = [*dict.fromkeys((*_CONTACT, *_PAIR))]
    return (
        transfers.filter(pl.col("system").is_not_null())
        .with_columns(pl.col("hour").dt.truncate("1h"))
        .group_by(*kinds, "hour")
        .agg(pl.col("octets_out").sum())
    )


def _summed(frames: Sequence[pl.DataFrame], keys: list[str]) -> pl.DataFrame:
    return pl.concat(frames).group_by(keys).agg(pl.col("octets_out").sum())


def _earliest(frames: Sequence[pl.DataFrame], keys: Sequence[str]) -> pl.DataFrame:
    found = pl.concat([frame.select(*keys, "first") for frame in frames]).group_by(*keys).agg(pl.col("first").min())
    return found if found.height <= MOST_ROWS else found.sort("first").head(MOST_ROWS)


def _since(rows: pl.DataFrame, column: str, newest: object, reach: pl.Expr) -> pl.DataFrame:
    kept = rows.filter(pl.col(column) >= pl.lit(newest, dtype=schema.TIME) - reach)
    return kept if kept.height <= MOST_ROWS else kept.sort(column).tail(MOST_ROWS)
