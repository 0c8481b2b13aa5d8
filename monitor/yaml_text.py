"""Read YAML text into plain data and the place of every value in it; refuse what could surprise or harm.

Decides what a plain word means (the JSON subset of YAML 1.2, plus days): `NO`, `on`, `010` and `12:30` stay text.
It refuses to know what a key means: that is `monitor.document`'s and the models' business.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final, TypeAlias

import yaml
from yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Data: TypeAlias = "bool | int | float | str | date | list[Data] | dict[str, Data] | None"
Path: TypeAlias = tuple[str | int, ...]

DEEPEST: Final = 64
"""Levels of nesting; the files of the design need eight."""
REPEATED_AT_MOST: Final = 10_000
"""Values that aliases may repeat in one file; a bomb of nine lines repeats a thousand million."""

_WRITE_OUT: Final = "Write the values out."
_TAG: Final = "tag:yaml.org,2002:"
_WORDS: Final[dict[str, bool | None]] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_INTEGER: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,17})", re.ASCII)
_DECIMAL: Final = re.compile(r"-?[0-9]{1,18}\.[0-9]{1,18}(?:[eE][-+]?[0-9]{1,2})?", re.ASCII)
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in the text itself; line and column count from 1."""

    line: int
    column: int
    what: str
    remedy: str = ""
    key: Path = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands, and where the key that names it does; both (line, column) from 1."""

    key: tuple[int, int]
    value: tuple[int, int]


@dataclass(slots=True)
class Reading:
    """What one pass over the text found."""

    data: Data = None
    faults: list[Fault] = field(default_factory=list)
    places: dict[Path, Place] = field(default_factory=dict)


class _Stop(Exception):  # noqa: N818 - ends the pass; the fault it carries is the operator's, not the program's
    def __init__(self, fault: Fault) -> None:
        self.fault = fault


def read_yaml(text: str, *, with_places: bool = False) -> Reading:
    """Plain data of one YAML document, or the faults that keep it from being one.

    The pass is iterative where the parser is and bounded in depth where it recurses: `yaml.compose` of libyaml ends the
    process on deep nesting. Places cost time and memory, so a caller asks for them only once something is wrong.
    """
    reading = Reading()
    try:
        _Pass(text, reading, with_places=with_places).run()
    except _Stop as stop:
        reading.faults.append(stop.fault)
    except yaml.YAMLError as error:
        reading.faults.append(_syntax_fault(text, error))
    return reading


class _Pass:
    """One walk over the parser's events."""

    def __init__(self, text: str, reading: Reading, *, with_places: bool) -> None:
        parser = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
        self._next: Callable[[], Event] = parser.get_event
        self._reading = reading
        self._with_places = with_places
        self._anchors: dict[str, tuple[Data, int] | None] = {}
        self._values = 0
        self._repeated = 0

    def run(self) -> None:
        """Read the stream: at most one document."""
        self._next()  # the start of the stream
        start = self._next()
        if isinstance(start, StreamEndEvent):
            return
        self._reading.data = self._value(self._next(), (), 0, None)
        self._next()  # the end of the document
        more = self._next()
        if isinstance(more, DocumentStartEvent):
            raise _Stop(_fault(more, "a second document starts here", "Keep one document to a file: remove the `---`."))

    def _value(self, event: Event, path: Path, depth: int, key: Event | None) -> Data:
        if self._with_places:
            here = _position(event)
            self._reading.places[path] = Place(_position(key) if key is not None else here, here)
        if isinstance(event, AliasEvent):
            return self._alias(event, path)
        before = self._values
        self._values += 1
        if not isinstance(event, (ScalarEvent, CollectionStartEvent)):
            raise _Stop(_fault(event, "a value was expected here", "", path))
        anchor: str | None = event.anchor
        if anchor is not None:
            self._anchors[anchor] = None
        data: Data
        if isinstance(event, ScalarEvent):
            data = self._scalar(event, path)
        elif depth >= DEEPEST:
            raise _Stop(_fault(event, f"is nested deeper than {DEEPEST} levels", "Flatten it.", path))
        elif isinstance(event, SequenceStartEvent):
            self._refuse_tag(event, "seq", path)
            data = list(self._items(path, depth))
        else:
            self._refuse_tag(event, "map", path)
            data = self._mapping(path, depth)
        if anchor is not None:
            self._anchors[anchor] = (data, self._values - before)
        return data

    def _items(self, path: Path, depth: int) -> Iterator[Data]:
        position = 0
        while not isinstance(event := self._next(), SequenceEndEvent):
            yield self._value(event, (*path, position), depth + 1, None)
            position += 1

    def _mapping(self, path: Path, depth: int) -> dict[str, Data]:
        found: dict[str, Data] = {}
        lines: dict[str, int] = {}
        while not isinstance(event := self._next(), MappingEndEvent):
            if not isinstance(event, ScalarEvent):
                raise _Stop(_fault(event, "a key must be a word, not a list or a mapping", "Write `key: value`.", path))
            key: str = event.value
            line, column = _position(event)
            if key in found:
                what = f"the key is written twice, first in line {lines[key]}"
                self._reading.faults.append(Fault(line, column, what, "Keep one.", (*path, key)))
                self._value(self._next(), (*path, key, 1), depth + 1, event)
                continue
            lines[key] = line
            found[key] = self._value(self._next(), (*path, key), depth + 1, event)
        return found

    def _scalar(self, event: ScalarEvent, path: Path) -> Data:
        text: str = event.value
        tag: str | None = event.tag
        if tag is None:
            return plain_word(text) if event.implicit[0] else text
        if tag in {"!", f"{_TAG}str"}:
            return text
        self._refuse_tag(event, "", path)
        return text

    def _refuse_tag(self, event: ScalarEvent | CollectionStartEvent, usual: str, path: Path) -> None:
        tag: str | None = event.tag
        if tag not in {None, "!", _TAG + usual}:
            shown = tag.replace(_TAG, "!!") if tag else ""
            self._reading.faults.append(_fault(event, f"the tag {shown} is not known here", "Remove it.", path))

    def _alias(self, event: AliasEvent, path: Path) -> Data:
        name = str(event.anchor)
        if name not in self._anchors:
            raise _Stop(_fault(event, f"*{name} repeats a value that nothing above names", _WRITE_OUT, path))
        anchored = self._anchors[name]
        if anchored is None:
            raise _Stop(_fault(event, f"*{name} repeats a value inside itself", _WRITE_OUT, path))
        data, size = anchored
        self._values += size
        self._repeated += size
        if self._repeated > REPEATED_AT_MOST:
            what = f"aliases (*{name}) repeat more than {REPEATED_AT_MOST} values"
            raise _Stop(_fault(event, what, _WRITE_OUT, path))
        return data


