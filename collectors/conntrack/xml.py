"""Flows that conntrack prints as XML, one a line, as the columns that `text` gives.

Decides what is read of an element. Entities are not expanded, a document type is refused, and depth is bounded.

Source: libnetfilter_conntrack, snprintf_xml.c, read 2026-11; lines of conntrack-tools 1.4.7.
"""

from __future__ import annotations

from typing import Final
from xml.parsers import expat

DEPTH: Final = 8
_END: Final = "</flow>"
# What stands around the flows: the declaration, and the element that holds them.
AROUND: Final = ("<?xml", "<conntrack>", "</conntrack>", "<expect>", "</expect>")
_FIELDS: Final = {
    ("layer3", "src"): "src",
    ("layer3", "dst"): "dst",
    ("layer4", "sport"): "sport",
    ("layer4", "dport"): "dport",
    ("counters", "packets"): "packets",
    ("counters", "bytes"): "bytes",
    ("meta", "state"): "state",
    ("meta", "mark"): "mark",
    ("meta", "zone"): "zone",
    ("meta", "secctx"): "secctx",
    ("meta", "helper"): "helper",
    ("meta", "deltatime"): "delta_time",
    ("timestamp", "start"): "start_nanoseconds",
    ("timestamp", "stop"): "stop_nanoseconds",
    **{("when", part): f"when_{part}" for part in ("year", "month", "day", "hour", "min", "sec")},
}
_NOT_OVER: Final = {'<flow type="new">': "NEW", '<flow type="update">': "UPDATE"}
_FLAGS: Final = ("assured", "unreplied")


class _RefusedError(Exception):
    """The text is no flow that this reader takes."""


def xml_entry(line: str) -> dict[str, str] | None:
    """Fields of one flow under the names that `text.text_entries` gives; null where it is none.

    `event` is absent for a listing, else `NEW`, `UPDATE` or `DESTROY`; one that is not over is looked at no further.
    """
    for begin, event in _NOT_OVER.items():
        if line.startswith(begin):
            return {"event": event}
    end = line.find(_END)
    reader = _Reader()
    try:
        reader.parser.Parse(line if end < 0 else line[: end + len(_END)], True)
    except (expat.ExpatError, _RefusedError, ValueError, LookupError):
        return None
    return reader.found if reader.flow else None


class _Reader:
    """Collects the fields of a flow from what the parser meets."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate("utf-8")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._begin
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = _refuse
        self.found: dict[str, str] = {}
        self.flow = False
        self._path: list[str] = []
        self._prefix = ""

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._path) == DEPTH:
            raise _RefusedError
        self._path.append(name)
        if name == "flow" and len(self._path) == 1:
            self.flow = True
            if "type" in attributes:
                self.found["event"] = attributes["type"].upper()
        elif name == "meta":
            self._prefix = "reply_" if attributes.get("direction") == "reply" else ""
        elif name == "layer4" and not self._prefix:
            self.found["protocol"] = attributes.get("protonum", "")
            self.found["name"] = attributes.get("protoname", "")
        elif name in _FLAGS:
            self.found[name] = "1"

    def _end(self, name: str) -> None:
        self._path.pop()
        if name == "meta":
            self._prefix = ""

    def _text(self, text: str) -> None:
        field = _FIELDS.get((self._path[-2], self._path[-1])) if len(self._path) > 1 else None
        if field is not None:
            self.found[self._prefix + field] = text


def _refuse(*document_type: object) -> None:
    raise _RefusedError(document_type)
