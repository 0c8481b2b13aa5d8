"""Say a validation mistake in the operator's words: their key, their value, what to write.

Decides the sentence for each kind of mistake pydantic reports. Names come from the models' keys only.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final, get_args

from pydantic import BaseModel

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from pydantic.fields import FieldInfo

    from monitor.yaml_text import Path

_SHOWN_AT_MOST: Final = 60


class Unfit(ValueError):  # noqa: N818 - it says what does not fit in a file; the program made no error
    """Raised by a validator: what is wrong and what to write; `under` leads from the validated value to the culprit."""

    def __init__(self, what: str, remedy: str = "", *, under: Path = ()) -> None:
        """Keep the words; `what` is a sentence without its full stop."""
        super().__init__(what)
        self.what = what
        self.remedy = remedy
        self.under = under


@dataclass(frozen=True, slots=True)
class Words:
    """The sentence, what to write, and where below the reported path the culprit stands."""

    what: str
    remedy: str = ""
    under: Path = ()


def shown(value: object) -> str:
    """A value as the operator would recognise it, shortened and on one line."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, (list, tuple)):
        return "a list"
    if value is None:
        return "nothing"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        short = value if len(value) <= _SHOWN_AT_MOST else f"{value[:_SHOWN_AT_MOST]}..."
        return json.dumps(short, ensure_ascii=False)
    return json.dumps(value, default=str)


def nearest(wanted: str, known: Collection[str], *, cutoff: float = 0.6) -> str | None:
    """The known name that is most like the one written, if one is like it at all."""
    folded = {name.casefold(): name for name in sorted(known, reverse=True)}
    close = get_close_matches(wanted.casefold(), folded, n=1, cutoff=cutoff)
    return folded[close[0]] if close else None


def choose(wanted: object, known: Collection[str]) -> str:
    """What to write instead: the nearest of the known names, or all of them when they are few."""
    close = nearest(str(wanted), known)
    if close is not None:
        return f"Did you mean {close}?"
    return f"Write one of: {', '.join(sorted(known))}." if known else ""


def one_of(known: Collection[str]) -> str:
    """Every choice, in the order given."""
    return f"Write one of: {', '.join(known)}."


_WANTED: Final[Mapping[str, tuple[str, str]]] = {
    "string_type": ("text", "Put it in quotes."),
    "int_type": ("a whole number", "Write digits without quotes."),
    "int_from_float": ("a whole number", "Write it without a fraction."),
    "float_type": ("a number", "Write digits without quotes."),
    "bool_type": ("true or false", "Write true or false, without quotes."),
    "date_type": ("a day", "Write it as 2026-02-01, without quotes."),
    "tuple_type": ("a list", "Write `[...]`, or one `- ` line for each."),
    "list_type": ("a list", "Write `[...]`, or one `- ` line for each."),
    "frozen_set_type": ("a list", "Write `[...]`, or one `- ` line for each."),
    "set_type": ("a list", "Write `[...]`, or one `- ` line for each."),
    "model_type": ("a mapping", "Write `key: value` lines below it."),
    "model_attributes_type": ("a mapping", "Write `key: value` lines below it."),
    "dict_type": ("a mapping", "Write `key: value` lines below it."),
    "mapping_type": ("a mapping", "Write `key: value` lines below it."),
}
_STRUCTURES: Final = frozenset(kind for kind, (wanted, _) in _WANTED.items() if wanted in {"a list", "a mapping"})
_BOUNDS: Final[Mapping[str, tuple[str, str]]] = {
    "greater_than": ("gt", "more than"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "less than"),
    "less_than_equal": ("le", "at most"),
}


def wrong_words(model: type[BaseModel], mistake: Any) -> Words:  # noqa: ANN401 - pydantic's ErrorDetails
    """The sentence for one mistake that pydantic reports about `model`."""
    kind: str = mistake["type"]
    path: Path = tuple(mistake["loc"])
    given = mistake["input"]
    if kind == "value_error":
        return _own_words(mistake["ctx"]["error"])
    if kind == "extra_forbidden":
        return Words("this key is not known.", choose(path[-1], _keys_at(model, path[:-1])))
    if kind == "missing":
        return Words("this key is missing.", _example(model, path))
    if given is None and (kind in _WANTED or kind == "literal_error"):
        return Words("there is no value.", _example(model, path))
    return _value_words(kind, given, mistake.get("ctx", {}), str(mistake["msg"]))


def _own_words(error: ValueError) -> Words:
    if isinstance(error, Unfit):
        return Words(f"{error.what}.", error.remedy, error.under)
    return Words(f"{str(error).rstrip('.')}.")


def _value_words(kind: str, given: object, context: Mapping[str, Any], said: str) -> Words:
    if kind == "literal_error":
        choices = re.findall(r"'([^']*)'", context["expected"]) or re.findall(r"-?\d+", context["expected"])
        close = nearest(str(given), choices)
        hint = f"Did you mean {close}? The choices are: {', '.join(choices)}." if close else one_of(choices)
        return Words(f"{shown(given)} is not one of the choices.", hint)
    if kind in _WANTED:
        wanted, remedy = _WANTED[kind]
        if isinstance(given, (dict, list, tuple)) and kind not in _STRUCTURES:
            remedy = "Write one value."
        return Words(f"{shown(given)} is not {wanted}.", remedy)
    if kind in _BOUNDS:
        limit, relation = _BOUNDS[kind]
        return Words(f"{shown(given)} is out of bounds.", f"Write a number that is {relation} {context[limit]}.")
    if kind in {"too_short", "string_too_short"}:
        return Words("there is nothing here.", "Write at least one value.")
    rest = said.removeprefix("Input ").removeprefix("Value ").rstrip(".")
    return Words(f"{shown(given)} does not fit: {rest[:1].lower()}{rest[1:]}.")


def _example(model: type[BaseModel], path: Path) -> str:
    """`Write key: VALUE.` with the example that the model gives for this key."""
    fields = [found for holder in _models_at(model, path[:-1]) for found in _fields(holder).items()]
    for key, known in fields:
        if key == path[-1] and known.examples:
            return f"Write it, for example `{key}: {known.examples[0]}`."
    return f"Write `{path[-1]}:` and its value." if path and isinstance(path[-1], str) else ""


def _keys_at(model: type[BaseModel], path: Path) -> list[str]:
    return [key for holder in _models_at(model, path) for key in _fields(holder)]


def _fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    return {known.alias or name: known for name, known in model.model_fields.items()}


def _models_at(model: type[BaseModel], path: Path) -> list[type[BaseModel]]:
    here = [model]
    for part in path:
        below = [known.annotation for holder in here for key, known in _fields(holder).items() if key == part]
        if below:
            here = [found for annotation in below for found in _models_in(annotation)]
    return here


def _models_in(annotation: object) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for inner in get_args(annotation) for found in _models_in(inner)]
