"""What there is to tell at an instant, and what of it a route has not been told.

Decides what a waiver and the age of records mean for telling. Pure: the picture is made from what is kept, so that a
restart and an outage lose nothing; whoever was not told is told from the next picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Literal

from monitor.alert.findings import Finding
from monitor.alert.text import text_of, trial_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from monitor.alert.text import Context, Firsts, Text
    from monitor.alert.waivers import Waiver, Waivers

LEVELS: Final = ("informational", "low", "medium", "high", "critical")
TEST_RULE: Final = "transferwatch_test"

Telling = Literal["past", "open", "waived", "resolved"]


@dataclass(frozen=True, slots=True)
class Alert:
    """A finding as it is told: its state, its text, the waiver that keeps it from being sent."""

    finding: Finding
    state: Telling
    text: Text
    team: str | None
    site: str
    runbook: str
    evidence_url: str | None = None
    waiver: Waiver | None = None

    @property
    def opened_at(self) -> int:
        """Begin of this opening, wall clock; 0 of what only ever came from old records."""
        return self.finding.opened_at or 0

    @property
    def is_test(self) -> bool:
        """Whether nothing was found: it only tries a route."""
        return self.finding.rule == TEST_RULE


@dataclass(frozen=True, slots=True)
class LastTold:
    """What a route was last told of a finding; `told_at` in seconds since 1970."""

    state: str
    opened_at: int
    told_at: int


def picture_of(
    findings: Iterable[Finding], firsts: Firsts, context: Context, waivers: Waivers, now: int
) -> tuple[Alert, ...]:
    """Every finding as it is told now."""
    at = datetime.fromtimestamp(now, UTC)
    return tuple(_alert(finding, firsts, context, waivers, at) for finding in findings)


def _alert(finding: Finding, firsts: Firsts, context: Context, waivers: Waivers, at: datetime) -> Alert:
    now = int(at.timestamp())
    state: Telling = finding.state(now)
    waiver = waivers.holding(finding, at)
    if waiver is not None and state == "open":
        state = "waived"
    ended = waivers.over(finding, at)
    text = text_of(finding, context, now, first=firsts.for_(finding), ended=ended)
    return Alert(
        finding, state, text, context.team(finding), context.site, context.runbook(finding),
        context.evidence_url(finding), waiver,
    )  # fmt: skip


def trial_alert(context: Context, now: int) -> Alert:
    """An alert that says that nothing was found; every route takes it."""
    finding = Finding(
        id="f-test", rule=TEST_RULE, system=None, operator=None, place_country=None, control_country=None,
        said={"level": "informational"}, first_time=now, last_time=now, records=0, octets_out=0, octets_in=0,
        opened_at=now, resolves_at=now + 1, times_opened=1,
    )  # fmt: skip
    return Alert(finding, "open", trial_text(context, now), None, context.site, "docs/alerts.md")


@dataclass(frozen=True, slots=True)
class Wants:
    """What a route is told. `again_seconds`: how often it is told that something is still open; None: never.

    `every`: it records: waived findings and those of old records as well.
    """

    least_level: str = "low"
    again_seconds: int | None = None
    every: bool = False


def due(picture: Iterable[Alert], told: Mapping[str, LastTold], wants: Wants, now: int) -> list[Alert]:
    """What of a picture a route has to be told, given what it was last told of each finding."""
    least = LEVELS.index(wants.least_level)
    levels = [(alert, LEVELS.index(alert.finding.level) >= least) for alert in picture]
    return [
        alert
        for alert, is_heavy in levels
        if (is_heavy or alert.finding.id in told)
        # A route that is new is not told the end of what it never heard of.
        and (told or wants.every or alert.state != "resolved")
        and _is_due(alert, told.get(alert.finding.id), wants, now)
    ]


def told_as(alert: Alert, wants: Wants) -> Telling:
    """The state in which a route is told: what is waived is over for a route that only sends."""
    return "resolved" if alert.state == "waived" and not wants.every else alert.state


def _is_due(alert: Alert, last: LastTold | None, wants: Wants, now: int) -> bool:
    state = told_as(alert, wants)
    if state == "past":
        return wants.every and last is None
    if last is None:
        return alert.state != "waived" or wants.every
    if (last.state, last.opened_at) != (state, alert.opened_at):
        # Nothing is over that was never told to be there, in this opening.
        return alert.state != "waived" or wants.every or last.state == "open"
    return state != "resolved" and wants.again_seconds is not None and now - last.told_at >= wants.again_seconds
