"""Read JSON of a known form, or say where it is not.

Pydantic reads it: bounded in depth and in the length of numbers, keys that nobody asked for are skipped, and of a key
that is there twice the last counts, as in every common reader.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

from pydantic import TypeAdapter, ValidationError

from monitor.attribution.feeds.assembly import bounded, refused

if TYPE_CHECKING:
    from monitor.attribution.feeds.contract import Feed

T = TypeVar("T")
_AT: Final = re.compile(r" at line (\d+) column (\d+)$")


def read_json(content: bytes, feed: Feed, form: TypeAdapter[T]) -> T:
    """Read the bytes of a feed as that form.

    Raises:
        ProblemsFound: it is no JSON, or of another form.
    """
    try:
        return form.validate_json(bounded(content, feed))
    except ValidationError as error:
        mistake = error.errors(include_url=False, include_input=False)[0]
        if mistake["type"] == "json_invalid":
            reason = str(mistake.get("ctx", {}).get("error", "it ends too early"))
            place = _AT.search(reason)
            line = int(place[1]) if place else 0
            raise refused(feed, f"it is not JSON: {_AT.sub('', reason)}.", line=line) from None
        raise refused(feed, _wrong(mistake), key=_dotted(mistake["loc"])) from None


def moment(text: str | None, pattern: str | None = None) -> datetime | None:
    """The date that a feed gives itself, in UTC; None where it gives none that can be read."""
    try:
        if text is None:
            return None
        read = datetime.strptime(f"{text}+0000", f"{pattern}%z") if pattern else datetime.fromisoformat(text)
    except ValueError:
        return None
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


def _wrong(mistake: Any) -> str:  # noqa: ANN401 - pydantic's ErrorDetails
    said = str(mistake["msg"])
    if mistake["type"] == "missing":
        return "the key is missing."
    return f"{said.replace('Input should be', 'it should be')}."


def _dotted(path: tuple[int | str, ...]) -> str:
    said = ""
    for part in path:
        said += f"[{part}]" if isinstance(part, int) else f".{part}" if said else part
    return said
