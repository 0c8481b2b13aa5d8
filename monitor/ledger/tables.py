"""The tables of the ledger.

Decides how the frames of `monitor.kept` lie in SQL. Times are whole seconds since 1970 in UTC; a list is its words
between spaces; a key is a number, and what it stands for is written once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from monitor import kept

if TYPE_CHECKING:
    from sqlalchemy.types import TypeEngine

    from monitor.schema import Column as KeptColumn

SCHEMA_VERSION: Final = 3
METADATA: Final = MetaData()


def _sql(column: KeptColumn) -> Column[Any]:
    types: dict[pl.DataType, TypeEngine[Any]] = {
        pl.Int64(): BigInteger(),
        pl.Boolean(): Boolean(),
        kept.TEXTS: Text(),
        pl.String(): Text(),
    }
    return Column(column.name, types[column.dtype], nullable=column.nullable)


def _measures() -> list[Column[Any]]:
    return [_sql(column) for column in kept.MEASURES]


def _by_hour(name: str, *columns: Column[Any]) -> Table:
    """A table of rows by hour and key; `retain_until` is the second from which a row is deleted."""
    return Table(
        name,
        METADATA,
        Column("hour", BigInteger, primary_key=True, autoincrement=False),
        Column("key", BigInteger, primary_key=True, autoincrement=False),
        *columns,
        Column("retain_until", BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )


SCHEMA: Final = Table("schema_version", METADATA, Column("version", Integer, primary_key=True, autoincrement=False))
BASES: Final = Table(
    "bases",
    METADATA,
    Column("basis", Text, primary_key=True),
    *(Column(part, Text, nullable=False) for part in kept.BASIS_PARTS),
)
# The days of an atlas's sources, by its digest. Ledgers of before this table get it when they are opened.
ATLASES: Final = Table(
    "atlases",
    METADATA,
    Column("atlas", Text, primary_key=True),
    Column("atlas_oldest", Text, nullable=False),
    Column("atlas_newest", Text, nullable=False),
)
# What a key stands for, in two parts: what the judge said, which few keys differ in, and who spoke about what.
JUDGEMENT_WORDS: Final = (*kept.JUDGEMENT_KEY, "place_country")
_WORDS: Final = {column.name: column for column in kept.MONTH if column not in kept.MEASURES}
JUDGEMENTS: Final = Table(
    "judgements",
    METADATA,
    Column("judgement", BigInteger, primary_key=True, autoincrement=False),
    *(_sql(_WORDS[name]) for name in JUDGEMENT_WORDS),
)
TRANSFER_KEYS: Final = Table(
    "transfer_keys",
    METADATA,
    Column("key", BigInteger, primary_key=True, autoincrement=False),
    Column("judgement", BigInteger, ForeignKey("judgements.judgement"), nullable=False),
    *(_sql(column) for name, column in _WORDS.items() if name not in {"key", *JUDGEMENT_WORDS}),
)
TRANSFERS: Final = _by_hour("transfers", *_measures())
PROBES: Final = _by_hour("probes", *(_sql(column) for column in kept.PROBE_KEY if column.name != "hour"), *_measures())
COVERAGE: Final = _by_hour(
    "coverage",
    Column("source", Text, nullable=False),
    Column("observer", Text),
    Column("state", Text, nullable=False),
    *(Column(name, BigInteger, nullable=False) for name in (
        "statements", "records", "octets", "not_ours_records", "not_ours_octets", "first_time", "last_time",
    )),
)  # fmt: skip
# Ledgers of before this table get it when they are opened.
NETWORKS: Final = _by_hour(
    "networks",
    Column("source", Text, nullable=False),
    Column("system", Text, nullable=False),
    Column("network", Text, nullable=False),
    *(Column(name, BigInteger, nullable=False) for name in ("records", "first_time", "last_time")),
)
# Rows of one hour as an Arrow IPC stream: written once, read as a column, never searched row by row in SQL. While an
# hour is open it may have several parts; when it is closed they become one, with each key's largest rows.
EVIDENCE: Final = Table(
    "evidence",
    METADATA,
    Column("hour", BigInteger, primary_key=True, autoincrement=False),
    Column("part", Integer, primary_key=True, autoincrement=False),
    Column("closed", Boolean, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("retain_until", BigInteger, nullable=False),
)
INPUTS: Final = Table(
    "inputs",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("source", Text, nullable=False),
    Column("basis", Text, ForeignKey("bases.basis"), nullable=False),
    # What it is known by: its first octets after decompression, and how many inputs began so before it.
    Column("first_length", Integer, nullable=False),
    Column("first_sha256", Text, nullable=False),
    Column("generation", Integer, nullable=False),
    # The checkpoint: how far it was read, and the guard of what lies before.
    Column("offset", BigInteger, nullable=False),
    Column("line", BigInteger, nullable=False),
    Column("decoder_state", Text, nullable=False),
    Column("clock", Text, nullable=False),
    Column("guard_sha256", Text, nullable=False),
    Column("windows", Text, nullable=False),
    Column("records", BigInteger, nullable=False),
    Column("first_time", BigInteger),
    Column("last_time", BigInteger),
    # Where it was last seen: hints for people, never for recognition.
    Column("path", Text, nullable=False),
    Column("inode", Text, nullable=False),
    UniqueConstraint("first_length", "first_sha256", "generation"),
    Index("inputs_path", "path"),
)
# Each line that ends within the first octets of an input: a copy that holds only some of them is known by its last.
BEGINNINGS: Final = Table(
    "beginnings",
    METADATA,
    Column("length", Integer, primary_key=True, autoincrement=False),
    Column("sha256", Text, primary_key=True),
    Column("input", Integer, ForeignKey("inputs.id"), primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
# Names that flows of other inputs of the source may ask for, as an Arrow IPC stream: what a range of an input gave.
# They are written with the checkpoint behind that range, and go when no flow can ask for them any more.
NAMES_HELD: Final = Table(
    "names_held",
    METADATA,
    Column("input", Integer, ForeignKey("inputs.id"), primary_key=True, autoincrement=False),
    Column("start", BigInteger, primary_key=True, autoincrement=False),
    Column("source", Text, nullable=False),
    Column("last_clock", BigInteger, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("retain_until", BigInteger, nullable=False),
    Index("names_held_source", "source", "last_clock"),
)
# Inputs that could not be read, each once: a row goes when its input is read after all. What it is known by is its
# first octets as they lie there, or where even these cannot be read (length 0) its path and what it looks like.
# Ledgers of before this table get it when they are opened.
UNREADABLE: Final = Table(
    "unreadable",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("source", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("length", Integer, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("time", BigInteger, nullable=False),
    Column("path", Text, nullable=False),
    Column("retain_until", BigInteger, nullable=False),
    UniqueConstraint("length", "sha256"),
    Index("unreadable_time", "time"),
)
OUTCOMES: Final = Table(
    "outcomes",
    METADATA,
    Column("input", Integer, ForeignKey("inputs.id"), primary_key=True, autoincrement=False),
    Column("outcome", Text, primary_key=True),
    Column("reason", Text, primary_key=True),
    Column("records", BigInteger, nullable=False),
    Column("octets", BigInteger, nullable=False),
)
