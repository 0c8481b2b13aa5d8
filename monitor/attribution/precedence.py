"""Choose whose word counts for the place of an address, and how well the place is known by it.

Decides, first that applies:

1. A site override. What the site states of a network stands, anycast or not.
2. A provider feed or geofeed. Countries that contradict each other about the same range are all candidates. A network
   that is announced everywhere (`global`) has no place; the countries that anybody names stay as candidates.
3. The place databases. One country: `agreed` when databases of two families name it, else `single`. Several: all of
   them are candidates, however many databases name each.

Confidence belongs to one country: with several candidates, or without a place, it is `none`. Codes that are no country
(`EU`, `AP`) name no place; where there is nothing else they are handed on, and the law says what they are. A network
that a database calls anycast, or one of a satellite carrier (GLOBAL as well), has no place, unless an override says so.
Refuses to know which countries are near to each other in law: the judge asks the law about each candidate.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Final

from monitor.attribution.stated import UNTOLD

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from monitor.attribution.stated import Placed

NO_COUNTRY: Final = frozenset({"EU", "AP", "A1", "A2", "T1", "XX", "ZZ"})
"""What databases print where they name no country; `pseudo_codes` of rules/law/territories.yaml are the same."""

CONFIDENCES: Final = ("none", "single", "agreed", "stated")
# Flags of an answer.
ANYCAST: Final = 1
GLOBAL: Final = 2
OVERRIDDEN: Final = 4
# Set where a record says that the operator of a far end acts itself, not somebody who rents there; no answer has it.
ITSELF: Final = 8


@dataclass(frozen=True, slots=True)
class Said:
    """What one source says of a place: a country's code, or empty where it says that there is no one place.

    `flags` are ANYCAST and GLOBAL, as a database sets them.
    """

    source: str
    country: str
    region: str = ""
    flags: int = 0


@dataclass(frozen=True, slots=True)
class PlaceAnswer:
    """Where an address is.

    `candidates` ascend; `sources` are those whose word counts, `said` is everything that any source says, in the order
    of precedence; `flags` are ANYCAST, GLOBAL and OVERRIDDEN.
    """

    candidates: tuple[str, ...] = ()
    confidence: str = "none"
    sources: tuple[str, ...] = ()
    region: str = ""
    flags: int = 0
    said: tuple[Said, ...] = field(default=())


def answer_of(
    overrides: Sequence[Placed],
    stated: Sequence[Placed],
    databases: Sequence[Said],
    families: Mapping[str, str],
) -> PlaceAnswer:
    """The place that all these words give. `families`: the independence family of each place database."""
    said = (
        *sorted((_said(each) for each in placing(overrides)), key=_by_words),
        *sorted((_said(each) for each in placing(stated)), key=_by_words),
        *databases,
    )
    base = _consensus(databases, families)
    flagged = reduce(or_, (each.flags for each in databases), 0)
    if placing(overrides):
        candidates, confidence, sources, region, flags = _stated(placing(overrides), base.candidates)
        return PlaceAnswer(candidates, confidence, sources, region, flags | OVERRIDDEN, said)
    if placing(stated):
        candidates, confidence, sources, region, flags = _stated(placing(stated), base.candidates)
    else:
        candidates, confidence, sources, region, flags = base.candidates, base.confidence, base.sources, "", 0
    flags |= flagged
    return PlaceAnswer(candidates, "none" if flags else confidence, sources, "" if flags else region, flags, said)


def placing(statements: Sequence[Placed]) -> list[Placed]:
    """Statements that say where; the others only keep the network around theirs from speaking."""
    return [each for each in statements if each.country != UNTOLD]


def _said(placed: Placed) -> Said:
    return Said(placed.source, placed.country, placed.region)


def _by_words(said: Said) -> tuple[str, str, str]:
    return said.source, said.country, said.region


def _stated(
    placed: Sequence[Placed], otherwise: tuple[str, ...]
) -> tuple[tuple[str, ...], str, tuple[str, ...], str, int]:
    """Candidates, confidence, sources, region and flags of statements about one range."""
    everywhere = [each for each in placed if not each.country]
    countries = _distinct(each.country for each in placed if each.country)
    if everywhere:
        return countries or otherwise, "none", _distinct(each.source for each in everywhere), "", GLOBAL
    regions = {each.region for each in placed if each.region}
    one = len(countries) == 1
    region = regions.pop() if one and len(regions) == 1 else ""
    return countries, "stated" if one else "none", _distinct(each.source for each in placed), region, 0


def _consensus(databases: Sequence[Said], families: Mapping[str, str]) -> PlaceAnswer:
    named = [each for each in databases if each.country and each.country not in NO_COUNTRY]
    speaking = named or [each for each in databases if each.country]
    candidates = _distinct(each.country for each in speaking)
    confidence = "none"
    if named and len(candidates) == 1:
        confidence = "agreed" if len({families[each.source] for each in named}) > 1 else "single"
    return PlaceAnswer(candidates, confidence, _distinct(each.source for each in speaking))


def _distinct(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(words)))
