"""How the site's own files stand against the month: hosting, transitions to another host, declared transfers.

Decides which hosting entry is in force at the month's end, how much of a system's traffic its new host carries, and
what a register entry that nobody saw is called. Whose law reaches a host the caller has asked the law.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.kept import MEASURE_NAMES
from monitor.report.sums import Share, Sums
from monitor.schema import BETWEEN_MECHANISMS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    import polars as pl

    from monitor.report.month import DeclaredFacts, HostingFacts, SystemFacts
    from monitor.report.tables import Table


@dataclass(frozen=True, slots=True)
class HostingLine:
    """A hosting entry; `current`: in force at the month's end and not replaced by a later one for the same networks."""

    system: str
    data_class: str
    hosting: HostingFacts
    current: bool


@dataclass(frozen=True, slots=True)
class TransitionLine:
    """How far a system has moved. `id` names the line of `hosted` for the target; None: that carries nothing yet.

    Shares are of all counted traffic of the system, internal traffic included: what moves is the system.
    """

    system: str
    target: str
    deadline: date | None
    days_left: int | None
    octets: Share
    records: Share
    id: str | None


@dataclass(frozen=True, slots=True)
class DeclaredLine:
    """A register entry of the month and what became of it.

    `seen`: `relied_on` (a counted transfer rests on it), `matched` (it names a far end that was seen, and no transfer
    rests on it), `not_seen`. `sums` are those of the line `id` of the section `register`.
    """

    entry: DeclaredFacts
    seen: str
    sums: Sums
    id: str | None


def hosting_of(systems: Iterable[SystemFacts], last_day: date) -> tuple[HostingLine, ...]:
    """The hosting entries that have begun by the month's last day, by system, the later entry first."""
    lines = []
    for system in systems:
        begun = [each for each in system.hosting if each.from_day is None or each.from_day <= last_day]
        # Of entries for the same networks the latest holds; one without a day is older than all.
        ordered = sorted(begun, key=lambda each: (each.from_day is not None, each.from_day or last_day), reverse=True)
        replaced: set[frozenset[str]] = set()
        for each in ordered:
            networks = frozenset(each.networks)
            lines.append(HostingLine(system.id, system.data_class, each, current=networks not in replaced))
            replaced.add(networks)
    return tuple(lines)


def transitions_of(systems: Iterable[SystemFacts], hosted: Table, last_day: date) -> tuple[TransitionLine, ...]:
    """One line for each system that is to move."""
    lines = []
    for system in systems:
        if system.transition is None:
            continue
        own = [line for line in hosted.lines.iter_rows(named=True) if line["system"] == system.id]
        there = [line for line in own if line["hosting_operator"] == system.transition.target]
        deadline = system.transition.deadline
        lines.append(
            TransitionLine(
                system=system.id,
                target=system.transition.target,
                deadline=deadline,
                days_left=None if deadline is None else (deadline - last_day).days,
                octets=Share(_octets(there), _octets(own)),
                records=Share(sum(line["records"] for line in there), sum(line["records"] for line in own)),
                id=there[0]["id"] if there else None,
            )
        )
    return tuple(lines)


def declared_of(
    declared: Iterable[DeclaredFacts], register: Table, relied_on: frozenset[str], first_day: date, last_day: date
) -> tuple[DeclaredLine, ...]:
    """The entries whose validity touches the month: those that were not seen first, then as the register has them."""
    matched = {line["entry"]: line for line in register.lines.iter_rows(named=True)}
    lines = []
    for entry in declared:
        if (entry.valid_from and entry.valid_from > last_day) or (entry.valid_to and entry.valid_to < first_day):
            continue
        line = matched.get(entry.id)
        seen = "relied_on" if entry.id in relied_on else "matched" if line else "not_seen"
        sums = Sums(**{name: int(line[name]) for name in MEASURE_NAMES}) if line else Sums()
        lines.append(DeclaredLine(entry, seen, sums, line["id"] if line else None))
    order = ("not_seen", "matched", "relied_on")
    return tuple(sorted(lines, key=lambda line: order.index(line.seen)))


def relied_on_in(rows: pl.DataFrame) -> frozenset[str]:
    """Ids of register entries, and numbers of decisions, that a counted row rests on; it may rest on several."""
    told = rows.filter("counted")["mechanism"].drop_nulls().unique()
    return frozenset(each for words in told.to_list() for each in words.split(BETWEEN_MECHANISMS))


def _octets(lines: Iterable[dict[str, int]]) -> int:
    return sum(line["octets_out"] + line["octets_in"] for line in lines)
