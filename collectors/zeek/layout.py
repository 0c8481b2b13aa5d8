"""The header of a Zeek log: which field stands where, and how it spells what is unset, empty or a set.

Decides what a line that begins with `#` changes. A header may come again in mid-file, with other fields.

Source: Zeek, "Zeek Log Formats and Inspection" (docs.zeek.org/en/master/log-formats.html), read 2026-11.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import astuple, dataclass, replace
from typing import Final

_HEX: Final = re.compile(r"\\x([0-9a-fA-F]{2})")
_ESCAPED: Final = re.compile(rb"\\x([0-9a-fA-F]{2})")
_SAID_BY: Final = {"#set_separator": "set_separator", "#empty_field": "empty", "#unset_field": "unset", "#path": "path"}
_CONTAINERS: Final = ("set[", "vector[", "table[")


@dataclass(frozen=True, slots=True)
class Layout:
    """What the header lines so far say; without `fields`, no line can be read."""

    separator: str = "\t"
    set_separator: str = ","
    empty: str = "(empty)"
    unset: str = "-"
    path: str = ""
    fields: tuple[str, ...] = ()
    types: tuple[str, ...] = ()

    def after(self, line: bytes) -> Layout:
        """The layout after one more line that begins with `#`; a comment changes nothing."""
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        if text.startswith("#separator "):
            # The first line of a header: what an earlier one said is over.
            return Layout(separator=_one_character(_HEX.sub(_character, text.removeprefix("#separator "))))
        name, _, rest = text.partition(self.separator)
        if name == "#fields":
            return replace(self, fields=_distinct(rest.split(self.separator)), types=())
        if name == "#types":
            return replace(self, types=tuple(rest.split(self.separator)))
        value = _HEX.sub(_character, rest)
        return replace(self, **{_SAID_BY[name]: value}) if name in _SAID_BY else self  # type: ignore[arg-type]

    @property
    def containers(self) -> frozenset[str]:
        """Fields that hold several values."""
        typed = zip(self.fields, self.types, strict=False)
        return frozenset(name for name, type_ in typed if type_.startswith(_CONTAINERS))

    def spelled(self) -> list[object]:
        """The same as a list of texts and lists, for `Layout.of`."""
        return [list(each) if isinstance(each, tuple) else each for each in astuple(self)]

    @classmethod
    def of(cls, spelled: list[object]) -> Layout:
        """Read what `spelled` gave."""
        return cls(*(tuple(each) if isinstance(each, list) else each for each in spelled))  # type: ignore[arg-type]


def unescaped(text: str) -> str:
    r"""A value with `\xNN` replaced by the octets that it stands for; what is no UTF-8 then stays as it is spelled.

    Source: the same page, "Zeek TSV Format Logs": what does not print is written as hexadecimal escapes.
    """
    return _ESCAPED.sub(_octet, text.encode()).decode("utf-8", "backslashreplace")


def _octet(match: re.Match[bytes]) -> bytes:
    return bytes([int(match[1], 16)])


def _character(match: re.Match[str]) -> str:
    return chr(int(match[1], 16))


def _one_character(text: str) -> str:
    """A separator is one character that may stand between fields; anything else is none."""
    return text if len(text) == 1 and text.isascii() and text not in "\r\n" else "\t"


def _distinct(names: list[str]) -> tuple[str, ...]:
    """Names of columns: one that comes again is told apart by its number."""
    seen: Counter[str] = Counter()
    distinct = []
    for name in names:
        seen[name] += 1
        distinct.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return tuple(distinct) if len(set(distinct)) == len(distinct) else tuple(f"{i}:{n}" for i, n in enumerate(names))
