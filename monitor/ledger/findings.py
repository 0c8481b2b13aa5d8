"""Keep findings: add what a batch found, in the transaction of the batch, and give them back.

Decides how a finding adds up in SQL and how many ends it keeps: the largest thousand of each kind, exactly, as long as
there are no more. Refuses to know what a finding means, whom it is told to, and the clock: callers say what time it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import polars as pl
from sqlalchemy import and_, case, delete, false, func, literal_column, not_, or_, select, true, tuple_, update
from sqlalchemy.dialects import sqlite

from monitor.kept import MOST
from monitor.ledger.finding_tables import FINDING_BUCKETS, FINDING_ENDS, FINDINGS, FINDINGS_TOLD
from monitor.ledger.upsert import add_rows, added_up

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from sqlalchemy import Connection

ENDS_KEPT: Final = 1_000
# Of rules, the gravest first. Source: Sigma rules specification, `level`.
_LEVELS: Final = ("critical", "high", "medium", "low", "informational")
_ENDS_SLACK: Final = 250
# So many ends of one kind in a batch are a scan, which cannot wait for the upkeep.
_MANY_AT_ONCE: Final = 20
_TOP: Final = 10
_AT_ONCE: Final = 500
GONE: Final = "gone"
"""State of a finding that a route was told and that was deleted since."""
# A route that does not clear anything, or is no more, is not waited for any longer.
_GONE_SECONDS: Final = 30 * 86_400
_HOUR_SECONDS: Final = 3_600


@dataclass(frozen=True, slots=True)
class KeptFindings:
    """Rows of the ledger: findings, their largest ends, what the last hour adds up to."""

    findings: Sequence[Mapping[str, Any]]
    ends: Sequence[Mapping[str, Any]]
    hours: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Told:
    """What a route was last told of a finding."""

    finding: str
    state: str
    opened_at: int
    told_at: int


def add_findings(
    connection: Connection, findings: pl.DataFrame, ends: pl.DataFrame, buckets: pl.DataFrame, retain_until: int
) -> None:
    """Add what a batch found to what is kept. Columns in: those of the tables, without `retain_until`."""
    if findings.is_empty():
        return
    names = [column.name for column in FINDINGS.columns if column.name != "retain_until"]
    rows = [(*row, retain_until) for row in findings.select(names).sort("finding").rows()]
    connection.exec_driver_sql(_adding(), rows)
    add_rows(connection, FINDING_ENDS, ends.with_columns(pl.lit(retain_until, pl.Int64).alias("retain_until")))
    add_rows(connection, FINDING_BUCKETS, buckets)
    many = ends.group_by("finding", "kind").len().filter(pl.col("len") >= _MANY_AT_ONCE)
    if many.height:
        _bound(connection, many["finding"].unique().to_list())


def findings_of(
    connection: Connection,
    now: int,
    *,
    since: int | None = None,
    routes: Sequence[str] = (),
    recorder: str | None = None,
    ids: Collection[str] | None = None,
    between: tuple[int, int] | None = None,
) -> KeptFindings:
    """The findings with their ten largest ends of each kind, and the last hour of event time before `now`.

    `since`: only those that were open after that instant, that one of `routes` was told to be open, and those of old
    records that the route `recorder` was not told; `ids`: of these, only those; `between`: those that were there in a
    span of event time, which may have come and gone in it.
    """
    chosen = select(FINDINGS.c.finding)
    if since is not None:
        told_open = select(FINDINGS_TOLD.c.finding).where(
            FINDINGS_TOLD.c.state.in_(("open", "waived")), FINDINGS_TOLD.c.route.in_(routes)
        )
        asked = or_(FINDINGS.c.resolves_at > since, FINDINGS.c.finding.in_(told_open))
        if recorder is not None:
            recorded = select(FINDINGS_TOLD.c.finding).where(FINDINGS_TOLD.c.route == recorder)
            asked = or_(asked, and_(FINDINGS.c.resolves_at.is_(None), FINDINGS.c.finding.not_in(recorded)))
        chosen = chosen.where(asked)
    if ids is not None:
        chosen = chosen.where(FINDINGS.c.finding.in_(ids))
    if between is not None:
        chosen = chosen.where(FINDINGS.c.last_time >= between[0], FINDINGS.c.first_time < between[1])
    rows = connection.execute(select(FINDINGS).where(FINDINGS.c.finding.in_(chosen)).order_by(FINDINGS.c.finding))
    findings = [dict(row) for row in rows.mappings()]
    order = func.row_number().over(
        partition_by=(FINDING_ENDS.c.finding, FINDING_ENDS.c.kind),
        order_by=(FINDING_ENDS.c.octets.desc(), FINDING_ENDS.c.records.desc(), FINDING_ENDS.c.value),
    )
    ranked = select(FINDING_ENDS, order.label("place")).where(FINDING_ENDS.c.finding.in_(chosen)).subquery()
    ends = connection.execute(select(ranked).where(ranked.c.place <= _TOP))
    recent = connection.execute(
        select(FINDING_BUCKETS).where(
            FINDING_BUCKETS.c.bucket >= now - _HOUR_SECONDS, FINDING_BUCKETS.c.finding.in_(chosen)
        )
    )
    return KeptFindings(
        findings, [dict(row) for row in ends.mappings()], _hours([dict(row) for row in recent.mappings()])
    )


def page_of(
    connection: Connection, now: int, wanted: Mapping[str, str | None], *, is_open: bool | None, begin: int, most: int
) -> tuple[list[str], int]:
    """Ids of some findings, and how many there are in all: open ones first, of these the gravest, then the latest.

    `wanted`: what columns must hold, a null being a value; `level` is that of the rule. `is_open`: only those that are
    open at `now`, or only those that are not.
    """
    columns = {**FINDINGS.c, "level": func.json_extract(FINDINGS.c.latest, "$.level")}
    opened = func.coalesce(FINDINGS.c.resolves_at > now, false())
    chosen = [columns[name].is_not_distinct_from(value) for name, value in wanted.items()]
    if is_open is not None:
        chosen.append(opened if is_open else not_(opened))
    count = connection.execute(select(func.count()).select_from(FINDINGS).where(*chosen)).scalar_one()
    grave = case({level: rank for rank, level in enumerate(_LEVELS)}, value=columns["level"], else_=len(_LEVELS))
    order = (opened.desc(), grave, FINDINGS.c.last_time.desc(), FINDINGS.c.finding)
    ids = connection.execute(select(FINDINGS.c.finding).where(*chosen).order_by(*order).limit(most).offset(begin))
    return list(ids.scalars()), count


def _hours(buckets: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Sum up a dozen buckets each; SQL would refuse a sum beyond the largest number."""
    hours: dict[str, dict[str, Any]] = {}
    for row in buckets:
        hour = hours.setdefault(row["finding"], {"finding": row["finding"]})
        for name in ("records", "octets_out", "octets_in"):
            hour[name] = min(hour.get(name, 0) + row[name], MOST)
    return list(hours.values())


