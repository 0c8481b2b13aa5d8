"""What matches add up to: one finding per key, its evidence, and what it is at an instant.

Decides the id of a finding, what of its matches is kept, and when it is open. Evidence is in event time and adds up:
first and last are the smallest and largest, sums add, so that the order and the cut of batches change nothing. Being
open is in wall-clock time: a finding is open from a match that is young enough until nothing young has come for its
hold time. It refuses to know rules, exceptions and who is told.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Literal

import polars as pl

from monitor.kept import MOST

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

KEY: Final = ("rule", "system", "operator", "place_country", "control_country")
STATES_OF_AFFAIRS: Final = ("posture", "coverage")
"""Categories that tell a state again and again: what they count does not add up, and silence ends them soon."""
BUCKET_SECONDS: Final = 300
HOUR_SECONDS: Final = 3_600
KINDS_OF_END: Final = {
    "remote": "remote_address",
    "local": "local_address",
    "name": "name",
    "actor": "actor",
    "source": "source",
    "observer": "observer",
}
"""What evidence names, by the column of a match that it comes from."""
_SAID: Final = (
    "level", "category", "peer_system", "data_class", "activity", "direction", "service", "importer",
    "operator_parent", "named_operator", "named_service", "place_candidates", "place_region", "place_confidence",
    "place_verdict", "place_reason", "control_countries", "reach_laws", "control_verdict", "control_reason",
    "mechanism", "actor_kind", "action", "target", "justification", "source", "observer", "account", "basis", "detail",
    "facts",
)  # fmt: skip
"""What the latest match says; it stands for the finding."""
_ID_LETTERS: Final = 10
_TOLD_TOGETHER: Final = 900
_OCTETS: Final = ("octets_out", "octets_in")

State = Literal["past", "open", "resolved"]


@dataclass(frozen=True, slots=True)
class Life:
    """How long a finding lives, in seconds.

    `hold`: it stays open so long after its last young match; `state_hold`: the same of posture and coverage, which are
    told again and again. `young`: a match whose event is older than this opens nothing.
    """

    hold: int = 86_400
    state_hold: int = 900
    young: int = 21_600


@dataclass(frozen=True, slots=True)
class Seen:
    """What some matches add up to; every column but the key of each adds up with what is kept.

    `findings`: one row each. `ends`: one row per finding, kind of end and value. `buckets`: per finding and five
    minutes of event time, of the last two hours only.
    """

    findings: pl.DataFrame
    ends: pl.DataFrame
    buckets: pl.DataFrame

    @property
    def frames(self) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
        """The three, as the ledger takes them."""
        return self.findings, self.ends, self.buckets


def finding_id(key: Sequence[str | None]) -> str:
    """The name that a person types: `f-` and ten letters of base 32, which has no 0, 1, 8 or 9 to mistake.

    Equal keys give equal ids on any machine.
    """
    digest = hashlib.sha256(json.dumps(list(key), ensure_ascii=False).encode()).digest()
    return f"f-{base64.b32encode(digest).decode().lower()[:_ID_LETTERS]}"


@lru_cache(maxsize=16_384)
def _known_id(key: tuple[str | None, ...]) -> str:
    """The same findings go on in every batch."""
    return finding_id(key)


def fold(matches: pl.DataFrame, life: Life, now: int) -> Seen:
    """Add up matches. Columns in: `detect.matches.MATCHES`; `now`: wall clock, seconds since 1970."""
    rows = _prepared(matches)
    ids = rows.select(KEY).unique()
    ids = ids.with_columns(pl.Series("finding", [_known_id(key) for key in ids.rows()], dtype=pl.String))
    rows = rows.join(ids, on=KEY, how="left", nulls_equal=True)
    return Seen(_findings(rows, ids, life, now), _ends(rows), _buckets(rows, now))


def _prepared(matches: pl.DataFrame) -> pl.DataFrame:
    """Text as text, times as whole seconds, and nothing to add where a state is told again."""
    texts = [name for name, dtype in matches.schema.items() if isinstance(dtype, (pl.Categorical, pl.Enum))]
    lists = [name for name, dtype in matches.schema.items() if isinstance(dtype, pl.List)]
    adds = ~pl.col("category").cast(pl.String).is_in(STATES_OF_AFFAIRS)
    return matches.with_columns(
        pl.col(texts).cast(pl.String),
        pl.col(lists).cast(pl.List(pl.String)),
        pl.col("time", "first_time").dt.epoch("s"),
        *(pl.when(adds).then(pl.col(name).fill_null(0)).otherwise(0).alias(name) for name in ("records", *_OCTETS)),
    )


def _findings(rows: pl.DataFrame, ids: pl.DataFrame, life: Life, now: int) -> pl.DataFrame:
    newest = rows.filter(pl.col("time") == pl.col("time").max().over("finding"))
    # Of several at the same second the largest text: any rule does that does not depend on the order.
    latest = newest.select("finding", pl.struct(_SAID).struct.json_encode().alias("latest"))
    summed = rows.group_by("finding").agg(
        pl.col("first_time").min(),
        pl.col("time").max().alias("last_time"),
        *_sums("records", *_OCTETS),
        pl.col("category").is_in(STATES_OF_AFFAIRS).all().alias("is_state"),
    )
    is_young = pl.col("last_time") >= now - life.young
    holds = pl.when("is_state").then(life.state_hold).otherwise(life.hold).cast(pl.Int64)
    return (
        ids.join(summed, on="finding")
        .join(latest.group_by("finding").agg(pl.col("latest").max()), on="finding")
        .with_columns(
            pl.when(is_young).then(pl.lit(now, pl.Int64)).alias("opened_at"),
            pl.when(is_young).then(now + holds).alias("resolves_at"),
            is_young.cast(pl.Int64).alias("times_opened"),
        )
        .drop("is_state")
    )


def _ends(rows: pl.DataFrame) -> pl.DataFrame:
    kinds = [
        rows.filter(pl.col(column).is_not_null())
        .group_by("finding", pl.lit(kind).alias("kind"), pl.col(column).alias("value"))
        .agg(
            pl.col("first_time").min(),
            pl.col("time").max().alias("last_time"),
            *_sums("records"),
            pl.sum_horizontal(pl.col(_OCTETS).cast(pl.Int128).sum())
            .clip(upper_bound=MOST)
            .cast(pl.Int64)
            .alias("octets"),
        )
        for kind, column in KINDS_OF_END.items()
    ]
    return pl.concat(kinds)


def _buckets(rows: pl.DataFrame, now: int) -> pl.DataFrame:
    bucket = pl.col("time") - pl.col("time") % BUCKET_SECONDS
    recent = rows.with_columns(bucket.alias("bucket")).filter(pl.col("bucket") >= now - 2 * HOUR_SECONDS)
    return recent.group_by("finding", "bucket").agg(_sums("records", *_OCTETS))


def _sums(*names: str) -> list[pl.Expr]:
    """Sums that stay at the largest number, as everywhere."""
    return [pl.col(name).cast(pl.Int128).sum().clip(upper_bound=MOST).cast(pl.Int64) for name in names]


@dataclass(frozen=True, slots=True)
class End:
    """An address, name or actor in the evidence; times in seconds since 1970, event time."""

    value: str
    first_time: int
    last_time: int
    records: int
    octets: int


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding as it is kept. `first_time`, `last_time`: event time; `opened_at`, `resolves_at`: wall clock.

    `said`: what its latest match says. `ends`: the largest of each kind. The hour is the last one of event time.
    """

    id: str
    rule: str
    system: str | None
    operator: str | None
    place_country: str | None
    control_country: str | None
    said: Mapping[str, Any]
    first_time: int
    last_time: int
    records: int
    octets_out: int
    octets_in: int
    opened_at: int | None
    resolves_at: int | None
    times_opened: int
    hour_records: int = 0
    hour_octets_out: int = 0
    hour_octets_in: int = 0
    ends: Mapping[str, tuple[End, ...]] | None = None

    @property
    def level(self) -> str:
        """Level of its rule, which is the severity of its alert."""
        return str(self.said.get("level") or "medium")

    @property
    def is_state(self) -> bool:
        """Whether it tells of a state of affairs, not of traffic."""
        return self.said.get("category") in STATES_OF_AFFAIRS

    @property
    def is_inward(self) -> bool:
        """Whether somebody came to our system, rather than data going out from it."""
        return self.said.get("category") == "admin" or self.said.get("direction") == "inbound"

    def told_now(self, kind: str) -> tuple[str, ...]:
        """Of a state of affairs, what the latest words were about: of several silent sources those still silent."""
        return tuple(sorted(end.value for end in self.top(kind) if end.last_time >= self.last_time - _TOLD_TOGETHER))

    def top(self, kind: str) -> tuple[End, ...]:
        """The largest ends of a kind."""
        return (self.ends or {}).get(kind, ())

    def state(self, now: int) -> State:
        """What it is at an instant of the wall clock; `past`: it only ever came from old records."""
        if self.opened_at is None or self.resolves_at is None:
            return "past"
        return "open" if now < self.resolves_at else "resolved"


