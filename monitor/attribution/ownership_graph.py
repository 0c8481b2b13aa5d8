"""The ownership graph as a list of edges: what leads to an operator, and from it to its ultimate parent.

Decides what an edge tells: its two ends, its source, the day on which the source was read where that is known, the days
for which it holds, and whether a public page or list says so. It refuses to judge: an unverified edge is an edge.
An address leads to an AS number through the atlas, which names its own sources and their dates.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.attribution.anycast import Anycast
    from monitor.attribution.operators import Operator

# Days of the lists that entries name by a word only: the list of AS names, and those in which suffixes were looked up.
_LISTS_READ: Final = {"asn2org": date(2026, 7, 15), "asn in the atlas": date(2026, 6, 17)}
_SUFFIXES_READ: Final = date(2026, 11, 23)
_SUFFIX_LISTS: Final = "public lists and code, named in docs/operators.md"
_MEMORY: Final = "from memory"


@dataclass(frozen=True, slots=True)
class Edge:
    """One step of a path. `begins`: first day; `ends`: first day without; null: always, as far as is known."""

    kind: Literal["prefix", "as_number", "domain", "owner"]
    start: str
    end: str
    source: str
    read: date | None
    begins: date | None
    ends: date | None
    verified: bool


def edges_of(operator: Operator) -> Iterator[Edge]:
    """Every edge to and above an operator: AS numbers, suffixes, then the owners from the operator up."""
    for entry in operator.as_numbers:
        read = next((day for word, day in _LISTS_READ.items() if entry.source.startswith(word)), None)
        yield Edge("as_number", f"AS{entry.number}", operator.id, entry.source, read, None, None, verified=True)
    for suffix in operator.domains.verified:
        yield Edge("domain", suffix, operator.id, _SUFFIX_LISTS, _SUFFIXES_READ, None, None, verified=True)
    for suffix in operator.domains.memory:
        yield Edge("domain", suffix, operator.id, _MEMORY, None, None, None, verified=False)
    for start, owner in pairwise((None, *operator.ownership)):
        if owner is not None:
            below = operator.id if start is None else start.entity
            yield Edge(
                "owner", below, owner.entity, owner.source, None, owner.begins, owner.ends, verified=owner.verified
            )


def anycast_edges(anycast: Anycast) -> Iterator[Edge]:
    """The networks that are known to be announced from many places, to their operator."""
    for entry in anycast.entries:
        for prefix in entry.prefixes:
            yield Edge(
                "prefix", str(prefix), entry.operator, entry.source, entry.read, None, None, verified=entry.verified
            )
