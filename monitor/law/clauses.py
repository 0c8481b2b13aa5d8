"""Say from when until when standard contractual clauses of a version, signed on a day, are an appropriate safeguard.

Decides that clauses which the Commission repealed cover up to the last day of grace, and only where the contract was
concluded before the repeal. It refuses to know versions that are not in its file: those have no days. The days come
from the shipped `rules/law/clauses.yaml`.

Source: Implementing Decision (EU) 2021/914, Art. 4.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import Field

from monitor.document import Finding, Listed, Written, load_document
from monitor.fields import Day, Text
from monitor.law.days import Span, span_findings, written_twice
from monitor.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from pathlib import Path

FILE: Final = "rules/law/clauses.yaml"

Version = Annotated[Text, Field(pattern="^[0-9]{4}/[0-9]+$")]
"""Number of the decision that holds the clauses, such as 2021/914."""


class Clauses(Written):
    """One set of clauses that the Commission adopted."""

    version: Version
    name: Text
    begins: Day = Field(alias="in_force_from")
    signed_before: Day | None = None
    last_day: Day | None = None
    source: Text
    verified: bool
    from_memory: Text | None = None
    note: Text | None = None

    def span(self, signed: date) -> Span:
        """The instants at which a contract on them, concluded on that day, is a safeguard; none when it came late."""
        too_late = self.signed_before is not None and signed >= self.signed_before
        whole = Span.of(self.begins, None, self.last_day)
        return Span(whole.begins, whole.begins) if too_late else whole


class _ClausesFile(Written):
    clauses: Listed[Clauses]


@cache
def clauses_by_version() -> Mapping[str, Clauses]:
    """The shipped clauses by the number of their decision, such as `2021/914`.

    Raises:
        ProblemsFound: the shipped file was damaged.
    """
    return load_clauses(shipped(FILE), shown_as=FILE)


def load_clauses(path: Path, *, shown_as: str | None = None) -> Mapping[str, Clauses]:
    """The clauses of a file.

    Raises:
        ProblemsFound: with everything that is wrong in it.
    """
    read = load_document(path, _ClausesFile, shown_as=shown_as, check=_findings)
    return {entry.version: entry for entry in read.clauses}


def _findings(read: _ClausesFile) -> Iterator[Finding]:
    yield from written_twice("clauses", "version", (entry.version for entry in read.clauses))
    for place, entry in enumerate(read.clauses):
        here = ("clauses", place)
        yield from span_findings(here, entry.begins, None, entry.last_day)
        if entry.signed_before is not None and entry.signed_before <= entry.begins:
            yield Finding((*here, "signed_before"), f"{entry.signed_before} is not after the first day.")
