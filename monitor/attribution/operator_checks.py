"""Check operators against one another: what one file cannot say alone, and what a path must never leave open.

Decides that an id, an AS number and a suffix belong to one operator, that a law is known and listed once for a time,
and that a path is never empty. It refuses to know whether an owner is the right one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from monitor.attribution.qualifications import qualification_findings
from monitor.document import Finding
from monitor.wording import choose

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from monitor.attribution.dated import Dated
    from monitor.attribution.operators import Operator, OperatorsFile
    from monitor.problem import Problem
    from monitor.yaml_text import Path

NO_KIND: Final = "an operator has at least one kind."
NO_OWNER: Final = "the path is empty at some time."
_BEGINNING: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Seen:
    """What earlier entries took already (ids by file, the rest by operator), and the codes that may be named.

    `public` tells a suffix that nobody can have alone; None: not asked.
    """

    law_codes: Collection[str] | None
    marker_codes: Collection[str] | None
    public: Callable[[str], bool] | None = None
    ids: dict[str, str] = field(default_factory=dict)
    numbers: dict[int, str] = field(default_factory=dict)
    suffixes: dict[str, str] = field(default_factory=dict)


def operator_findings(read: OperatorsFile, *, seen: Seen, file: str) -> Iterator[Finding]:
    """What is wrong between the values of one file and with those of the files before it, which `seen` remembers."""
    for place, operator in enumerate(read.operators):
        here = ("operators", place)
        if operator.id in seen.ids:
            yield Finding((*here, "id"), f"the id {operator.id} is used in {seen.ids[operator.id]} already.")
        seen.ids.setdefault(operator.id, file)
        yield from _number_findings(operator, seen, here)
        yield from _suffix_findings(operator, seen, (*here, "domains"))
        yield from _unknown([law.code for law in operator.reach], seen.law_codes, (*here, "laws"))
        yield from _unknown(operator.markers, seen.marker_codes, (*here, "markers"))
        yield from _reach_findings(operator, (*here, "laws"))
        yield from _path_findings(operator, here)
        yield from qualification_findings(operator.qualifications, (*here, "qualifications"))


def without_echoes(problems: Sequence[Problem]) -> Iterator[Problem]:
    """Leave out that a list of one file lacks something, where one of its items was refused: it follows from that."""
    keys = [problem.key for problem in problems]
    for problem in problems:
        inside = f"{problem.key}["
        if problem.what not in {NO_KIND, NO_OWNER} or not any(key.startswith(inside) for key in keys):
            yield problem


def _number_findings(operator: Operator, seen: Seen, here: Path) -> Iterator[Finding]:
    own: set[int] = set()
    for place, entry in enumerate(operator.as_numbers):
        holder = seen.numbers.setdefault(entry.number, operator.id)
        if holder != operator.id or entry.number in own:
            what = f"AS{entry.number} belongs to {holder} already."
            yield Finding((*here, "as_numbers", place, "number"), what, "Keep it with one operator.")
        own.add(entry.number)


def _suffix_findings(operator: Operator, seen: Seen, here: Path) -> Iterator[Finding]:
    lists = {"verified": operator.domains.verified, "memory": operator.domains.memory}
    for key, suffixes in lists.items():
        for place, suffix in enumerate(suffixes):
            if suffix in seen.suffixes:
                what = f"{suffix} belongs to {seen.suffixes[suffix]} already."
                yield Finding((*here, key, place), what, "Keep it with one operator.")
            seen.suffixes.setdefault(suffix, operator.id)
            if seen.public is not None and seen.public(suffix):
                what = f"{suffix} is a suffix of a registry: the names below it belong to everybody."
                yield Finding((*here, key, place), what, f"Write the operator's own, such as example.{suffix}.")


def _unknown(words: Sequence[str], known: Collection[str] | None, path: Path) -> Iterator[Finding]:
    for place, word in enumerate(words):
        if known is not None and word not in known:
            yield Finding((*path, place), f"{word} is not in rules/law/reach_laws.yaml.", choose(word, known))


def _order_findings(entries: Sequence[Dated], path: Path) -> Iterator[Finding]:
    for place, entry in enumerate(entries):
        if entry.begins is not None and entry.ends is not None and entry.ends <= entry.begins:
            yield Finding((*path, place, "to"), f"{entry.ends} is not after the first day, {entry.begins}.")


def _reach_findings(operator: Operator, path: Path) -> Iterator[Finding]:
    yield from _order_findings(operator.reach, path)
    moments = [_BEGINNING, *operator.change_instants()]
    for place, law in enumerate(operator.reach):
        earlier = [each for each in operator.reach[:place] if each.code == law.code]
        if any(each.holds(moment) and law.holds(moment) for each in earlier for moment in moments):
            yield Finding((*path, place), f"{law.code} is listed twice for the same time.", "Keep one entry.")


def _path_findings(operator: Operator, here: Path) -> Iterator[Finding]:
    if not operator.kinds:
        yield Finding((*here, "kinds"), NO_KIND)
    yield from _order_findings(operator.ownership, (*here, "ownership"))
    moments = [_BEGINNING, *sorted(operator.change_instants())]
    if not all(operator.owners_at(moment) for moment in moments):
        remedy = "Add the owner of that time, with country: null when it is not known."
        yield Finding((*here, "ownership"), NO_OWNER, remedy)
    for place, (owner, later) in enumerate(pairwise(operator.ownership)):
        if owner == later:
            yield Finding((*here, "ownership", place + 1), "the same owner stands on the path twice.")
