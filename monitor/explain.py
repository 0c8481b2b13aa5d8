"""Say of an address or a name where it is, who operates it, whose law reaches them, and who says so.

Decides nothing: facts come from the atlas, the anycast list, the operator files and the law, the verdicts from what
judges records. No packet is sent for it, not even a DNS query: a name is compared with the operators' suffixes and is
never resolved. docs/explain.md describes the keys.
"""

from __future__ import annotations

from datetime import UTC
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import polars as pl
from pydantic import TypeAdapter, ValidationError

from monitor.address import AddressKind, embedded_ipv4, format_addresses, kind_of, parse_addresses, special_purpose_of
from monitor.app import basis_of, build_grounds
from monitor.attribution.far_ends import NOT_ANYCAST, UNLISTED, Attributor
from monitor.attribution.names import match_name
from monitor.config import bare_site
from monitor.explain_verdict import FarEnd, verdict_facts
from monitor.fields import Domain
from monitor.judge import WITHOUT_ADDRESS, ground_unasked
from monitor.law.standing import law_facts, standing_of
from monitor.law.territories import Status
from monitor.wording import shown

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.address import ParsedAddresses
    from monitor.app import Knowledge
    from monitor.attribution.anycast import AnycastEntry
    from monitor.attribution.names import NameMatch
    from monitor.attribution.operators import Operator, Owner
    from monitor.law.place import Ground
    from monitor.law.standing import Facts

NO_QUERY: Final = "No packet was sent for this answer, and no DNS query: a name is compared, never resolved."
_FORMS: Final = "Write an address such as 8.8.8.8 or 2001:db8::1, or a host name such as www.example.org."
_ANYCAST_FILE: Final = "rules/operators/anycast.yaml"
_OPERATOR_FILES: Final = "rules/operators"


def explain(what: str, moment: datetime, knowledge: Knowledge) -> Facts:
    """All that is known of an address (in any spelling) or a host name at an instant, as plain JSON values.

    Raises:
        ValueError: it is neither, in a sentence that says what to write.
    """
    asked = what.strip()
    parsed = parse_addresses(pl.Series([asked.removeprefix("[").removesuffix("]")]))
    moment = moment.astimezone(UTC)
    answer = _of_address(parsed, moment, knowledge) if parsed.version[0] else _of_name(_name(asked), moment, knowledge)
    basis = basis_of(bare_site(), knowledge)
    return {
        "asked": what,
        "at": moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        **answer,
        "queries_sent": 0,
        "basis": {name: basis.parts[name] for name in ("atlas", "law", "operators", "software")},
    }


def _name(asked: str) -> str:
    """The name in the form that resolvers log.

    Raises:
        ValueError: it is none.
    """
    head, slash, _ = asked.partition("/")
    if "://" in asked:
        host = urlsplit(asked).hostname or "www.example.org"
        raise ValueError(f"{shown(asked)} is a URL. Write the host name alone, such as {host}.")
    if slash and parse_addresses(pl.Series([head])).version[0]:
        raise ValueError(f"{shown(asked)} is a network, and its addresses may differ. Write one, such as {head}.")
    if "%" in asked:
        bare = asked.partition("%")[0]
        raise ValueError(f"{shown(asked)} names an interface of one machine. Write the address alone, such as {bare}.")
    try:
        return TypeAdapter(Domain).validate_python(asked)
    except ValidationError:
        raise ValueError(f"{shown(asked)} is neither an address nor a host name. {_FORMS}") from None


def _of_address(parsed: ParsedAddresses, moment: datetime, knowledge: Knowledge) -> Facts:
    attributor = Attributor.of(knowledge.atlas, knowledge.operators, knowledge.anycast)
    far = attributor.attribute(parsed)
    country = attributor.countries[int(far.country[0])]
    registration = attributor.countries[int(far.registration[0])]
    as_number, position = int(far.as_number[0]), int(far.operator[0])
    unasked = ground_unasked(far)
    operator = None if position == UNLISTED else knowledge.operators.operators[position]
    entry = None if far.anycast[0] == NOT_ANYCAST else knowledge.anycast.entry_at(int(far.anycast[0]))
    about = FarEnd(unasked, country, registration, position, as_number, by_name=False)
    return {
        "kind": "address",
        "address": _address_facts(parsed),
        "name": None,
        "place": _place_facts(country, unasked, entry, parsed, moment, knowledge),
        "network": _network_facts(as_number, registration, knowledge),
        "operator": _operator_facts(operator, _found_by_number(operator, as_number), moment, knowledge),
        **_law_and_verdict(about, operator, moment, knowledge),
    }


