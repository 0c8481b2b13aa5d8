"""Every column of every frame: type, nullability, meaning.

Decides what a collector must deliver and what a later stage may rely on. Knows nothing of any source.

Three kinds of text: *closed* vocabularies are `Enum`; vocabularies bounded by our own files (systems, operators,
countries, laws) are `Categorical`, each over categories of its own that live as long as the process; *open* text,
which the input controls, is `String`, so that a hostile input cannot grow a table that is never freed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

TIME: Final = pl.Datetime("us", "UTC")

# Small tables of categories write and compare quicker than one large one for everything.
SYSTEMS: Final = pl.Categorical(pl.Categories("transferwatch.systems", physical=pl.UInt16))
DATA_CLASSES: Final = pl.Categorical(pl.Categories("transferwatch.data_classes", physical=pl.UInt16))
SERVICES: Final = pl.Categorical(pl.Categories("transferwatch.services"))
OPERATORS: Final = pl.Categorical(pl.Categories("transferwatch.operators"))
PARENTS: Final = pl.Categorical(pl.Categories("transferwatch.parents", physical=pl.UInt16))
COUNTRIES: Final = pl.Categorical(pl.Categories("transferwatch.countries", physical=pl.UInt16))
REGIONS: Final = pl.Categorical(pl.Categories("transferwatch.regions", physical=pl.UInt16))
NAMED_SERVICES: Final = pl.Categorical(pl.Categories("transferwatch.named_services", physical=pl.UInt16))
LAWS: Final = pl.Categorical(pl.Categories("transferwatch.laws", physical=pl.UInt16))
SOURCES: Final = pl.Categorical(pl.Categories("transferwatch.sources", physical=pl.UInt16))
BASES: Final = pl.Categorical(pl.Categories("transferwatch.bases", physical=pl.UInt16))
COUNTRY_LIST: Final = pl.List(COUNTRIES)
LAW_LIST: Final = pl.List(LAWS)

ACTIONS: Final = pl.Enum(["accept", "reject"])
ENDS: Final = pl.Enum(["src", "dst"])
STATES: Final = pl.Enum(["ok", "no_data", "skipped", "gap", "dropped", "sampled"])
# Why an input could not be read, or not to its end: it unpacks to more than any log does; it ends too early; its
# content is damaged; it may not be read; the disk or the store failed.
UNREADABLE: Final = pl.Enum(["bomb", "cut_off", "damaged", "refused", "failed"])
VIAS: Final = pl.Enum(["dns", "tls", "quic", "http"])
ACTOR_KINDS: Final = pl.Enum(["customer", "provider", "service"])
EVENTS: Final = pl.Enum(["flow", "name", "admin", "coverage"])
ACTIVITIES: Final = pl.Enum(["probe", "admin", "dns", "telemetry", "web", "data", "other"])
DIRECTIONS: Final = pl.Enum(["outbound", "inbound", "unknown"])
PLACE_VERDICTS: Final = pl.Enum(
    [
        "internal",
        "eea",
        "adequate",
        "safeguarded",
        "derogation",
        "not_a_transfer",
        "uncovered",
        "undetermined",
    ]
)
PLACE_REASONS: Final = pl.Enum(
    [
        "no_ground",
        "importer_unknown",
        "importer_not_certified",
        "entry_lapsed",
        "entry_outside_scope",
        "entry_insufficient",
        "anycast",
        "sources_disagree",
        "no_source",
        "pseudo_country",
        "global_service",
        "private_unlisted",
        "policy_review",
        "transition_period",
        "own_staff",
        "direct_collection",
    ]
)
PLACE_CONFIDENCES: Final = pl.Enum(["stated", "agreed", "single", "none"])
BETWEEN_MECHANISMS: Final = "; "
"""Stands between several mechanisms that are relied on at once, one for each candidate country."""
CONTROL_VERDICTS: Final = pl.Enum(["none", "eea", "adequate", "exposed", "undetermined"])
CONTROL_REASONS: Final = pl.Enum(["law", "seat", "operator_unlisted", "path_incomplete", "mixed_ownership"])


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, its Polars type, whether null may stand in it, and what it means."""

    name: str
    dtype: pl.DataType
    nullable: bool
    meaning: str


def _columns(*rows: tuple[str, object, bool, str]) -> tuple[Column, ...]:
    return tuple(
        Column(name, dtype if isinstance(dtype, pl.DataType) else dtype(), nullable, meaning)  # type: ignore[operator]
        for name, dtype, nullable, meaning in rows
    )


