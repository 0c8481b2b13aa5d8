"""The schema and its page say the same; TRANSFERWATCH_REGENERATE=docs writes both anew."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema

from monitor.report import json_schema
from monitor.report.as_json import pretty
from monitor.report.json_schema import report_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

_FILE = Path(json_schema.__file__).with_name("report.schema.json")
_BEGIN = "<!-- fields: written from monitor/report/json_schema.py -->\n"
_MEASURES = set(report_schema()["$defs"]["sums"]["properties"])


def _fields(name: str, schema: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Path, type and description of a field and of all below it; measures are described once."""
    yield name, _type(schema), schema.get("description", "")
    below = schema.get("properties", {})
    if schema.get("type") == "array":
        name, below = f"{name}[]", schema["items"].get("properties", {})
    for key, each in below.items():
        if key not in _MEASURES or not set(below) > _MEASURES:
            yield from _fields(f"{name}.{key}" if name else key, each)
    if set(below) > _MEASURES:
        yield f"{name}.\u2026", "measures", "records, octets and packets: see `$defs.sums`"


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        name: str = schema["$ref"].removeprefix("#/").replace("/", ".")
        return f"`{name}`"
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return " ".join("null" if word is None else f"`{word}`" for word in schema["enum"])
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return " or ".join(kinds)


def _table(fields: Iterator[tuple[str, str, str]]) -> str:
    rows = [f"| `{name}` | {kind} | {description} |" for name, kind, description in fields]
    return "\n".join(["| field | type | meaning |", "|---|---|---|", *rows, ""])


def _page_part() -> str:
    schema = report_schema()
    top = (field for key, each in schema["properties"].items() for field in _fields(key, each))
    shared = (field for key, each in schema["$defs"].items() for field in _fields(f"$defs.{key}", each))
    return f"{_BEGIN}\n{_table(top)}\nShared forms:\n\n{_table(shared)}"


def test_shipped_file_is_the_schema() -> None:
    """Other programs read the file, not the module."""
    text = "".join(pretty(report_schema())) + "\n"
    if os.environ.get("TRANSFERWATCH_REGENERATE") == "docs":
        _FILE.write_text(text, encoding="utf-8")

    assert _FILE.read_text(encoding="utf-8") == text


def test_page_describes_every_field(root: Path) -> None:
    """No field is missing and none is invented."""
    path = root / "docs" / "report.md"
    head = path.read_text(encoding="utf-8").partition(_BEGIN)[0]
    if os.environ.get("TRANSFERWATCH_REGENERATE") == "docs":
        path.write_text(head + _page_part(), encoding="utf-8")

    assert path.read_text(encoding="utf-8") == head + _page_part()


def test_schema_is_a_schema() -> None:
    """Of draft 2020-12."""
    jsonschema.Draft202012Validator.check_schema(report_schema())


def test_every_field_has_a_description() -> None:
    """The reader has no other page at hand."""
    found = (field for key, each in report_schema()["properties"].items() for field in _fields(key, each))

    assert [name for name, _, description in found if not description] == []
