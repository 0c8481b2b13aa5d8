"""What every decoder promises on any octets, whatever its kind: the seam's own words as a check.

It raises nothing; its counts add up; how the input is cut changes nothing, also with a new decoder for each piece; its
events conform to the schema; what it keeps and what it gives is bounded by what it was given.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from collectors.contract import SAMPLED_BAD_RECORDS, Framing, SourceOptions
from collectors.files import BEGINNING_OCTETS, ReadLimits, UnreadableInputError, open_records
from monitor import schema
from monitor.events import event_frames, event_lines
from monitor.replay import decoded_piece

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from collectors.contract import BadRecord, Batch, Kind

OPTIONS: Final = SourceOptions(time_zone="Europe/Paris", year=2026)
STATE_OCTETS: Final = 8 << 20
_TABLES: Final = {"flow": schema.FLOW, "name": schema.NAME, "admin": schema.ADMIN, "coverage": schema.COVERAGE}
CUTS: Final = (1, 3)
"""After how many records each an input is cut to try whether that changes anything."""
_COMPARED: Final = ("events", "records", "reasons", "passed")


@dataclass
class Reading:
    """What a decoder made of an input, in all its pieces."""

    events: str = ""
    lines: set[int] = field(default_factory=set)
    rows: int = 0
    records: int = 0
    bad: list[BadRecord] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    passed: Counter[str] = field(default_factory=Counter)
    state: int = 0
    broken: list[str] = field(default_factory=list)

    def add(self, batch: Batch, kind: str) -> None:
        """Add what one piece gave."""
        self.events += "".join(event_lines(batch, kind))
        frames = [part.frame for part in batch.flows] + [part.frame for part in batch.names]
        frames += [*(part.frame for part in batch.admins), *batch.coverage]
        self.rows += sum(frame.height for frame in frames)
        self.lines.update(line for frame in frames for line in frame["line"].to_list())
        self.records += batch.records
        self.bad += batch.bad
        self.reasons += batch.bad_by_reason
        self.passed += batch.passed_over
        for frame in event_frames(batch, kind):
            self.broken += schema.departures(frame, _TABLES[frame["event"][0]])
        if len(batch.bad) > min(SAMPLED_BAD_RECORDS, batch.bad_by_reason.total()):
            self.broken.append("more bad records are shown than there are, or than a batch may hold")
        if {bad.reason for bad in batch.bad} - set(batch.bad_by_reason):
            self.broken.append("a bad record is shown that is not counted")


def is_table(kind: Kind, data: bytes) -> bool:
    """Whether the input would be a columnar file, which a process of its own reads: not fuzzed here."""
    return kind.framing(data[:BEGINNING_OCTETS]) == Framing.TABLE


def broken_promises(kind: Kind, path: Path, cuts: Sequence[int] = CUTS) -> list[str]:
    """Name the promises that the kind's decoder breaks on a file; empty when it keeps them all."""
    data = path.read_bytes()
    kind.recognise(data[:BEGINNING_OCTETS])
    whole = _read(kind, path, None)
    broken = list(whole.broken)
    if kind.framing(data[:BEGINNING_OCTETS]) == Framing.LINES:
        told = len(whole.lines) + whole.reasons.total() + whole.passed.total()
        if whole.records != told:
            broken.append(f"{whole.records} records, but {told} lines are told of")
    elif whole.records < whole.reasons.total() + whole.passed.total():
        broken.append("more records are bad or passed over than there are")
    if whole.rows > len(data) + 1:
        broken.append(f"{whole.rows} events of {len(data)} octets")
    for lines in cuts:
        broken += [f"cut after {lines}: {what}" for what in _differences(whole, _read(kind, path, lines))]
    return broken


def _read(kind: Kind, path: Path, lines: int | None) -> Reading:
    """Read a file; in pieces of so many records each with a decoder that only knows the state of the last one."""
    reading = Reading()
    decoder = kind.decoder(OPTIONS)
    try:
        with open_records(path, kind.framing) as file:
            for piece in file.pieces(ReadLimits(lines=lines)):
                reading.add(decoded_piece(decoder, piece), kind.name)
                if lines is not None:
                    state = json.loads(json.dumps(decoder.state()))
                    reading.state = max(reading.state, len(state))
                    decoder = kind.decoder(OPTIONS)
                    decoder.resume(state)
    except UnreadableInputError:
        pass
    return reading


def _differences(whole: Reading, cut: Reading) -> list[str]:
    found = list(cut.broken)
    pairs = [(name, _spelled(whole, name), _spelled(cut, name)) for name in _COMPARED]
    found += [f"other {name}: {_first_difference(one, other)}" for name, one, other in pairs if one != other]
    # The sentence is for people; of more than are shown, which ones are may depend on the pieces.
    one, other = (sorted((bad.line, bad.reason) for bad in reading.bad) for reading in (whole, cut))
    if whole.reasons.total() <= SAMPLED_BAD_RECORDS and one != other:
        found.append(f"other bad records: {one} / {other}")
    if cut.state > STATE_OCTETS:
        found.append(f"a state of {cut.state} octets")
    return found


def _spelled(reading: Reading, name: str) -> str:
    value = getattr(reading, name)
    return (
        "\n".join(f"{count} {what}" for what, count in sorted(value.items()))
        if isinstance(value, Counter)
        else str(value)
    )


def _first_difference(one: str, other: str) -> str:
    pairs = zip([*one.split("\n"), ""], [*other.split("\n"), ""], strict=False)
    return next((f"{left} / {right}" for left, right in pairs if left != right), "")
