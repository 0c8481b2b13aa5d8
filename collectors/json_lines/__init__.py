"""Lines of JSON objects as columns, for every source that writes them.

Decides what is a JSON object and what a value of a wanted type; refuses to know any source.
"""

from __future__ import annotations

from collectors.json_lines.careful import NO_TYPE, NOT_JSON, REASONS, TOO_DEEP, WRONG_TYPE
from collectors.json_lines.columns import PLACE, ROW, Lines
from collectors.json_lines.read import BadLine, JsonLines, JsonReader, read_json_lines
from collectors.json_lines.wanted import As, Field, Items, Path, Wanted

__all__ = [
    "NOT_JSON",
    "NO_TYPE",
    "PLACE",
    "REASONS",
    "ROW",
    "TOO_DEEP",
    "WRONG_TYPE",
    "As",
    "BadLine",
    "Field",
    "Items",
    "JsonLines",
    "JsonReader",
    "Lines",
    "Path",
    "Wanted",
    "read_json_lines",
]
