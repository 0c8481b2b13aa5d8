"""Decode the log of sshd into administration: who logged in or tried to, from where, by which method.

Decides that each message that names a far end is an event; `forms` says what it means. Refuses to know whether one that
came in was allowed to, and what was done in the session.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import polars as pl

from collectors.contract import Batch
from collectors.event_rows import admin_rows
from collectors.host_lines import HostLines
from collectors.line_counts import counted, shown
from collectors.sshd.forms import BEFORE_LOGIN, DISCONNECT, ENDS, FORMS, GRAVITY, GROUPS, KEY, KEY_GROUPS, WORDS

if TYPE_CHECKING:
    from collectors.contract import Piece, SourceOptions

# OpenSSH 9.8 split the program: sshd listens, sshd-session serves, 10.0 has sshd-auth besides.
_PROGRAMS: Final = ("sshd", "sshd-session", "sshd-auth")
# BSD syslog writes this in the place of a program: what was said before was said so often again.
_AGAIN: Final = r"^(?:\S+ )?(?:last )?message repeated (?P<again>\d+) times?\s*$"
_ATTRIBUTES: Final = ("method", "port", "detail", "host", "local", "local_port", "repeated")

NO_LOG_LINE: Final = "no_log_line"
UNREADABLE_MESSAGE: Final = "unreadable_message"
NOT_A_TIME: Final = "not_a_time"
UNREADABLE_RECORD: Final = "unreadable_record"


class SshdDecoder:
    """Decodes one input; carries the last message that may be said to be repeated."""

    def __init__(self, options: SourceOptions) -> None:
        """Take the site's zone and year.

        Raises:
            ValueError: there is no such zone.
        """
        self._lines = HostLines(options)
        self._last: list[str | None] | None = None

    def state(self) -> str:
        """The last line's program and message, and what the lines so far leave behind."""
        return json.dumps({"lines": self._lines.state(), "last": self._last})

    def resume(self, state: str) -> None:
        """Go on from there."""
        said = json.loads(state)
        self._lines.resume(said["lines"])
        self._last = said["last"]

    def decode(self, piece: Piece) -> Batch:
        """Decode complete lines: one event for each message that names a far end."""
        lines = self._lines.read(piece)
        if not lines.height:
            return Batch()
        lines = _read(self._repeated(lines))
        batch = counted(lines.select("line", "bad", "passed", "text"), _what)
        rows = lines.filter(pl.col("bad").is_null() & pl.col("passed").is_null())
        if not rows.height:
            return batch
        return replace(batch, admins=(admin_rows(_columns(rows), _attributes(rows)),))

    def _repeated(self, lines: pl.DataFrame) -> pl.DataFrame:
        """Give `last message repeated 3 times` the message of the line before."""
        again = lines["rest"].str.extract(_AGAIN)
        parts = ("host", "program", "pid", "message")
        if again.null_count() < lines.height:
            first = again[0] is not None
            filled = lines.with_columns(pl.when(again.is_null()).then(pl.col(name)).alias(name) for name in parts)
            marks = pl.Series(again.is_null()).cum_sum()
            for name, place in zip(parts, range(len(parts)), strict=True):
                kept = filled[name].filter(again.is_null())
                before = self._last[place] if first and self._last else None
                column = pl.concat([pl.Series(name, [before], dtype=pl.String), kept]).gather(marks)
                filled = filled.with_columns(column.alias(name))
            lines = filled.with_columns(pl.coalesce(again, lines["repeated"]).alias("repeated"))
        self._last = [lines[name][-1] for name in parts]
        return lines


