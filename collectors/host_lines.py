"""Lines of a host's log as columns: when, on which host, which program, and what it says.

Decides where the head of a line ends: that of syslog (RFC 3164, RFC 5424, and the forms of rsyslog and journalctl with
an ISO time), that of a program which writes its file itself, or none. Input of the journal (`journalctl -o json`,
`-o export`) gives the same columns. Refuses to know what a message means.

Source: RFC 3164 section 4.1; RFC 5424 section 6; rsyslog documentation, "Templates", read 2026-11.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

import polars as pl

from collectors.journal import JournalReader, journal_form
from collectors.stamps import FORMS, STAMP, Stamps
from monitor import schema

if TYPE_CHECKING:
    from collectors.contract import Piece, SourceOptions

# What a line may begin with: RFC 5424's or RFC 3164's priority, and a stamp. `version` tells RFC 5424.
_HEAD: Final = rf"^(?P<head>(?:\x{{feff}})?(?:<[0-9]{{1,3}}>(?P<version>1 )?)?(?:(?:{STAMP})[ \t]*)?)"
# HOST PROGRAM[PID]: of syslog; a program that writes its own file leaves out the host. A colon may be missing after
# the number of the process, and only there.
_TAG: Final = (
    r"^(?P<head>(?:(?P<host>[^\s:\[\]]+|[0-9A-Fa-f]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*) )?"
    r"(?P<program>[^\s:\[\]]+)(?:\[(?P<pid>[^\]\s]*)\]:?|:) +)"
)
# RFC 5424: HOST PROGRAM PID MESSAGE-ID STRUCTURED-DATA MESSAGE, `-` where there is none.
_NEW_TAG: Final = (
    r"^(?P<host>\S+) (?P<program>\S+) (?P<pid>\S+) \S+ "
    r'(?:-|(?:\[(?:[^"\]]|"(?:[^"\\]|\\.)*")*\])+)(?: +(?:\x{feff})?(?P<message>.*))?$'
)
_REPEATED: Final = r"^message repeated (?P<repeated>\d+) times: \[ ?(?P<message>.*)\]$"
_PARTS: Final = ("host", "program", "pid", "message")
COLUMNS: Final = pl.Schema(
    {
        "line": pl.UInt64(),
        "time": schema.TIME,
        "impossible": pl.Boolean(),
        "stamped": pl.Boolean(),
        **dict.fromkeys((*_PARTS, "repeated", "rest", "unreadable"), pl.String()),
    }
)


class HostLines:
    """Reads the lines of one input in order; carries what its stamps and the journal's records need.

    A blank line is no record.

    *Columns out*: `line`; `time` (null: not told for sure); `impossible`: the stamp names a time that does not exist;
    `stamped`: there is a stamp; `host`, `program`, `pid`, `message`: null where the line has no such head;
    `repeated`: how often the log says it was; `rest`: the line after the stamp, null in a journal; `unreadable`: why a
    record of the journal could not be read, in words.
    """

    def __init__(self, options: SourceOptions) -> None:
        """Take the site's zone and year.

        Raises:
            ValueError: there is no such zone.
        """
        self._stamps = Stamps(options)
        self._journal: JournalReader | None = None
        self._begun = False

    def state(self) -> str:
        """What the lines so far leave behind."""
        journal = self._journal.state() if self._journal else None
        return json.dumps({"begun": self._begun, "stamps": self._stamps.state(), "journal": journal})

    def resume(self, state: str) -> None:
        """Go on from there."""
        said = json.loads(state)
        self._begun = said["begun"]
        self._stamps.resume(said["stamps"])
        self._journal = JournalReader.resumed(said["journal"]) if said["journal"] else None

    def read(self, piece: Piece) -> pl.DataFrame:
        """Read complete lines; what form an input has is told by its first line that is not blank."""
        if not self._begun and piece.data.strip():
            form = journal_form(piece.data)
            self._journal = JournalReader(form) if form else None
            self._begun = True
        if self._journal is not None:
            return self._journal.read(piece).select(COLUMNS.names())
        lines = text_lines(piece.data)
        numbers = pl.Series("line", range(piece.first_line, piece.first_line + len(lines)), dtype=pl.UInt64)
        written = lines.str.strip_chars() != ""
        if not written.all():
            lines, numbers = lines.filter(written), numbers.filter(written)
        if not len(lines):
            return COLUMNS.to_frame()
        head, rest = headed(lines, _HEAD)
        times = self._stamps.times(head.select(FORMS))
        tag, message = headed(rest, _TAG)
        tag = tag.with_columns(message.alias("message"))
        if head["version"].null_count() < len(head):
            new = rest.zip_with(head["version"].is_not_null(), _nothing(rest)).str.extract_groups(_NEW_TAG)
            tag = _either(new.struct.unnest(), tag, head["version"].is_not_null())
        message, repeated = _unwrapped(tag["message"])
        return pl.DataFrame(
            [
                numbers,
                times.instant.alias("time"),
                times.impossible.alias("impossible"),
                pl.select(pl.any_horizontal(head[form].is_not_null() for form in FORMS)).to_series().alias("stamped"),
                tag["host"],
                tag["program"],
                tag["pid"],
                message,
                repeated,
                rest.alias("rest"),
                _nothing(rest).alias("unreadable"),
            ]
        )


def headed(text: pl.Series, pattern: str) -> tuple[pl.DataFrame, pl.Series]:
    """Groups of a pattern that ends with its group `head`, and what follows that; null where it does not fit.

    To cut the text is several times quicker than to have the pattern match to its end.
    """
    groups = text.str.extract_groups(pattern).struct.unnest()
    rest = pl.DataFrame([text.alias("text"), groups["head"]]).select(
        pl.when(pl.col("head").is_not_null()).then(pl.col("text").str.slice(pl.col("head").str.len_chars()))
    )
    return groups.drop("head"), rest.to_series().alias("rest")


def text_lines(data: bytes) -> pl.Series:
    """Lines as text, without their ends; octets that are no UTF-8 become U+FFFD."""
    text = data.decode("utf-8", "replace")
    if "\r" in text:
        text = re.sub(r"\r+$", "", text, flags=re.MULTILINE)
    return pl.Series("line", text.removesuffix("\n").split("\n") if text else [], dtype=pl.String)


def _unwrapped(message: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Take a message out of rsyslog's `message repeated 3 times: [ ... ]`."""
    wrapped = message.str.starts_with("message repeated ").fill_null(value=False)
    if not wrapped.any():
        return message.alias("message"), _nothing(message).alias("repeated")
    inner = message.str.extract_groups(_REPEATED).struct.unnest()
    found = inner["message"].is_not_null() & wrapped
    return inner["message"].zip_with(found, message).alias("message"), inner["repeated"]


def _either(new: pl.DataFrame, old: pl.DataFrame, where: pl.Series) -> pl.DataFrame:
    """Columns of the new form where it is said to be, without its dashes for nothing, and of the old form elsewhere."""
    columns = []
    for name in _PARTS:
        column = new[name].zip_with((new[name] != "-").fill_null(value=False), _nothing(new[name]))
        columns.append(column.zip_with(where, old[name]))
    return pl.DataFrame(columns)


def _nothing(like: pl.Series) -> pl.Series:
    return pl.Series(like.name, [None], dtype=pl.String).new_from_index(0, len(like))