# What every event carries beside its own columns.
ORIGIN: Final = _columns(
    ("source", SOURCES, False, "KIND of the source that said it"),
    ("observer", pl.String, True, "exporter, interface or sensor that saw it"),
    ("account", pl.String, True, "cloud account, subscription or project"),
    ("network_id", pl.String, True, "VPC or VNet"),
    ("region_hint", pl.String, True, "region of our interface, never of the far end"),
    ("service_hint", pl.String, True, "service that the source names"),
    ("attributes", pl.String, False, "JSON object, text to text: what the source says beyond the schema"),
)

FLOW: Final = (
    *_columns(
        ("event", EVENTS, False, "flow"),
        ("start_time", TIME, True, "first packet of the record; null: the record has no times and is not judged"),
        ("end_time", TIME, True, "last packet; the instant whose law applies"),
        ("src_address", pl.String, True, "source address, shortest standard form (RFC 5952)"),
        ("dst_address", pl.String, True, "destination address"),
        ("src_port", pl.UInt16, True, "as the record says"),
        ("dst_port", pl.UInt16, True, "as the record says"),
        ("protocol", pl.UInt8, True, "IANA protocol number"),
        ("octets", pl.Int64, True, "IP-layer octets with headers, source to destination, unscaled"),
        ("packets", pl.Int64, True, "packets, source to destination, unscaled"),
        ("reverse_octets", pl.Int64, True, "destination to source; null when the record counts one way"),
        ("reverse_packets", pl.Int64, True, "destination to source; null when the record counts one way"),
        ("tcp_flags", pl.UInt8, True, "union of the TCP flags seen"),
        ("action", ACTIONS, True, "what the filter did"),
        ("initiator", ENDS, True, "the end that opened the conversation, from the record alone"),
        ("sampling_interval", pl.UInt32, True, "one packet in so many was looked at; 1 = every packet"),
        ("name", pl.String, True, "SNI or host name seen in the conversation"),
        ("application", pl.String, True, "application as the sensor calls it"),
    ),
    *ORIGIN,
)

NAME: Final = (
    *_columns(
        ("event", EVENTS, False, "name"),
        ("time", TIME, True, "when it was seen"),
        ("client_address", pl.String, True, "who asked, shortest standard form (RFC 5952)"),
        ("name", pl.String, True, "the name asked for or shown, as the source spells it"),
        ("address", pl.String, True, "an address that the name stands for; one row each, null where there is none"),
        ("record_type", pl.String, True, "DNS type asked for, such as A"),
        ("ttl_seconds", pl.Int64, True, "how long the answer may be kept"),
        ("via", VIAS, False, "how the name was seen"),
        ("resolver_address", pl.String, True, "the server that was asked"),
        ("response_code", pl.String, True, "DNS response code, such as NOERROR"),
    ),
    *ORIGIN,
)

ADMIN: Final = (
    *_columns(
        ("event", EVENTS, False, "admin"),
        ("time", TIME, True, "when it was done"),
        ("actor", pl.String, True, "who did it, as the source names them"),
        ("actor_kind", ACTOR_KINDS, True, "whose they are: customer, provider, or a service of the provider"),
        ("actor_address", pl.String, True, "from where, shortest standard form (RFC 5952)"),
        ("actor_country", pl.String, True, "where the actor is, only where the log claims it (ISO 3166-1 alpha-2)"),
        ("action", pl.String, True, "what was done, in the source's words"),
        ("target", pl.String, True, "to what, in the source's words"),
        ("success", pl.Boolean, True, "whether it was done; null: the source does not tell"),
        ("justification", pl.String, True, "why, in the actor's words"),
    ),
    *ORIGIN,
)

COVERAGE: Final = (
    *_columns(
        ("event", EVENTS, False, "coverage"),
        ("start_time", TIME, True, "begin of the span that the statement is about"),
        ("end_time", TIME, True, "end of the span"),
        ("state", STATES, False, "what the source says about its own seeing"),
        ("records", pl.Int64, True, "records concerned, when the source tells"),
        ("detail", pl.String, True, "the source's own words"),
    ),
    *ORIGIN,
)