def _read(lines: pl.DataFrame) -> pl.DataFrame:
    """Add the parts of each message, and `bad` or `passed` where it gives no event."""
    message = lines["message"].str.replace(GRAVITY, "")
    ours = lines["program"].is_in(_PROGRAMS).fill_null(value=False)
    words = message.str.extract(WORDS)
    words = words.zip_with(ours, pl.Series([None], dtype=pl.String).new_from_index(0, len(words)))
    nothing = pl.Series([None], dtype=pl.String).new_from_index(0, lines.height)
    found = {name: nothing.clone() for name in (*GROUPS, "action")}
    success = pl.Series([None], dtype=pl.Boolean).new_from_index(0, lines.height)
    whole = pl.Series([False]).new_from_index(0, lines.height)
    for form in FORMS:
        rows = (words == form.words).fill_null(value=False).arg_true()
        if not len(rows):
            continue
        groups = message.gather(rows).str.extract_groups(form.pattern).struct.unnest()
        hits = groups["from"].is_not_null()
        where = rows.filter(hits)
        for name in groups.columns:
            found[name] = found[name].scatter(where, groups[name].filter(hits))
        found["action"] = found["action"].scatter(where, form.action)
        success = success.scatter(where, form.success)
        if form.whole and not hits.all():
            misfits = rows.filter(~hits)
            whole = whole.scatter(misfits.filter(message.gather(misfits).str.contains(form.whole)), True)
    told = found["action"].is_not_null()
    nobody = message.str.contains(BEFORE_LOGIN) | (found["user"].is_null() & (words != "Received disconnect"))
    success = success.zip_with(~((found["action"] == DISCONNECT) & nobody).fill_null(value=False), whole & False)
    frame = lines.rename({"host": "host_of_line"}).with_columns(
        *(column.alias(name) for name, column in found.items()),
        words.alias("words"),
        success.alias("success"),
        pl.coalesce(lines["message"], lines["rest"], pl.lit("")).alias("text"),
    )
    bad = (
        pl.when(frame["unreadable"].is_not_null())
        .then(pl.lit(UNREADABLE_RECORD))
        .when(lines["rest"].is_not_null() & lines["message"].is_null() & ~lines["stamped"])
        .then(pl.lit(NO_LOG_LINE))
        .when(~ours)
        .then(None)
        .when(lines["impossible"])
        .then(pl.lit(NOT_A_TIME))
        .when(whole)
        .then(pl.lit(UNREADABLE_MESSAGE))
    )
    passed = pl.when(~ours).then(pl.lit("other_program")).when(~told).then(pl.lit("other_message"))
    return frame.with_columns(bad.alias("bad"), passed.alias("passed"))


def _columns(rows: pl.DataFrame) -> pl.DataFrame:
    user = rows["user"]
    return pl.DataFrame(
        [
            rows["line"],
            rows["time"],
            pl.select(pl.when(user != "").then(user)).to_series().alias("actor"),
            pl.Series("actor_kind", ["customer"], dtype=pl.String).new_from_index(0, rows.height),
            rows["from"].str.replace(r"%.*$", "").alias("actor_address"),
            rows["local"].str.replace(r"%.*$", "").alias("target_address"),
            rows["action"],
            rows["host_of_line"].alias("target"),
            rows["success"],
            (~rows["action"].is_in(ENDS)).alias("access"),
            rows["host_of_line"].alias("observer"),
        ]
    )


def _attributes(rows: pl.DataFrame) -> dict[str, pl.Series]:
    key = rows["detail"].str.extract_groups(KEY).struct.unnest()
    detail = pl.select(pl.when(key["fingerprint"].is_null()).then(rows["detail"])).to_series()
    attributes = {"message": rows["words"], "from": rows["from"]}
    attributes |= {name: rows[name] for name in _ATTRIBUTES}
    return attributes | {"detail": detail} | {name: key[name] for name in KEY_GROUPS}


def _what(reason: str, text: str) -> str:
    """Say for people what is wrong with a line."""
    return {
        NO_LOG_LINE: f"`{shown(text)}` has neither a time nor a program as syslog writes them",
        UNREADABLE_MESSAGE: f"`{shown(text)}` names no user and address as sshd does",
        NOT_A_TIME: "the time names a day or an hour that does not exist",
        UNREADABLE_RECORD: "the record of the journal cannot be read",
    }[reason]
