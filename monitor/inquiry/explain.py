"""Say of an address or a name where it is, who operates it, whose law reaches them, and who says so.

Decides nothing: facts come from the atlas, the anycast list, the operator files and the law, the verdicts from what
judges records. No packet is sent for it, not even a DNS query: a name is compared with the operators' suffixes and is
never resolved. docs/explain.md describes the keys.
"""

from __future__ import annotations

import re
from datetime import UTC
from typing import TYPE_CHECKING, Final

import polars as pl
from pydantic import TypeAdapter, ValidationError

from monitor.address import AddressKind, embedded_ipv4, parse_addresses
from monitor.app import basis_of, build_grounds
from monitor.attribution.far_ends import NOT_ANYCAST, UNLISTED
from monitor.attribution.names import match_name
from monitor.config import bare_site
from monitor.fields import Domain
from monitor.inquiry.explain_facts import (
    address_facts,
    anycast_facts,
    atlas_age,
    found_by_name,
    found_by_number,
    found_by_statement,
    network_facts,
    no_place_facts,
    operator_facts,
    place_facts,
    unlisted,
)
from monitor.inquiry.explain_name import found_by_service, name_facts, named_operator
from monitor.inquiry.explain_verdict import FarEnd, verdict_facts
from monitor.judge import WITHOUT_ADDRESS, ground_unasked
from monitor.law.days import Span
from monitor.law.standing import law_facts, standing_of, when
from monitor.law.territories import Status
from monitor.wording import shown

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.address import ParsedAddresses
    from monitor.app import Knowledge
    from monitor.attribution.operators import Operator, Reach
    from monitor.law.standing import Facts

NO_QUERY: Final = "No packet was sent for this answer, and no DNS query: a name is compared, never resolved."
_FORMS: Final = "Write an address such as 8.8.8.8 or 2001:db8::1, or a host name such as www.example.org."


def explain(what: str, moment: datetime, knowledge: Knowledge) -> Facts:
    """All that is known of an address (in any spelling) or a host name at an instant, as plain JSON values.

    Raises:
        ValueError: it is neither, in a sentence that says what to write.
    """
    asked = what.strip().encode("utf-8", "replace").decode()  # an argument may hold octets that are no text
    parsed = parse_addresses(pl.Series([asked.removeprefix("[").removesuffix("]")]))
    moment = moment.astimezone(UTC)
    answer = _of_address(parsed, moment, knowledge) if parsed.version[0] else _of_name(_name(asked), moment, knowledge)
    basis = basis_of(bare_site(), knowledge)
    return {
        "asked": what,
        "at": moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        **answer,
        "atlas_age": atlas_age(knowledge, moment),
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
        authority = re.split("[/?#]", asked.partition("://")[2])[0]
        named = re.fullmatch(r"(?:.*@)?([\w.-]+)(?::\d*)?", authority)
        host = named[1] if named else "www.example.org"
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
    attributor = knowledge.attributor()
    far = attributor.attribute(parsed)
    looked = (
        int(knowledge.atlas.lookup(embedded_ipv4(parsed)).combination[0]) if far.kind[0] == AddressKind.global_ else 0
    )
    registration = attributor.countries[int(far.registration[0])]
    as_number, position = int(far.as_number[0]), int(far.operator[0])
    unasked = ground_unasked(far)
    operator = None if position == UNLISTED else knowledge.operators.operators[position]
    entry = None if far.anycast[0] == NOT_ANYCAST else knowledge.anycast.entry_at(int(far.anycast[0]))
    answer = int(far.answer[0])
    candidates = _countries(attributor.candidates(answer), moment, knowledge)
    about = FarEnd(unasked, candidates, registration, position, as_number, by_name=False)
    owner = knowledge.atlas.owner_at(looked)
    stated = owner if owner and operator and owner.operator == operator.id else None
    return {
        "kind": "address",
        "address": address_facts(parsed),
        "name": None,
        "place": place_facts(attributor, far, unasked, knowledge.atlas.said_at(looked), candidates, knowledge)
        | {"anycast": entry and anycast_facts(entry, parsed)},
        "network": network_facts(as_number, registration, knowledge),
        "operator": (
            operator_facts(
                operator,
                found_by_statement(stated) if stated else found_by_number(operator, as_number),
                moment,
                knowledge,
            )
            if operator
            else unlisted(f"as{as_number}" if as_number else None)
        ),
        **_law_and_verdict(about, operator, moment, knowledge),
    }


def _of_name(name: str, moment: datetime, knowledge: Knowledge) -> Facts:
    match, over = match_name(name, knowledge.operators, moment)
    position, service = named_operator(name, moment, knowledge)
    operator = None if position == UNLISTED else knowledge.operators.operators[position]
    by_suffix = found_by_name(match) if match and match.operator is operator else service and found_by_service(service)
    countries = (service.country,) if service and service.country else ()
    own = service is not None and service.entry.receives == "operator"
    about = FarEnd(WITHOUT_ADDRESS, countries, None, position, 0, by_name=True, own_service=own)
    return {
        "kind": "name",
        "address": None,
        "name": name_facts(name, over, knowledge),
        "place": no_place_facts(WITHOUT_ADDRESS, countries, knowledge),
        "network": None,
        "operator": (
            operator_facts(operator, by_suffix, moment, knowledge) if operator and by_suffix else unlisted(None)
        ),
        **_law_and_verdict(about, operator, moment, knowledge),
    }


def _countries(codes: tuple[str, ...], moment: datetime, knowledge: Knowledge) -> tuple[str, ...]:
    """The codes that are countries; where there is none, the code that is printed instead."""
    status = knowledge.territories.status
    return tuple(code for code in codes if status(code, moment) is not Status.PSEUDO) or codes[:1]


def _reach_facts(reach: Reach, moment: datetime, knowledge: Knowledge) -> Facts:
    """A law of the operator's list, with the days on which it reaches the operator."""
    return {
        **law_facts(knowledge.regimes.law(reach.code), moment, knowledge.territories),
        "reaches": when(Span.of(reach.begins, reach.ends), moment),
        "reaches_from": reach.begins.isoformat() if reach.begins else None,
        "reaches_to": reach.ends.isoformat() if reach.ends else None,
    }


def _law_and_verdict(about: FarEnd, operator: Operator | None, moment: datetime, knowledge: Knowledge) -> Facts:
    """The laws that reach the operator, the law on each country that plays a part, and the verdicts."""
    territories, regimes = knowledge.territories, knowledge.regimes
    reach = [_reach_facts(each, moment, knowledge) for each in operator.reach] if operator else []
    present = [law for law in reach if law["when"] == "present"]
    markers = [regimes.markers[code] for code in operator.markers] if operator else []
    seats = [owner.country for owner in operator.owners_at(moment) if owner.country] if operator else []
    role = "place" if about.unasked is None and len(about.countries) == 1 else "candidate"
    roles = {country: [role] for country in about.countries}
    for seat in dict.fromkeys(seats):
        roles.setdefault(seat, []).append("seat")
    standings = [{"roles": role, **standing_of(code, moment, territories, regimes)} for code, role in roles.items()]
    placed = next((each for each in standings if "place" in each["roles"]), None)
    grounds = build_grounds(bare_site(), knowledge)
    return {
        "law": {
            "countries": standings,
            "reaching": [law for law in present if law["reaches"] == "present"],
            "at_other_times": [law for law in present if law["reaches"] != "present"],
            "not_in_force": [law for law in reach if law["when"] != "present"],
            "markers": [{"code": marker.code, "name": marker.name, "source": marker.source} for marker in markers],
        },
        "verdict": verdict_facts(about, moment, grounds, placed),
    }
