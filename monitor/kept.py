"""Every column of what the ledger keeps: the frames that the ledger writes and gives back, and that a report reads.

Decides what a transfer is keyed by, and how its measures add up. Knows no database: `monitor.ledger` does, and the
report takes frames without opening one.

A *transfer row* is one hour of one key. The hour is that of the record's end in UTC; a local midnight of the site that
lies inside an hour (zones such as UTC+05:30) begins a row of its own, so that a day and a month of the site are sums
of whole rows. Text that is unknown is null.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import polars as pl

from monitor.schema import TIME, Column, frame_schema

if TYPE_CHECKING:
    from collections.abc import Sequence

TEXTS: Final = pl.List(pl.String)
# A sum that would pass this stays there: hostile records may claim any count, and no count may wrap around.
MOST: Final = 2**63 - 1


def _columns(*rows: tuple[str, pl.DataType | type[pl.DataType], bool, str]) -> tuple[Column, ...]:
    return tuple(
        Column(name, dtype if isinstance(dtype, pl.DataType) else dtype(), nullable, meaning)
        for name, dtype, nullable, meaning in rows
    )


MEASURES: Final = _columns(
    ("records", pl.Int64, False, "records of the source"),
    ("octets_out", pl.Int64, False, "from our end to theirs, scaled by sampling; what no record counted adds nothing"),
    ("octets_in", pl.Int64, False, "from their end to ours"),
    ("packets_out", pl.Int64, False, "as octets_out"),
    ("packets_in", pl.Int64, False, "as octets_in"),
    ("records_without_octets", pl.Int64, False, "records that count octets in neither direction"),
    ("packets_observed", pl.Int64, False, "packets that the sensor looked at, both ways, before scaling"),
    (
        "octets_without_name",
        pl.Int64,
        False,
        "octets both ways of the records that tell no host name, scaled by sampling",
    ),
)
MEASURE_NAMES: Final = tuple(column.name for column in MEASURES)

# What a row stands for, beside its hour. Two records with equal values here are one row.
KEY: Final = _columns(
    ("exporter", pl.String, False, "the data exporter's name"),
    ("exporter_country", pl.String, False, "where the exporter is established"),
    ("event", pl.String, False, "what told of it: flow, name or admin"),
    ("actor_kind", pl.String, True, "of admin: whose people acted, customer, provider or service; null: not told"),
    ("success", pl.Boolean, True, "of admin: whether it was done; null: not told"),
    ("system", pl.String, True, "our system; null for a forwarder outside every system"),
    ("peer_system", pl.String, True, "our system at the other end, when that is ours too"),
    ("data_class", pl.String, True, "data class of `system`"),
    ("hosting_operator", pl.String, True, "who hosted our end then, as the inventory says; null on own premises"),
    ("activity", pl.String, False, "what kind of conversation; never `probe`, those are counted apart"),
    ("direction", pl.String, False, "who initiated; never which way octets went"),
    ("service", pl.String, True, "protocol and port of the end that did not initiate, such as tcp/22"),
    ("importer", pl.String, True, "who receives, when known"),
    ("operator", pl.String, True, "operator id, or as<number> where the operator table does not know it"),
    ("named_operator", pl.String, True, "operator that the name shows, where it is not the address's own"),
    ("place_candidates", TEXTS, False, "every country that a source names"),
    ("place_region", pl.String, True, "region, when a source states it"),
    ("place_confidence", pl.String, False, "how well the place is known"),
    ("control_countries", TEXTS, False, "seats on the ownership path"),
    ("control_country", pl.String, True, "the country that decides the control verdict, `several`, or null: unknown"),
    ("reach_laws", TEXTS, False, "laws in force then that reach the operator"),
    ("register_entries", TEXTS, False, "every register entry that matches, by id"),
    ("named_elsewhere", pl.Boolean, False, "an entry names the far end, but not this country, system or class"),
    ("place_verdict", pl.String, False, "chapter V verdict under the law of the hour"),
    ("place_reason", pl.String, True, "why"),
    ("control_verdict", pl.String, False, "whose law reaches the operator"),
    ("control_reason", pl.String, True, "why"),
    ("mechanism", pl.String, True, "number of the decision or id of the register entry relied on"),
    ("counted", pl.Boolean, False, "true at the one counting point of the conversation; only that enters totals"),
    ("basis", pl.String, False, "names the versions of atlas, law, inventory, register, rules and software"),
)
KEY_NAMES: Final = tuple(column.name for column in KEY)

# Of these, what tells administration apart; flows and names have none of the two latter.
ACTOR_KEY: Final = ("event", "actor_kind", "success")

# Of these, what the judge said: few keys differ in it.
JUDGEMENT_KEY: Final = (
    "exporter", "exporter_country", "importer", "named_operator", "place_candidates", "place_region",
    "place_confidence", "control_countries", "control_country", "reach_laws", "register_entries", "named_elsewhere",
    "place_verdict", "place_reason", "control_verdict", "control_reason", "mechanism", "basis",
)  # fmt: skip

TRANSFERS: Final = (
    *_columns(
        ("hour", TIME, False, "begin of the hour"),
        ("key", pl.Int64, False, "number of the key: a digest of its values, the same in every ledger"),
    ),
    *KEY,
    *_columns(("place_country", pl.String, True, "where the bytes land; null when undetermined")),
    *MEASURES,
)

# Probes are a number, never a transfer: no far end is kept of them.
PROBE_KEY: Final = _columns(
    ("hour", TIME, False, "begin of the hour"),
    ("exporter", pl.String, False, "the data exporter's name"),
    ("system", pl.String, True, "our system"),
    ("peer_system", pl.String, True, "our system at the other end, when that is ours too"),
    ("data_class", pl.String, True, "data class of `system`"),
    ("direction", pl.String, False, "who initiated"),
    ("counted", pl.Boolean, False, "true at the one counting point"),
    ("basis", pl.String, False, "as in transfers"),
)
PROBES: Final = (*PROBE_KEY, *MEASURES)

EVIDENCE: Final = (
    *_columns(
        ("hour", TIME, False, "begin of the hour"),
        ("key", pl.Int64, False, "key of the transfer row that this is evidence of"),
        ("remote_address", pl.String, True, "their end; null in a remainder row, or when no record tells it"),
        ("local_address", pl.String, True, "our end; null in a remainder row"),
        ("protocol", pl.UInt8, True, "IANA protocol number"),
        ("name", pl.String, True, "name seen in the conversation"),
    ),
    *MEASURES,
    *_columns(
        ("first_seen", TIME, False, "smallest start of a record, or its end where it has no start"),
        ("last_seen", TIME, False, "largest end of a record"),
        ("folded", pl.Int64, False, "0; in a remainder row, how many rows it stands for"),
    ),
)

# What a source saw of each hour, by who reported it: `ok` counts what was read, the rest are the source's own words.
COVERAGE: Final = _columns(
    ("hour", TIME, False, "begin of the hour (of the end of the record or statement)"),
    ("source", pl.String, False, "name of the source: as the site calls it, else its KIND"),
    ("observer", pl.String, True, "exporter, interface or sensor"),
    (
        "state",
        pl.String,
        False,
        (
            "ok, or what the source says: no_data, skipped, gap, dropped, sampled; or unreadable: inputs that could not"
            " be read, at the hour in which they were last written"
        ),
    ),
    ("statements", pl.Int64, False, "statements of the source about its own seeing, or unreadable inputs; 0 for ok"),
    ("records", pl.Int64, False, "records read; for statements the records concerned, where told"),
    ("octets", pl.Int64, False, "octets of these records, both ways, unscaled"),
    ("not_ours_records", pl.Int64, False, "of these, records of which no end is in the inventory"),
    ("not_ours_octets", pl.Int64, False, "octets of those"),
    ("first_time", TIME, False, "smallest end"),
    ("last_time", TIME, False, "largest end"),
)

# Which of our own networks a source told of in each hour, probes aside.
NETWORKS: Final = _columns(
    ("hour", TIME, False, "begin of the hour (of the end of the record)"),
    ("source", pl.String, False, "name of the source: as the site calls it, else its KIND"),
    ("system", pl.String, False, "our system"),
    ("network", pl.String, False, "the longest of its networks that holds the address, as the inventory has it"),
    ("records", pl.Int64, False, "records of which an end lies in it"),
    ("first_time", TIME, False, "smallest end"),
    ("last_time", TIME, False, "largest end"),
)

# The state of coverage, and the outcome, of inputs that could not be read.
UNREADABLE: Final = "unreadable"

# What was read and is in no row of an hour, by input.
OUTCOMES: Final = _columns(
    ("input", pl.Int64, False, "number of the input in this ledger"),
    ("source", pl.String, False, "name of the source: as the site calls it, else its KIND"),
    ("first_time", TIME, True, "smallest end of the input's records"),
    ("last_time", TIME, True, "largest end of the input's records"),
    (
        "outcome",
        pl.String,
        False,
        (
            "broken, no_time (no law applies without a time), passed_over (of another subject), evidence (names of"
            " flows), evicted (names that went before their flow was read), unreadable (inputs; their records are not"
            " known)"
        ),
    ),
    ("reason", pl.String, False, "from the closed list of the source; of inputs from `schema.UNREADABLE`"),
    ("records", pl.Int64, False, "records"),
    ("octets", pl.Int64, False, "octets that they name; 0 for broken ones, of which nothing is known"),
)

BASIS_PARTS: Final = (
    "atlas", "law", "operators", "certifications", "inventory", "register", "rules", "software",
)  # fmt: skip
BASES: Final = _columns(
    ("basis", pl.String, False, "short name of the whole"),
    *((part, pl.String, False, f"version of the {part}: SHA-256, or a version number") for part in BASIS_PARTS),
    (
        "atlas_oldest",
        pl.String,
        True,
        "day of the atlas's oldest place database, as 2026-11-01; null where it is not known",
    ),
    ("atlas_newest", pl.String, True, "day of its newest one"),
)


# What `doubts` adds to transfer rows that are read, and the ledger does not keep: the unverified facts without which a
# verdict would be another one, as words with a space between; null: none. The ledger's key is enough to tell.
RESTS_ON: Final = "rests_on"
UNVERIFIED_FACTS: Final = ("owner", "law", "anycast", "decision")
# In their place: the row was judged by other operators or another law than today's, and nobody can tell.
OTHER_VERSIONS: Final = "other_versions"

# A month of transfers as a report reads it: one row per key, and the course of the month by hour.
MONTH: Final = tuple(column for column in TRANSFERS if column.name != "hour")
COURSE: Final = (
    *_columns(
        ("hour", TIME, False, "begin of the hour"),
        ("place_verdict", pl.String, False, "as in transfers"),
        ("control_verdict", pl.String, False, "as in transfers"),
        ("counted", pl.Boolean, False, "as in transfers"),
        ("basis", pl.String, False, "as in transfers"),
    ),
    *MEASURES,
)


@dataclass(frozen=True, slots=True)
class Sums:
    """What judged records of one range of one input add up to; nothing of a single record is left but the evidence.

    `transfers` conforms to TRANSFERS, `probes` to PROBES, `evidence` to EVIDENCE, `coverage` to COVERAGE; `outcomes` to
    OUTCOMES but for `input`, `first_time` and `last_time`; `networks` to NETWORKS. Rows are distinct by their key
    within each frame.
    """

    transfers: pl.DataFrame
    probes: pl.DataFrame
    evidence: pl.DataFrame
    coverage: pl.DataFrame
    outcomes: pl.DataFrame
    networks: pl.DataFrame = field(default_factory=lambda: empty(NETWORKS))


def empty(columns: Sequence[Column]) -> pl.DataFrame:
    """Give a frame of one of the tables above without rows."""
    return pl.DataFrame(schema=frame_schema(columns))
