"""Draw the month by day: one strip for each group, out above the line and in below it.

Decides the geometry, by hand and from the figures alone, so that the same ledger draws the same chart. Each strip has
its own scale, because what matters most is often the smallest. Nothing is told by colour: up is out, down is in, and a
day on which no source spoke is hatched.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from monitor.report.course import GROUPS
from monitor.report.in_words import NONE

if TYPE_CHECKING:
    from monitor.report.course import DayFigures
    from monitor.report.in_words import InWords

WIDTH: Final = 720
_LEFT: Final = 128
_HALF: Final = 22
_GAP: Final = 14
_TOP: Final = 6
_AXIS: Final = 18
# Internal traffic is no answer to any question of this page; its figures are in the annex.
SHOWN: Final = tuple(name for name in GROUPS if name != "internal")


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle, with what it says."""

    x: str
    y: str
    width: str
    height: str
    kind: str


@dataclass(frozen=True, slots=True)
class Strip:
    """One group: its name, its scale in words, and bars around `line`."""

    label: str
    scale: str
    line: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """A day below the strips."""

    x: str
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The whole drawing, in units of its own."""

    width: int
    height: int
    left: int
    strips: tuple[Strip, ...]
    unseen: tuple[Bar, ...]
    ticks: tuple[Tick, ...]


def chart_of(course: tuple[DayFigures, ...], inw: InWords) -> Chart:
    """Draw a course."""
    step = (WIDTH - _LEFT) / len(course)
    strips = tuple(_strip(name, place, course, step, inw) for place, name in enumerate(SHOWN))
    bottom = _TOP + len(SHOWN) * (2 * _HALF + _GAP)
    unseen = tuple(
        Bar(_n(_LEFT + place * step), _n(_TOP), _n(step), _n(bottom - _TOP - _GAP), "unseen")
        for place, day in enumerate(course)
        if not day.hours_seen
    )
    ticks = tuple(Tick(_n(_LEFT + (place + 0.5) * step), str(day.day.day)) for place, day in enumerate(course))
    return Chart(WIDTH, bottom + _AXIS, _LEFT, strips, unseen, ticks)


def _strip(name: str, place: int, course: tuple[DayFigures, ...], step: float, inw: InWords) -> Strip:
    line = _TOP + place * (2 * _HALF + _GAP) + _HALF
    most = max(max(day.groups[name].octets_out, day.groups[name].octets_in) for day in course)
    bars = []
    for number, day in enumerate(course):
        for kind, octets in (("out", day.groups[name].octets_out), ("in", day.groups[name].octets_in)):
            if octets:
                # What is there at all is seen.
                height = max(_HALF * octets / most, 0.6)
                top = line - height if kind == "out" else line
                bars.append(Bar(_n(_LEFT + number * step + step * 0.15), _n(top), _n(step * 0.7), _n(height), kind))
    return Strip(inw.words[f"group.{name}"], inw.octets(most) if most else NONE, line, tuple(bars))


def _n(number: float) -> str:
    return f"{number:.1f}"
