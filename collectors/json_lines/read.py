"""Lines of JSON objects as columns: the way in.

Decides which way each line is read. A bad line never spoils its neighbours: it goes alone to `careful`, which says why.
"""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np
import polars as pl

from collectors.contract import SAMPLED_BAD_RECORDS
from collectors.json_lines.careful import DEPTH, WHITE, Unfit, read_line, time_of
from collectors.json_lines.columns import Gathered, Kinds, finished
from collectors.json_lines.matching import Shapes
from collectors.json_lines.octets import Room
from collectors.json_lines.quick import read_quickly
from collectors.json_lines.typed import BY, typed
from collectors.json_lines.wanted import As, Wanted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from collectors.json_lines.columns import Lines
    from collectors.json_lines.typed import Typed
    from collectors.json_lines.wanted import Path


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that is no record: where it stands (from 0), one of `careful.REASONS`, and a sentence for people."""

    row: int
    reason: str
    what: str


@dataclass(frozen=True, slots=True)
class JsonLines:
    """What was read: the lines of each wanted kind, how many lines are records, what was passed over, what is bad.

    Lines of nothing but white space are no records. `lines` counts all. `bad` is a sample, `bad_by_reason` is whole.
    """

    kinds: Mapping[str, Lines]
    lines: int
    records: int
    passed_over: Counter[str]
    bad: tuple[BadLine, ...]
    bad_by_reason: Counter[str]


@dataclass(slots=True)
class JsonReader:
    """Reads lines of JSON objects; remembers the shapes of lines from one piece of data to the next, for speed alone.

    `by` is the path of the text that says what kind of line it is; lines of a kind that is not in `wanted` are counted
    in `passed_over` under their word, once they are known to be objects. Without `by` every line is of the kind "".
    Words share one set of categories, so that the same text has one code in all columns of the result.
    """

    wanted: Mapping[str, Wanted]
    by: Path = ()
    shapes: Shapes = field(init=False)

    def __post_init__(self) -> None:
        """Share the shapes of all readers that want the same: a thousand files are followed by as many of them."""
        self.shapes = _shapes(self.by, tuple(self.wanted.items()))

    def read(self, data: bytes) -> JsonLines:
        """Read lines; the last one may lack its end."""
        categories = pl.Categories.random()
        quick = read_quickly(data, self.shapes, categories, _room())
        reading = _Reading(data, quick.ends, self.by, self.wanted, passed_over=quick.passed_over)
        reading.lines_at(quick.left)
        kinds = Kinds(self.wanted, categories)
        for word in {*quick.parts, *reading.gathered}:
            kinds[word] = finished(quick.parts.get(word), reading.gathered.get(word), self.wanted[word], categories)
        return JsonLines(
            kinds=kinds,
            lines=len(quick.ends),
            records=reading.records + len(quick.ends) - len(quick.left),
            passed_over=reading.passed_over,
            bad=tuple(sorted(reading.bad, key=lambda bad: bad.row)[:SAMPLED_BAD_RECORDS]),
            bad_by_reason=reading.bad_by_reason,
        )


@lru_cache(maxsize=64)
def _shapes(by: Path, wanted: tuple[tuple[str, Wanted], ...]) -> Shapes:
    return Shapes(by, dict(wanted))


_OF_THREAD: Final = threading.local()


def _room() -> Room:
    """Give the room of this thread: nothing of what is read lies in it any more when the next piece comes."""
    room: Room | None = getattr(_OF_THREAD, "room", None)
    if room is None:
        room = _OF_THREAD.room = Room()
    return room


def read_json_lines(data: bytes, wanted: Mapping[str, Wanted], by: Path = ()) -> JsonLines:
    """Read lines once, as `JsonReader` does."""
    return JsonReader(wanted, by).read(data)


@dataclass(slots=True)
class _Reading:
    data: bytes
    ends: np.ndarray[tuple[int], np.dtype[np.int64]]
    by: Path
    wanted: Mapping[str, Wanted]
    records: int = 0
    passed_over: Counter[str] = field(default_factory=Counter)
    bad: list[BadLine] = field(default_factory=list)
    bad_by_reason: Counter[str] = field(default_factory=Counter)
    gathered: dict[str, Gathered] = field(default_factory=dict)

    def lines_at(self, rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> None:
        """Read lines, those of one kind together."""
        decoded: dict[str, tuple[list[int], list[Any]]] = {word: ([], []) for word in self.wanted}
        decoders = {word: typed(self.by, each) for word, each in self.wanted.items()}
        others = typed(self.by, Wanted(()))
        mark = b'"' + self.by[-1].encode() + b'":"' if self.by else b""
        if not len(rows):
            return
        begins = np.concatenate((np.zeros(1, np.int64), self.ends[:-1] + 1))[rows].tolist()
        ends = self.ends[rows].tolist()
        valid = self.data.isascii() or _is_text(self.data)
        for row, begin, end in zip(rows.tolist(), begins, ends, strict=True):
            line = self.data[begin:end]
            word = _word(line, mark) if mark else ""
            decoder = decoders.get(word, others)
            if not (valid or _is_text(line)) or line.count(b"{") + line.count(b"[") > DEPTH:
                self._careful(row, line)
                continue
            try:
                read = decoder.decode(line)
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
                self._careful(row, line)
                continue
            if decoder is others:
                if word and len(self.by) == 1 and others.by(read) == word:
                    self.records += 1
                    self.passed_over[word] += 1
                else:
                    self._careful(row, line)
                continue
            places, objects = decoded[word]
            places.append(row)
            objects.append(read)
        for word, (places, objects) in decoded.items():
            if objects:
                self._take(word, decoders[word], places, objects)

    def _of(self, word: str) -> Gathered:
        if word not in self.gathered:
            self.gathered[word] = Gathered(self.wanted[word])
        return self.gathered[word]

    def _take(self, word: str, decoder: Typed, rows: list[int], objects: list[Any]) -> None:
        columns = decoder.columns(objects)
        items = decoder.items(objects)
        wanted = self.wanted[word]
        odd = {place for place, said in enumerate(columns[BY]) if said != word} if self.by else set()
        odd |= _converted(wanted.fields, columns)
        for each in wanted.items:
            counts, values = items[each.name]
            broken = _converted(each.fields, values)
            if broken:
                owner = np.repeat(np.arange(len(counts)), counts)
                odd |= set(owner[sorted(broken)].tolist())
        if odd:
            for place in sorted(odd):
                self._careful_at(rows[place])
            kept = [place for place in range(len(rows)) if place not in odd]
            if kept:
                self._take(word, decoder, [rows[place] for place in kept], [objects[place] for place in kept])
            return
        self.records += len(rows)
        gathered = self._of(word)
        gathered.add(rows, columns)
        for name, (counts, values) in items.items():
            gathered.add_items(name, rows, counts, values)

    def _careful_at(self, row: int) -> None:
        begin = int(self.ends[row - 1]) + 1 if row else 0
        self._careful(row, self.data[begin : int(self.ends[row])])

    def _careful(self, row: int, line: bytes) -> None:
        if not line.strip(WHITE):
            return
        self.records += 1
        try:
            word, read = read_line(line, self.by, self.wanted)
        except Unfit as why:
            self.bad_by_reason[why.reason] += 1
            self.bad.append(BadLine(row, why.reason, why.what))
            if len(self.bad) >= 2 * SAMPLED_BAD_RECORDS:
                self.bad = sorted(self.bad, key=lambda bad: bad.row)[:SAMPLED_BAD_RECORDS]
            return
        if read is None:
            self.passed_over[word] += 1
        else:
            self._of(word).add_row(row, read)


def _word(line: bytes, mark: bytes) -> str:
    begin = line.find(mark)
    if begin < 0:
        return ""
    begin += len(mark)
    return line[begin : line.find(b'"', begin)].decode("utf-8", "replace")


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _converted(fields: tuple[Any, ...], columns: Mapping[str, list[Any]]) -> set[int]:
    """Make times of what the typed decoder gave; tell at which places a value is not what it should be."""
    found: set[int] = set()
    for each in fields:
        values = columns[each.column]
        if each.kind is As.TIME:
            for place, value in enumerate(values):
                if value is not None:
                    values[place] = time_of(value)
                    if values[place] is None:
                        found.add(place)
        elif each.kind is As.SCALAR:
            found |= {place for place, value in enumerate(values) if isinstance(value, bytes)}
    return found
