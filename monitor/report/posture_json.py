"""The posture in the JSON form.

Decides the names and the order of its fields; `json_schema` describes them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from datetime import date

    from monitor.report.month import HostFacts, OfferFacts, QualificationFacts
    from monitor.report.posture import Posture, PostureLine
    from monitor.report.sums import Share

_COUNTS: Final = ("systems", "exposed", "provider_keys", "open", "without_host", "moving")


def posture_values(posture: Posture) -> dict[str, Any]:
    """The posture as plain values."""
    return {**{name: getattr(posture, name) for name in _COUNTS}, "lines": [_line(line) for line in posture.lines]}


def offer_values(offer: OfferFacts) -> dict[str, Any]:
    """An offer as plain values."""
    return {
        "operator": offer.host.operator,
        "operator_name": offer.host.name,
        "control_verdict": offer.host.control_verdict,
        "control_reason": offer.host.control_reason,
        "rests_on": list(offer.host.rests_on),
        **_qualification(offer.qualification),
    }


def _line(line: PostureLine) -> dict[str, Any]:
    hosting = line.hosting
    host = None if hosting is None else hosting.host
    return {
        "system": line.system,
        "data_class": line.data_class,
        "operator": None if host is None else host.operator,
        "operator_name": None if host is None else host.name,
        "country": None if hosting is None else hosting.country,
        "networks": [] if hosting is None else list(hosting.networks),
        "keys": None if hosting is None else hosting.keys,
        "control_verdict": None if host is None else host.control_verdict,
        "control_reason": None if host is None else host.control_reason,
        "rests_on": [] if host is None else list(host.rests_on),
        "qualifications": [] if host is None else [_qualification(each) for each in host.qualifications],
        "octets": _share(line.octets),
        "id": line.id,
        "target": None if line.target_name is None else _target(line.target_name, line.target),
        "deadline": _day(line.deadline),
        "days_left": line.days_left,
        "still": None if line.still is None else _share(line.still),
    }


def _target(name: str, host: HostFacts | None) -> dict[str, Any]:
    return {
        "operator": name,
        "control_verdict": None if host is None else host.control_verdict,
        "qualifications": [] if host is None else [_qualification(each) for each in host.qualifications],
    }


def _qualification(known: QualificationFacts) -> dict[str, Any]:
    return {
        "scheme": known.scheme,
        "service": known.service,
        "status": known.status,
        "from": _day(known.from_day),
        "to": _day(known.to_day),
        "stated": known.stated.isoformat(),
        "source": known.source,
        "verified": known.verified,
    }


def _share(share: Share) -> dict[str, int]:
    return {"part": share.part, "whole": share.whole}


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
