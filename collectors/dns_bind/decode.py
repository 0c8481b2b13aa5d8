"""Decode BIND's log of queries, responses, refusals and failures into names.

Decides what of a line is the client, the name and the server's own address. Refuses to know whom BIND asked in turn:
its query log does not say.

Source: BIND 9 Administrator Reference Manual, "logging categories" (`queries`, `responses`, `query-errors`,
`security`), 9.16 and 9.20, read 2026-11; lines of 9.18.49 and 9.20.30.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import polars as pl

from collectors.dns_lines import DnsLineDecoder
from collectors.event_rows import dns_names, readable
from collectors.host_lines import headed
from collectors.line_counts import shown
from collectors.stamps import FORMS, STAMP, Stamps, Times
from monitor import schema

if TYPE_CHECKING:
    from collectors.contract import Names, SourceOptions

# Through syslog BIND's own stamp, with a year, stands after the head of the line.
_INNER: Final = rf"^(?P<head>(?:(?:{STAMP}) )?)"
_SEVERITIES: Final = r"critical|error|warning|notice|info|debug [0-9]+|dynamic"
_CLIENT: Final = (
    rf"^(?P<head>(?:(?P<category>[a-z][a-z-]*): )?(?:(?P<severity>{_SEVERITIES}): )?"
    r"client (?:@0x[0-9a-f]+ )?(?P<client>[^#\s]+)#(?P<port>[0-9]+)(?:/key \S+)?(?: \(\S*\))?: "
    r"(?:signer \S+ )?(?:view (?P<view>[^:]+): )?)"
)
_ASKED: Final = (
    r"^(?P<what>query|response): (?P<name>\S+) (?P<class>\S+) (?P<type>\S+) "
    r"(?:(?P<code>[A-Z][A-Z0-9]*) (?P<answer>[0-9]+) (?P<authority>[0-9]+) (?P<additional>[0-9]+) )?"
    r"(?P<flags>[+-]\S*)(?: \((?P<server>[^)\s]+)\))?(?: \[ECS (?P<ecs>[^\]]+)\])?\s*$"
)
_DENIED: Final = (
    r"^(?P<what>query|zone transfer)(?: \(cache\))? "
    r"'(?P<name>.*)/(?P<type>[^/']+)/(?P<class>[^/']+)'(?P<denied> denied)"
)
_BAD_TRANSFER: Final = (
    r"^(?P<what>bad zone transfer request): '(?P<name>.*)/(?P<class>[^/']+)': .* \((?P<code>[A-Z]+)\)$"
)
_FAILED: Final = (
    r"^(?P<what>query failed) \((?P<code>[^)]*)\) for (?P<name>.*)/(?P<class>[^/\s]+)/(?P<type>[^/\s]+) at "
)
# What a line tells besides the columns of every event, and under which name it becomes an attribute.
_TOLD: Final = ("what", "name", "class", "type", "code", "answer", "authority", "additional", "flags", "server", "ecs")
_ATTRIBUTES: Final = (
    "category",
    "severity",
    "view",
    "port",
    "class",
    "flags",
    "ecs",
    "answer",
    "authority",
    "additional",
)
_PROGRAMS: Final = r"named|bind"
_CODE: Final = r"^[A-Z][A-Z0-9]*$"

NO_LOG_LINE: Final = "no_log_line"
UNREADABLE_QUERY: Final = "unreadable_query"
NOT_AN_ADDRESS: Final = "not_an_address"
NOT_A_TIME: Final = "not_a_time"
UNREADABLE_RECORD: Final = "unreadable_record"


def decoder(options: SourceOptions) -> DnsLineDecoder:
    """Decoder of one input: one row for each line that names a client and a name.

    Raises:
        ValueError: there is no such zone.
    """
    return DnsLineDecoder(options, partial(_read, Stamps(options)), _names, _what)


def _read(inner: Stamps, lines: pl.DataFrame) -> pl.DataFrame:
    """Add the parts of each message, and `bad` or `passed` where it gives no event."""
    through = lines["rest"].is_null() | (lines["pid"].is_not_null() & lines["message"].is_not_null())
    written = lines["message"].zip_with(through, lines["rest"])
    message, own = _own_times(inner, written, through)
    parts, said = headed(message, _CLIENT)
    told = _said(said)
    parts = _severity(parts)
    client = parts["client"].str.replace(r"%.*$", "")
    frame = lines.with_columns(
        pl.coalesce(own.instant, lines["time"]).alias("time"),
        parts["category"],
        parts["severity"],
        parts["view"],
        parts["port"],
        client.alias("client"),
        *told.get_columns(),
        pl.coalesce(message, pl.lit("")).alias("text"),
    )
    other = through & ~lines["program"].fill_null("").str.contains(_PROGRAMS)
    impossible = lines["impossible"] | own.impossible
    has_name = frame["name"].is_not_null()
    begun = said.str.contains(r"^(?:query|response): ").fill_null(value=False)
    logged = parts["client"].is_not_null() | lines["stamped"] | through
    bad = (
        pl.when(frame["unreadable"].is_not_null())
        .then(pl.lit(UNREADABLE_RECORD))
        .when(other)
        .then(None)
        .when(impossible)
        .then(pl.lit(NOT_A_TIME))
        .when(begun & ~has_name)
        .then(pl.lit(UNREADABLE_QUERY))
        .when(has_name & ~readable(client))
        .then(pl.lit(NOT_AN_ADDRESS))
        .when(~logged)
        .then(pl.lit(NO_LOG_LINE))
    )
    passed = pl.when(other).then(pl.lit("other_program")).when(~has_name).then(pl.lit("other_message"))
    return frame.with_columns(bad.alias("bad"), passed.alias("passed"))


def _own_times(inner: Stamps, written: pl.Series, through: pl.Series) -> tuple[pl.Series, Times]:
    """What follows BIND's own stamp in a line of syslog, and the time that this tells; of other lines, nothing."""
    if not through.any():
        nothing = pl.Series([None], dtype=schema.TIME).new_from_index(0, len(written))
        return written, Times(nothing, pl.Series([False]).new_from_index(0, len(written)))
    head, message = headed(written, _INNER)
    return message, inner.times(head.select(FORMS))


