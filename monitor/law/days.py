"""Turn written days into instants.

Decides that a day of the law files is a day in Brussels, that `last_day` is included and that `ends_before` is not, and
that a day of the operator's own entries is one of the site's time zone, both ends included. It refuses a span with two
ends or with an end before its beginning.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Final
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, ValidationInfo

from monitor.document import Finding
from monitor.fields import Day, day_begins, day_ends
from monitor.wording import Unfit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import tzinfo
    from pathlib import Path

    from monitor.yaml_text import Path as PathInFile

BRUSSELS: Final = ZoneInfo("Europe/Brussels")
_ALWAYS: Final = datetime.min.replace(tzinfo=UTC)
_FOREVER: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Span:
    """Instants from `begins` on and before `ends`, both UTC; always and forever where a day is missing."""

    begins: datetime
    ends: datetime

    @classmethod
    def of(cls, begins: date | None, ends_before: date | None = None, last_day: date | None = None) -> Span:
        """The span of written days; an instant belongs to it from the very second at which its first day begins."""
        ends = _FOREVER
        if ends_before is not None:
            ends = day_begins(ends_before, BRUSSELS)
        elif last_day is not None:
            ends = day_ends(last_day, BRUSSELS)
        return cls(_ALWAYS if begins is None else day_begins(begins, BRUSSELS), ends)

    @classmethod
    def declared(cls, valid_from: date, valid_to: date | None, zone: tzinfo) -> Span:
        """The span of an operator's own entry: both days included, in the site's time zone."""
        return cls(day_begins(valid_from, zone), _FOREVER if valid_to is None else day_ends(valid_to, zone))

    def within(self, other: Span) -> Span:
        """The instants of both; none of them where the two do not meet."""
        return Span(max(self.begins, other.begins), min(self.ends, other.ends))

    def __contains__(self, moment: datetime) -> bool:
        """Whether the instant lies in the span."""
        return self.begins <= moment < self.ends

    def edges(self) -> frozenset[datetime]:
        """The instants at which the span begins or ends, without always and forever."""
        return frozenset({self.begins, self.ends}) - {_ALWAYS, _FOREVER}


def _not_before_valid_from(valid_to: date | None, info: ValidationInfo) -> date | None:
    begins: date | None = info.data.get("valid_from")
    if valid_to is not None and begins is not None and valid_to < begins:
        raise Unfit(f"{valid_to} is before valid_from, {begins}", "Write the last day, or null for no end.")
    return valid_to


LastDay = Annotated[Day | None, AfterValidator(_not_before_valid_from)]
"""The `valid_to` of an operator's own entry, which has a `valid_from` before it."""


def span_findings(
    path: PathInFile, begins: date | None, ends_before: date | None, last_day: date | None
) -> Iterator[Finding]:
    """What is wrong with the written days of one entry."""
    if ends_before is not None and last_day is not None:
        remedy = "Keep ends_before for an annulment or a repeal, last_day for an expiry."
        yield Finding((*path, "last_day"), "an entry ends once, and ends_before is written too.", remedy)
    elif begins is not None and ends_before is not None and ends_before <= begins:
        yield Finding((*path, "ends_before"), f"{ends_before} is not after the first day, {begins}.")
    elif begins is not None and last_day is not None and last_day < begins:
        yield Finding((*path, "last_day"), f"{last_day} is before the first day, {begins}.")


def written_twice(group: str, key: str, values: Iterable[str]) -> Iterator[Finding]:
    """A finding for each entry of a list whose key was written by an earlier entry."""
    seen: set[str] = set()
    for place, value in enumerate(values):
        if value in seen:
            yield Finding((group, place, key), f"{value} is written twice.", "Keep one entry.")
        seen.add(value)


def digest_of_files(paths: Iterable[Path]) -> str:
    """SHA-256 in hex over names and content of the files, in the order of their names."""
    digest = hashlib.sha256()
    for path in sorted(paths, key=lambda path: path.name):
        content = path.read_bytes()
        digest.update(f"{path.name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()
