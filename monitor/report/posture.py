"""Where our own systems stand at the month's end: host by host, and how much of the month each host still carried.

Decides that every system has a line, also where the inventory names no host, and which share is "still on the old
host": all of a system's counted octets but those at the host that it moves to. Everything but that share is told
without any traffic. Gives no advice: what is qualified is listed as it is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from monitor.report.sums import Share

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from monitor.report.month import HostFacts, HostingFacts, SystemFacts
    from monitor.report.standing import HostingLine, TransitionLine
    from monitor.report.tables import Table

EXPOSED: Final = "exposed"


@dataclass(frozen=True, slots=True)
class PostureLine:
    """A system at one of its hosts at the month's end; `hosting` null: the inventory names no host.

    `octets`: share of the system's counted octets of the month that this host carried, internal traffic included; `id`
    names its line of `tables.hosted`, null where there is none. `still`: the same for all hosts but the target, null
    where the system is not to move. `arrived`: this is the target itself.
    """

    system: str
    data_class: str
    hosting: HostingFacts | None
    octets: Share
    id: str | None
    target: HostFacts | None
    target_name: str | None
    deadline: date | None
    days_left: int | None
    still: Share | None

    @property
    def arrived(self) -> bool:
        """Whether the system stands where it was to go."""
        return self.hosting is not None and self.hosting.host.operator == self.target_name


@dataclass(frozen=True, slots=True)
class Posture:
    """All lines, and how many systems they are of.

    `exposed`: a host is exposed in control; `provider_keys`: of these, the exposed host holds the keys; `open`: no host
    is exposed, and of one it is undetermined whose law reaches it; `without_host`: the inventory names none.
    """

    lines: tuple[PostureLine, ...]
    systems: int
    exposed: int
    provider_keys: int
    open: int
    without_host: int
    moving: int


def posture_of(
    systems: Iterable[SystemFacts],
    hosting: Sequence[HostingLine],
    transitions: Sequence[TransitionLine],
    hosted: Table,
) -> Posture:
    """The posture, by system in the order of the inventory, the hosts that hold at the month's end."""
    moves = {line.system: line for line in transitions}
    lines: list[PostureLine] = []
    known = tuple(systems)
    for system in known:
        current = [line.hosting for line in hosting if line.system == system.id and line.current]
        carried = {line["hosting_operator"]: line for line in hosted.lines.filter(system=system.id).to_dicts()}
        whole = sum(line["octets_out"] + line["octets_in"] for line in carried.values())
        move = moves.get(system.id)
        # What is still to be moved comes first.
        current.sort(key=lambda each: move is not None and each.host.operator == move.target)
        for entry in current or (None,):
            here = carried.get(None if entry is None else entry.host.operator)
            lines.append(
                PostureLine(
                    system=system.id,
                    data_class=system.data_class,
                    hosting=entry,
                    octets=Share(0 if here is None else here["octets_out"] + here["octets_in"], whole),
                    id=None if here is None else here["id"],
                    target=None if system.transition is None else system.transition.host,
                    target_name=None if move is None else move.target,
                    deadline=None if move is None else move.deadline,
                    days_left=None if move is None else move.days_left,
                    still=None if move is None else Share(move.octets.whole - move.octets.part, move.octets.whole),
                )
            )
    return _summed(lines, len(known))


def _summed(lines: Sequence[PostureLine], systems: int) -> Posture:
    hostings = [(line.system, line.hosting) for line in lines if line.hosting is not None]
    exposed = [(system, hosting) for system, hosting in hostings if hosting.host.control_verdict == EXPOSED]
    undetermined = {system for system, hosting in hostings if hosting.host.control_verdict == "undetermined"}
    return Posture(
        lines=tuple(lines),
        systems=systems,
        exposed=len({system for system, _ in exposed}),
        provider_keys=len({system for system, hosting in exposed if hosting.keys == "provider"}),
        open=len(undetermined - {system for system, _ in exposed}),
        without_host=len({line.system for line in lines if line.hosting is None}),
        moving=len({line.system for line in lines if line.target_name is not None}),
    )
