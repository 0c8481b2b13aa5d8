"""Where a site's own systems stand at an instant, from its inventory alone: no traffic is asked.

Decides what is told of a host: whose law reaches it, on which unverified facts that rests, and which of its services
are known to be qualified then. Which entry of the inventory holds is for the report to say. What is known of other
offers is listed as data; nothing is recommended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.attribution.qualifications import SCHEMES
from monitor.fields import is_as_number
from monitor.law.control import unlisted
from monitor.report.month import (
    HostFacts,
    HostingFacts,
    OfferFacts,
    QualificationFacts,
    SystemFacts,
    TransitionFacts,
)

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.attribution.qualifications import Qualification
    from monitor.doubts import Doubts
    from monitor.inventory import Hosting, Inventory, System


def systems_at(inventory: Inventory, doubts: Doubts, moment: datetime) -> tuple[SystemFacts, ...]:
    """The systems of an inventory, with how their hosts stand at an instant."""
    return tuple(_system(system, doubts, moment) for system in inventory.systems)


def offers_at(doubts: Doubts, moment: datetime) -> tuple[OfferFacts, ...]:
    """Services of every operator that are known to be qualified at an instant, or of which sources disagree."""
    offers = [
        OfferFacts(host_at(operator.id, doubts, moment), _qualification(each))
        for operator in doubts.grounds.operators.operators
        for each in operator.qualifications_at(moment)
        if each.status != "in_process"
    ]
    return tuple(sorted(offers, key=_in_order))


def _in_order(offer: OfferFacts) -> tuple[int, str, str]:
    return SCHEMES.index(offer.qualification.scheme), offer.host.name.casefold(), offer.qualification.service or ""


def host_at(operator: str, doubts: Doubts, moment: datetime) -> HostFacts:
    """How an operator stands at an instant; one that the table does not list is named by its AS number.

    Raises:
        LookupError: the id was in the table when the inventory was loaded, and is not now.
    """
    grounds = doubts.grounds
    position = grounds.operator_named(operator)
    if position is None:
        if not is_as_number(operator):
            message = f"the operator {operator} was checked when the inventory was loaded"
            raise LookupError(message)
        control = unlisted(None)
        return HostFacts(operator, operator, control.verdict, control.reason, control.laws)
    known = grounds.operators.operators[position]
    control = grounds.controls[grounds.control(position, grounds.epochs.number_of(moment))]
    return HostFacts(
        operator=operator,
        name=known.name,
        control_verdict=control.verdict,
        control_reason=control.reason,
        reach_laws=control.laws,
        rests_on=doubts.of_operator(position, moment),
        qualifications=tuple(_qualification(each) for each in known.qualifications_at(moment)),
    )


def _system(system: System, doubts: Doubts, moment: datetime) -> SystemFacts:
    transition = system.transition
    return SystemFacts(
        id=system.id,
        title=system.title,
        data_class=system.data_class,
        serves=system.serves,
        hosting=tuple(_hosting(entry, doubts, moment) for entry in system.hosting),
        transition=None
        if transition is None
        else TransitionFacts(transition.target, transition.deadline, host_at(transition.target, doubts, moment)),
    )


def _hosting(entry: Hosting, doubts: Doubts, moment: datetime) -> HostingFacts:
    return HostingFacts(
        host=host_at(entry.operator, doubts, moment),
        country=entry.country,
        keys=entry.keys,
        from_day=entry.from_day,
        networks=tuple(str(network) for network in entry.networks),
    )


def _qualification(known: Qualification) -> QualificationFacts:
    return QualificationFacts(
        scheme=known.scheme,
        service=known.service,
        status=known.status,
        from_day=known.begins,
        to_day=known.ends,
        stated=known.stated,
        source=known.source,
        verified=known.verified,
    )
