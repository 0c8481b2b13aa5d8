"""The text of an alert: what the on-call reads at 03:00, in plain lines.

Decides which facts of a finding are told, in which order, and how much of what a log said is repeated: a few values,
short and printable. It claims nothing that the finding does not hold. The words are in `monitor.alert.words`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from monitor.alert.states import state_sentence
from monitor.alert.words import WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from monitor.alert.findings import End, Finding
    from monitor.alert.waivers import Waiver

_SHOWN: Final = 3
_LONGEST: Final = 80
_MINUTE: Final = 60
_HOUR: Final = 3_600
_DAY: Final = 86_400
_WAIVED_DAYS: Final = 30
_UNIT: Final = 1_000
_TENTHS_BELOW: Final = 10
_COVERAGE: Final = "coverage"


@dataclass(frozen=True, slots=True)
class Ours:
    """What the inventory says of a system."""

    title: str | None = None
    team: str | None = None
    contact: str | None = None


@dataclass(frozen=True, slots=True)
class RuleWords:
    """What a rule says of itself."""

    title: str
    runbook: str | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What the texts of a site know beside the finding: names for ids, and where things are found."""

    site: str
    zone: tzinfo = UTC
    language: str = "en"
    systems: Mapping[str, Ours] = field(default_factory=dict)
    operators: Mapping[str, str] = field(default_factory=dict)
    countries: Mapping[str, str] = field(default_factory=dict)
    laws: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, RuleWords] = field(default_factory=dict)
    portal_url: str | None = None
    runbook_url: str | None = None
    config: str = "FILE"

    def team(self, finding: Finding) -> str | None:
        """The team that answers for the system."""
        return self.systems.get(finding.system or "", Ours()).team

    def evidence_url(self, finding: Finding) -> str | None:
        """Page of the finding in the portal; None where no portal is named."""
        return None if self.portal_url is None else f"{self.portal_url}/findings/{finding.id}"

    def runbook(self, finding: Finding) -> str:
        """Page of the rule: a URL where the site serves them, else the path in the handbook."""
        known = self.rules.get(finding.rule)
        path = (known.runbook if known else None) or f"docs/runbooks/{finding.rule}.md"
        if path.startswith(("http://", "https://")) or self.runbook_url is None:
            return path
        return f"{self.runbook_url}/{path}"


@dataclass(frozen=True, slots=True)
class First:
    """Since when a system has findings with an operator, and with a country; event time, seconds since 1970."""

    operator: int | None = None
    country: int | None = None


@dataclass(frozen=True, slots=True)
class Firsts:
    """Since when systems have findings with operators and countries."""

    operators: Mapping[tuple[str | None, str], int] = field(default_factory=dict)
    countries: Mapping[tuple[str | None, str], int] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]]) -> Firsts:
        """From rows `system operator place_country first_time`."""
        operators: dict[tuple[str | None, str], int] = {}
        countries: dict[tuple[str | None, str], int] = {}
        for row in rows:
            for found, word in ((operators, row["operator"]), (countries, row["place_country"])):
                if word is not None:
                    key = (row["system"], word)
                    found[key] = min(row["first_time"], found.get(key, row["first_time"]))
        return cls(operators, countries)

    def for_(self, finding: Finding) -> First:
        """What is known for one finding."""
        return First(
            self.operators.get((finding.system, finding.operator or "")),
            self.countries.get((finding.system, finding.place_country or "")),
        )


class Line(NamedTuple):
    """One thing that there is to know: its key, its name in the language of the text, and what it says."""

    key: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """An alert in words: its first line, a line of labels, and what there is to know, each with its name."""

    head: str
    about: str
    lines: tuple[Line, ...]
    colon: str

    @property
    def body(self) -> str:
        """All but the first line, as plain text."""
        told = [f"{line.label}{self.colon} {line.text}" for line in self.lines]
        return "\n".join([*told, self.about])


def trial_text(context: Context, now: int) -> Text:
    """The text of a test alert."""
    words = WORDS[context.language]
    time = f"{datetime.fromtimestamp(now, context.zone):%Y-%m-%d %H:%M %Z}"
    return Text(words["test.head"], words["test.body"].format(time=time, site=context.site), (), words["colon"])


