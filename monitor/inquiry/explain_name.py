"""State what a host name says: whose it is, which service, which region, and what it can and cannot prove.

Decides nothing: facts are those of `monitor.attribution.names`, the registered domain is that of the Public Suffix
List, and no question is sent for any of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.text import Text

from monitor.attribution.name_services import SHIPPED_TABLE
from monitor.attribution.names import NO_PLACE, NOBODY
from monitor.inquiry.explain_facts import found_by_name
from monitor.inquiry.fact_text import Row, named, row
from monitor.public_suffixes import registered_domain, shared_suffix

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from monitor.app import Knowledge
    from monitor.attribution.name_services import NamedService
    from monitor.attribution.names import Kind, NameMatch
    from monitor.law.standing import Facts

# What a name proves, by what it tells. Source: docs/judging.md, "What a name does".
_WHO: Final = (
    "A name is what a client said or a certificate holds: it shows a service, and never whose machine answers."
)
_REGION: Final = (
    "The region counts beside an address on a network of {networks}, where the provider ends the connection in it. "
    "Elsewhere, or against the address, it is one more candidate."
)
_FRONT: Final = (
    "The region is where data are kept or worked on; the connection may end anywhere before it, so it is never more "
    "than a candidate."
)
_FROM_MEMORY: Final = (
    "The region is from memory: until a page of the provider was read, it is never more than a candidate."
)
_NO_REGION: Final = "It tells no region: the place is that of the address alone."


def name_facts(name: str, over: Sequence[NameMatch], knowledge: Knowledge) -> Facts:
    """The name, what was registered of it, and the service and region that the tables know of it."""
    kind, service = knowledge.names.table.find(name)
    return {
        "canonical": name,
        "registered_domain": registered_domain(name),
        "shared_suffix": shared_suffix(name),
        "service": None if service is None else _service_facts(service, kind, knowledge),
        "proves": _proves(kind, service, knowledge),
        "formerly": [found_by_name(each) for each in over],
    }


def named_operator(name: str, moment: datetime, knowledge: Knowledge) -> tuple[int, NamedService | None]:
    """Position of the operator that the name shows at an instant, or -1, and the service that says so."""
    table = knowledge.names.table
    kind, service = table.find(name)
    return kind.operators[table.era(moment)], service


def found_by_service(service: NamedService) -> Facts:
    """The suffix of the table of services that names the operator."""
    return {
        "by": "domain",
        "value": service.suffix,
        "listed_as": "verified" if service.group.verified else "memory",
        "source": "; ".join(service.group.sources),
        "verified": service.group.verified,
        "last_day": None,
        "note": None,
        "operator": service.group.operator,
    }


def _service_facts(service: NamedService, kind: Kind, knowledge: Knowledge) -> Facts:
    entry, group, names = service.entry, service.group, knowledge.territories.name
    return {
        "suffix": service.suffix,
        "service": entry.service,
        "region": service.region,
        "country": service.country,
        "country_name": names(service.country) if service.country else None,
        "ends_in_region": service.pins,
        "at_home_on": _home(kind, knowledge),
        "receives": entry.receives,
        "telemetry": entry.telemetry,
        "file": SHIPPED_TABLE,
        "sources": list(group.sources),
        "read": group.read.isoformat(),
        "verified": group.verified,
    }


def _home(kind: Kind, knowledge: Knowledge) -> list[str]:
    return sorted(knowledge.operators.operators[place].id for place in kind.home if place != NOBODY)


def _proves(kind: Kind, service: NamedService | None, knowledge: Knowledge) -> list[str]:
    if kind.place == NO_PLACE or service is None:
        return [_WHO, _NO_REGION]
    if kind.pins:
        return [_WHO, _REGION.format(networks=", ".join(_home(kind, knowledge)))]
    return [_WHO, _FRONT if service.entry.front == "everywhere" else _FROM_MEMORY]


def name_rows(name: Facts) -> Iterator[Row]:
    """The section on the name."""
    registered = name["registered_domain"]
    yield row("registered", registered or "nothing: it is a suffix of a registry", "Public Suffix List")
    if name["shared_suffix"]:
        yield row("shared", f"{name['shared_suffix']}: the names below it are customers' own", "Public Suffix List")
    service = name["service"]
    if service:
        source = f"{service['file']}, read {service['read']}: {'; '.join(service['sources'])}"
        said = service["service"] or "not told apart"
        who = "the operator itself" if service["receives"] == "operator" else "a customer, not known"
        words = Text.assemble((said, "bold"), f", by {service['suffix']}; receives: {who}")
        yield Row("service", words, source, service["verified"])
        if service["telemetry"]:
            yield row("telemetry", "software reports to it by itself")
        if service["country"]:
            region = f"{service['region']}, " if service["region"] else ""
            yield row("region", f"{region}{named(service['country'], service['country_name'])}")
    for sentence in name["proves"]:
        yield row("proves", sentence)
