"""What a source wants from its JSON lines: which members, as what, for which of several kinds of lines.

Decides how a JSON value becomes the value of a column. Refuses to know any source.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import polars as pl

from monitor import schema


class As(StrEnum):
    """What a member is read as. JSON null is null, and so is a member that is not there or stands in such an object."""

    TEXT = "text"  # a JSON string, as String
    WORD = "word"  # the same, as Categorical over categories of the batch: for what repeats (addresses, protocols)
    WHOLE = "whole number"  # an integer of 64 bits with sign, or a string that holds one, as Int64
    NUMBER = "number"  # any number that a double can hold, or a string that holds one, as Float64
    FLAG = "true or false"  # as Boolean
    SCALAR = "text, number, true or false"  # a string's text, anything else as the line spells it, as String
    TIME = "time"  # ISO 8601 with an offset, or seconds since 1970, as microseconds in UTC


DTYPES: dict[As, pl.DataType] = {
    As.TEXT: pl.String(),
    As.WORD: pl.String(),  # while it is being read
    As.WHOLE: pl.Int64(),
    As.NUMBER: pl.Float64(),
    As.FLAG: pl.Boolean(),
    As.SCALAR: pl.String(),
    As.TIME: schema.TIME,
}

Path: TypeAlias = tuple[str, ...]
"""Keys from the outermost object inwards. A dot in a key is part of that key (Zeek's `id.orig_h`)."""


@dataclass(frozen=True, slots=True)
class Field:
    """One member of a line (or of an item) and the column that it becomes."""

    column: str
    path: Path
    kind: As


@dataclass(frozen=True, slots=True)
class Items:
    """An array of a line, which becomes a frame with one row an item.

    Each of `fields` is a member of an item that is an object; one with an empty path is the item itself, which is then
    no object. A null item gives a row of nulls. With `lone`, a value that is no array is an array of that one.
    """

    name: str
    path: Path
    fields: tuple[Field, ...]
    lone: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """Everything wanted from one kind of line: each member once, and not the one that says the kind of the line."""

    fields: tuple[Field, ...]
    items: tuple[Items, ...] = ()


def dotted(path: Path) -> str:
    """Spell a path for people."""
    return ".".join(path)
