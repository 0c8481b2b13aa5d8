"""Match a host name with the operators' own suffixes.

Decides whose service a name shows: the longest suffix at a label boundary. Refuses to resolve anything: a name says who
is behind it and never where, and no question is sent for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from monitor.attribution.operators import EndedDomain, Operator, OperatorTable

FoundIn = Literal["verified", "memory", "ended"]
_BEST_FIRST: Final = ("verified", "memory", "ended")


@dataclass(frozen=True, slots=True)
class NameMatch:
    """A suffix that a name ends with, whose it is, and how that was found."""

    operator: Operator
    suffix: str
    found_in: FoundIn
    ended: EndedDomain | None = None

    def holds(self, moment: datetime) -> bool:
        """Whether the suffix was the operator's at the instant."""
        return self.ended is None or self.ended.holds(moment)


def match_name(name: str, operators: OperatorTable, moment: datetime) -> tuple[NameMatch | None, tuple[NameMatch, ...]]:
    """The operator whose suffix a name ends with at an instant, and the matches that are over by then.

    Of several the longest suffix; of equal ones verified before memory before history. `name` is in the form of
    `monitor.fields.Domain`.
    """
    suffixes = set(_suffixes(name))
    found = [match for match in _all(operators.operators) if match.suffix in suffixes]
    found.sort(key=lambda match: (-len(match.suffix), _BEST_FIRST.index(match.found_in)))
    now = [match for match in found if match.holds(moment)]
    return now[0] if now else None, tuple(match for match in found if not match.holds(moment))


def _suffixes(name: str) -> Iterator[str]:
    labels = name.split(".")
    return (".".join(labels[start:]) for start in range(len(labels)))


def _all(operators: Iterable[Operator]) -> Iterator[NameMatch]:
    for operator in operators:
        domains = operator.domains
        yield from (NameMatch(operator, suffix, "verified") for suffix in domains.verified)
        yield from (NameMatch(operator, suffix, "memory") for suffix in domains.memory)
        yield from (NameMatch(operator, entry.suffix, "ended", entry) for entry in domains.ended)
