"""State what is known of one far end, as plain facts: its address, its place, its network, its operator.

Decides nothing: each function reads one table and says which source stands behind each fact.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

from monitor.address import AddressKind, embedded_ipv4, format_addresses, kind_of, special_purpose_of
from monitor.atlas_days import is_far
from monitor.attribution.anycast import SHIPPED_LIST
from monitor.attribution.declared import BETWEEN_SOURCES
from monitor.attribution.kept_atlases import atlas_days
from monitor.attribution.operators import DIRECTORY
from monitor.attribution.precedence import CONFIDENCES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from monitor.address import ParsedAddresses
    from monitor.app import Knowledge
    from monitor.attribution.anycast import AnycastEntry
    from monitor.attribution.atlas import AtlasSource, StatedOwner, Word
    from monitor.attribution.far_ends import Attributor, FarEnds
    from monitor.attribution.names import NameMatch
    from monitor.attribution.operators import Operator, Owner
    from monitor.law.place import Ground
    from monitor.law.standing import Facts


def address_facts(parsed: ParsedAddresses) -> Facts:
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


def place_facts(
    attributor: Attributor,
    far: FarEnds,
    unasked: Ground | None,
    said: Sequence[Word],
    countries: tuple[str, ...],
    knowledge: Knowledge,
) -> Facts:
    """Where the octets land, as far as sources say; the one row of `far` is asked about.

    `countries`: the candidates, or the pseudo code where there is nothing else. `said` is every source's own word, a
    pseudo code included, with its day; `counts` marks those that the candidates rest on.
    """
    territories, answers, answer = knowledge.territories, attributor.answers, int(far.answer[0])
    pseudo = len(countries) == 1 and countries[0] in territories.pseudo_codes
    placed = countries[0] if unasked is None and len(countries) == 1 and not pseudo else None
    reason = unasked.reason if unasked else "pseudo_country" if pseudo else None if placed else "several_candidates"
    counting = set((answers.source[answer] or "").split(BETWEEN_SOURCES))
    return {
        "country": placed,
        "country_name": territories.name(placed) if placed else None,
        "region": answers.region[answer] if placed else None,
        "confidence": CONFIDENCES[int(answers.confidence[answer])] if placed else "none",
        "reason": reason,
        "candidates": [
            {"country": code, "country_name": territories.name(code)} for code in ([] if pseudo else countries)
        ],
        "said": [
            {
                "says": word.country,
                "name": territories.name(word.country) if word.country else None,
                "counts": word.source.id in counting,
                **source_facts(word.source),
            }
            for word in said
        ],
    }


def atlas_age(knowledge: Knowledge, moment: datetime) -> Facts | None:
    """Days of the atlas's sources, and how far the farther one lies from the day asked about; None without any."""
    days = atlas_days(knowledge.atlas)
    if days is None:
        return None
    apart = days.apart(moment.date())
    return {"oldest": days.oldest.isoformat(), "newest": days.newest.isoformat(), "days": apart, "far": is_far(apart)}


def no_place_facts(unasked: Ground, countries: tuple[str, ...], knowledge: Knowledge) -> Facts:
    """The place of what has no address; `countries`: the candidates that a name tells."""
    return {
        "country": None,
        "country_name": None,
        "region": None,
        "confidence": "none",
        "reason": unasked.reason,
        "candidates": [{"country": code, "country_name": knowledge.territories.name(code)} for code in countries],
        "said": [],
        "anycast": None,
    }


def anycast_facts(entry: AnycastEntry, parsed: ParsedAddresses) -> Facts:
    """The entry of the anycast list, and its narrowest network around the address."""
    inner = embedded_ipv4(parsed)
    address = ip_address(str(format_addresses(inner.version, inner.high, inner.low)[0]))
    within = [network for network in entry.prefixes if address in network]
    return {
        "id": entry.id,
        "name": entry.name,
        "operator": entry.operator,
        "what": entry.what,
        "prefix": str(max(within, key=lambda network: network.prefixlen)),
        "file": SHIPPED_LIST,
        "source": entry.source,
        "read": entry.read.isoformat(),
        "verified": entry.verified,
    }


def network_facts(as_number: int, registration: str | None, knowledge: Knowledge) -> Facts | None:
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


def _atlas_source(kind: str, knowledge: Knowledge) -> Facts | None:
    source = next((each for each in knowledge.atlas.sources if each.kind == kind), None)
    return source_facts(source) if source else None


def source_facts(source: AtlasSource) -> Facts:
    """One source of the atlas, with the day that it speaks of."""
    return {
        "source": source.id,
        "kind": source.kind,
        "package": source.package,
        "version": source.version,
        "file": source.file,
        "published": source.published,
        "licence": source.licence,
        "attribution": source.attribution,
    }


def found_by_statement(owner: StatedOwner) -> Facts:
    """The feed or override that names the operator of the network."""
    told = ", ".join(f"{source.id}, {source.published}" for source in owner.sources)
    return {
        "by": "statement",
        "value": owner.service or owner.operator,
        "listed_as": owner.service,
        "source": told,
        "verified": True,
        "last_day": None,
        "note": None,
        "operator": owner.operator,
    }


def found_by_number(operator: Operator, as_number: int) -> Facts:
    """The AS number that names the operator, with the name and the list under which it was found."""
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


def found_by_name(match: NameMatch) -> Facts:
    """The suffix that names the operator, and how that was found."""
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


def unlisted(name: str | None) -> Facts:
    """An operator that the table does not know, under the id that records and registers give it."""
    return {"listed": False, "id": name, "name": None, "found": None, "path": [], "other_owners": []}


def operator_facts(operator: Operator, found: Facts, moment: datetime, knowledge: Knowledge) -> Facts:
    """Who runs it and who owned them at the instant."""
    names = knowledge.territories.name
    held = operator.owners_at(moment)
    return {
        "listed": True,
        "id": operator.id,
        "name": operator.name,
        "kinds": list(operator.kinds),
        "hosts_others": operator.hosts_others,
        "found": found,
        "file": DIRECTORY,
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
        "qualifications": [
            {**each.model_dump(mode="json", by_alias=True), "in_force": each.in_force(moment)}
            for each in operator.qualifications
        ],
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
