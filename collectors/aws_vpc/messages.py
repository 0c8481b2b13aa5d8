"""Flow log lines that came by way of CloudWatch Logs: as messages of JSON values.

Decides where a message stands: in a value of its own (Firehose), or among the events of a subscription's envelope.
Refuses to know what a message says: it is a line, read as every line is.

Source: AWS, Amazon CloudWatch Logs User Guide, "Log group-level subscription filters" (envelope, CONTROL_MESSAGE);
Amazon VPC User Guide, "Publish flow logs to Amazon Data Firehose"; both read 2026-11.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np
import polars as pl

from collectors.contract import BadRecord, Batch, Flows
from collectors.json_records import NOT_READ, in_order, json_records

if TYPE_CHECKING:
    from collections.abc import Iterable

    from collectors.contract import Piece

NOT_A_RECORD: Final = "not_a_record"
CONTROL: Final = "control message"
NO_EVENTS: Final = "no log events"
_BEHIND: Final = 0.5
_CONTROL_TYPE: Final = "CONTROL_MESSAGE"
# The reader of files hands on the events of an envelope; what it passed by tells of which type that was.
_PASSED_TYPE: Final = re.compile(rb'"messageType"\s*:\s*"(\w+)"')


class _Event(msgspec.Struct, gc=False):
    message: str


class _Value(msgspec.Struct):
    message: str | None = None
    log_events: list[_Event] | None = msgspec.field(name="logEvents", default=None)
    events: list[_Event] | None = None
    type: str | None = msgspec.field(name="messageType", default=None)


_VALUES: Final = msgspec.json.Decoder(_Value)


@dataclass(slots=True)
class Messages:
    """Lines of a piece and the line of the piece that each stands in, and values that hold none."""

    texts: list[str] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    bad: list[tuple[float, BadRecord]] = field(default_factory=list)
    passed_over: Counter[str] = field(default_factory=Counter)

    @property
    def data(self) -> bytes:
        """The lines, each with its end."""
        return "".join(f"{text}\n" for text in self.texts).encode("utf-8", "replace")

    def tell(self, bad: BadRecord) -> None:
        """Add a value that holds no message; its place is behind the lines so far."""
        self.bad.append((len(self.texts) + _BEHIND, bad))

    def add(self, texts: Iterable[str], line: int) -> None:
        """Add messages; one that holds several lines is several."""
        for text in texts:
            parts = text.removesuffix("\n").split("\n")
            self.texts.extend(parts)
            self.lines.extend([line] * len(parts))

    def add_all(self, others: Messages) -> None:
        """Add what another piece holds."""
        behind = len(self.texts)
        self.bad.extend((place + behind, bad) for place, bad in others.bad)
        self.texts.extend(others.texts)
        self.lines.extend(others.lines)
        self.passed_over.update(others.passed_over)


def read_messages(piece: Piece) -> Messages:
    """Read the messages of a piece, in order."""
    found = Messages()
    if any(_CONTROL_TYPE in _types_of(part) for part in piece.parts):
        for part in piece.parts:  # one of the documents is not like the others
            found.add_all(read_messages(part))
        return found
    records = json_records(piece)
    # Of an envelope that is cut off the next one may stand behind its events: it has a type of its own.
    within_control = _types_of(piece)[-1:] == [_CONTROL_TYPE]
    for raw, line in zip(records.values, records.lines, strict=True):
        if within_control and (isinstance(raw, BadRecord) or not _PASSED_TYPE.search(raw)):
            found.passed_over[CONTROL] += 1
            continue
        if isinstance(raw, BadRecord):
            found.tell(raw)
        else:
            _read_value(found, raw, line)
    return found


def _read_value(found: Messages, raw: msgspec.Raw, line: int) -> None:
    """Add what one value holds."""
    try:
        value = _VALUES.decode(raw)
    except NOT_READ as error:
        found.tell(BadRecord(line, NOT_A_RECORD, f"the value holds no messages: {error}"))
        return
    events = value.log_events if value.log_events is not None else value.events
    if value.type == _CONTROL_TYPE:
        found.passed_over[CONTROL] += 1
    elif events:
        found.add((event.message for event in events), line)
    elif value.message is not None:
        found.add((value.message,), line)
    elif events is not None:
        found.passed_over[NO_EVENTS] += 1
    else:
        found.tell(BadRecord(line, NOT_A_RECORD, "the value has neither message nor logEvents"))


def _types_of(piece: Piece) -> list[str]:
    """The types of messages that stand before the records of a piece."""
    return [each.decode("utf-8", "replace") for each in _PASSED_TYPE.findall(piece.before)]


def placed(batch: Batch, messages: Messages) -> Batch:
    """Give a batch of the messages' lines the lines of the piece, and what else was found in it."""
    lines = np.array([0, *messages.lines], dtype=np.uint64)

    def moved(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.with_columns(pl.Series("line", lines[frame["line"].to_numpy()]))

    bad = [(each.line, replace(each, line=int(lines[each.line]))) for each in batch.bad]
    return replace(
        batch,
        flows=tuple(Flows(moved(part.frame), part.addresses) for part in batch.flows),
        coverage=tuple(moved(frame) for frame in batch.coverage),
        records=batch.records + len(messages.bad) + messages.passed_over.total(),
        bad=in_order([*bad, *messages.bad]),
        bad_by_reason=batch.bad_by_reason + Counter(each.reason for _, each in messages.bad),
        passed_over=messages.passed_over,
    )
