"""What a provider's word for a region means: the country it lies in, and who runs the partition it belongs to.

Decides nothing that is not written in `rules/atlas/regions.yaml`, entry by entry with its source. It refuses to guess:
a name that merely looks like a known one (`eu-`, `northeurope2`) has no country.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import polars as pl
from pydantic import Field

from monitor.document import Finding, Listed, Written, load_document
from monitor.fields import Country, Day, Identifier, Text  # noqa: TC001 - pydantic reads them at run time
from monitor.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

SHIPPED_TABLE: Final = "rules/atlas/regions.yaml"
_COLUMNS: Final = {
    "word": pl.String,
    "country": pl.String,
    "scope": pl.String,
    "operator": pl.String,
    "apart": pl.Boolean,
}


class Region(Written):
    """One region: a country, or the reason why it has none."""

    name: Text
    also: Listed[Text] = ()
    country: Country | None = None
    place: Text | None = None
    scope: Literal["global", "whose"] | None = None
    why: Text | None = None
    begins: Day | None = Field(default=None, alias="from")

    @property
    def words(self) -> tuple[str, ...]:
        """Its name and the other spellings, as they are compared."""
        return tuple(folded(word) for word in (self.name, *self.also))


class Group(Written):
    """The regions of one partition of a provider, with the pages they were read from."""

    provider: Identifier
    partition: Text
    operator: Identifier | None = None
    run_by: Text | None = None
    sources: Listed[Text]
    read: Day
    verified: bool
    regions: Listed[Region]

    @property
    def apart(self) -> bool:
        """Whether somebody else runs it than the operator of the feed."""
        return self.operator is not None or self.run_by is not None


class RegionsFile(Written):
    """The table."""

    groups: Listed[Group]


@dataclass(frozen=True, slots=True, eq=False)
class RegionTable:
    """The table made ready; `digest` is the SHA-256 of the file."""

    groups: tuple[Group, ...]
    digest: str
    _by_word: Mapping[tuple[str, str], tuple[Group, Region]]

    def find(self, provider: str, word: str) -> tuple[Group, Region] | None:
        """Find a region by the provider's word; upper and lower case are one. None: the table does not know it."""
        return self._by_word.get((provider, folded(word)))

    def partition(self, provider: str, partition: str) -> Group | None:
        """Find a partition of a provider by the provider's word."""
        wanted = (provider, folded(partition))
        return next((group for group in self.groups if (group.provider, folded(group.partition)) == wanted), None)

    def columns(self, provider: str) -> pl.DataFrame:
        """The regions of a provider, for joining.

        Columns out: `word` (folded), `country`, `scope` (`regional`, `global`, `whose`), `operator` of the partition,
        and `apart`: somebody else runs it than the operator of the feed.
        """
        rows = [
            (
                word,
                region.country,
                "regional" if region.country is not None else region.scope,
                group.operator,
                group.apart,
            )
            for (of, word), (group, region) in self._by_word.items()
            if of == provider
        ]
        return pl.DataFrame(rows, schema=_COLUMNS, orient="row")


def folded(word: str) -> str:
    """A word of a provider as it is compared: providers are not of one mind about capitals."""
    return word.strip().lower()


def load_regions(path: Path | None = None) -> RegionTable:
    """Read the table, the shipped one by default.

    Raises:
        ProblemsFound: with everything that is wrong in the file.
    """
    shown_as = SHIPPED_TABLE if path is None else None
    path = shipped(SHIPPED_TABLE) if path is None else path
    groups = load_document(path, RegionsFile, shown_as=shown_as, check=_findings).groups
    by_word = {
        (group.provider, word): (group, region) for group in groups for region in group.regions for word in region.words
    }
    return RegionTable(groups, hashlib.sha256(path.read_bytes()).hexdigest(), by_word)


def _findings(file: RegionsFile) -> Iterator[Finding]:
    """Yield words with two meanings, and regions with neither a country nor a reason, or with both."""
    seen: dict[tuple[str, str], str] = {}
    for place, group in enumerate(file.groups):
        here = ("groups", place)
        if not group.sources:
            yield Finding((*here, "sources"), "there is no source here.", "Name the page that was read.")
        if group.operator is not None and group.run_by is not None:
            yield Finding((*here, "run_by"), "operator says it already.", "Keep one of the two.")
        for position, region in enumerate(group.regions):
            yield from _meaning(region, (*here, "regions", position))
            for word in region.words:
                if (group.provider, word) in seen:
                    what = f"{word} of {group.provider} stands in {seen[group.provider, word]} already."
                    yield Finding((*here, "regions", position, "name"), what, "Keep one of them.")
                seen[group.provider, word] = group.partition


def _meaning(region: Region, here: tuple[str | int, ...]) -> Iterator[Finding]:
    if (region.country is None) == (region.scope is None):
        yield Finding((*here, "country"), "a region has a country, or a scope and the reason.", "Write one of the two.")
    if (region.scope is None) != (region.why is None):
        yield Finding((*here, "why"), "scope and why stand together.", "Say why there is no country.")
