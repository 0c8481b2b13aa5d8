"""The composition root: builds every part from the site's files and the shipped knowledge, in reading order."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from collectors import KINDS
from monitor import __version__
from monitor.attribution.anycast import load_anycast
from monitor.attribution.atlas import Atlas
from monitor.attribution.far_ends import Attributor
from monitor.attribution.kept_atlases import atlas_days
from monitor.attribution.name_services import load_name_services
from monitor.attribution.names import Names
from monitor.attribution.operators import load_operators
from monitor.attribution.regions import load_regions
from monitor.attribution.satellite import load_satellite
from monitor.config import bare_site, load_site
from monitor.doubts import Doubts, guessed_anycast_of
from monitor.grounds import Grounds
from monitor.hosting import Hosts
from monitor.judge import Judge
from monitor.law.changes import changed
from monitor.law.matching import RegisterIndex
from monitor.law.place import Law
from monitor.law.regimes import load_regimes
from monitor.law.territories import load_territories
from monitor.ledger.write import Retention, Writer
from monitor.orient import Orienter
from monitor.pipeline import Pipeline
from monitor.providers import ProviderTable
from monitor.services import services_digest, shipped_services

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from monitor.attribution.anycast import Anycast
    from monitor.attribution.operators import OperatorTable
    from monitor.attribution.satellite import SatelliteCarriers
    from monitor.config import Site
    from monitor.detect.rules import RuleSet
    from monitor.law.regimes import Regimes
    from monitor.law.territories import Territories
    from monitor.ledger.store import Ledger

_BASIS_LETTERS = 16


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What ships with the program and is the same for every site: the atlas, the operators and the law."""

    atlas: Atlas
    operators: OperatorTable
    anycast: Anycast
    satellite: SatelliteCarriers
    territories: Territories
    regimes: Regimes
    names: Names
    # What attributes by the shipped atlas, from the first time that it is asked for: every pipeline has the same.
    _attributor: list[Attributor] = field(init=False, repr=False, compare=False, default_factory=list)

    @classmethod
    def load(cls) -> Knowledge:
        """Load all of it.

        Raises:
            ProblemsFound: a shipped file is damaged.
        """
        regimes = load_regimes()
        operators = load_operators(law_codes=regimes.laws, marker_codes=regimes.markers)
        return cls(
            atlas=Atlas.open(),
            operators=operators,
            anycast=load_anycast(),
            satellite=load_satellite(),
            territories=load_territories(),
            regimes=regimes,
            names=Names(operators, load_name_services(load_regions())),
        )

    def attributor(self, site: Site | None = None) -> Attributor:
        """What attributes addresses by it, and by the site's own atlas where it has one."""
        atlas = self.atlas_of(site)
        if atlas is self.atlas and self._attributor:
            return self._attributor[0]
        made = Attributor.of(atlas, self.operators, self.anycast, self.satellite)
        if atlas is self.atlas:
            self._attributor.append(made)
        return made

    def atlas_of(self, site: Site | None) -> Atlas:
        """The site's own atlas, or the shipped one."""
        return self.atlas if site is None else site.atlas or self.atlas


@dataclass(frozen=True, slots=True)
class Basis:
    """Hashes of everything that a verdict was made from; `name` stands for all of them in a row."""

    parts: Mapping[str, str]

    @property
    def name(self) -> str:
        """Short name of the whole."""
        text = "\n".join(f"{part}={digest}" for part, digest in sorted(self.parts.items()))
        return hashlib.sha256(text.encode()).hexdigest()[:_BASIS_LETTERS]


def regimes_of(site: Site, knowledge: Knowledge) -> Regimes:
    """The law of a site: the one that ships, as the site's own decisions change it."""
    return changed(knowledge.regimes, site.law)


def basis_of(site: Site, knowledge: Knowledge) -> Basis:
    """Name the versions of atlas, law, operators, certifications, inventory, register, rules and software."""
    law = [knowledge.territories.digest, regimes_of(site, knowledge).digest, repr(site.policy), site.exporter.country]
    operators = [knowledge.operators.digest, knowledge.anycast.digest, knowledge.satellite.digest]
    operators.append(knowledge.names.services.digest)
    # How a source is read and where it counts changes rows as the inventory does.
    sources = [
        f"{each.type} {each.path} {each.log_format} {each.count_at} {each.flows_from} {each.link_octets}"
        for each in site.sources
    ]
    return Basis(
        {
            "atlas": knowledge.atlas_of(site).digest,
            "law": _digest(law),
            "operators": _digest(operators),
            "certifications": site.certifications.digest,
            "inventory": _digest([site.inventory.digest, *sources]),
            "register": site.register.digest,
            "rules": services_digest(),
            "software": __version__,
        }
    )


def _digest(parts: list[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def build_grounds(site: Site, knowledge: Knowledge) -> Grounds:
    """Put a site's declarations beside the law."""
    law = Law(
        territories=knowledge.territories,
        regimes=regimes_of(site, knowledge),
        certifications=site.certifications.certifications,
        review_territories=site.policy.review_territories,
        exporter_country=site.exporter.country,
        unincorporated_adequacy=site.policy.unincorporated_adequacy,
        participants=site.certifications.participants,
    )
    return Grounds.of(law, site, knowledge.operators, RegisterIndex.of(site.register))


def doubts_of(site: Site, knowledge: Knowledge) -> Doubts:
    """What tells on which unverified facts the verdicts of a site rest."""
    guessed = guessed_anycast_of(knowledge.attributor(site))
    return Doubts(build_grounds(site, knowledge), guessed, basis_of(site, knowledge).parts)


def build_pipeline(site: Site, knowledge: Knowledge) -> Pipeline:
    """Build the stages for a site."""
    attributor, hosts = knowledge.attributor(site), Hosts.of(site.inventory)
    return Pipeline(
        orienter=Orienter.of(site.inventory, shipped_services(), knowledge.names),
        attributor=attributor,
        judge=Judge.of(site, attributor, build_grounds(site, knowledge), knowledge.names),
        hosts=hosts,
        providers=ProviderTable.of(hosts, knowledge.operators),
        basis=basis_of(site, knowledge).name,
        atlas_days=atlas_days(knowledge.atlas_of(site)),
    )


def rules_of(site: Site) -> RuleSet:
    """The detection rules of a site: the shipped ones but for those it disables, and its own.

    Raises:
        ProblemsFound: with everything that is wrong in any rule.
    """
    from monitor.detect.load import load_rules  # pySigma takes half a second

    return load_rules(site.rules_folder, site.disabled_rules)


def build_writer(site: Site, knowledge: Knowledge, ledger: Ledger, today: int) -> Writer:
    """Build what writes to a ledger; `today`: begin of the day on which it writes, in seconds since 1970."""
    basis = basis_of(site, knowledge)
    days = Retention(site.retention.transfers_days, site.retention.evidence_days, today)
    return Writer(ledger, basis.name, basis.parts, days, atlas_days(knowledge.atlas_of(site)))


def open_site(path: Path | None, operators: OperatorTable) -> Site:
    """Load a site's files; without a path the site in which nothing is ours.

    Raises:
        ProblemsFound: with every problem of all of its files.
    """
    if path is None:
        return bare_site()
    return load_site(path, known_operators=operators.by_id, known_kinds=KINDS, shipped_law=_shipped_law)


@cache
def _shipped_law() -> tuple[Regimes, Territories]:
    """The law that a site's decisions are checked against, once a site has some."""
    return load_regimes(), load_territories()
