"""Records of the systemd journal as columns, from `journalctl -o json` and `journalctl -o export`.

Decides where a record of the export form begins and ends, also where a piece cuts it and where a field holds octets
that are no text. Refuses to know what a message means.

Source: systemd.io, "Journal Export Formats", and systemd.journal-fields(7), read 2026-11.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec
import polars as pl

from monitor import schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from collectors.contract import Piece

JSON: Final = "json"
EXPORT: Final = "export"
# A record that is longer is not kept; what follows it is found at the next blank line.
RECORD_OCTETS: Final = 1 << 20
_LENGTH: Final = 8  # octets of a length in front of a field that is no text
_WANTED: Final = (
    "MESSAGE",
    "_HOSTNAME",
    "SYSLOG_IDENTIFIER",
    "_COMM",
    "_PID",
    "SYSLOG_PID",
    "_SOURCE_REALTIME_TIMESTAMP",
    "__REALTIME_TIMESTAMP",
)
_SOUGHT: Final = tuple((name, f"\n{name}=".encode()) for name in _WANTED)
_TEXT_FIELDS: Final = re.compile(rb"(?:[A-Z0-9_]+=[^\n]*+\n)++")
_OCTETS_FIELD: Final = re.compile(rb"[A-Z0-9_]+\n")
_BEGINS_EXPORT: Final = re.compile(rb"\s*__[A-Z_]+=")
_LATEST: Final = 253_402_300_799_999_999  # the end of year 9999, in microseconds
_NOT_JSON: Final = "the record is not a JSON object of the journal"
_TOO_LONG: Final = "the record is longer than is kept of one"
_BROKEN: Final = "the record has a line that is no field, or a field that ends elsewhere than it says"

_Value = str | list[int | str] | None


class _Record(msgspec.Struct, frozen=True, gc=False):
    """The fields of a journal record that are read; one that is no UTF-8 is a list of its octets."""

    message: _Value = msgspec.field(default=None, name="MESSAGE")
    host: _Value = msgspec.field(default=None, name="_HOSTNAME")
    identifier: _Value = msgspec.field(default=None, name="SYSLOG_IDENTIFIER")
    command: _Value = msgspec.field(default=None, name="_COMM")
    pid: _Value = msgspec.field(default=None, name="_PID")
    syslog_pid: _Value = msgspec.field(default=None, name="SYSLOG_PID")
    source_time: _Value = msgspec.field(default=None, name="_SOURCE_REALTIME_TIMESTAMP")
    journal_time: _Value = msgspec.field(default=None, name="__REALTIME_TIMESTAMP")


@dataclass(frozen=True, slots=True)
class _Entry:
    """One record and the line that it begins in; `why` where it could not be read."""

    line: int
    record: _Record
    why: str | None = None


_NOTHING: Final = _Record()


def journal_form(data: bytes) -> str | None:
    """Which form of the journal an input begins with, if any."""
    if data.lstrip().startswith(b"{"):
        return JSON
    return EXPORT if _BEGINS_EXPORT.match(data) else None


class JournalReader:
    """Reads the records of one input; carries the export record that the last piece cut."""

    def __init__(self, form: str) -> None:
        self._form = form
        self._cut = b""
        self._line = 0
        self._lost = False

    def state(self) -> list[str | int | bool]:
        """The form, and the begun record with the line that it begins in."""
        return [self._form, self._cut.decode("latin-1"), self._line, self._lost]

    @classmethod
    def resumed(cls, state: list[str | int | bool]) -> JournalReader:
        """Go on from a state."""
        form, cut, line, lost = state
        reader = cls(str(form))
        reader._cut, reader._line, reader._lost = str(cut).encode("latin-1"), int(line), bool(lost)
        return reader

    def read(self, piece: Piece) -> pl.DataFrame:
        """One row a record; *Columns out*: as `host_lines.HostLines` says."""
        entries = list(self._exported(piece) if self._form == EXPORT else _json_lines(piece))
        return _frame(entries)

    def _exported(self, piece: Piece) -> Iterator[_Entry]:
        """Records end with a blank line; a cut one waits for its end."""
        data, line = self._cut + piece.data, self._line if self._cut or self._lost else piece.first_line
        at, self._cut = 0, b""
        while at < len(data):
            if self._lost:
                end = data.find(b"\n\n", at)
                if end < 0:
                    self._keep(data[-1:] if data.endswith(b"\n") else b"", line + data.count(b"\n", at))
                    return
                self._lost, line, at = False, line + data.count(b"\n", at, end + 2), end + 2
                continue
            if data[at] == ord("\n"):
                at, line = at + 1, line + 1
                continue
            end, broken = _record_end(data, at)
            if end < 0 and len(data) - at <= RECORD_OCTETS:
                self._keep(data[at:], line)
                return
            if end < 0 or broken or end - at > RECORD_OCTETS:
                yield _Entry(line, _NOTHING, _BROKEN if broken else _TOO_LONG)
                self._lost = True
                continue
            yield _Entry(line, _fields(data[at : end + 1]))
            line, at = line + data.count(b"\n", at, end + 1), end + 1
        self._line = line

    def _keep(self, cut: bytes, line: int) -> None:
        self._cut, self._line = cut, line


def _record_end(data: bytes, at: int) -> tuple[int, bool]:
    """Where the last line end of a record stands (-1: not in these octets), and whether a field's length is wrong."""
    while True:
        plain = _TEXT_FIELDS.match(data, at)
        at = plain.end() if plain else at
        if data[at : at + 1] == b"\n":
            return at - 1, False
        odd = _OCTETS_FIELD.match(data, at)
        if odd is None:  # a line that is no field, or the end of these octets
            end = data.find(b"\n\n", at)
            return end, end >= 0
        begin = odd.end() + _LENGTH
        stop = begin + int.from_bytes(data[odd.end() : begin], "little")
        if begin > len(data) or stop >= len(data):
            return -1, stop - at > RECORD_OCTETS
        if data[stop : stop + 1] != b"\n":
            return stop, True
        at = stop + 1


