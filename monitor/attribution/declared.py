"""The declared list of an atlas's sources: what each tells, whose it is, of which day, and where its octets are.

Decides what a list must say before anything is read. Two place databases are of one *family* when they are compiled
from the same data: they agree because they copy, not because both looked. Refuses to know any format: the readers do.
"""

from __future__ import annotations

from pathlib import Path  # noqa: TC003
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import Field

from monitor.attribution.refresh.wanted import Fetch, Upkeep, fetch_findings
from monitor.document import Document, Finding, Listed, Written, fit, open_document, repeated
from monitor.fields import Day, Identifier, Operator, Surroundings, Text
from monitor.problem import ProblemsFound
from monitor.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from monitor.problem import Problem

SHIPPED_SOURCES: Final = "rules/atlas/sources.yaml"
MOST_SOURCES: Final = 200
BETWEEN_SOURCES: Final = "+"
"""Stands between the ids of several sources that say the same; no id has it."""

Kind = Literal["place", "network", "registration", "stated", "override"]
# The order in which kinds speak for the place of an address.
KINDS: Final[tuple[Kind, ...]] = ("override", "stated", "place", "network", "registration")

_Package = Annotated[str, Field(pattern=r"^@[a-z0-9-]+/[a-z0-9-]+$")]
_Version = Annotated[str, Field(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$")]
_Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class NpmArchive(Written):
    """An archive of the npm registry, and which of its members are read."""

    package: _Package
    version: _Version
    sha256: _Hash
    members: Listed[Text] = Field(min_length=1, max_length=2)

    @property
    def name(self) -> str:
        """File name that the npm client gives the archive."""
        return f"{self.package.removeprefix('@').replace('/', '-')}-{self.version}.tgz"


class Source(Written):
    """One source. `sha256` pins a file; an archive is always pinned. Without `published` the file must tell its day."""

    id: Identifier = Field(examples=["our-geofeed"])
    kind: Kind
    format: Text = Field(examples=["geofeed"])
    published: Day | None = None
    licence: Text = Field(examples=["CC-BY-4.0"])
    attribution: Text = ""
    family: Identifier | None = None
    operator: Operator | None = None
    scope: Literal["global", "whose"] = "whose"
    fetch: Fetch | None = None
    npm: NpmArchive | None = None
    file: Text | None = None
    sha256: _Hash | None = None


class _SourceList(Written):
    include_shipped: bool = False
    upkeep: Upkeep = Upkeep()
    sources: Listed[Source] = Field(examples=["[...]"])


class SourceList(Written):
    """The sources of an atlas in the order of the file, the shipped ones first; `directory` is where files are."""

    sources: tuple[Source, ...]
    directory: Path
    upkeep: Upkeep = Upkeep()

    def of(self, *kinds: Kind) -> tuple[Source, ...]:
        """Sources of some kinds, in their order."""
        return tuple(source for source in self.sources if source.kind in kinds)

    def only(self, *kinds: Kind) -> SourceList:
        """The same list without the sources of other kinds."""
        return self.model_copy(update={"sources": self.of(*kinds)})

    @property
    def archives(self) -> tuple[NpmArchive, ...]:
        """Every archive once."""
        return tuple(dict.fromkeys(source.npm for source in self.sources if source.npm is not None))


def load_sources(path: Path | None = None, *, operators: Collection[str] | None = None) -> SourceList:
    """Read a list, the shipped one by default; `operators` are the ids that may be named, None when not known.

    Raises:
        ProblemsFound: with everything that is wrong with the list.
    """
    shown_as = SHIPPED_SOURCES if path is None else None
    path = shipped(SHIPPED_SOURCES) if path is None else path
    problems: list[Problem] = []
    document = open_document(path, problems, shown_as=shown_as)
    written = fit(document, _SourceList, problems, context=Surroundings(operators=operators)) if document else None
    if document:
        problems += [document.problem(*finding) for finding in _repeated(document)]
    if written is not None and document is not None:
        problems += [document.problem(*finding) for finding in _findings(written)]
    if written is None or problems:
        raise ProblemsFound(problems)
    before = load_sources(operators=operators).sources if written.include_shipped and shown_as is None else ()
    twice = {source.id for source in before} & {source.id for source in written.sources}
    if twice and document is not None:
        what = f"{', '.join(sorted(twice))}: the shipped list has a source of this id."
        raise ProblemsFound([document.problem(("sources",), what, "Give it an id of its own.")])
    return SourceList(sources=(*before, *written.sources), directory=path.parent, upkeep=written.upkeep)


def _repeated(document: Document) -> Iterator[Finding]:
    for first, place in repeated(document.data, "sources", ("id",)):
        yield Finding(("sources", place, "id"), f"sources[{first}] already has this id.", "Give each its own.")


def _findings(written: _SourceList) -> Iterator[Finding]:
    if len(written.sources) > MOST_SOURCES:
        yield Finding(("sources",), f"there are more than {MOST_SOURCES} sources.", "Join files of one kind.")
    if not written.include_shipped and not any(source.kind == "place" for source in written.sources):
        remedy = "Write `include_shipped: true`, or add a place database."
        yield Finding(("sources",), "no source of the kind place is listed.", remedy)
    for place, source in enumerate(written.sources):
        url = source.fetch.url if source.fetch else None
        told = sum(each is not None for each in (source.npm, source.file, url))
        if told != 1:
            what = "its octets are told twice." if told else "it does not say where its octets are."
            remedy = "Write `file:`, `fetch:` with a `url:`, or `npm:` for an archive of the npm registry."
            yield Finding(("sources", place), what, remedy)
        if source.fetch is not None:
            for path, *words in fetch_findings(source.fetch):
                yield Finding(("sources", place, "fetch", *path), *words)
        if source.npm is not None and source.sha256 is not None:
            yield Finding(("sources", place, "sha256"), "an archive is pinned under `npm:`.", "Remove this key.")
        if source.kind in {"stated", "override"} and source.npm is not None and len(source.npm.members) > 1:
            yield Finding(("sources", place, "npm"), "a feed is one file.", "Write one member, or list it twice.")
        if source.family is not None and source.kind != "place":
            what = "only place databases are compared by family."
            yield Finding(("sources", place, "family"), what, "Remove the key.")
