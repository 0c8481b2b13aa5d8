"""The forms that a field of the report's JSON can have, each with its description.

Decides that nothing is allowed that is not described, and how ids, days and instants look.
"""

from __future__ import annotations

from typing import Any, Final

from monitor import kept, schema

Fields = dict[str, dict[str, Any]]

_ID: Final = r"^\d{4}-\d{2}\.(if-[a-z2-7]+\.)?[a-z-]+\.[a-z2-7]+$"
_INSTANT: Final = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$"
_DAY: Final = r"^\d{4}-\d{2}-\d{2}$"
_CODES: Final = {
    "actor_kind": list(schema.ACTOR_KINDS.categories),
    "activity": [word for word in schema.ACTIVITIES.categories if word != "probe"],
    "direction": list(schema.DIRECTIONS.categories),
    "place_verdict": list(schema.PLACE_VERDICTS.categories),
    "place_reason": list(schema.PLACE_REASONS.categories),
    "control_verdict": list(schema.CONTROL_VERDICTS.categories),
    "control_reason": list(schema.CONTROL_REASONS.categories),
}
_MEANINGS: Final = {column.name: column for column in kept.TRANSFERS}
# What a line is told apart by and the ledger keeps in another form.
_DERIVED: Final[Fields] = {
    "place": {
        "type": "array",
        "items": {"type": "string"},
        "description": "country of the far end; several where only candidates are known; empty: none is",
    },
    "done": {"enum": ["done", "failed", None], "description": "whether it was done; null: the source does not tell"},
    "laws": {"type": "array", "items": {"type": "string"}, "description": "laws in force then that reach the operator"},
    "entry": {"type": "string", "description": "id of the register entry"},
    "operator": {
        "type": ["string", "null"],
        "description": "operator id, or as<number> where the operator table does not know it; with `+` and the "
        "operator that the name shows behind it, where that is another one",
    },
    kept.RESTS_ON: {
        "type": "array",
        "items": {"enum": list(kept.UNVERIFIED_FACTS)},
        "description": "the unverified facts without which a verdict would be another one",
    },
}


def column_of(name: str) -> dict[str, Any]:
    """A column that a line is told apart by."""
    if name in _DERIVED:
        return _DERIVED[name]
    column = _MEANINGS[name]
    if name in _CODES:
        return code_of(name, column.meaning, null=column.nullable)
    return text_of(column.meaning, null=column.nullable)


def measures_of() -> Fields:
    """Every measure of a sum."""
    return {column.name: count_of(column.meaning) for column in kept.MEASURES}


def object_of(description: str, fields: Fields) -> dict[str, Any]:
    """An object with these fields and no others."""
    return {
        "type": "object",
        **({"description": description} if description else {}),
        "properties": fields,
        "required": list(fields),
        "additionalProperties": False,
    }


def list_of(description: str, fields: Fields) -> dict[str, Any]:
    """An array of objects with these fields."""
    return {"type": "array", "description": description, "items": object_of("", fields)}


def ref_of(name: str, description: str) -> dict[str, Any]:
    """One of the shared forms."""
    return {"$ref": f"#/$defs/{name}", "description": description}


def text_of(description: str, *, null: bool = False) -> dict[str, Any]:
    """Text."""
    return {"type": ["string", "null"] if null else "string", "description": description}


def texts_of(description: str) -> dict[str, Any]:
    """An array of text."""
    return {"type": "array", "items": {"type": "string"}, "description": description}


def count_of(description: str, *, null: bool = False) -> dict[str, Any]:
    """A whole number that is not negative."""
    return {"type": ["integer", "null"] if null else "integer", "minimum": 0, "description": description}


def number_of(description: str) -> dict[str, Any]:
    """A number, not negative."""
    return {"type": "number", "minimum": 0, "description": description}


def code_of(name: str, description: str, *, null: bool = False) -> dict[str, Any]:
    """A word of a closed vocabulary."""
    return {"enum": [*_CODES[name], *([None] if null else [])], "description": description}


def id_of(description: str, *, null: bool = False) -> dict[str, Any]:
    """The id of a figure."""
    return {**text_of(description, null=null), "pattern": _ID}


def instant_of(description: str, *, null: bool = False) -> dict[str, Any]:
    """An instant, RFC 3339 in UTC."""
    return {**text_of(description, null=null), "pattern": _INSTANT}


def day_of(description: str, *, null: bool = False) -> dict[str, Any]:
    """A day."""
    return {**text_of(description, null=null), "pattern": _DAY}