def plain_word(text: str) -> bool | int | float | str | date | None:
    """What an unquoted word means; a word that only looks like a number or a day stays text."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "-0123456789":
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DAY.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            return text
    return float(text) if _DECIMAL.fullmatch(text) else text


def _position(event: Event) -> tuple[int, int]:
    mark = event.start_mark
    return (0, 0) if mark is None else (mark.line + 1, mark.column + 1)


def _fault(event: Event, what: str, remedy: str, path: Path = ()) -> Fault:
    line, column = _position(event)
    return Fault(line, column, what, remedy, path)


_WORDINGS: Final[tuple[tuple[str, str, str], ...]] = (
    ("mapping values are not allowed", "a second `:` on one line, or a line indented too far",
     "Quote a text that holds `: `, or align the key with its neighbours."),
    ("unexpected end of stream", "a quotation mark is never closed", "Close it."),
    ("cannot start any token", "a text cannot start with this character", "Put the text in quotes."),
    ("expected ',' or ']'", "a `[` is never closed, or a comma is missing", "Close the list with `]`."),
    ("expected ',' or '}'", "a `{` is never closed, or a comma is missing", "Close the mapping with `}`."),
    ("expected '-' indicator", "a list ends here without being closed by its indentation",
     "Start the line with `- `, or align the key with its neighbours."),
    ("could not find expected ':'", "a key without `:`", "Write `key: value`."),
    ("unknown escape character", "a backslash inside double quotes", "Use single quotes."),
    ("expected <block end>", "the indentation does not match the lines above", "Align the keys of one mapping."),
    ("did not find expected key", "the indentation does not match the lines above", "Align the keys of one mapping."),
)  # fmt: skip


def _syntax_fault(text: str, error: yaml.YAMLError) -> Fault:
    if isinstance(error, yaml.reader.ReaderError):
        # Its position counts octets in one parser and characters in the other; the first such character is the culprit.
        before = text[: max(text.find(chr(error.character)), 0)]
        what = f"the control character U+{error.character:04X} is not allowed"
        return Fault(before.count("\n") + 1, len(before) - before.rfind("\n"), what, "Remove it.")
    said = str(getattr(error, "problem", None) or "cannot be read")
    unclosed = "expected ','" in said or "end of stream" in said
    mark = getattr(error, "context_mark", None) if unclosed else None
    mark = mark or getattr(error, "problem_mark", None)
    line, column = (mark.line, mark.column) if mark else (0, 0)
    lines = text.splitlines()
    for number in range(line, max(line - 2, -1), -1):
        indent = re.match(r"\s*", lines[number]) if number < len(lines) else None
        if indent and "\t" in indent.group():
            where = indent.group().index("\t") + 1
            return Fault(number + 1, where, "a tab is used for indentation", "Use spaces.")
    for fragment, what, remedy in _WORDINGS:
        if fragment in said:
            return Fault(line + 1, column + 1, f"this is not YAML: {what}", remedy)
    return Fault(line + 1, column + 1, f"this is not YAML: {said}", "")
