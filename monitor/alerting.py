"""Put findings, their ledger, the site's files and the routes together: what tells whom.

Decides nothing; it gives the parts of `monitor.alert` their names, their memory and their clock.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from monitor.alert.delivery import Delivery, Watch
from monitor.alert.findings import Life, as_findings
from monitor.alert.log import RECORDER
from monitor.alert.payload import instant
from monitor.alert.picture import LastTold, picture_of
from monitor.alert.routes import build_routes
from monitor.alert.text import Context, Firsts, Ours, RuleWords, clean, octets_text
from monitor.alert.words import WORDS
from monitor.app import regimes_of
from monitor.countries import country_names, organisation_names
from monitor.ledger.findings import (
    Told,
    findings_of,
    firsts,
    forget_gone,
    gone_of,
    page_of,
    remember_told,
    told_of,
)
from monitor.report.in_words import french_countries
from monitor.web.findings import ROWS, Listed, Row

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from monitor.alert.findings import Finding
    from monitor.alert.picture import Alert
    from monitor.alert.waivers import Waivers
    from monitor.app import Knowledge
    from monitor.config import Site
    from monitor.detect.rules import About
    from monitor.ledger.store import Ledger
    from monitor.web.findings import Asked

_DAY_SECONDS: Final = 86_400
# As the ledger calls it, where a label has another name.
_COLUMNS: Final = {"severity": "level"}


def life_of(site: Site) -> Life:
    """How long findings of a site live."""
    alerts = site.alerts
    return Life(alerts.hold_seconds, alerts.state_hold_seconds, alerts.alert_within_seconds)


def context_of(site: Site, knowledge: Knowledge, rules: Iterable[About] = (), config: str = "FILE") -> Context:
    """What the texts of a site know beside a finding; `config`: how the operator names transferwatch.yaml."""
    alerts = site.alerts
    systems = {}
    for each in site.inventory.systems:
        owner = each.owner
        systems[each.id] = Ours(each.title, owner.team if owner else None, owner.contact if owner else None)
    return Context(
        site=site.name,
        zone=site.timezone,
        language=alerts.language,
        systems=systems,
        operators={each.id: each.name for each in knowledge.operators.operators},
        countries=_countries(alerts.language),
        laws={code: law.name for code, law in regimes_of(site, knowledge).laws.items()},
        rules={rule.id: RuleWords(rule.title, rule.runbook) for rule in rules},
        portal_url=alerts.portal_url,
        runbook_url=alerts.runbook_url,
        config=config,
    )


def in_language(context: Context, language: str) -> Context:
    """The same in another language."""
    return replace(context, language=language, countries=_countries(language))


def _countries(language: str) -> Mapping[str, str]:
    return french_countries() if language == "fr" else {**organisation_names(), **country_names()}


@dataclass(frozen=True, slots=True)
class KeptMemory:
    """What routes were told, in the ledger."""

    ledger: Ledger

    async def told(self, route: str) -> Mapping[str, LastTold]:
        """What a route was last told, by finding."""
        return await asyncio.to_thread(self._told, route)

    async def remember(self, route: str, told: Mapping[str, LastTold]) -> None:
        """Remember what it was told, in one transaction."""
        await asyncio.to_thread(self._remember, route, told)

    async def gone(self, route: str) -> Sequence[str]:
        """Findings that it was told and that were deleted since."""
        return await asyncio.to_thread(self._gone, route)

    async def forget(self, route: str, findings: Collection[str]) -> None:
        """What it kept of these is cleared."""
        await asyncio.to_thread(self._forget, route, findings)

    def _gone(self, route: str) -> list[str]:
        with self.ledger.reading() as connection:
            return gone_of(connection, route)

    def _forget(self, route: str, findings: Collection[str]) -> None:
        with self.ledger.writing() as connection:
            forget_gone(connection, route, findings)

    def _told(self, route: str) -> dict[str, LastTold]:
        with self.ledger.reading() as connection:
            return {id_: LastTold(each.state, each.opened_at, each.told_at)
                    for id_, each in told_of(connection, route).items()}  # fmt: skip

    def _remember(self, route: str, told: Mapping[str, LastTold]) -> None:
        rows = [Told(id_, each.state, each.opened_at, each.told_at) for id_, each in told.items()]
        with self.ledger.writing() as connection:
            remember_told(connection, route, rows)


@dataclass(frozen=True, slots=True)
class Look:
    """Reads the picture from the ledger."""

    ledger: Ledger
    waivers: Waivers
    context: Context
    clock: Callable[[], float]
    routes: tuple[str, ...]

    async def __call__(self, ids: Collection[str] | None) -> tuple[Alert, ...]:
        """What is open, what somebody believes to be open, what ended within a day; or of it only `ids`."""
        return await asyncio.to_thread(self._read, ids)

    def _read(self, ids: Collection[str] | None) -> tuple[Alert, ...]:
        now = int(self.clock())
        recorder = RECORDER if RECORDER in self.routes else None
        with self.ledger.reading() as connection:
            kept = findings_of(
                connection, now, since=now - _DAY_SECONDS, routes=self.routes, recorder=recorder, ids=ids
            )
            since = Firsts.of(firsts(connection) if kept.findings else [])
        found = as_findings(kept.findings, kept.ends, kept.hours)
        return picture_of(found, since, self.context, self.waivers, now)


def build_watch(
    site: Site,
    ledger: Ledger,
    context: Context,
    clock: Callable[[], float],
    outcome: Callable[[str, str, str], None],
    pictured: Callable[[Collection[Alert]], None] | None = None,
) -> Watch:
    """What tells the routes of a site: run it and each of its deliveries, and wake it after a batch with findings.

    `pictured` hears after each look of all findings that are open, or ended within a day.

    Raises:
        ProblemsFound: a secret or an authority cannot be read.
    """
    memory = KeptMemory(ledger)
    routes = build_routes(site.alerts, site.directory)
    deliveries = tuple(Delivery(route, memory, clock, outcome) for route in routes)
    look = Look(ledger, site.waivers, context, clock, tuple(route.name for route in routes))
    return Watch(look, deliveries, outcome, clock, pictured=pictured)


def all_firsts(ledger: Ledger) -> Firsts:
    """Since when systems have findings with operators and countries."""
    with ledger.reading() as connection:
        return Firsts.of(firsts(connection))


def all_findings(ledger: Ledger, now: int, id_: str | None = None) -> list[Finding]:
    """Every finding of a ledger, or the one of that id: for reports and `evidence`."""
    with ledger.reading() as connection:
        kept = findings_of(connection, now, ids=None if id_ is None else [id_])
    return as_findings(kept.findings, kept.ends, kept.hours)


def alert_of(ledger: Ledger, waivers: Waivers, context: Context, now: int, id_: str) -> Alert:
    """One finding as it is told.

    Raises:
        KeyError: the ledger has none of that id.
    """
    found, since = all_findings(ledger, now, id_), all_firsts(ledger)
    if not found:
        raise KeyError(id_)
    (alert,) = picture_of(found, since, context, waivers, now)
    return alert


def listed(ledger: Ledger, waivers: Waivers, context: Context, now: int, asked: Asked) -> Listed:
    """The page of the list of findings that is asked for."""
    context, words = in_language(context, asked.language), WORDS[asked.language]
    wanted = {_COLUMNS.get(name, name): value for name, value in asked.wanted.items()}
    is_open = None if asked.state == "all" else asked.state == "open"
    with ledger.reading() as connection:
        ids, count = page_of(connection, now, wanted, is_open=is_open, begin=asked.begin, most=ROWS)
        kept = findings_of(connection, now, ids=ids)
    found = as_findings(kept.findings, kept.ends, kept.hours)
    by_id = {each.finding.id: each for each in picture_of(found, Firsts(), context, waivers, now)}
    return Listed(tuple(_row(by_id[id_], context, words) for id_ in ids), count, str(context.zone))


def _row(alert: Alert, context: Context, words: Mapping[str, str]) -> Row:
    finding, waiver = alert.finding, alert.waiver
    operator = finding.operator
    place, control = (
        None if code is None else (code, context.countries.get(code, code))
        for code in (finding.place_country, finding.control_country)
    )
    first, last = (
        f"{datetime.fromtimestamp(seconds, context.zone):%Y-%m-%d %H:%M}"
        for seconds in (finding.first_time, finding.last_time)
    )
    return Row(
        id=finding.id,
        severity=words[f"level.{finding.level}"],
        level=finding.level,
        state=words[f"listed.{alert.state}"].format(until=waiver.expires if waiver else ""),
        head=alert.text.head,
        rule=finding.rule,
        system=finding.system,
        operator=None if operator is None else (operator, context.operators.get(operator, operator)),
        place_country=place,
        control_country=control,
        first=first,
        last=last,
        octets_out="" if finding.is_state else octets_text(finding.octets_out, context.language),
    )


def evidence_text(alert: Alert) -> str:
    """A finding for a person: what its alert says, then every address and name that is kept."""
    ends = [
        f"{kind:8} {clean(end.value)}  {end.records} records, {end.octets} octets, "
        f"{instant(end.first_time)} to {instant(end.last_time)}"
        for kind, each in sorted((alert.finding.ends or {}).items())
        for end in each
    ]
    return "\n".join([alert.text.head, "", alert.text.body, "", *ends])