def firsts(connection: Connection) -> list[Mapping[str, Any]]:
    """Since when systems have findings with operators and countries.

    Rows: `system operator place_country first_time`.
    """
    words = (FINDINGS.c.system, FINDINGS.c.operator, FINDINGS.c.place_country)
    rows = connection.execute(select(*words, func.min(FINDINGS.c.first_time).label("first_time")).group_by(*words))
    return [dict(row) for row in rows.mappings()]


def told_of(connection: Connection, route: str) -> dict[str, Told]:
    """What a route was last told, by finding."""
    columns = (FINDINGS_TOLD.c.finding, FINDINGS_TOLD.c.state, FINDINGS_TOLD.c.opened_at, FINDINGS_TOLD.c.told_at)
    rows = connection.execute(select(*columns).where(FINDINGS_TOLD.c.route == route, FINDINGS_TOLD.c.state != GONE))
    return {row.finding: Told(*row) for row in rows}


def gone_of(connection: Connection, route: str) -> list[str]:
    """Findings that a route was told and that were deleted since, some hundreds: what it keeps is to be cleared."""
    told = FINDINGS_TOLD.c
    asked = select(told.finding).where(told.route == route, told.state == GONE).order_by(told.finding).limit(_AT_ONCE)
    return list(connection.execute(asked).scalars())


