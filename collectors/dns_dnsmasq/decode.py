"""Decode dnsmasq's log of queries into names: what was asked, which resolver was asked in turn, what was answered.

Decides that each line that tells one of these is a row, joined with the question that it belongs to. The row of a
`forwarded` line, and no other, has the resolver that the name was sent to: so a question that went abroad is judged
once, whether and however often it is answered. Refuses to know where a question came from that no line tells.

Source: dnsmasq(8), `--log-queries`, `--log-facility`, read 2026-11; lines of 2.90 and 2.91; Pi-hole documentation,
"Log output", read 2026-11.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import polars as pl

from collectors.contract import Batch
from collectors.dns_dnsmasq.questions import Question, Questions, reverse_name
from collectors.event_rows import dns_names, readable
from collectors.host_lines import HostLines, headed
from collectors.line_counts import counted, shown
from monitor import schema

if TYPE_CHECKING:
    from collectors.contract import Piece, SourceOptions

# `--log-queries=extra` and `proto` begin with a serial number and who asked.
_EXTRA: Final = (
    r"^(?P<head>(?:(?:(?P<protocol>UDP|TCP) )?(?P<serial>[0-9]{1,20}) (?P<requestor>[0-9A-Fa-f:.]+)(?:%\S+)?"
    r"/(?P<port>[0-9]+) )?)"
)
_ASKED: Final = r"^(?P<verb>query|auth)\[(?P<type>[^\]]+)\] (?P<name>\S*) from (?P<end>\S+)$"
_SENT: Final = (
    r"^(?P<verb>forwarded|dnssec-query|dnssec-retry)(?:\[(?P<type>[^\]]+)\])? (?P<name>\S*) to (?P<end>[^\s#%@]+)\S*$"
)
# The word before the name is where the answer is from: a resolver, the cache, the configuration, a file of hosts.
_ANSWERED: Final = (
    r"^(?P<verb>(?:gravity|exactly|regex|deny|special|Pi-hole) \S+|\S+) (?P<name>\S*) is "
    r"(?P<end>\S+|[^\s<].*?)(?: \(EDE: .*\))?$"
)
_BEGINS: Final = r"^(?:query|auth|forwarded|dnssec-query|dnssec-retry|reply|cached|cached-stale|config)(?:\[| )"
# Lines that speak of an answer without being one.
_NOT_ANSWERS: Final = ("validation",)
_PARTS: Final = ("verb", "type", "name", "end")
_CODES: Final = ("NXDOMAIN", "SERVFAIL", "REFUSED", "FORMERR", "NOTIMP", "NOTIMPL", "YXDOMAIN", "NOTAUTH")
_NO_DATA: Final = {"NODATA": None, "NODATA-IPv4": "A", "NODATA-IPv6": "AAAA"}
_ALIAS: Final = "<CNAME>"
_ERROR: Final = "error"
_SENT_ON: Final = "sent"
# What the joining reads of a line besides where it is from, what it adds, and what stays as the line has it.
_TOLD: Final = ("serial", "requestor", "verb", "type", "name", "end", "family")
_JOINED: Final = (
    *("client_address", "name", "address", "record_type", "resolver_address", "response_code"),
    *("answer", "cname", "forwarded_to"),
)
_OF_THE_LINE: Final = ("line", "time", "serial", "protocol", "port", "repeated")
_PROGRAM: Final = "dnsmasq"

NO_LOG_LINE: Final = "no_log_line"
UNREADABLE_QUERY: Final = "unreadable_query"
NOT_AN_ADDRESS: Final = "not_an_address"
NOT_A_TIME: Final = "not_a_time"
UNREADABLE_RECORD: Final = "unreadable_record"
_FORGOTTEN: Final = "a question was forgotten before its answer: too many came after it"


class DnsDnsmasqDecoder:
    """Decodes one input; carries the questions that wait for an answer."""

    def __init__(self, options: SourceOptions) -> None:
        """Take the site's zone and year.

        Raises:
            ValueError: there is no such zone.
        """
        self._lines = HostLines(options)
        self._questions = Questions()

    def state(self) -> str:
        """The questions that wait, and what the lines so far leave behind."""
        return json.dumps({"lines": self._lines.state(), "questions": self._questions.state()})

    def resume(self, state: str) -> None:
        """Go on from there."""
        said = json.loads(state)
        self._lines.resume(said["lines"])
        self._questions = Questions.resumed(said["questions"])

    def decode(self, piece: Piece) -> Batch:
        """Decode complete lines."""
        lines = self._lines.read(piece)
        if not lines.height:
            return Batch()
        lines = _read(lines)
        tells = lines["bad"].is_null() & lines["passed"].is_null()
        told = lines.filter(tells)
        rows, is_row, coverage = self._joined(told)
        if not is_row.all():
            alias = pl.when(told["end"] == _ALIAS).then(pl.lit("alias")).otherwise(pl.lit("error_without_question"))
            other = pl.select(pl.when(~is_row).then(alias)).to_series()
            lines = lines.with_columns(lines["passed"].scatter(tells.arg_true(), other).alias("passed"))
        batch = counted(lines.select("line", "bad", "passed", "text"), _what)
        if not rows.height:
            return batch
        attributes = {
            name: rows[name]
            for name in ("message", "serial", "protocol", "port", "answer", "cname", "forwarded_to", "repeated")
        }
        return replace(batch, names=(dns_names(rows, attributes),), coverage=coverage)

    def _joined(self, told: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series, tuple[pl.DataFrame, ...]]:
        """Lines that are rows, with what their questions tell; which lines those are; and the questions given up."""
        rows: list[tuple[str | None, ...]] = []
        is_row: list[bool] = []
        forgotten: list[int] = []
        row: tuple[str | None, ...] | None
        scopes = pl.select(pl.format("{}/{}", told["host"].fill_null(""), told["pid"].fill_null(""))).to_series()
        columns = [scopes.to_list(), *(told[name].to_list() for name in _TOLD)]
        for scope, serial, requestor, verb, type_, name, end, family in zip(*columns, strict=True):
            if verb in {"query", "auth"}:
                if self._questions.asked(Question(scope, serial, end, name, type_)):
                    forgotten.append(len(is_row))
                row = (end, name, None, type_, None, None, None, None, None)
            elif family == _SENT_ON:
                row = self._sent(scope, serial, requestor, verb, name, end, type_)
            else:
                row = self._answer(scope, serial, requestor, verb, name, end, family)
            is_row.append(row is not None)
            if row is not None:
                rows.append(row)
        kept = pl.Series(is_row, dtype=pl.Boolean)
        joined = zip(*rows, strict=True) if rows else ([] for _ in _JOINED)
        frame = pl.DataFrame(
            [
                *told.filter(kept).select(*_OF_THE_LINE, observer="host", message="verb").get_columns(),
                *(pl.Series(name, values, dtype=pl.String) for name, values in zip(_JOINED, joined, strict=True)),
            ]
        )
        return frame, kept, (_coverage(told[forgotten]),) if forgotten else ()

    def _sent(
        self, scope: str, serial: str | None, requestor: str | None, verb: str, name: str, end: str, type_: str | None
    ) -> tuple[str | None, ...]:
        """Columns of a question that went to a resolver; one of dnsmasq's own (DNSSEC) has no client."""
        asked = self._questions.forwarded(scope, serial, name, end) if verb == "forwarded" else None
        client = asked.client if asked else requestor
        return client, name, None, type_ or (asked.type if asked else None), end, None, None, None, None

    def _answer(
        self, scope: str, serial: str | None, requestor: str | None, verb: str, name: str, end: str, family: str | None
    ) -> tuple[str | None, ...] | None:
        """Columns of an answer; null for an alias, whose addresses follow, and an error that names no question."""
        question = None
        if serial is not None or name != _ERROR:
            question = self._questions.answered(scope, serial, name, family, verb)
        if end == _ALIAS:
            self._questions.told_alias()
            return None
        if question is None and serial is None and name == _ERROR:
            return None
        client = question.client if question else requestor
        asked = question.name if question else None if name == _ERROR else reverse_name(name) or name
        type_ = question.type if question else family
        resolver = question.answering_resolver if question and verb == "reply" else None
        address = end if family and end not in _NO_DATA else None
        code = end if end in _CODES else None if end == "truncated" else "NOERROR"
        plain = address is not None or end in _CODES or end in _NO_DATA
        cname = name if address is not None and question and name.lower() != question.name.lower() else None
        return client, asked, address, type_, None, code, None if plain else end, cname, resolver


