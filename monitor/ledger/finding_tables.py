"""The tables of findings.

Decides how findings lie in SQL: what adds up, what stands for the latest match, and what each route was told. Times are
whole seconds since 1970; `opened_at`, `resolves_at` and `told_at` are wall-clock time, all others event time. Ledgers
of before these tables get them when they are opened.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text

from monitor.ledger.tables import METADATA

FINDINGS: Final = Table(
    "findings",
    METADATA,
    Column("finding", Text, primary_key=True),
    Column("rule", Text, nullable=False),
    Column("system", Text),
    Column("operator", Text),
    Column("place_country", Text),
    Column("control_country", Text),
    Column("latest", Text, nullable=False),
    Column("first_time", BigInteger, nullable=False),
    Column("last_time", BigInteger, nullable=False),
    Column("records", BigInteger, nullable=False),
    Column("octets_out", BigInteger, nullable=False),
    Column("octets_in", BigInteger, nullable=False),
    Column("opened_at", BigInteger),
    Column("resolves_at", BigInteger),
    Column("times_opened", BigInteger, nullable=False),
    Column("retain_until", BigInteger, nullable=False),
    Index("findings_resolves_at", "resolves_at"),
)
FINDING_ENDS: Final = Table(
    "finding_ends",
    METADATA,
    Column("finding", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    Column("first_time", BigInteger, nullable=False),
    Column("last_time", BigInteger, nullable=False),
    Column("records", BigInteger, nullable=False),
    Column("octets", BigInteger, nullable=False),
    Column("retain_until", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
FINDING_BUCKETS: Final = Table(
    "finding_buckets",
    METADATA,
    Column("finding", Text, primary_key=True),
    Column("bucket", BigInteger, primary_key=True, autoincrement=False),
    Column("records", BigInteger, nullable=False),
    Column("octets_out", BigInteger, nullable=False),
    Column("octets_in", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
# What a route was last told of a finding: state and the opening it belongs to.
FINDINGS_TOLD: Final = Table(
    "findings_told",
    METADATA,
    Column("route", Text, primary_key=True),
    Column("finding", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("told_at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
# What rules remember between batches, as Arrow IPC streams: each batch adds a part, later parts hold what is right.
# `token` names the moment: whoever writes says on which one it stands.
RULES_HELD: Final = Table(
    "rules_held",
    METADATA,
    Column("part", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, primary_key=True),
    Column("token", BigInteger, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("retain_until", BigInteger, nullable=False),
)
FINDING_TABLES: Final = (FINDINGS, FINDING_ENDS, FINDING_BUCKETS, FINDINGS_TOLD, RULES_HELD)
