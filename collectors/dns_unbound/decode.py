"""Decode Unbound's log of queries and replies into names.

Decides which lines are queries and replies, tagged so (`log-tag-queryreply`) or not. Refuses to know whom Unbound asked
in turn: these logs do not say.

Source: unbound.conf(5), `log-queries`, `log-replies`, `log-tag-queryreply`, `log-time-ascii`, `log-time-iso`,
`log-destaddr`, read 2026-11; lines of 1.17.1 and 1.26.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from collectors.dns_lines import DnsLineDecoder
from collectors.event_rows import dns_names, readable
from collectors.host_lines import headed
from collectors.line_counts import shown

if TYPE_CHECKING:
    from collectors.contract import Names, SourceOptions

# Through syslog the numbers of process and thread stand once more, in front of the level.
_LEVEL: Final = r"^(?P<head>(?:\[[0-9]+:[0-9a-f]+\] )?(?P<level>[a-z]+(?: error)?): )"
_ASKED: Final = (
    r"^(?P<client>\S+) (?P<name>\S+) (?P<type>\S+) (?P<class>IN|CH|HS|ANY|NONE|CLASS[0-9]+)"
    r"(?: (?P<code>[A-Z][A-Z0-9]*) (?P<time_to_resolve>[0-9]+\.[0-9]+) (?P<cached>[01]) (?P<size>[0-9]+)"
    r"(?: on (?P<transport>\S+) (?P<server>\S+) (?P<port>[0-9]+))?)?\s*$"
)
_ATTRIBUTES: Final = ("class", "time_to_resolve", "cached", "size", "transport", "port", "repeated")
_PROGRAM: Final = "unbound"
_TAGS: Final = ("query", "reply")

NO_LOG_LINE: Final = "no_log_line"
UNREADABLE_QUERY: Final = "unreadable_query"
NOT_AN_ADDRESS: Final = "not_an_address"
NOT_A_TIME: Final = "not_a_time"
UNREADABLE_RECORD: Final = "unreadable_record"


def decoder(options: SourceOptions) -> DnsLineDecoder:
    """Decoder of one input: one row for each query and each reply.

    Raises:
        ValueError: there is no such zone.
    """
    return DnsLineDecoder(options, _read, _names, _what)


def _read(lines: pl.DataFrame) -> pl.DataFrame:
    """Add the parts of each message, and `bad` or `passed` where it gives no event."""
    level, said = headed(lines["message"], _LEVEL)
    parts = said.str.extract_groups(_ASKED).struct.unnest()
    client = parts["client"].str.replace(r"%.*$", "")
    frame = lines.with_columns(
        *parts.with_columns(client.alias("client")).get_columns(),
        level["level"],
        pl.coalesce(said, lines["rest"], pl.lit("")).alias("text"),
    )
    ours = (lines["program"] == _PROGRAM).fill_null(value=False)
    tagged = level["level"].is_in(_TAGS).fill_null(value=False)
    asked = parts["name"].is_not_null()
    is_address = readable(client)
    bad = (
        pl.when(frame["unreadable"].is_not_null())
        .then(pl.lit(UNREADABLE_RECORD))
        .when(lines["rest"].is_not_null() & lines["message"].is_null() & ~lines["stamped"])
        .then(pl.lit(NO_LOG_LINE))
        .when(~ours)
        .then(None)
        .when(lines["impossible"])
        .then(pl.lit(NOT_A_TIME))
        .when(tagged & ~asked)
        .then(pl.lit(UNREADABLE_QUERY))
        .when(tagged & ~is_address)
        .then(pl.lit(NOT_AN_ADDRESS))
    )
    told = asked & is_address & (tagged | (level["level"] == "info").fill_null(value=False))
    passed = pl.when(~ours).then(pl.lit("other_program")).when(~told).then(pl.lit("other_message"))
    return frame.with_columns(bad.alias("bad"), passed.alias("passed"))


def _names(rows: pl.DataFrame) -> Names:
    return dns_names(_columns(rows), _attributes(rows))


def _columns(rows: pl.DataFrame) -> pl.DataFrame:
    return pl.DataFrame(
        [
            rows["line"],
            rows["time"],
            rows["client"].alias("client_address"),
            rows["name"],
            rows["type"].alias("record_type"),
            rows["server"].str.replace(r"%.*$", "").alias("resolver_address"),
            rows["code"].alias("response_code"),
            rows["host"].alias("observer"),
        ]
    )


def _attributes(rows: pl.DataFrame) -> dict[str, pl.Series]:
    message = pl.select(
        pl.when(rows["code"].is_not_null()).then(pl.lit("reply")).otherwise(pl.lit("query"))
    ).to_series()
    return {"message": message} | {name: rows[name] for name in _ATTRIBUTES}


def _what(reason: str, text: str) -> str:
    """Say for people what is wrong with a line."""
    return {
        NO_LOG_LINE: f"`{shown(text)}` has neither a time nor a program as Unbound writes them",
        UNREADABLE_QUERY: f"`{shown(text)}` is a query or reply without client, name, type and class",
        NOT_AN_ADDRESS: f"client in `{shown(text)}` is not an address",
        NOT_A_TIME: "the time names a day or an hour that does not exist",
        UNREADABLE_RECORD: "the record of the journal cannot be read",
    }[reason]