def _of_name(name: str, moment: datetime, knowledge: Knowledge) -> Facts:
    match, over = match_name(name, knowledge.operators, moment)
    operator = match.operator if match else None
    position = knowledge.operators.operators.index(operator) if operator else UNLISTED
    about = FarEnd(WITHOUT_ADDRESS, None, None, position, 0, by_name=True)
    return {
        "kind": "name",
        "address": None,
        "name": {"canonical": name, "formerly": [_found_by_name(each) for each in over]},
        "place": _place_facts(None, WITHOUT_ADDRESS, None, None, moment, knowledge),
        "network": None,
        "operator": _operator_facts(operator, _found_by_name(match) if match else None, moment, knowledge),
        **_law_and_verdict(about, operator, moment, knowledge),
    }


def _address_facts(parsed: ParsedAddresses) -> Facts:
    """The address in standard form, what it can reach, and the IPv4 address inside when it carries one."""
    inner = embedded_ipv4(parsed)
    carries = inner.version[0] != parsed.version[0]
    special = special_purpose_of(parsed)[0]
    return {
        "canonical": parsed.text[0],
        "version": int(parsed.version[0]),
        "reach": AddressKind(kind_of(parsed)[0]).name.rstrip("_"),
        "block": special and special[0],
        "purpose": special and special[1],
        "embedded_ipv4": format_addresses(inner.version, inner.high, inner.low)[0] if carries else None,
        "embedding": ("6to4" if str(parsed.text[0]).startswith("2002:") else "nat64") if carries else None,
    }


def _place_facts(
    country: str | None,
    unasked: Ground | None,
    entry: AnycastEntry | None,
    parsed: ParsedAddresses | None,
    moment: datetime,
    knowledge: Knowledge,
) -> Facts:
    """Where the octets land, as far as a source says; `says` is the source's own word, a pseudo code included."""
    territories = knowledge.territories
    pseudo = country is not None and territories.status(country, moment) is Status.PSEUDO
    candidates = [] if country is None or pseudo else [country]
    placed = country if unasked is None and not pseudo else None
    reason = unasked.reason if unasked else "pseudo_country" if pseudo else None
    return {
        "country": placed,
        "country_name": territories.name(placed) if placed else None,
        "confidence": "single" if placed else "none",
        "reason": reason,
        "candidates": [{"country": code, "country_name": territories.name(code)} for code in candidates],
        "says": country,
        "source": _atlas_source("place", knowledge) if parsed is not None else None,
        "anycast": None if entry is None or parsed is None else _anycast_facts(entry, parsed),
    }


def _anycast_facts(entry: AnycastEntry, parsed: ParsedAddresses) -> Facts:
    inner = embedded_ipv4(parsed)
    address = ip_address(str(format_addresses(inner.version, inner.high, inner.low)[0]))
    within = [network for network in entry.prefixes if address in network]
    return {
        "id": entry.id,
        "name": entry.name,
        "operator": entry.operator,
        "what": entry.what,
        "prefix": str(max(within, key=lambda network: network.prefixlen)),
        "file": _ANYCAST_FILE,
        "source": entry.source,
        "read": entry.read.isoformat(),
        "verified": entry.verified,
    }


def _network_facts(as_number: int, registration: str | None, knowledge: Knowledge) -> Facts | None:
    """Which network announces the address; where that is registered is a candidate, never a place."""
    if not as_number and not registration:
        return None
    return {
        "as_number": as_number or None,
        "as_name": knowledge.atlas.as_name(as_number),
        "source": _atlas_source("network", knowledge),
        "registration_country": registration,
        "registration_name": knowledge.territories.name(registration) if registration else None,
        "registration_source": _atlas_source("registration", knowledge),
    }


