"""Give flows the names that other records of their conversation tell: Zeek's ssl.log, Suricata's tls events.

Decides which name belongs to a flow: one of its source, with its key, told within the conversation give or take the
slack. What decides is where both stand in event time and in their inputs, never when they were read, so that neither
order, batches nor a kill change a name.

Event time is a clock for each input: the largest time so far. A time more than a day ahead of the one before counts
only when the next one says so too: a single wild time moves nothing. A flow sees

- the names of its own input that stand above it;
- where its input gives no names (conn.log): those of others whose clock is at most the slack ahead of its own;
- where it does (eve.json): those of others that lie before the beginning of its input, as of a file rotated away.

Names are held for as long as a conversation may last, and no more than a bound of them: beyond it the oldest go first,
and are counted. Flows never wait here: `interleaving` reads an input no further than names can be known.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from collectors.contract import Batch, Flows, Names

    Microseconds = NDArray[np.int64]

KEY: Final = "join_key"
SLACK_SECONDS: Final = 120.0
_MICROSECONDS: Final = 1_000_000
_LEAP: Final = 86_400 * _MICROSECONDS
# Which of several names is taken, first that applies: what the client asked the server for, then what it asked through
# it. Of the same sort the first in time. A name that was asked of a resolver is no name of that conversation.
_RANK: Final = {"tls": 0, "quic": 0, "http": 1}
HELD: Final = {
    "reading": pl.Int64(),
    "line": pl.UInt64(),
    "clock": pl.Int64(),
    "time": pl.Int64(),
    KEY: pl.String(),
    "name": pl.String(),
    "rank": pl.UInt8(),
    "shared": pl.Boolean(),
}


@dataclass(frozen=True, slots=True)
class JoinSettings:
    """How names are joined: the slack, for how long a name is held, and how many at most."""

    slack_seconds: float = SLACK_SECONDS
    hold_seconds: float = 86_400.0
    most_names: int = 500_000

    @property
    def slack(self) -> int:
        """The slack in microseconds."""
        return round(self.slack_seconds * _MICROSECONDS)

    @property
    def hold(self) -> int:
        """How long a name is held, in microseconds."""
        return round(self.hold_seconds * _MICROSECONDS)


@dataclass(frozen=True, slots=True)
class Clock:
    """How far an input is in event time (microseconds), and the last time that it told."""

    at: int | None = None
    last: int | None = None

    def spelled(self) -> str:
        """The same as text, for `of`."""
        return json.dumps([self.at, self.last])

    @classmethod
    def of(cls, spelled: str) -> Clock:
        """Read what `spelled` gave; a clock that has not begun where there is nothing."""
        return cls(*json.loads(spelled)) if spelled else cls()


@dataclass(frozen=True, slots=True)
class Ticks:
    """Lines of a batch that tell a time, and the clock at each; `after` is the clock behind them."""

    lines: NDArray[np.uint64]
    clocks: Microseconds
    after: Clock

    @classmethod
    def of(cls, batch: Batch, before: Clock) -> Ticks:
        """Let the clock of an input run over a batch."""
        parts = [flows.frame.select("line", pl.col("end_time").alias("time")) for flows in batch.flows]
        parts += [names.frame.select("line", "time") for names in batch.names]
        parts += [admins.frame.select("line", "time") for admins in batch.admins]
        if not parts:
            return cls(np.zeros(0, np.uint64), np.zeros(0, np.int64), before)
        told = pl.concat(parts).drop_nulls("time").sort("line", maintain_order=True).unique("line", keep="first")
        told = told.sort("line")
        lines, times = told["line"].to_numpy(), told["time"].to_physical().to_numpy()
        if not len(times):
            return cls(lines, times, before)
        first = times[0] if before.last is None else before.last
        previous = np.concatenate(([first], times[:-1]))
        clocks = np.maximum.accumulate(np.where(times - previous > _LEAP, previous, times))
        if before.at is not None:
            clocks = np.maximum(clocks, before.at)
        return cls(lines, clocks, Clock(int(clocks[-1]), int(times[-1])))

    def at(self, lines: NDArray[np.uint64]) -> Microseconds:
        """The clock at some of the lines."""
        return self.clocks[np.minimum(np.searchsorted(self.lines, lines), max(len(self.clocks) - 1, 0))]


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a reading asks: to name the flows of a piece. `clock` is that of its input before the piece.

    `ledger_id` numbers the input in the ledger, where it is known there.
    """

    batch: Batch
    clock: Clock
    ledger_id: int | None = None


@dataclass(frozen=True, slots=True)
class Recall:
    """What a reading says before it goes on where a ledger says: the names of what lies before are there."""

    ledger_id: int


