"""Which kind of source an input is, by what it begins with.

Decides that exactly one kind must claim it: what none claims and what two claim is refused, with what a person can do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from collectors import KINDS
from collectors.files import UnreadableInputError, beginning_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from collectors.contract import Kind
    from collectors.objects import Place

_SHOWN: Final = 60
# First bytes of forms that people take for logs. Source: the forms' own specifications.
_FORMS: Final = {
    b"PAR1": "Apache Parquet with rows of no known kind",
    b"PK\x03\x04": "a zip archive; unpack it",
    b"\xfd7zXZ": "xz; unpack it",
    b"\xff\xfe": "UTF-16; save it as UTF-8",
    b"\xfe\xff": "UTF-16; save it as UTF-8",
}


class NotAnInputError(Exception):
    """The file is not read, and why; an empty one is harmless."""

    def __init__(self, why: str, remedy: str = "", *, harmless: bool = False) -> None:
        super().__init__(why)
        self.remedy = remedy
        self.harmless = harmless


@dataclass(frozen=True, slots=True)
class Recognised:
    """The kind of an input, and why it is that."""

    kind: Kind
    why: str


def recognised(place: Place, kinds: Mapping[str, Kind] = KINDS) -> Recognised:
    """Give the one kind that claims a file.

    Raises:
        NotAnInputError: none does, or several do, or the file is empty or cannot be read.
    """
    try:
        beginning = beginning_of(place)
    except UnreadableInputError as error:
        raise NotAnInputError(f"the file {error}") from error
    if not beginning.strip():
        raise NotAnInputError("the file is empty", harmless=True)
    claims = [Recognised(kind, why) for kind in kinds.values() if (why := kind.recognise(beginning))]
    if len(claims) == 1:
        return claims[0]
    if claims:
        candidates = "; ".join(f"{each.kind.name} ({each.why})" for each in claims)
        raise NotAnInputError(
            f"the file may be of {len(claims)} kinds: {candidates}",
            f"Say which with --format, or as a source of the site: {' or '.join(each.kind.name for each in claims)}.",
        )
    for magic, form in _FORMS.items():
        if beginning.startswith(magic):
            raise NotAnInputError(f"the file is {form}")
    first = beginning.split(b"\n", 1)[0].rstrip(b"\r").decode("utf-8", "replace")
    shown = "".join(each if each.isprintable() else "?" for each in first[:_SHOWN])
    words = len(first.split(" "))
    remedy = f"If it is a log all the same, say which with --format: {', '.join(kinds)}."
    raise NotAnInputError(f"its first line, `{shown}` ({words} fields), is of no known kind", remedy)