def _atlas_source(layer: str, knowledge: Knowledge) -> Facts | None:
    source = next((each for each in knowledge.atlas.sources if each.layer == layer), None)
    if source is None:
        return None
    return {
        "package": source.package,
        "version": source.version,
        "published": source.published,
        "licence": source.licence,
        "attribution": source.attribution,
    }


def _found_by_number(operator: Operator | None, as_number: int) -> Facts | None:
    if operator is None:
        return None
    entry = next(each for each in operator.as_numbers if each.number == as_number)
    return {
        "by": "as_number",
        "value": f"AS{entry.number}",
        "listed_as": entry.name,
        "source": entry.source,
        "verified": True,
        "last_day": None,
        "note": entry.note,
        "operator": operator.id,
    }


def _found_by_name(match: NameMatch) -> Facts:
    source = {"verified": "a public list or public code", "memory": "from memory", "ended": "history"}[match.found_in]
    return {
        "by": "domain",
        "value": match.suffix,
        "listed_as": match.found_in,
        "source": source,
        "verified": match.found_in == "verified",
        "last_day": match.ended.last_day.isoformat() if match.ended else None,
        "note": None,
        "operator": match.operator.id,
    }


def _operator_facts(operator: Operator | None, found: Facts | None, moment: datetime, knowledge: Knowledge) -> Facts:
    """Who runs it and who owned them at the instant; `listed` tells whether the operator table knows it."""
    if operator is None:
        return {"listed": False, "id": None, "name": None, "found": None, "path": [], "other_owners": []}
    names = knowledge.territories.name
    held = operator.owners_at(moment)
    return {
        "listed": True,
        "id": operator.id,
        "name": operator.name,
        "kinds": list(operator.kinds),
        "hosts_others": operator.hosts_others,
        "found": found,
        "file": _OPERATOR_FILES,
        "status": operator.status,
        "confidence": operator.confidence,
        "control": operator.control,
        "path": [_owner_facts(owner, names(owner.country) if owner.country else None) for owner in held],
        "other_owners": [
            _owner_facts(owner, names(owner.country) if owner.country else None)
            for owner in operator.ownership
            if owner not in held
        ],
        "dating": operator.dating,
        "pending_change": operator.pending_change,
        "changes": operator.changes,
        "open_points": operator.open_points,
        "notes": list(operator.notes),
        "qualifications": list(operator.qualifications),
        "dpf_hint": operator.dpf_hint,
        "split_from": operator.split_from,
        "evidence": [entry.model_dump() for entry in operator.evidence],
    }


def _owner_facts(owner: Owner, country_name: str | None) -> Facts:
    return {
        "entity": owner.entity,
        "country": owner.country,
        "country_name": country_name,
        "from": owner.begins.isoformat() if owner.begins else None,
        "to": owner.ends.isoformat() if owner.ends else None,
        "source": owner.source,
        "verified": owner.verified,
    }


def _law_and_verdict(about: FarEnd, operator: Operator | None, moment: datetime, knowledge: Knowledge) -> Facts:
    """The laws that reach the operator, the law on each country that plays a part, and the verdicts."""
    territories, regimes = knowledge.territories, knowledge.regimes
    reach = [law_facts(regimes.law(code), moment, territories) for code in operator.laws] if operator else []
    markers = [regimes.markers[code] for code in operator.markers] if operator else []
    seats = [owner.country for owner in operator.owners_at(moment) if owner.country] if operator else []
    roles = {about.country: ["place" if about.unasked is None else "candidate"]} if about.country else {}
    for seat in dict.fromkeys(seats):
        roles.setdefault(seat, []).append("seat")
    standings = [{"roles": role, **standing_of(code, moment, territories, regimes)} for code, role in roles.items()]
    placed = next((each for each in standings if "place" in each["roles"]), None)
    grounds = build_grounds(bare_site(), knowledge)
    return {
        "law": {
            "countries": standings,
            "reaching": [law for law in reach if law["when"] == "present"],
            "not_in_force": [law for law in reach if law["when"] != "present"],
            "markers": [{"code": marker.code, "name": marker.name, "source": marker.source} for marker in markers],
        },
        "verdict": verdict_facts(about, moment, grounds, placed),
    }
