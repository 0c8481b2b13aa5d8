"""What an operator's services are qualified for, service by service and dated.

Decides what is known to be in force at an instant: nothing before its first day, or, where no source gives that day,
before the day for which a source says so. A qualification is of a service, never of a company; it decides no verdict.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, get_args

from pydantic import Field

from monitor.attribution.dated import BRUSSELS, Dated
from monitor.document import Finding
from monitor.fields import Day, Text, day_begins

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from monitor.yaml_text import Path

Scheme = Literal["secnumcloud", "hds"]
"""`secnumcloud`: cloud services, ANSSI (France). `hds`: hosts of health data, Art. L. 1111-8 of the public health code
(France)."""
Status = Literal["qualified", "in_process", "contested"]
"""`in_process`: a candidate. `contested`: public sources disagree whether the service has it."""
SCHEMES: Final = get_args(Scheme)


class Qualification(Dated):
    """One service under one scheme, for a time; `service` is null where no source names it.

    `stated`: the day for which a source says so, the newest that was read. Without `from` it is known from that day on.
    """

    scheme: Scheme
    service: Text | None
    status: Status
    stated: Day = Field(examples=["2026-07-20"])
    source: Text
    verified: bool
    note: Text | None = None

    @property
    def known_from(self) -> date:
        """The first day for which it is known."""
        return self.stated if self.begins is None else self.begins

    def in_force(self, moment: datetime) -> bool:
        """Whether it is known to hold at the instant, whatever its status."""
        return day_begins(self.known_from, BRUSSELS) <= moment and self.holds(moment)


def in_force(qualifications: Sequence[Qualification], moment: datetime) -> tuple[Qualification, ...]:
    """What is known to hold at the instant, in the order of the file."""
    return tuple(each for each in qualifications if each.in_force(moment))


def qualification_findings(qualifications: Sequence[Qualification], path: Path) -> Iterator[Finding]:
    """What is wrong with the qualifications of one operator, by the place of the entry."""
    for place, entry in enumerate(qualifications):
        here = (*path, place)
        if entry.ends is not None and entry.ends <= entry.known_from:
            yield Finding((*here, "to"), f"{entry.ends} is not after the first day, {entry.known_from}.")
        elif entry.ends is not None and entry.stated >= entry.ends:
            what = f"{entry.stated} is not before {entry.ends}, the first day without the qualification."
            yield Finding((*here, "stated"), what, "Write a day of its time.")
        if entry.begins is not None and entry.stated < entry.begins:
            what = f"{entry.stated} is before the first day, {entry.begins}."
            yield Finding((*here, "stated"), what, "Write the day for which the source says so.")
        for other in qualifications[:place]:
            if _same(entry, other) and _meet(entry, other):
                named = entry.service or "a service without a name"
                what = f"{named} stands under {entry.scheme} twice for the same time."
                yield Finding(here, what, "Keep one entry, or write `to` where the other begins.")
                break


def _same(one: Qualification, other: Qualification) -> bool:
    """Whether both speak of one service; what no source names is one only under the same status."""
    if one.scheme != other.scheme or (one.service is None) != (other.service is None):
        return False
    if one.service is None or other.service is None:
        return one.status == other.status
    return one.service.casefold() == other.service.casefold()


def _meet(one: Qualification, other: Qualification) -> bool:
    return (one.ends is None or other.known_from < one.ends) and (other.ends is None or one.known_from < other.ends)
