"""Say who operates a network and who owned the operator at an instant.

Decides the path from an operator to its ultimate parent and the laws that reach it, both at an instant, and whether it
hosts others.
It refuses to know verdicts and places, and it never fills a gap: an owner that was not found is on the path, without a
country.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from monitor.attribution.dated import BRUSSELS, Dated
from monitor.attribution.operator_checks import Seen, operator_findings, without_echoes
from monitor.attribution.qualifications import Qualification, in_force
from monitor.document import Listed, Written, load_collecting
from monitor.fields import Country, Day, Domain, Identifier, Text, day_ends
from monitor.problem import Problem, ProblemsFound
from monitor.public_suffixes import is_registry
from monitor.shipped import shipped
from monitor.wording import Unfit

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime
    from pathlib import Path

DIRECTORY: Final = "rules/operators"
_ANYCAST: Final = "anycast.yaml"  # in the same directory, read by `anycast`
Kind = Literal[
    "ai", "bastion", "cdn", "cloud", "colocation", "comm", "data", "dev", "dns", "dns_resolver", "hardware", "hds",
    "health", "hosting", "identity", "mail", "managed_services", "medical_vendor", "paas", "payment", "pec",
    "proxy", "registry", "remote_access", "research_network", "rmm", "saas", "sdwan", "security", "telecom",
    "telemetry", "transit", "trust", "tunnel", "vpn", "waf", "zero_trust",
]  # fmt: skip
"""What an operator does; the closed list is explained in docs/operators.md."""
HOSTING_KINDS: Final = frozenset(
    {"cloud", "cdn", "hosting", "paas", "colocation", "transit", "telecom", "research_network"}
)
"""An operator with one of these carries other people's services: who receives is not known from its network."""

_AS_NUMBERS: Final = 2**32


def _as_number(number: int) -> int:
    if 0 < number < _AS_NUMBERS:
        return number
    raise Unfit(f"{number} is not an AS number", "Write a number such as 16509.")


class Owner(Dated):
    """One seat on the ownership path, while it sits there."""

    entity: Text
    country: Country | None
    source: Text
    verified: bool


class Reach(Dated):
    """A law that reaches the operator, while it does so; whether it is in force then is for the law to say."""

    code: Identifier


def _as_reach(written: object) -> object:
    """Read a plain code as a law that reaches the operator at any time."""
    return written if isinstance(written, (dict, Reach)) else {"code": written}


class AsNumber(Written):
    """An AS number, with the name and the list under which it was found."""

    number: Annotated[int, AfterValidator(_as_number)]
    name: Text
    source: Text
    note: Text | None = None


class EndedDomain(Written):
    """A suffix that was the operator's up to a day, included."""

    suffix: Domain
    last_day: Day

    @cached_property
    def ends(self) -> datetime:
        """The first instant at which it is the operator's no more."""
        return day_ends(self.last_day, BRUSSELS)

    def holds(self, moment: datetime) -> bool:
        """Whether it was the operator's at the instant."""
        return moment < self.ends


class Domains(Written):
    """Suffixes that show the operator's own services: found in a public list, from memory, or history."""

    verified: Listed[Domain] = ()
    memory: Listed[Domain] = ()
    ended: Listed[EndedDomain] = ()


class Evidence(Written):
    """One page that was read about the ownership."""

    source: Text
    date: Text | None = None
    says: Text | None = None


