"""The forms in which flow log lines arrive: as they are, behind a timestamp, in JSON messages, as rows of a table.

Decides the form, once for an input, by what it begins with. Every form ends in the one reading of `decode`.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from enum import StrEnum
from typing import Final

from collectors.aws_vpc.decode import AwsVpcDecoder
from collectors.aws_vpc.fields import BYTE_ORDER_MARK, VERSION_2, header_fields
from collectors.aws_vpc.messages import placed, read_messages
from collectors.aws_vpc.tables import decode_table
from collectors.contract import Batch, Framing, Piece

PARQUET_MAGIC: Final = b"PAR1"
# What `aws logs create-export-task` puts before each message.
_STAMP: Final = rb"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?Z "
_STAMPED: Final = re.compile(_STAMP)
_STAMPS: Final = re.compile(b"^" + _STAMP, re.MULTILINE)
_MESSAGE: Final = re.compile(rb'"message"\s*:\s*"([^"\\]*)')
_INTERFACE: Final = re.compile(rb"eni-[0-9a-f]{3,17}")
_SPACE: Final = b" \t\r\n,"


class Form(StrEnum):
    """How lines arrive."""

    LINES = "lines"
    STAMPED = "stamped"
    MESSAGES = "messages"


class AwsVpcFormsDecoder:
    """Decodes one input; carries its form, and what the reading of lines carries."""

    def __init__(self, log_format: str | None = None) -> None:
        """Take the field order from `log_format` when the input has no header of its own."""
        self._lines = AwsVpcDecoder(log_format)
        self._form: Form | None = None

    def state(self) -> str:
        """The state of the reading of lines, with the form where it is another than plain lines."""
        state = self._lines.state()
        if self._form in {None, Form.LINES}:
            return state
        return json.dumps({"form": self._form, **json.loads(state)})

    def resume(self, state: str) -> None:
        """Go on with the form and the field order of a state."""
        said = json.loads(state)
        self._form = Form(said.pop("form", Form.LINES))
        self._lines.resume(json.dumps(said))

    def decode(self, piece: Piece) -> Batch:
        """Decode complete records of whichever form."""
        if piece.table is not None:
            return decode_table(piece.table, piece.first_line)
        if self._form is None:
            self._form = _form_of(piece.data)
        if self._form is Form.MESSAGES:
            messages = read_messages(piece)
            # Not at the begin of an input: only there a first line may be a misspelt header.
            return placed(self._lines.decode(Piece(messages.data, 1, 1)), messages)
        if self._form is Form.STAMPED:
            return self._lines.decode(replace(piece, data=_STAMPS.sub(b"", piece.data), line_ends=None))
        return self._lines.decode(piece)


def _form_of(data: bytes) -> Form | None:
    begin = data.removeprefix(BYTE_ORDER_MARK)
    if is_json(begin):
        return Form.MESSAGES
    if _STAMPED.match(begin):
        return Form.STAMPED
    return Form.LINES if begin else None


def is_json(beginning: bytes) -> bool:
    """Whether an input, or a piece of one, is of JSON values: no line of a flow log begins with a bracket."""
    return beginning.removeprefix(BYTE_ORDER_MARK).lstrip(_SPACE)[:1] in {b"{", b"["}


def framing(beginning: bytes) -> Framing:
    """How an input falls into records."""
    if beginning.startswith(PARQUET_MAGIC):
        return Framing.TABLE
    return Framing.JSON if is_json(beginning) else Framing.LINES


def recognise(beginning: bytes) -> str | None:
    """Why an input is an AWS VPC flow log: a header of its fields, or a line that no other log writes."""
    if beginning.startswith(PARQUET_MAGIC):
        return "it is Apache Parquet, which of all sources only this one is delivered as"
    if is_json(beginning):
        lines = (found.group(1) for found in _MESSAGE.finditer(beginning))
        return next((f"a message {why}" for why in map(_line, lines) if why), None)
    first = beginning.removeprefix(BYTE_ORDER_MARK).split(b"\n", 1)[0].rstrip(b"\r")
    if header_fields(first):
        return "the first line names flow log fields"
    stamp = _STAMPED.match(first)
    if stamp and (why := _line(first[stamp.end() :])):
        return f"after a timestamp the first line {why}"
    return "the first line has the 14 fields of the default format" if _is_default(first) else None


def _line(line: bytes) -> str | None:
    if _is_default(line):
        return "has the 14 fields of the default format"
    if any(_INTERFACE.fullmatch(part) for part in line.split(b" ")):
        return "names a network interface between spaces"
    return None


def _is_default(line: bytes) -> bool:
    parts = line.split(b" ")
    return len(parts) == len(VERSION_2) and parts[0] == b"2" and parts[-1] in {b"OK", b"NODATA", b"SKIPDATA"}
