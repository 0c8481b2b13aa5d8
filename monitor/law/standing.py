"""State the law on one country, and its entries, as plain facts: what stands, since when, and where that is written.

Decides nothing that a verdict depends on; it reads the same tables. Every fact carries its source and whether that
source was read. Days are ISO dates and mean days in Brussels, under the keys of the law files: `in_force_from` is the
first day, `ends_before` the first day without, `last_day` the last day with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from monitor.law.territories import Status

if TYPE_CHECKING:
    from datetime import date, datetime

    from monitor.law.days import Span
    from monitor.law.reach import ReachLaw
    from monitor.law.regimes import Decision, Pending, Regimes
    from monitor.law.territories import Period, Territories

Facts: TypeAlias = dict[str, Any]

_BY_STATUS: Final = {Status.EEA: "eea", Status.TRANSITION: "transition", Status.PSEUDO: "no_country"}


def standing_of(country: str, moment: datetime, territories: Territories, regimes: Regimes) -> Facts:
    """How a country stands at an instant.

    `standing` is `eea`, `transition`, `adequate`, `framework` (a decision that covers listed importers only), `review`
    (left to the site's policy), `none` (a third country without a decision) or `no_country`.
    """
    status = territories.status(country, moment)
    entry = territories.entries.get(country)
    period = next((each for each in entry.periods if moment in each.span), None) if entry else None
    decision = regimes.decision(country, moment)
    frameworks = regimes.frameworks(country, moment)
    standing = _BY_STATUS.get(status)
    if standing is None:
        standing = "adequate" if decision else "framework" if frameworks else str(status)
    pseudo = territories.pseudo_codes.get(country)
    return {
        "country": country,
        "name": territories.name(country),
        "standing": "none" if standing == Status.THIRD else standing,
        "period": period_facts(period, moment) if period else None,
        "decision": decision_facts(decision, moment, regimes) if decision else None,
        "frameworks": [decision_facts(each, moment, regimes) for each in frameworks],
        "sovereign": territories.sovereign(country),
        "law_of": territories.law_of(country),
        "note": pseudo.means if pseudo else entry.note if entry else None,
        "pending": [pending_facts(each, territories) for each in regimes.pending if each.country == country],
    }


def period_facts(period: Period, moment: datetime) -> Facts:
    """A span of days during which a territory is more than a third country."""
    return {
        "status": period.status,
        "in_force_from": _day(period.begins),
        "ends_before": _day(period.ends_before),
        "last_day": _day(period.last_day),
        "when": when(period.span, moment),
        "source": period.source,
        "verified": period.verified,
    }


def decision_facts(decision: Decision, moment: datetime, regimes: Regimes) -> Facts:
    """An adequacy decision; `framework` names the list that an importer must be on, None when there is none."""
    framework = regimes.framework_by_id[decision.framework] if decision.framework else None
    return {
        "country": decision.country,
        "number": decision.number,
        "title": decision.title,
        "scope": decision.scope,
        "in_force_from": _day(decision.begins),
        "usable_from": _day(decision.usable_from),
        "ends_before": _day(decision.ends_before),
        "last_day": _day(decision.last_day),
        "when": when(decision.span, moment),
        "ended_by": decision.ended_by,
        "framework": framework
        and {
            "id": framework.id,
            "name": framework.name,
            "evidence": framework.evidence,
            "coverable": framework.coverable,
        },
        "legal_basis": decision.legal_basis,
        "litigation": decision.litigation,
        "stress": list(decision.stress),
        "open_points": list(decision.open_points),
        "note": decision.note,
        "source": decision.source,
        "verified": decision.verified,
        "from_memory": decision.from_memory,
    }


def law_facts(law: ReachLaw, moment: datetime, territories: Territories) -> Facts:
    """A reach law, with the days that bound it."""
    return {
        "code": law.code,
        "name": law.name,
        "country": law.country,
        "country_name": territories.name(law.country),
        "weight": law.weight,
        "reach": law.reach,
        "in_force_from": _day(law.begins),
        "ends_before": _day(law.ends_before),
        "last_day": _day(law.last_day),
        "when": when(law.span, moment),
        "provision": law.provision,
        "source": law.source,
        "verified": law.verified,
        "dates_verified": law.dates_verified,
        "history": list(law.history),
        "open_points": list(law.open_points),
        "note": law.note,
    }


def pending_facts(pending: Pending, territories: Territories) -> Facts:
    """Talks without a decision."""
    return {
        "country": pending.country,
        "name": territories.name(pending.country),
        "what": pending.what,
        "source": pending.source,
        "verified": pending.verified,
    }


def when(span: Span, moment: datetime) -> str:
    """Where an instant stands to a span: the span is `past`, `present` or `future` then."""
    if moment in span:
        return "present"
    return "future" if moment < span.begins else "past"


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