class Operator(Written):
    """One operator as the files describe it."""

    id: Identifier
    name: Text
    kinds: Listed[Kind]
    split_from: Identifier | None = None
    ownership: Listed[Owner]
    control: Literal["eu", "eu_licensed_us_tech", "mixed", "eu_subsidiary_of_non_eu", "non_eu", "unknown"]
    reach: Listed[Annotated[Reach, BeforeValidator(_as_reach)]] = Field(alias="laws")
    markers: Listed[Identifier] = ()
    status: Literal["verified", "partly", "memory"]
    confidence: Literal["high", "medium", "low"] | None = None
    dating: Text | None = None
    as_numbers: Listed[AsNumber] = ()
    domains: Domains = Domains()
    qualifications: Listed[Qualification] = ()
    dpf_hint: Text | None = None
    notes: Listed[Text] = ()
    changes: Text | None = None
    pending_change: bool = False
    open_points: Text | None = None
    evidence: Listed[Evidence] = ()

    @cached_property
    def hosts_others(self) -> bool:
        """Whether its network carries other people's services."""
        return not HOSTING_KINDS.isdisjoint(self.kinds)

    @cached_property
    def laws(self) -> tuple[str, ...]:
        """The codes of the laws that reach it at some time, each once."""
        return tuple(dict.fromkeys(law.code for law in self.reach))

    def laws_at(self, moment: datetime) -> tuple[str, ...]:
        """The codes of the laws that reach it at an instant, in force or not."""
        return tuple(dict.fromkeys(law.code for law in self.reach if law.holds(moment)))

    def owners_at(self, moment: datetime) -> tuple[Owner, ...]:
        """The ownership path at an instant, the ultimate parent last; a seat that is not known has no country."""
        return tuple(owner for owner in self.ownership if owner.holds(moment))

    def parent_at(self, moment: datetime) -> str | None:
        """The name of the ultimate parent at an instant; None when it is not known."""
        owners = self.owners_at(moment)
        return owners[-1].entity if owners and owners[-1].country is not None else None

    def qualifications_at(self, moment: datetime) -> tuple[Qualification, ...]:
        """The qualifications of its services that are known to hold at an instant, candidatures among them."""
        return in_force(self.qualifications, moment)

    def change_instants(self) -> frozenset[datetime]:
        """Every instant at which the path changes, which laws reach the operator, or which domains are its own."""
        changes = frozenset(edge for dated in (*self.ownership, *self.reach) for edge in dated.edges())
        return changes | self.domain_edges()

    def domain_edges(self) -> frozenset[datetime]:
        """The instants at which a suffix ceases to be the operator's."""
        return frozenset(entry.ends for entry in self.domains.ended)


class OperatorsFile(Written):
    """One file of operators."""

    operators: Listed[Operator]


@dataclass(frozen=True, slots=True)
class OperatorTable:
    """Every operator, in the order of the files."""

    operators: tuple[Operator, ...]
    by_id: Mapping[str, Operator]
    by_as_number: Mapping[int, str]
    digest: str

    def change_instants(self) -> frozenset[datetime]:
        """Every instant at which the owners of some operator change, or the laws that reach it."""
        return frozenset(edge for operator in self.operators for edge in operator.change_instants())


def load_operators(
    directory: Path | None = None,
    *,
    law_codes: Collection[str] | None = None,
    marker_codes: Collection[str] | None = None,
) -> OperatorTable:
    """The shipped operators, or those of every `*.yaml` of another directory.

    `law_codes` and `marker_codes` are the codes that `laws:` and `markers:` may name; without them any word passes.

    Raises:
        ProblemsFound: with everything that is wrong in the files.
    """
    place = shipped(DIRECTORY) if directory is None else directory
    files = sorted(path for path in place.glob("*.yaml") if path.name != _ANYCAST)
    problems: list[Problem] = []
    if not files:
        problems.append(Problem(str(place), 0, 0, "", "there is no operator file in this directory."))
    digest = hashlib.sha256()
    # A test asks for the shipped files: the list takes longer to read than they do.
    seen = Seen(law_codes, marker_codes, None if directory is None else is_registry)
    operators: list[Operator] = []
    for path in files:
        digest.update(path.read_bytes())
        shown_as = f"{DIRECTORY}/{path.name}" if directory is None else str(path)
        found: list[Problem] = []
        read = load_collecting(
            path,
            OperatorsFile,
            found,
            shown_as=shown_as,
            check=partial(operator_findings, seen=seen, file=path.name),
        )
        problems += without_echoes(found)
        operators += () if read is None else read.operators
    if problems:
        raise ProblemsFound(problems)
    return OperatorTable(
        operators=tuple(operators),
        by_id={operator.id: operator for operator in operators},
        by_as_number={entry.number: operator.id for operator in operators for entry in operator.as_numbers},
        digest=digest.hexdigest(),
    )