@dataclass(frozen=True, slots=True)
class Named:
    """The answer: the piece with names, the clock behind it, the names that it gave, and what became of older ones.

    No flow to come asks for a name whose clock lies before `names_from`. `evicted` counts names that went too early.
    """

    batch: Batch
    clock: Clock
    names: pl.DataFrame
    names_from: int | None
    evicted: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a batch stands: the numbers of its input, whether that gives names, where it begins, and its clock."""

    own: tuple[int, ...]
    gives: bool
    begin: int | None
    ticks: Ticks


def gives_names(batch: Batch) -> bool:
    """Whether an input may give names to flows: it has a part of such, even an empty one."""
    return any(KEY in names.frame.columns for names in batch.names)


def takes_names(batch: Batch) -> bool:
    """Whether a batch holds flows to which a name may belong."""
    return any(
        KEY in flows.frame.columns and flows.frame[KEY].null_count() < flows.frame.height for flows in batch.flows
    )


@dataclass(slots=True)
class NamesHeld:
    """The names of one source that flows may ask for; `evicted` counts those that went for want of room."""

    settings: JoinSettings
    _parts: list[pl.DataFrame] = field(default_factory=list)
    _rows: int = 0

    def take(self, batch: Batch, standing: Standing) -> pl.DataFrame:
        """Hold the names of a batch; gives them, as `HELD`."""
        parts = [_held(names, standing) for names in batch.names if KEY in names.frame.columns]
        names = pl.concat(parts) if parts else pl.DataFrame(schema=HELD)
        self.recall(names)
        return names

    def recall(self, names: pl.DataFrame) -> None:
        """Hold names that were taken before, as `HELD`."""
        if names.height:
            self._parts.append(names)
            self._rows += names.height

    def forget(self, readings: Sequence[int]) -> None:
        """Let go of the names of an input, by its numbers."""
        if self._rows:
            self._parts = [self._held().filter(~pl.col("reading").is_in(list(readings)))]
            self._rows = self._parts[0].height

    def let_go(self, until: int | None) -> int:
        """Let go of names that no flow can ask for any more, and of the oldest beyond the bound: counts only these.

        `until`: no flow that comes has a clock before it; null: not known yet.
        """
        if self._rows <= self.settings.most_names and len(self._parts) < _PARTS:
            return 0
        held = self._held()
        if until is not None:
            held = held.filter(pl.col("clock") >= until - self.settings.hold)
        beyond = max(0, held.height - self.settings.most_names)
        if beyond:
            held = held.sort("clock", "time", KEY, "name", "reading", "line").slice(beyond)
        self._parts, self._rows = [held], held.height
        return beyond

    def named(self, flows: Flows, standing: Standing) -> Flows:
        """The same flows with the names that belong to them; the very same where there is none."""
        if KEY not in flows.frame.columns or not self._rows:
            return flows
        frame = flows.frame
        asking = (
            frame.select(
                pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"),
                pl.col("line").alias("flow_line"),
                pl.coalesce("start_time", "end_time").to_physical().alias("start"),
                pl.col("end_time").to_physical().alias("end"),
                KEY,
            )
            .filter(frame[KEY].is_not_null() & frame["end_time"].is_not_null() & frame["name"].is_null())
            .with_columns(clock=pl.lit(None, pl.Int64))
        )
        if not asking.height:
            return flows
        clocks = pl.Series("now", standing.ticks.at(asking["flow_line"].to_numpy()))
        found = (
            asking.drop("clock")
            .with_columns(clocks)
            .join(self._held(), on=KEY, how="inner")
            .filter(_told_in_time(self.settings), _visible(standing, self.settings))
        )
        if not found.height:
            return flows
        best = found.sort("row", "rank", "time", "name").unique("row", keep="first", maintain_order=True)
        name = frame["name"].clone().scatter(best["row"], best["name"])
        return replace(flows, frame=frame.with_columns(name.alias("name")))

    def _held(self) -> pl.DataFrame:
        if len(self._parts) > 1:
            self._parts = [pl.concat(self._parts)]
        return self._parts[0] if self._parts else pl.DataFrame(schema=HELD)


# Parts that are held side by side before they are looked through.
_PARTS: Final = 64


def _held(names: Names, standing: Standing) -> pl.DataFrame:
    frame = names.frame
    chosen = frame.select(
        pl.lit(standing.own[0], pl.Int64).alias("reading"),
        "line",
        pl.col("time").to_physical().alias("time"),
        KEY,
        "name",
        pl.col("via").cast(pl.String).replace_strict(_RANK, default=None, return_dtype=pl.UInt8).alias("rank"),
        pl.lit(standing.gives).alias("shared"),
    ).filter(pl.all_horizontal(pl.col(KEY, "name", "time", "rank").is_not_null()))
    clock = pl.Series("clock", standing.ticks.at(chosen["line"].to_numpy()), dtype=pl.Int64)
    return chosen.with_columns(clock).select(list(HELD))


def _told_in_time(settings: JoinSettings) -> pl.Expr:
    """Within the conversation, give or take the slack."""
    return pl.col("time").is_between(pl.col("start") - settings.slack, pl.col("end") + settings.slack)


def _visible(standing: Standing, settings: JoinSettings) -> pl.Expr:
    own = pl.col("reading").is_in(list(standing.own))
    if standing.gives:
        others = pl.lit(standing.begin is not None) & (pl.col("clock") < pl.lit(standing.begin, pl.Int64))
    else:
        others = pl.col("clock") <= pl.col("now") + settings.slack
    held = pl.col("clock") >= pl.col("now") - settings.hold
    return held & pl.when(own).then(pl.col("line") < pl.col("flow_line")).otherwise(pl.col("shared") & others)


def with_flows(batch: Batch, flows: Sequence[Flows]) -> Batch:
    """A batch with other flows; the very same where they are its own."""
    if all(one is other for one, other in zip(flows, batch.flows, strict=True)):
        return batch
    return replace(batch, flows=tuple(flows))
