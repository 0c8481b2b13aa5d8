"""One line at a time, with the reason where it cannot be read: what the quicker ways are measured against.

Decides which lines are JSON objects and what is wrong with a value. Never recurses into a line; its cost is linear.

Stricter than Python's `json`: no NaN or Infinity, no escaped half of a surrogate pair, no octets that are not UTF-8.
As there, the last of several members with one name counts.

Source: RFC 8259 (JSON), read 2026-11.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import msgspec

from collectors.json_lines.wanted import As, Path, dotted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from collectors.json_lines.wanted import Field, Items, Wanted

NOT_JSON: Final = "not_json"
TOO_DEEP: Final = "too_deep"
WRONG_TYPE: Final = "wrong_type"
NO_TYPE: Final = "no_type"
REASONS: Final = (NOT_JSON, TOO_DEEP, WRONG_TYPE, NO_TYPE)

DEPTH: Final = 64
WHITE: Final = b" \t\r"
_WHOLE: Final = range(-(2**63), 2**63)
_SHOWN: Final = 40
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_YEAR_0: Final = -62_135_596_800  # 0001-01-01
_YEAR_10000: Final = 253_402_300_800
_WHOLE_TEXT: Final = re.compile(r"-?[0-9]{1,19}", re.ASCII)
_NUMBER_TEXT: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?", re.ASCII)
_TIME_TEXT: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:[.,]([0-9]{1,9}))?(Z|[+-][0-9]{2}:?[0-9]{2})",
    re.ASCII,
)
_BRACKETS: Final = re.compile(rb'"(?:[^"\\]|\\.)*(?:"|$)|[\[\]{}]', re.DOTALL)
_AT: Final = re.compile(r"byte (\d+)")
_OBJECT: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ARRAY: Final = msgspec.json.Decoder(list[msgspec.Raw])
_VALUE: Final = msgspec.json.Decoder()


# What a column holds, or null.
_Value: TypeAlias = "str | int | float | bool | datetime | None"


class Unfit(Exception):  # noqa: N818 - a verdict on a line, caught where the line is counted
    """A line that is no record: one of REASONS, and a sentence for people."""

    def __init__(self, reason: str, what: str) -> None:
        """Take the reason and the sentence."""
        super().__init__(reason, what)
        self.reason = reason
        self.what = what


@dataclass(frozen=True, slots=True)
class Row:
    """The values of one line: a column each, and the items of its arrays."""

    values: dict[str, Any]
    items: dict[str, list[dict[str, Any]]]


def read_line(line: bytes, by: Path, wanted: Mapping[str, Wanted]) -> tuple[str, Row | None]:
    """Word that says what kind of line it is, and its values; none for a kind that is not wanted.

    Raises:
        Unfit: the line is no JSON object, too deep, says no kind, or has a value of the wrong type.
    """
    if _too_deep(line):
        raise Unfit(TOO_DEEP, f"brackets in brackets, more than {DEPTH} deep")
    outermost = _object(line)
    word = ""
    if by:
        found = _member(outermost, by, 0)
        if found is None:
            raise Unfit(NO_TYPE, f"{dotted(by)} is not there")
        word = str(_value(found, As.TEXT, by))
    chosen = wanted.get(word)
    if chosen is None:
        return word, None
    return word, Row(
        values={field.column: _field(outermost, field, ()) for field in chosen.fields},
        items={items.name: _items(outermost, items) for items in chosen.items},
    )


def time_of(value: str | float) -> datetime | None:
    """Read a time: ISO 8601 with an offset (nanoseconds are cut), or seconds since 1970; null for anything else."""
    if isinstance(value, str):
        found = _TIME_TEXT.fullmatch(value)
        if found:
            day, clock, fraction, offset = found.groups()
            try:
                read = datetime.fromisoformat(f"{day}T{clock}.{(fraction or '0')[:6]:0<6}{offset}")
                return read.astimezone(UTC)
            except (ValueError, OverflowError):
                return None
        if not _NUMBER_TEXT.fullmatch(value):
            return None
        value = float(value)
    if not _YEAR_0 <= value < _YEAR_10000:
        return None
    return _EPOCH + timedelta(microseconds=round(value * 1_000_000))


def _too_deep(line: bytes) -> bool:
    if line.count(b"[") + line.count(b"{") <= DEPTH:
        return False
    depth = 0
    for found in _BRACKETS.finditer(line):
        token = found.group()
        if token in b"[{":
            depth += 1
            if depth > DEPTH:
                return True
        elif token in b"]}":
            depth -= 1
    return False


def _object(line: bytes) -> dict[str, msgspec.Raw]:
    try:
        line.decode()
        return _OBJECT.decode(line)
    except UnicodeDecodeError as error:
        raise Unfit(NOT_JSON, f"octet {error.start + 1} of the line is not UTF-8") from None
    except msgspec.ValidationError:
        raise Unfit(NOT_JSON, "a JSON value, but no object") from None
    except msgspec.DecodeError as error:
        raise Unfit(NOT_JSON, _why(str(error))) from None


def _why(error: str) -> str:
    if "truncated" in error:
        return "the JSON ends in the middle"
    # The octet that a message names counts from 0, but for what trails, where it is the octet after.
    first = 0 if "trailing" in error else 1
    return _AT.sub(lambda at: f"octet {int(at[1]) + first}", error.removeprefix("JSON is malformed: "))


def _member(parent: Mapping[str, msgspec.Raw], path: Path, depth: int) -> bytes | None:
    """JSON text of the member at a path; null where it or an object around it is not there or null."""
    for place in range(depth, len(path)):
        found = parent.get(path[place])
        raw = None if found is None else bytes(found).strip()
        if raw is None or raw == b"null" or place + 1 == len(path):
            return None if raw == b"null" else raw
        if not raw.startswith(b"{"):
            raise Unfit(WRONG_TYPE, f"{dotted(path[: place + 1])} `{_shown(raw)}` is not an object")
        parent = _OBJECT.decode(raw)
    return None


def _field(parent: Mapping[str, msgspec.Raw], field: Field, around: Path) -> _Value:
    raw = _member(parent, field.path, 0)
    return None if raw is None else _value(raw, field.kind, (*around, *field.path))


def _items(outermost: Mapping[str, msgspec.Raw], items: Items) -> list[dict[str, Any]]:
    raw = _member(outermost, items.path, 0)
    if raw is None:
        return []
    if items.lone and not raw.startswith(b"["):
        return [_item(raw, items)]
    if not raw.startswith(b"["):
        raise Unfit(WRONG_TYPE, f"{dotted(items.path)} `{_shown(raw)}` is not an array")
    return [_item(bytes(item).strip(), items) for item in _ARRAY.decode(raw)]


def _item(raw: bytes, items: Items) -> dict[str, Any]:
    if raw == b"null":
        return {field.column: None for field in items.fields}
    if not items.fields[0].path:
        return {items.fields[0].column: _value(raw, items.fields[0].kind, items.path)}
    if not raw.startswith(b"{"):
        raise Unfit(WRONG_TYPE, f"{dotted(items.path)} holds `{_shown(raw)}`, which is not an object")
    inner = _OBJECT.decode(raw)
    return {field.column: _field(inner, field, items.path) for field in items.fields}


def _value(raw: bytes, kind: As, path: Path) -> _Value:
    """Value of a column from JSON text that is not null."""
    value = _taken(raw, kind)
    if value is None:
        raise Unfit(WRONG_TYPE, f"{dotted(path)} `{_shown(raw)}` is not {_article(kind)}")
    return value


def _taken(raw: bytes, kind: As) -> _Value:
    """Value of a kind; null where the text is none of it."""
    if raw.startswith((b"{", b"[")):
        return None
    is_text = raw.startswith(b'"')
    text: str = _VALUE.decode(raw) if is_text else raw.decode()
    if kind is As.SCALAR or (kind in {As.TEXT, As.WORD} and is_text):
        return text
    if kind is As.FLAG and not is_text:
        return {"true": True, "false": False}.get(text)
    if kind is As.WHOLE:
        return int(text) if _WHOLE_TEXT.fullmatch(text) and int(text) in _WHOLE else None
    if kind is As.NUMBER and _NUMBER_TEXT.fullmatch(text):
        return float(text) if math.isfinite(float(text)) else None
    return time_of(text) if kind is As.TIME else None


def _article(kind: As) -> str:
    return f"a {kind}" if kind in {As.WHOLE, As.NUMBER, As.TIME} else str(kind)


def _shown(raw: bytes) -> str:
    """Shorten text, and escape what a terminal would not print or would act on."""
    text = raw.decode("utf-8", "replace")
    kept = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in kept)