def as_findings(
    rows: Sequence[Mapping[str, Any]], ends: Sequence[Mapping[str, Any]], hours: Sequence[Mapping[str, Any]]
) -> list[Finding]:
    """Findings from the rows of a ledger: of the findings, of their largest ends, and of their last hour."""
    by_finding: dict[str, dict[str, list[End]]] = {}
    for row in ends:
        end = End(row["value"], row["first_time"], row["last_time"], row["records"], row["octets"])
        by_finding.setdefault(row["finding"], {}).setdefault(row["kind"], []).append(end)
    hour = {row["finding"]: row for row in hours}
    return [_finding(row, by_finding.get(row["finding"], {}), hour.get(row["finding"], {})) for row in rows]


def _finding(row: Mapping[str, Any], ends: Mapping[str, Sequence[End]], hour: Mapping[str, Any]) -> Finding:
    return Finding(
        id=row["finding"],
        **{name: row[name] for name in KEY},
        said=json.loads(row["latest"]),
        **{name: row[name] for name in ("first_time", "last_time", "records", *_OCTETS)},
        **{name: row[name] for name in ("opened_at", "resolves_at", "times_opened")},
        hour_records=hour.get("records", 0),
        hour_octets_out=hour.get("octets_out", 0),
        hour_octets_in=hour.get("octets_in", 0),
        ends={kind: tuple(sorted(some, key=lambda end: (-end.octets, -end.records, end.value)))
              for kind, some in ends.items()},
    )  # fmt: skip