def _read(lines: pl.DataFrame) -> pl.DataFrame:
    """Add the parts of each message, and `bad` or `passed` where it tells nothing.

    `family` of an answer: the address type that it is of, null for none; of a question sent to a resolver: `sent`.
    """
    extra, said = headed(lines["message"], _EXTRA)
    ours = (lines["program"] == _PROGRAM).fill_null(value=False)
    asked, sent, answered = (said.str.extract_groups(form).struct.unnest() for form in (_ASKED, _SENT, _ANSWERED))
    found = {
        name: pl.select(
            pl.coalesce([part[name] for part in (asked, sent, answered) if name in part.columns])
        ).to_series()
        for name in _PARTS
    }
    end, verb = found["end"].str.replace(r"^([0-9A-Fa-f:.]+)%.*$", "${1}"), found["verb"]
    is_sent, is_answer = sent["verb"].is_not_null(), asked["verb"].is_null() & sent["verb"].is_null()
    is_address = readable(end)
    family = pl.select(
        pl.when(is_sent)
        .then(pl.lit(_SENT_ON))
        .when(is_address)
        .then(pl.when(end.str.contains(":", literal=True)).then(pl.lit("AAAA")).otherwise(pl.lit("A")))
        .when(end == "NODATA-IPv4")
        .then(pl.lit("A"))
        .when(end == "NODATA-IPv6")
        .then(pl.lit("AAAA"))
    ).to_series()
    frame = lines.with_columns(
        *extra.select("protocol", "serial", "requestor", "port").get_columns(),
        *(found[name].alias(name) for name in ("verb", "type", "name")),
        end.alias("end"),
        family.alias("family"),
        pl.coalesce(said, lines["rest"], pl.lit("")).alias("text"),
    )
    told = verb.is_not_null() & ~verb.is_in(_NOT_ANSWERS)
    bad = (
        pl.when(frame["unreadable"].is_not_null())
        .then(pl.lit(UNREADABLE_RECORD))
        .when(lines["rest"].is_not_null() & lines["message"].is_null() & ~lines["stamped"])
        .then(pl.lit(NO_LOG_LINE))
        .when(~ours)
        .then(None)
        .when(lines["impossible"])
        .then(pl.lit(NOT_A_TIME))
        .when(~told & said.str.contains(_BEGINS).fill_null(value=False))
        .then(pl.lit(UNREADABLE_QUERY))
        .when(told & ~is_answer & ~is_address)
        .then(pl.lit(NOT_AN_ADDRESS))
    )
    passed = pl.when(~ours).then(pl.lit("other_program")).when(~told).then(pl.lit("other_message"))
    return frame.with_columns(bad.alias("bad"), passed.alias("passed"))


def _coverage(lines: pl.DataFrame) -> pl.DataFrame:
    """Say of each line that another question was given up for its own."""
    nothing = pl.Series([None], dtype=pl.String).new_from_index(0, lines.height)
    return lines.select(
        "line",
        start_time="time",
        end_time="time",
        state=pl.lit("dropped", dtype=schema.STATES),
        records=pl.lit(1, dtype=pl.Int64),
        detail=pl.lit(_FORGOTTEN),
        observer="host",
        **dict.fromkeys(("account", "network_id", "region_hint", "service_hint"), nothing),
        attributes=pl.lit("{}"),
    )


def _what(reason: str, text: str) -> str:
    """Say for people what is wrong with a line."""
    return {
        NO_LOG_LINE: f"`{shown(text)}` has neither a time nor a program as dnsmasq writes them",
        UNREADABLE_QUERY: f"`{shown(text)}` is no whole question, forwarding or answer",
        NOT_AN_ADDRESS: f"`{shown(text)}` names as client or resolver what is not an address",
        NOT_A_TIME: "the time names a day or an hour that does not exist",
        UNREADABLE_RECORD: "the record of the journal cannot be read",
    }[reason]