def _fields(record: bytes) -> _Record:
    """The wanted fields of one export record, which ends with a line end or without."""
    found: dict[str, str] = {}
    at = 0
    while at < len(record):
        plain = _TEXT_FIELDS.match(record, at)
        stop = plain.end() if plain else at
        text = b"\n" + record[at:stop]
        for name, sought in _SOUGHT:
            begin = text.find(sought)
            if begin >= 0 and name not in found:
                begin += len(sought)
                found[name] = text[begin : text.find(b"\n", begin)].decode("utf-8", "replace")
        odd = _OCTETS_FIELD.match(record, stop)
        if odd is None:
            break
        begin = odd.end() + _LENGTH
        at = begin + int.from_bytes(record[odd.end() : begin], "little")
        found.setdefault(odd.group()[:-1].decode(), record[begin:at].decode("utf-8", "replace"))
        at += 1
    return _Record(*(found.get(name) for name in _WANTED))


def _json_lines(piece: Piece) -> Iterator[_Entry]:
    decoder = msgspec.json.Decoder(_Record)
    for line, text in enumerate(piece.data.split(b"\n"), start=piece.first_line):
        if not text.strip():
            continue
        try:
            yield _Entry(line, decoder.decode(text))
        except (msgspec.MsgspecError, RecursionError, ValueError):
            yield _Entry(line, _NOTHING, _NOT_JSON)


def _frame(entries: list[_Entry]) -> pl.DataFrame:
    records = [entry.record for entry in entries]
    times = [_microseconds(record.source_time) or _microseconds(record.journal_time) for record in records]
    height = len(entries)
    nothing = pl.Series([None], dtype=pl.String).new_from_index(0, height)
    columns = {
        "line": pl.Series([entry.line for entry in entries], dtype=pl.UInt64),
        "time": pl.Series(times, dtype=pl.Int64).cast(schema.TIME),
        "impossible": pl.Series([False], dtype=pl.Boolean).new_from_index(0, height),
        "stamped": pl.Series([time is not None for time in times], dtype=pl.Boolean),
        "host": pl.Series([_text(record.host) for record in records], dtype=pl.String),
        "program": pl.Series([_text(record.identifier or record.command) for record in records], dtype=pl.String),
        "pid": pl.Series([_text(record.pid or record.syslog_pid) for record in records], dtype=pl.String),
        "message": pl.Series([_text(record.message) for record in records], dtype=pl.String),
        "repeated": nothing,
        "rest": nothing,
        "unreadable": pl.Series([entry.why for entry in entries], dtype=pl.String),
    }
    return pl.DataFrame(columns)


def _microseconds(value: _Value) -> int | None:
    text = value if isinstance(value, str) else None
    if text is None or len(text) > len(str(_LATEST)) or not (text.isascii() and text.isdigit()):
        return None
    return int(text) if int(text) <= _LATEST else None


def _text(value: _Value) -> str | None:
    """A field as text of one line; one of several values is its first."""
    if isinstance(value, list):
        if value and isinstance(value[0], str):
            value = value[0]
        else:
            octets = bytes(each for each in value if isinstance(each, int) and 0 <= each <= 0xFF)  # noqa: PLR2004
            value = octets.decode("utf-8", "replace")
    return value.replace("\n", " ") if value else None
