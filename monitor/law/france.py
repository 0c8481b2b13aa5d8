"""The French rules on hosting health data, the Health Data Hub and the founders of Gaia-X, as `france.yaml` holds them.

Decides the form of that file only. It refuses to compute anything from it.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from monitor.document import Listed, Written
from monitor.fields import Country, Day, Identifier, Text

Month = Annotated[Text, Field(pattern=r"^\d{4}-\d{2}(-\d{2})?$")]
"""A day, or a month where the day is not known."""
OperatorId = Annotated[Identifier, Field(description="an id of rules/operators")]


class Sourced(Written):
    """A named fact with its source."""

    id: Text
    name: Text
    source: Text
    verified: bool


class Qualified(Written):
    """A service with a qualification, as far as found."""

    service: Text
    operator: OperatorId
    source: Text
    doubt: Text | None = None


class InProcess(Written):
    """Names on the list of candidates on the day it was read."""

    read_on: Day
    source: Text
    names: Listed[Text]


class SecNumCloud(Written):
    """The French qualification that asks for immunity from the law of third countries."""

    version: Text
    clause: Text
    seat: Text
    non_eu_holding_individual_max_percent: int
    non_eu_holding_collective_max_percent: int
    control: Text
    third_party: Text
    also: Listed[Text]
    source: Text
    verified: bool
    qualified: Listed[Qualified]
    in_process: InProcess


class Version(Written):
    """A version of a scheme and the order that made it."""

    name: Text
    order: Text


class Requirement(Written):
    """A numbered requirement."""

    number: int
    says: Text


class DatedDuty(Written):
    """A day from which something is due."""

    date: Day
    about: Text
    verified: bool


class HostingCertificate(Written):
    """The French certificate for hosts of health data (HDS)."""

    versions: Listed[Version]
    source: Text
    verified: bool
    sovereignty: Listed[Requirement]
    numbering: Text
    deadlines: Listed[DatedDuty]
    decree: Text
    not_immunity: Text


class DigitalSpaceLaw(Written):
    """The law on the digital space (SREN)."""

    law: Text
    article_31: Text
    article_32: Text
    guide: Text
    circular: Text
    source: Text
    verified: bool
    open_points: Listed[Text]


class Event(Written):
    """Something that happened on a day, or in a month."""

    date: Month
    event: Text
    verified: bool


class Story(Written):
    """What happened, in order."""

    source: Text
    events: Listed[Event]


class Founder(Written):
    """A founder of Gaia-X, and the operator it is here when it is one."""

    name: Text
    country: Country
    operator: OperatorId | None = None
    note: Text | None = None


class Founders(Written):
    """The founders of Gaia-X."""

    signed: Day
    source: Text
    verified: bool
    founders: Listed[Founder]


class FranceFile(Written):
    """`france.yaml`."""

    secnumcloud: SecNumCloud
    hds: HostingCertificate
    sren: DigitalSpaceLaw
    health_data_hub: Story
    european_texts: Listed[Sourced]
    gaia_x_founders: Founders

    def operators(self) -> frozenset[str]:
        """Every operator that the file points to."""
        founders = (founder.operator for founder in self.gaia_x_founders.founders)
        return frozenset({entry.operator for entry in self.secnumcloud.qualified} | {one for one in founders if one})
