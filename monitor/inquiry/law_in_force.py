"""Say what is in force at an instant: the GDPR area, the decisions, the lists that some need, the reach laws.

Decides nothing; it reads the tables that verdicts are made from. With a country: all about that country, past and
future included. docs/law.md says how the files are kept.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from monitor.countries import OFTEN_MEANT, country_names
from monitor.inquiry.law_text import print_law
from monitor.law.standing import decision_facts, law_facts, pending_facts, period_facts, standing_of
from monitor.law.territories import Status
from monitor.wording import nearest, shown

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.app import Knowledge
    from monitor.law.standing import Facts
    from monitor.law.territories import Territories

__all__ = ["law_in_force", "print_law"]


def law_in_force(moment: datetime, country: str | None, knowledge: Knowledge) -> Facts:
    """What is in force at an instant, everywhere or for one country, as plain JSON values.

    Raises:
        ValueError: the country is none; the sentence names the nearest that is.
    """
    moment = moment.astimezone(UTC)
    about = _everywhere(moment, knowledge) if country is None else _one(_code(country, knowledge), moment, knowledge)
    return {
        "at": moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        **about,
        "basis": {"territories": knowledge.territories.digest, "regimes": knowledge.regimes.digest},
    }


def _everywhere(moment: datetime, knowledge: Knowledge) -> Facts:
    territories, regimes = knowledge.territories, knowledge.regimes
    decisions = [decision_facts(entry, moment, regimes) for entry in regimes.decisions]
    present = [entry for entry in decisions if entry["when"] == "present"]
    laws = [law_facts(law, moment, territories) for law in regimes.laws.values() if law.in_force(moment)]
    return {
        "country": None,
        "area": {str(status): _codes_of(status, moment, territories) for status in (Status.EEA, Status.TRANSITION)},
        "review": _codes_of(Status.REVIEW, moment, territories),
        "decisions": [entry for entry in present if entry["framework"] is None],
        "frameworks": [entry for entry in present if entry["framework"] and entry["framework"]["coverable"]],
        "covers_nothing_seen": [
            entry for entry in present if entry["framework"] and not entry["framework"]["coverable"]
        ],
        "reach_laws": {
            code: [law for law in laws if law["country"] == code] for code in sorted({law["country"] for law in laws})
        },
        "pending": [pending_facts(entry, territories) for entry in regimes.pending],
        "open_points": [
            *(f"{entry['number']}: {point}" for entry in present for point in entry["open_points"]),
            *(f"{entry['number']}: {entry['litigation']}" for entry in present if entry["litigation"]),
            *(f"{law['code']}: {point}" for law in laws for point in law["open_points"]),
        ],
        "without_decision": [
            {"country": code, "name": territories.name(code)} for code in sorted(regimes.without_decision)
        ],
    }


def _one(country: str, moment: datetime, knowledge: Knowledge) -> Facts:
    territories, regimes = knowledge.territories, knowledge.regimes
    entry = territories.entries.get(country)
    reaching = territories.law_of(country)
    organisation = territories.organisations.get(country)
    rules = [rule for rule in regimes.conflict_rules if rule.country in {reaching, None}]
    return {
        "country": country,
        "name": territories.name(country),
        "kind": entry.kind if entry else "organisation" if organisation else None,
        "note": entry.note if entry else organisation.note if organisation else None,
        "sovereign": territories.sovereign(country),
        "sovereign_name": territories.name(territories.sovereign(country)),
        "law_of": reaching,
        "standing": standing_of(country, moment, territories, regimes),
        "gdpr_from": entry.gdpr_from.isoformat() if entry and entry.gdpr_from else None,
        "periods": [period_facts(period, moment) for period in entry.periods] if entry else [],
        "decisions": [
            decision_facts(decision, moment, regimes) for decision in regimes.decisions if decision.country == country
        ],
        "reach_laws": [law_facts(law, moment, territories) for law in regimes.laws.values() if law.country == reaching],
        "conflict_rules": [
            {
                "name": rule.name,
                "in_force_from": rule.begins.isoformat(),
                "source": rule.source,
                "verified": rule.verified,
            }
            for rule in rules
            if rule.country is not None
        ],
        "pending": [pending_facts(each, territories) for each in regimes.pending if each.country == country],
        "asked_often_without_decision": country in regimes.without_decision,
        "printed_for": [
            {"name": place.name, "inside": place.inside, "note": place.note}
            for place in territories.without_code
            if country in place.printed_as
        ],
    }


def _codes_of(status: Status, moment: datetime, territories: Territories) -> list[Facts]:
    """Countries of a status then, members before the territories that have a code of their own."""
    codes = [code for code in territories.entries if territories.status(code, moment) is status]
    codes.sort(key=lambda code: (territories.sovereign(code) != code, code))
    return [
        {"country": code, "name": territories.name(code), "sovereign": territories.sovereign(code)} for code in codes
    ]


def _code(written: str, knowledge: Knowledge) -> str:
    """The code that was meant, in capital letters.

    Raises:
        ValueError: it is no country and no organisation that the law speaks of.
    """
    territories, names = knowledge.territories, country_names()
    code = written.strip().upper()
    if code in names or code in territories.organisations:
        return code
    if code in territories.pseudo_codes:
        means = territories.pseudo_codes[code].means
        raise ValueError(f'{code} is no country: address databases print it for "{means}". Write a code such as FR.')
    by_name = {name.casefold(): found for found, name in names.items()}
    meant = OFTEN_MEANT.get(code) or by_name.get(nearest(written.strip(), by_name) or "")
    meant = meant or nearest(code, [*names, *territories.organisations], cutoff=0.5)
    remedy = f"Did you mean {meant}, {territories.name(meant)}?" if meant else "Write two letters, such as US."
    raise ValueError(f"{shown(written)} is not the code of a country. {remedy}")