def forget_gone(connection: Connection, route: str, findings: Collection[str]) -> None:
    """A route has cleared what it kept of these."""
    told = FINDINGS_TOLD.c
    connection.execute(delete(FINDINGS_TOLD).where(told.route == route, told.state == GONE, told.finding.in_(findings)))


def remember_told(connection: Connection, route: str, told: Iterable[Told]) -> None:
    """Remember what a route was told."""
    rows = [
        {"route": route, "finding": each.finding, "state": each.state, "opened_at": each.opened_at,
         "told_at": each.told_at}
        for each in told
    ]  # fmt: skip
    if not rows:
        return
    insert = sqlite.insert(FINDINGS_TOLD)
    changed = {name: insert.excluded[name] for name in ("state", "opened_at", "told_at")}
    connection.execute(insert.on_conflict_do_update(index_elements=["route", "finding"], set_=changed), rows)


def delete_expired_findings(connection: Connection, now: int) -> int:
    """Delete findings and ends whose time has come, and buckets that no hour asks for any more; count the findings."""
    connection.execute(delete(FINDING_BUCKETS).where(FINDING_BUCKETS.c.bucket < now - 2 * _HOUR_SECONDS))
    connection.execute(delete(FINDING_ENDS).where(FINDING_ENDS.c.retain_until < now))
    deleted = connection.execute(delete(FINDINGS).where(FINDINGS.c.retain_until < now)).rowcount
    connection.execute(delete(FINDING_ENDS).where(FINDING_ENDS.c.finding.not_in(select(FINDINGS.c.finding))))
    # What a route was told may lie there for others to read: it stays known for a while that it is to be cleared.
    told, is_gone = FINDINGS_TOLD.c, FINDINGS_TOLD.c.finding.not_in(select(FINDINGS.c.finding))
    connection.execute(delete(FINDINGS_TOLD).where(told.state == GONE, told.told_at < now - _GONE_SECONDS))
    connection.execute(update(FINDINGS_TOLD).where(is_gone, told.state != GONE).values(state=GONE, told_at=now))
    _bound(connection)
    return deleted


def _bound(connection: Connection, findings: Sequence[str] | None = None) -> None:
    """Give up the smallest ends of findings (None: of all) that have too many; to do it for each new one would cost."""
    chosen = true() if findings is None else FINDING_ENDS.c.finding.in_(findings)
    key = (FINDING_ENDS.c.finding, FINDING_ENDS.c.kind)
    counts = select(*key).where(chosen).group_by(*key).having(func.count() > ENDS_KEPT + _ENDS_SLACK)
    for finding, kind in connection.execute(counts).all():
        of_it = and_(FINDING_ENDS.c.finding == finding, FINDING_ENDS.c.kind == kind)
        largest = (
            select(FINDING_ENDS.c.value)
            .where(of_it)
            .order_by(FINDING_ENDS.c.octets.desc(), FINDING_ENDS.c.records.desc(), FINDING_ENDS.c.value)
            .limit(ENDS_KEPT)
        )
        connection.execute(delete(FINDING_ENDS).where(of_it, FINDING_ENDS.c.value.not_in(largest)))


@cache
def _adding() -> str:
    insert = sqlite.insert(FINDINGS)
    new, kept = insert.excluded, FINDINGS.c
    is_later = tuple_(new.last_time, new.latest) > tuple_(kept.last_time, kept.latest)
    opens = and_(new.opened_at.is_not(None), or_(kept.resolves_at.is_(None), new.opened_at >= kept.resolves_at))
    changed = {
        "latest": case((is_later, new.latest), else_=kept.latest),
        "first_time": func.min(kept.first_time, new.first_time),
        "last_time": func.max(kept.last_time, new.last_time),
        **{name: added_up(kept[name], new[name]) for name in ("records", "octets_out", "octets_in")},
        "opened_at": case((opens, new.opened_at), else_=kept.opened_at),
        "resolves_at": func.max(
            func.coalesce(kept.resolves_at, new.resolves_at), func.coalesce(new.resolves_at, kept.resolves_at)
        ),
        "times_opened": kept.times_opened + case((opens, literal_column("1")), else_=literal_column("0")),
        "retain_until": func.max(kept.retain_until, new.retain_until),
    }
    statement = insert.on_conflict_do_update(index_elements=["finding"], set_=changed)
    return str(statement.compile(dialect=sqlite.dialect()))