def _severity(parts: pl.DataFrame) -> pl.DataFrame:
    """Where a channel prints the severity alone, the word is one, and no category."""
    category = pl.col("category")
    alone = pl.col("severity").is_null() & category.str.contains(f"^(?:{_SEVERITIES})$")
    return parts.with_columns(
        pl.when(alone).then(category).otherwise("severity").alias("severity"),
        pl.when(~alone).then(category).alias("category"),
    )


def _said(said: pl.Series) -> pl.DataFrame:
    """What is said of a client, in whichever form it is said."""
    nothing = pl.Series([None], dtype=pl.String).new_from_index(0, len(said))
    found = pl.DataFrame(dict.fromkeys(_TOLD, nothing))
    open_ = said.is_not_null()
    for form in (_ASKED, _DENIED, _BAD_TRANSFER, _FAILED):
        rows = open_.arg_true()
        if not len(rows):
            break
        groups = said.gather(rows).str.extract_groups(form).struct.unnest()
        hits = groups["what"].is_not_null()
        where = rows.filter(hits)
        if len(where):
            if form == _DENIED:
                groups = groups.select(pl.concat_str("what", "denied").alias("what"), "name", "class", "type")
            found = found.with_columns(found[name].scatter(where, groups[name].filter(hits)) for name in groups.columns)
            open_ = open_.scatter(where, False)
    return found


def _names(rows: pl.DataFrame) -> Names:
    return dns_names(_columns(rows), _attributes(rows))


def _columns(rows: pl.DataFrame) -> pl.DataFrame:
    code = rows["code"]
    return pl.DataFrame(
        [
            rows["line"],
            rows["time"],
            rows["client"].alias("client_address"),
            rows["name"],
            rows["type"].alias("record_type"),
            rows["server"].str.replace(r"%.*$", "").alias("resolver_address"),
            pl.select(pl.when(code.str.contains(_CODE)).then(code)).to_series().alias("response_code"),
            rows["host"].alias("observer"),
        ]
    )


def _attributes(rows: pl.DataFrame) -> dict[str, pl.Series]:
    attributes = {"message": rows["what"]}
    return attributes | {name: rows[name] for name in (*_ATTRIBUTES, "repeated")}


def _what(reason: str, text: str) -> str:
    """Say for people what is wrong with a line."""
    return {
        NO_LOG_LINE: f"`{shown(text)}` has neither a time nor a client as BIND writes them",
        UNREADABLE_QUERY: f"`{shown(text)}` is a query without name, class, type and flags",
        NOT_AN_ADDRESS: f"client in `{shown(text)}` is not an address",
        NOT_A_TIME: "the time names a day or an hour that does not exist",
        UNREADABLE_RECORD: "the record of the journal cannot be read",
    }[reason]
