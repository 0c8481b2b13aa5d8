"""Build an atlas from a list of sources: read every input, lay the layers over each other, write the file.

Decides nothing of what a source says: readers read, `monitor.attribution.precedence` chooses. The same inputs give the
same file, to the byte, on every machine; where something is wrong, the file that lies at the place stays as it is.
Refuses to correct its sources: `monitor.attribution.prove` holds the atlas to their own readers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from monitor.attribution.archives import read_inputs
from monitor.attribution.atlas_file import write_atlas_file
from monitor.attribution.compile import Layers, compile_layers
from monitor.attribution.feeds import DATABASES, FORMATS
from monitor.attribution.feeds.contract import Feed, Note, Statements
from monitor.attribution.layers import Database, network_layer, place_layer, read_database, registration_layer
from monitor.attribution.regions import load_regions
from monitor.attribution.stated import stated_layers
from monitor.problem import Problem, ProblemsFound

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime
    from pathlib import Path

    import polars as pl

    from monitor.attribution.archives import Input
    from monitor.attribution.declared import Kind, Source, SourceList


@dataclass(frozen=True, slots=True)
class Built:
    """What was built: the SHA-256 of the file, and what each feed's reader has to tell."""

    digest: str
    notes: Mapping[str, tuple[Note, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class ReadSources:
    """Every source, read, by id."""

    databases: Mapping[str, Database]
    statements: Mapping[str, Statements]

    def published(self, source: Source) -> datetime | None:
        """The day that the file itself tells."""
        read = self.databases.get(source.id) or self.statements.get(source.id)
        return read.published if read else None


def build_atlas(listed: SourceList, directory: Path, out: Path, *, operators: Collection[str] | None = None) -> Built:
    """Build the atlas from the archives in a directory and the files beside the list.

    `operators`: ids that a feed or an override may name; None: not checked.

    Raises:
        ProblemsFound: an input is missing, not the pinned one, or not what it should be.
    """
    inputs = read_inputs(listed, directory)
    read = read_sources(listed, inputs, operators)
    days = {source.id: _day(source, read.published(source)) for source in listed.sources}
    undated = [source.id for source in listed.sources if not days[source.id]]
    if undated:
        what = "neither the list nor the file says of which day it is."
        remedy = "Write `published:` for it in the list of sources."
        raise ProblemsFound([Problem(name, 0, 0, "published", what, remedy) for name in undated])
    arrays = compile_layers(layers_of(listed, read), [source.id for source in listed.sources])
    about = {"sources": [_told(source, days[source.id], inputs[source.id].sha256) for source in listed.sources]}
    notes = {name: each.notes for name, each in read.statements.items() if each.notes}
    return Built(write_atlas_file(out, about, arrays), notes)


def read_sources(
    listed: SourceList, inputs: Mapping[str, Input], operators: Collection[str] | None = None
) -> ReadSources:
    """Read every input.

    Raises:
        ProblemsFound: an input is not what it should be, or its format is not known; all of them at once.
    """
    problems: list[Problem] = []
    databases: dict[str, Database] = {}
    statements: dict[str, Statements] = {}
    regions = load_regions()
    for source in listed.sources:
        given = inputs[source.id]
        known = FORMATS if source.kind in {"stated", "override"} else DATABASES
        if source.format not in known:
            problems.append(_unknown_format(source, known))
            continue
        try:
            if source.kind in {"stated", "override"}:
                feed = Feed(given.names[0], regions, source.operator, source.scope, operators)
                statements[source.id] = FORMATS[source.format](given.contents[0], feed)
            else:
                databases[source.id] = read_database(source, given)
        except ProblemsFound as found:
            problems += found.problems
    if problems:
        raise ProblemsFound(problems)
    return ReadSources(databases, statements)


def layers_of(listed: SourceList, read: ReadSources) -> Layers:
    """Turn what was read into layers."""
    networks = [network_layer(read.databases[source.id]) for source in listed.of("network")]
    names: dict[int, str] = {}
    for _, told in reversed(networks):
        names |= told
    return Layers(
        places={source.id: place_layer(read.databases[source.id]) for source in listed.of("place")},
        networks=[layer for layer, _ in networks],
        registrations=[registration_layer(read.databases[source.id]) for source in listed.of("registration")],
        stated=stated_layers(frames_of(listed, read, "stated")),
        overrides=stated_layers(frames_of(listed, read, "override")),
        families={source.id: source.family or source.id for source in listed.of("place")},
        as_names=names,
    )


def frames_of(listed: SourceList, read: ReadSources, kind: Kind) -> dict[str, pl.DataFrame]:
    """Statements of the feeds, or of the overrides, by source."""
    return {source.id: read.statements[source.id].frame for source in listed.of(kind)}


def _unknown_format(source: Source, known: Collection[str]) -> Problem:
    what = f"{source.format} is no format of the kind {source.kind}."
    return Problem(source.id, 0, 0, "format", what, f"Write one of {', '.join(sorted(known))}.")


def _day(source: Source, told: datetime | None) -> str:
    """The day in the list, else the one that the file tells."""
    day = source.published or (told.date() if told else None)
    return day.isoformat() if day else ""


def _told(source: Source, day: str, sha256: str) -> dict[str, Any]:
    """What the header says of a source."""
    return {
        "id": source.id,
        "kind": source.kind,
        "format": source.format,
        "family": (source.family or source.id) if source.kind == "place" else None,
        "operator": source.operator,
        "published": day,
        "licence": source.licence,
        "attribution": source.attribution,
        "package": source.npm.package if source.npm else None,
        "version": source.npm.version if source.npm else None,
        "file": source.file,
        "sha256": sha256,
    }
