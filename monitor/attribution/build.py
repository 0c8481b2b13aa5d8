"""Build an atlas from a list of sources: read every input, lay the layers over each other, write the file.

Decides which reader a format has. The same inputs give the same file, to the byte, on every machine; a file that cannot
be built leaves the one that is there as it is. Refuses to correct its sources: `monitor.attribution.prove` holds the
atlas to their own readers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from monitor.attribution.archives import read_inputs
from monitor.attribution.atlas_file import write_atlas_file
from monitor.attribution.compile import Layers, compile_layers
from monitor.attribution.layers import country_layer, network_layer
from monitor.attribution.overrides import read_overrides
from monitor.attribution.stated import stated_layers
from monitor.problem import Problem, ProblemsFound

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from pathlib import Path

    import polars as pl

    from monitor.attribution.archives import Input
    from monitor.attribution.declared import Kind, Source, SourceList

# Formats of each kind of source; a stated feed or an override hands a frame of `monitor.attribution.stated`.
FORMATS: Final[Mapping[Kind, tuple[str, ...]]] = {
    "place": ("mmdb",),
    "network": ("as_csv",),
    "registration": ("mmdb",),
    "stated": ("overrides",),
    "override": ("overrides",),
}


def build_atlas(listed: SourceList, directory: Path, out: Path, *, operators: Collection[str] | None = None) -> str:
    """Build the atlas from the archives in a directory and the files beside the list; returns the file's SHA-256.

    `operators`: ids that a feed or an override may name; None: not checked.

    Raises:
        ProblemsFound: an input is missing, not the pinned one, or not what it should be.
    """
    inputs = read_inputs(listed, directory)
    arrays = compile_layers(read_layers(listed, inputs, operators), [source.id for source in listed.sources])
    about = {"sources": [_told(source, inputs[source.id].sha256) for source in listed.sources]}
    return write_atlas_file(out, about, arrays)


def read_layers(listed: SourceList, inputs: Mapping[str, Input], operators: Collection[str] | None = None) -> Layers:
    """Read every input into layers.

    Raises:
        ProblemsFound: an input is not what it should be, or its format is not known.
    """
    unknown = [source for source in listed.sources if source.format not in FORMATS[source.kind]]
    if unknown:
        raise ProblemsFound([_unknown_format(source) for source in unknown])
    networks = [network_layer(inputs[source.id]) for source in listed.of("network")]
    names: dict[int, str] = {}
    for _, told in reversed(networks):
        names |= told
    return Layers(
        places={source.id: country_layer(inputs[source.id]) for source in listed.of("place")},
        networks=[layer for layer, _ in networks],
        registrations=[country_layer(inputs[source.id]) for source in listed.of("registration")],
        stated=stated_layers(read_statements(listed, inputs, "stated", operators)),
        overrides=stated_layers(read_statements(listed, inputs, "override", operators)),
        families={source.id: source.family or source.id for source in listed.of("place")},
        as_names=names,
    )


def read_statements(
    listed: SourceList, inputs: Mapping[str, Input], kind: Kind, operators: Collection[str] | None = None
) -> dict[str, pl.DataFrame]:
    """Read the feeds or the overrides into statements, by source.

    Raises:
        ProblemsFound: an input is not what it should be.
    """
    return {source.id: _READERS[source.format](source, inputs[source.id], operators) for source in listed.of(kind)}


_READERS: Final[Mapping[str, Callable[[Source, Input, Collection[str] | None], pl.DataFrame]]] = {
    "overrides": read_overrides,
}


def _unknown_format(source: Source) -> Problem:
    what = f"{source.format} is no format of the kind {source.kind}."
    return Problem(source.id, 0, 0, "format", what, f"Write one of {', '.join(FORMATS[source.kind])}.")


def _told(source: Source, sha256: str) -> dict[str, Any]:
    """What the header says of a source."""
    return {
        "id": source.id,
        "kind": source.kind,
        "format": source.format,
        "family": (source.family or source.id) if source.kind == "place" else None,
        "operator": source.operator,
        "published": source.published.isoformat(),
        "licence": source.licence,
        "attribution": source.attribution,
        "package": source.npm.package if source.npm else None,
        "version": source.npm.version if source.npm else None,
        "file": source.file,
        "sha256": sha256,
    }