def text_of(
    finding: Finding, context: Context, now: int, *, first: First | None = None, ended: Waiver | None = None
) -> Text:
    """The text of a finding at an instant of the wall clock; `ended`: the waiver that held for it and is over."""
    return _Writer(finding, context, now, first or First(), ended).text()


@dataclass(frozen=True, slots=True)
class _Writer:
    finding: Finding
    context: Context
    now: int
    first: First
    ended: Waiver | None

    def text(self) -> Text:
        finding = self.finding
        lines = (
            # As somebody who was woken up asks: what, does it go on, what do I do, whom do I call.
            ("what", self._what()),
            ("since", self._since()),
            ("check", self._words.get(f"check.{finding.rule}") or self._say("check.other")),
            ("owner", self._owner()),
            ("on" if finding.is_inward else "from", self._from()),
            ("by" if finding.is_inward else "to", self._to()),
            ("where", self._where()),
            ("new", self._new()),
            ("why", self._why()),
            ("law", self._law()),
            ("right", self._right()),
            ("runbook", self.context.runbook(finding)),
            ("evidence", self._evidence()),
        )
        level = self._say(f"level.{finding.level}")
        about = self._say("severity", level=level, site=self.context.site, rule=finding.rule, id=finding.id)
        told = tuple(Line(name, self._say(f"line.{name}"), text) for name, text in lines if text)
        return Text(self._head(), about, told, self._say("colon"))

    @property
    def _words(self) -> Mapping[str, str]:
        return WORDS[self.context.language]

    def _say(self, key: str, **slots: object) -> str:
        return self._words[key].format(**slots)

    def _head(self) -> str:
        finding, said = self.finding, self.finding.said
        known = self.context.rules.get(finding.rule)
        slots = {
            "system": finding.system or self._say("no_system"),
            "title": known.title if known else finding.rule,
            "to": self._operator(),
            "where": self._country(finding.place_country or "/".join(said.get("place_candidates") or ()) or None),
            "law_of": self._country(finding.control_country),
            "source": self._say("list").join(clean(each) for each in finding.told_now("source")) or "?",
            "observer": self._say("list").join(clean(each) for each in finding.told_now("observer")[:_SHOWN]) or "?",
        }
        form = self._words.get(f"head.{finding.rule}") or self._words["head.other"]
        head = form.format(**slots)
        return (
            f"{self._say('state.resolved')}{self._say('colon')} {head}"
            if finding.state(self.now) == "resolved"
            else head
        )

    def _operator(self) -> str:
        return self._named(self.finding.operator)

    def _named(self, operator: str | None) -> str:
        return self.context.operators.get(operator, operator) if operator else self._say("nobody")

    def _country(self, code: str | None) -> str:
        if code is None:
            return self._say("nowhere")
        if code == "several":
            return self._say("several")
        articled = self._words["with_article"].split()
        named = [(each, self.context.countries.get(each, each)) for each in code.split("/")[:_SHOWN]]
        return self._say("or").join(
            f"the {name}" if each in articled and name != each else name for each, name in named
        )

    def _what(self) -> str:
        finding = self.finding
        if finding.is_state:
            told = state_sentence(
                finding, self._words, operator=self._named, country=self._country, time=self._time, count=self._count,
                clean=clean,
            )  # fmt: skip
            return told or clean(finding.said.get("detail") or "", longest=400)
        octets = {
            "out": finding.hour_octets_out,
            "in_": finding.hour_octets_in,
            "all_out": finding.octets_out,
            "all_in": finding.octets_in,
        }
        records = self._count(finding.records)
        if finding.said.get("category") == "admin":
            actors = self._say("list").join(clean(end.value) for end in finding.top("actor")[:_SHOWN])
            act = clean(finding.said.get("action") or self._say("what.some_act"))
            parts = [self._say("what.admin", actor=actors or self._say("what.someone"), action=act, records=records)]
        elif finding.octets_out or finding.octets_in:
            way = "what.hour" if finding.octets_in else "what.hour_out"
            parts = [self._say(way, records=records, **{name: self._octets(n) for name, n in octets.items()})]
        else:
            parts = [self._say("what.records", records=records)]
        if kept := finding.said.get("data_class"):
            parts.append(self._say("what.class", data_class=self._words.get(f"class.{kept}", kept)))
        return " ".join(parts)

    def _from(self) -> str:
        finding = self.finding
        if finding.system is None:
            return ""
        title = self.context.systems.get(finding.system, Ours()).title
        system = f"{finding.system} ({title})" if title and title != finding.system else finding.system
        return self._say("list").join([system, *self._ends("local")])

    def _to(self) -> str:
        finding = self.finding
        if finding.operator is None and not finding.top("remote"):
            return ""
        importer = finding.said.get("importer")
        to = self._operator()
        if importer and importer != finding.operator:
            to = self._say("to.importer", importer=clean(importer), operator=to)
        service = finding.said.get("service")
        seen = [*self._ends("remote"), *self._ends("name"), *([service] if service else [])]
        return self._say("list").join([to, *seen])

    def _ends(self, kind: str) -> list[str]:
        ends = self.finding.top(kind)
        return [clean(end.value) for end in ends[:_SHOWN]] + (["..."] if len(ends) > _SHOWN else [])

    def _where(self) -> str:
        finding, said = self.finding, self.finding.said
        if finding.place_country is not None:
            confidence = said.get("place_confidence")
            how = f" ({self._say(f'where.{confidence}')})" if confidence else ""
            return f"{self._country(finding.place_country)}{how}"
        if finding.is_state or said.get("place_verdict") is None:
            return ""
        if candidates := said.get("place_candidates"):
            return self._say("where.unknown", candidates=self._country("/".join(candidates)))
        return self._say("where.nothing")

    def _law(self) -> str:
        finding, said = self.finding, self.finding.said
        verdict = said.get("control_verdict")
        country = self._country(finding.control_country)
        if verdict == "exposed" and said.get("reach_laws"):
            return self._say("law.exposed", country=country, laws=self._laws(said["reach_laws"]))
        if verdict == "exposed":
            return self._say("law.seat", country=country)
        if verdict == "undetermined":
            return self._say("law.unknown")
        return self._say(f"law.{verdict}", country=country) if verdict in {"eea", "adequate"} else ""

    def _laws(self, codes: Sequence[str]) -> str:
        names = self._say("list").join(self.context.laws.get(code, code) for code in codes[:_SHOWN])
        more = len(codes) - _SHOWN
        return self._say("law.few", laws=names, more=more) if more > 0 else names

    def _why(self) -> str:
        finding, said = self.finding, self.finding.said
        if said.get("category") == _COVERAGE:
            return self._words.get(f"why.{finding.rule}") or self._say("why.coverage")
        keys = []
        place, reason = said.get("place_verdict"), said.get("place_reason")
        if place == "uncovered":
            keys = ["uncovered"]
            specific = f"why.{reason}_us" if finding.place_country == "US" else f"why.{reason}"
            keys += [name.removeprefix("why.") for name in (specific, f"why.{reason}") if name in self._words][:1]
        elif place == "undetermined":
            keys = ["undetermined_inward" if finding.is_inward else "undetermined"]
        is_admin = "admin" in {said.get("category"), said.get("activity")}
        # Of what is a transfer it would say that it is none.
        if said.get("control_verdict") == "exposed" and place != "uncovered" and not is_admin:
            keys.append("exposed")
        if finding.rule == "keys_held_by_exposed_host":
            keys.append("keys")
        if is_admin and place not in {"internal", "eea"}:
            keys.append("admin")
        told = [self._say(f"why.{key}") for key in keys]
        if said.get("mechanism"):
            told.append(self._say("why.mechanism", mechanism=clean(said["mechanism"])))
        return " ".join(told) or self._say("why.other")

    def _since(self) -> str:
        finding = self.finding
        quiet = max(self.now - finding.last_time, 0)
        slots = {"first": self._time(finding.first_time), "last": self._time(finding.last_time)}
        if finding.is_state and finding.state(self.now) != "resolved":
            return self._say("since.state", **slots)
        if finding.state(self.now) == "resolved":
            return self._say("since.resolved", ago=self._ago(quiet), **slots)
        return self._say("since.on" if quiet < _HOUR else "since.off", ago=self._ago(quiet), **slots)

    def _new(self) -> str:
        finding = self.finding
        if self.ended is not None:
            waiver = self.ended
            return self._say("new.late", day=waiver.expires, id=waiver.id, owner=clean(waiver.owner))
        if finding.is_state:
            return self._say("new.again", count=finding.times_opened) if finding.times_opened > 1 else ""
        system = finding.system or self._say("no_system")
        since = {"operator": self.first.operator, "country": self.first.country}
        recent = {name: at for name, at in since.items() if at is not None and at >= self.now - _DAY}
        if len(recent) > 1 and len(set(recent.values())) == 1:
            recent = {"both": next(iter(recent.values()))}
        told = [self._say(f"new.{name}", system=system, time=self._time(at)) for name, at in recent.items()]
        for name, kind in (("name", "name"), ("address", "remote")):
            told += [
                self._say(f"new.{name}", value=clean(end.value), time=self._time(end.first_time))
                for end in finding.top(kind)
                if self._is_new(end)
            ][:_SHOWN]
        if finding.times_opened > 1:
            told.append(self._say("new.again", count=finding.times_opened))
        if told:
            return self._say("list_of_clauses").join(told)
        if not since["operator"] and not since["country"]:
            return ""  # nobody looked
        return self._say("new.finding" if finding.first_time >= self.now - _DAY else "new.nothing")

    def _is_new(self, end: End) -> bool:
        """It came within a day, and not with the finding's own beginning."""
        return end.first_time >= max(self.now - _DAY, self.finding.first_time + _HOUR)

    def _owner(self) -> str:
        if self.finding.system is None:
            return ""
        ours = self.context.systems.get(self.finding.system, Ours())
        if ours.team and ours.contact:
            return self._say("owner.of", team=ours.team, contact=ours.contact)
        return ours.team or ours.contact or self._say("owner.none")

    def _right(self) -> str:
        """How it is made right: what to write, and the lines of a waiver, ready to be filled in."""
        finding, said = self.finding, self.finding.said
        if finding.is_state:
            way = "coverage" if said.get("category") == _COVERAGE else "law"
        else:
            way = "transfer" if said.get("place_verdict") in {"uncovered", "undetermined"} else "law"
        told = self._words.get(f"right.{finding.rule}") or self._say(f"right.{way}")
        return f"{told} {self._waiver()}"

    def _waiver(self) -> str:
        finding = self.finding
        match = {"rules": [finding.rule], "systems": [finding.system], "operators": [finding.operator],
                 "countries": [finding.place_country]}  # fmt: skip
        if finding.said.get("category") == _COVERAGE:
            match["sources"] = list(finding.told_now("source")) or [None]
        written = ", ".join(f"{key}: {json.dumps(values)}" for key, values in match.items() if values != [None])
        expires = datetime.fromtimestamp(self.now, self.context.zone).date() + timedelta(days=_WAIVED_DAYS)
        owner, reason = self._say("right.owner"), self._say("right.reason")
        return (
            f"- {{id: W-{finding.id[2:]}, match: {{{written}}}, owner: {owner}, reason: {reason}, expires: {expires}}}"
        )

    def _evidence(self) -> str:
        command = f"transferwatch evidence {self.finding.id} -c {self.context.config}"
        return self.context.evidence_url(self.finding) or command

    def _time(self, seconds: int) -> str:
        return f"{datetime.fromtimestamp(seconds, self.context.zone):%Y-%m-%d %H:%M %Z}"

    def _ago(self, seconds: int) -> str:
        if seconds < _MINUTE:
            return self._say("ago.now")
        if seconds < 2 * _HOUR:
            return self._say("ago.minutes", count=seconds // _MINUTE)
        if seconds < 2 * _DAY:
            return self._say("ago.hours", count=seconds // _HOUR)
        return self._say("ago.days", count=seconds // _DAY)

    def _count(self, number: int) -> str:
        return f"{number:,}".replace(",", self._words["thousands"])

    def _octets(self, octets: int) -> str:
        return octets_text(octets, self.context.language)


def octets_text(octets: int, language: str) -> str:
    """A number of octets as a person reads it: `1.5 GB`, `1,5 Go`."""
    words = WORDS[language]
    size, units = float(octets), words["units"].split()
    place = 0
    while size >= _UNIT and place < len(units) - 1:
        size, place = size / _UNIT, place + 1
    number = f"{size:.1f}" if place and size < _TENTHS_BELOW else f"{size:.0f}"
    return f"{number.replace('.', words['decimal_point'])}\u00a0{units[place]}"


def clean(text: str, longest: int = _LONGEST) -> str:
    """Text of a log, on one line, printable, and not too long."""
    printable = "".join(letter if letter.isprintable() else "\ufffd" for letter in text)
    return printable if len(printable) <= longest else f"{printable[: longest - 1]}\u2026"