_FLOW_NAMES: Final = frozenset(column.name for column in FLOW)
_NAME_NAMES: Final = frozenset(column.name for column in NAME)
_SHARED: Final = {
    column.name: column
    for column in _columns(
        ("event", EVENTS, False, "flow, name or admin; the columns of the other events are null"),
        (
            "action",
            pl.String,
            True,
            "flow: `accept` or `reject`, what the filter did; admin: what was done, in the source's words",
        ),
    )
}
# What the three events say, in one shape: a column that two of them have stands once.
SAID: Final = (
    *(_SHARED.get(column.name, column) for column in FLOW if column not in ORIGIN),
    *(replace(column, nullable=True) for column in NAME if column.name not in _FLOW_NAMES),
    *(replace(column, nullable=True) for column in ADMIN if column.name not in _FLOW_NAMES | _NAME_NAMES),
    *ORIGIN,
)
# Which of the columns of an event are addresses: decoders tell them as positions.
ADDRESSES: Final = {
    "flow": ("src_address", "dst_address"),
    "name": ("client_address", "address", "resolver_address"),
    "admin": ("actor_address",),
}

JUDGED: Final = (
    *SAID,
    *_columns(
        ("system", SYSTEMS, True, "our system at this end; null for a forwarder outside every system"),
        ("peer_system", SYSTEMS, True, "our system at the other end, when that is ours too"),
        ("data_class", DATA_CLASSES, True, "data class of `system`"),
        ("activity", ACTIVITIES, False, "what kind of conversation, first that applies"),
        ("direction", DIRECTIONS, False, "who initiated; never which way octets went"),
        ("local_address", pl.String, True, "our end; null when the record tells only whose it is: an account, a host"),
        ("local_port", pl.UInt16, True, "port of our end"),
        ("remote_address", pl.String, True, "their end; null when the record does not tell it"),
        ("remote_port", pl.UInt16, True, "port of their end"),
        ("service", SERVICES, True, "protocol and port of the end that did not initiate, such as tcp/22"),
        ("octets_out", pl.Int64, True, "from our end to theirs, scaled by sampling; null: not counted that way"),
        ("octets_in", pl.Int64, True, "from their end to ours, scaled by sampling"),
        ("packets_out", pl.Int64, True, "as octets_out"),
        ("packets_in", pl.Int64, True, "as octets_in"),
        (
            "counted",
            pl.Boolean,
            False,
            "true at the one counting point of the conversation; false for what was tried and did not succeed",
        ),
        ("importer", pl.String, True, "who receives, when known"),
        ("operator", OPERATORS, True, "operator id, or as<number> where the operator table does not know it"),
        ("operator_parent", PARENTS, True, "ultimate parent at the event's time"),
        ("named_operator", OPERATORS, True, "operator that the name shows, where it is not the address's own"),
        ("named_service", NAMED_SERVICES, True, "the operator's service that the name shows"),
        ("control_countries", COUNTRY_LIST, False, "seats on the ownership path"),
        (
            "control_country",
            pl.String,
            True,
            "the country that decides the control verdict, `several`, or null: unknown",
        ),
        ("reach_laws", LAW_LIST, False, "laws in force then that reach the operator"),
        ("place_country", COUNTRIES, True, "where the bytes land; null when undetermined"),
        ("place_candidates", COUNTRY_LIST, False, "every country that a source names"),
        ("place_region", REGIONS, True, "region, when a source states it"),
        ("place_confidence", PLACE_CONFIDENCES, False, "how well the place is known"),
        ("place_source", SOURCES, True, "the source of the place"),
        ("place_verdict", PLACE_VERDICTS, False, "chapter V verdict under the law at end_time, or at time"),
        ("place_reason", PLACE_REASONS, True, "why; never null for uncovered, undetermined, not_a_transfer"),
        ("control_verdict", CONTROL_VERDICTS, False, "whose law reaches the operator"),
        ("control_reason", CONTROL_REASONS, True, "why"),
        ("mechanism", pl.String, True, "number of the decision or id of the register entry relied on"),
        ("basis", BASES, False, "identifies the versions of atlas, law, inventory, register, rules and software"),
        (
            "atlas_age_days",
            pl.Int32,
            True,
            "days from the farther place database of the atlas to end_time; over 180 either way is far",
        ),
    ),
)


def frame_schema(columns: Sequence[Column]) -> pl.Schema:
    """Polars schema of one of the tables above, in column order."""
    return pl.Schema({column.name: column.dtype for column in columns})


def departures(frame: pl.DataFrame, columns: Sequence[Column]) -> list[str]:
    """Name what departs from the table: missing, additional, mistyped or wrongly null columns; empty when none."""
    wanted = {column.name: column for column in columns}
    found = [f"{name} is missing" for name in wanted if name not in frame.columns]
    for name, dtype in frame.schema.items():
        column = wanted.get(name)
        if column is None:
            found.append(f"{name} is not in the schema")
        elif dtype != column.dtype:
            found.append(f"{name} is {dtype}, the schema says {column.dtype}")
        elif not column.nullable and frame[name].null_count():
            found.append(f"{name} has nulls")
    return found
