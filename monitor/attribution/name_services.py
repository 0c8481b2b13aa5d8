"""What the operators' host names say: service, region, who receives. Reads `rules/names/services.yaml`.

Decides nothing that is not written there, entry by entry with its source. `{region}` is spelled out from the table of
regions, so a word that only looks like a region has none. The first day of a region is not asked: a name that was used
before it opened meant the same place.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from monitor.attribution.regions import folded
from monitor.document import Finding, Listed, Written, load_document
from monitor.fields import Country, Day, Identifier, Text  # noqa: TC001 - pydantic reads them at run time
from monitor.public_suffixes import is_registry
from monitor.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from monitor.attribution.regions import RegionTable

SHIPPED_TABLE: Final = "rules/names/services.yaml"
REGION: Final = "{region}"
_LABEL: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?", re.ASCII)


class NameEntry(Written):
    """One suffix, or one for each region."""

    suffix: Text
    service: Text | None = None
    country: Country | None = None
    region: Text | None = None
    receives: Literal["operator", "customer"] = "customer"
    front: Literal["region", "everywhere"] = "region"
    telemetry: bool = False


class NameGroup(Written):
    """Suffixes of one operator, with the pages they were read from."""

    operator: Identifier | None = None
    provider: Identifier | None = None
    partitions: Listed[Text] = ()
    networks: Listed[Identifier] = ()
    sources: Listed[Text]
    read: Day
    verified: bool
    names: Listed[NameEntry]


class NamesFile(Written):
    """The table."""

    groups: Listed[NameGroup]


@dataclass(frozen=True, slots=True)
class NamedService:
    """What one suffix says; `group` holds the sources. `run_apart`: a partition that somebody unlisted runs."""

    suffix: str
    entry: NameEntry
    group: NameGroup
    country: str | None
    region: str | None
    run_apart: bool = False

    @property
    def pins(self) -> bool:
        """Whether a page that was read says that the connection ends in the region that the name tells."""
        return self.country is not None and self.entry.front == "region" and self.group.verified


@dataclass(frozen=True, slots=True)
class NameServices:
    """The table with the regions that it is spelled out from; `digest` is the SHA-256 of both files."""

    groups: tuple[NameGroup, ...]
    regions: RegionTable
    digest: str

    def spelled(self) -> Iterator[NamedService]:
        """Every suffix, each once."""
        return (each for group in self.groups for entry in group.names for each in _spelled(entry, group, self.regions))


def load_name_services(
    regions: RegionTable, path: Path | None = None, *, operators: Collection[str] | None = None
) -> NameServices:
    """The shipped table, or another file; of the latter everything is checked, of the former a test says it.

    `operators` are the ids that a file may name; without them any word passes.

    Raises:
        ProblemsFound: with everything that is wrong in the file.
    """
    if path is None:
        place = shipped(SHIPPED_TABLE)
        file = load_document(place, NamesFile, shown_as=SHIPPED_TABLE)
    else:
        place = path
        file = load_document(place, NamesFile, check=_Check(regions, operators).findings)
    digest = hashlib.sha256(place.read_bytes() + regions.digest.encode()).hexdigest()
    return NameServices(file.groups, regions, digest)


def _spelled(entry: NameEntry, group: NameGroup, regions: RegionTable) -> Iterator[NamedService]:
    """Spell an entry out: itself, or one suffix for each word of each region."""
    suffix = folded(entry.suffix)
    if REGION not in suffix:
        yield NamedService(suffix, entry, group, entry.country, entry.region)
        return
    for partition in regions.groups:
        if partition.provider != group.provider or (group.partitions and partition.partition not in group.partitions):
            continue
        for region in partition.regions:
            for word in dict.fromkeys(region.words):
                if region.scope != "global" and _LABEL.fullmatch(word):
                    spelled = suffix.replace(REGION, word)
                    apart = partition.run_by is not None
                    yield NamedService(spelled, entry, group, region.country, region.name, apart)


@dataclass(frozen=True, slots=True)
class _Check:
    regions: RegionTable
    operators: Collection[str] | None

    def findings(self, file: NamesFile) -> Iterator[Finding]:
        seen: dict[str, str] = {}
        for place, group in enumerate(file.groups):
            here = ("groups", place)
            yield from self._group(group, here)
            for position, entry in enumerate(group.names):
                at = (*here, "names", position)
                yield from self._entry(entry, group, at)
                for each in _spelled(entry, group, self.regions):
                    if each.suffix in seen:
                        what = f"{each.suffix} is covered by {seen[each.suffix]} already."
                        yield Finding((*at, "suffix"), what, "Keep one of them.")
                        break
                    seen[each.suffix] = entry.suffix

    def _group(self, group: NameGroup, here: tuple[str | int, ...]) -> Iterator[Finding]:
        if not group.sources:
            yield Finding((*here, "sources"), "there is no source here.", "Name the page that was read.")
        told = [("operator", group.operator), *((f"networks[{i}]", each) for i, each in enumerate(group.networks))]
        for key, operator in told:
            if operator is not None and self.operators is not None and operator not in self.operators:
                path = (*here, "operator") if key == "operator" else (*here, "networks")
                yield Finding(path, f"{operator} is not in rules/operators.", "Write the id of an operator.")
        known = {each.partition for each in self.regions.groups if each.provider == group.provider}
        if group.provider is not None and not known:
            yield Finding((*here, "provider"), f"rules/atlas/regions.yaml has no provider {group.provider}.")
        for position, partition in enumerate(group.partitions):
            if partition not in known:
                what = f"{group.provider} has no partition {partition} in rules/atlas/regions.yaml."
                yield Finding((*here, "partitions", position), what)

    def _entry(self, entry: NameEntry, group: NameGroup, at: tuple[str | int, ...]) -> Iterator[Finding]:
        suffix = folded(entry.suffix)
        labels = suffix.replace(REGION, "r").split(".")
        if len(labels) == 1 or not all(_LABEL.fullmatch(label) for label in labels) or suffix.count(REGION) > 1:
            remedy = "Write labels and at most one {region}, such as s3.{region}.example.com."
            yield Finding((*at, "suffix"), f"{entry.suffix} is no suffix.", remedy)
        elif REGION in suffix and group.provider is None:
            yield Finding((*at, "suffix"), "{region} needs a provider.", "Write `provider:` in the group.")
        elif REGION in suffix and (entry.country or entry.region):
            yield Finding((*at, "country"), "{region} tells the country and the region.", "Remove the key.")
        elif is_registry(suffix.partition(f"{REGION}.")[2] or suffix):
            yield Finding((*at, "suffix"), f"{entry.suffix} is a suffix of a registry.", "Write the operator's own.")
        if entry.region is not None and entry.country is None:
            yield Finding((*at, "region"), "a region stands with its country.", "Write `country:`.")
