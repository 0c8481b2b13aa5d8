"""Refresh what a list of sources declares: its sources as `update` wants them, and the program's readers and builder.

Decides how much an input of each kind may change by default: regions of a provider's own feed never vanish, those of a
database or a geofeed may, a site's own overrides change as the site likes. What is built is the list with the kept
inputs in place of its files, of the days that they have.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import polars as pl

from monitor import __version__
from monitor.attribution.archives import Input, read_inputs
from monitor.attribution.atlas import Atlas
from monitor.attribution.atlas_file import FORMAT_VERSION
from monitor.attribution.build import build_atlas, read_sources
from monitor.attribution.kept_atlases import source_days
from monitor.attribution.refresh.checks import Measured
from monitor.attribution.refresh.sample import sampled
from monitor.attribution.refresh.update import Workshop
from monitor.attribution.refresh.wanted import Fetch, Wanted
from monitor.problem import Problem, ProblemsFound

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from monitor.atlas_days import AtlasDays
    from monitor.attribution.build import ReadSources
    from monitor.attribution.declared import Source, SourceList
    from monitor.attribution.refresh.update import Ready

_TAGS_MAY_VANISH: Final = 0.05
# Regions in these are the provider's own names, and one that is gone is worth a look.
_PROVIDERS: Final = frozenset({"aws", "azure", "google", "oracle"})
_MOST_TAGS: Final = 10_000
_REVIEWED: Final = Measured(ranges=1, ipv4_addresses=1, ipv6_64s=1)
"""What a pinned archive amounts to: it is the one that was reviewed, or it is refused by its hash."""


def wanted_of(listed: SourceList) -> tuple[Wanted, ...]:
    """The sources of a list, for an update."""
    return tuple(_wanted(source, listed.directory) for source in listed.sources)


def workshop_of(listed: SourceList, operators: Collection[str] | None = None) -> Workshop:
    """What an update of a list needs; `operators` are the ids that a feed or an override may name."""
    by_id = {source.id: source for source in listed.sources}

    def measure(id_: str, content: bytes) -> Measured:
        return measured(by_id[id_], listed, content, operators)

    def build(ready: Mapping[str, Ready], out: Path) -> None:
        # Before Python 3.12 a folder in a relative one has a relative name.
        with TemporaryDirectory(dir=out.parent.absolute(), prefix=".part-") as directory:
            build_atlas(_with(listed, ready, Path(directory)), Path(directory), out, operators=operators)

    def proved(path: Path, ready: Mapping[str, Ready]) -> tuple[str, AtlasDays]:
        atlas = Atlas.open(path)
        with TemporaryDirectory(dir=path.parent.absolute(), prefix=".part-") as directory:
            place = Path(directory)
            kept = _with(listed, ready, place)
            asked = (*kept.of("place", "stated", "override"), *kept.of("network")[:1])
            for source in asked:  # one after the other: together they fill a gigabyte
                alone = kept.model_copy(update={"sources": (source,)})
                _hold(atlas, alone, read_sources(alone, read_inputs(alone, place), operators))
        days = source_days(atlas)
        if days is None:
            raise ProblemsFound([Problem("the atlas", 0, 0, "", "none of its sources has a day.")])
        return atlas.digest, days

    said = listed.model_dump_json(include={"sources": {"__all__": set(_SAID)}})
    # Another program may build another atlas of the same inputs.
    return Workshop(measure, build, proved, f"{__version__} {FORMAT_VERSION} {said}")


def _hold(atlas: Atlas, listed: SourceList, read: ReadSources) -> None:
    """Refuse an atlas that does not hold to its sources.

    Raises:
        ProblemsFound: it does not.
    """
    for held in sampled(atlas, listed, read):
        if not held.holds:
            what = f"it does not say what its sources say: {held.example} ({held.different} of {held.asked})."
            remedy = "Please report it; the last good one stays in use."
            raise ProblemsFound([Problem("the new atlas", 0, 0, "", what, remedy)])


_SAID: Final = ("id", "kind", "format", "published", "licence", "attribution", "family", "operator", "scope", "npm")


def measured(source: Source, listed: SourceList, content: bytes, operators: Collection[str] | None = None) -> Measured:
    """Read an input by the reader of its format, and say what it amounts to.

    Raises:
        ProblemsFound: it is not what the format says.
    """
    if source.npm is not None:
        return _REVIEWED
    given = Input((source.id,), (content,), hashlib.sha256(content).hexdigest())
    read = read_sources(listed.model_copy(update={"sources": (source,)}), {source.id: given}, operators)
    feed, database = read.statements.get(source.id), read.databases.get(source.id)
    frame = feed.frame if feed else database.frame if database else pl.DataFrame()
    return _measured(frame, read.published(source), by_region=source.kind == "stated")


def _measured(frame: pl.DataFrame, published: datetime | None, *, by_region: bool) -> Measured:
    wide = [pl.col(name).cast(pl.Int128) for name in ("first_high", "last_high", "first_low", "last_low")]
    sizes = frame.select("version", *wide)
    four, six = (sizes.filter(pl.col("version") == version) for version in (4, 6))
    regions = frame["region"].drop_nulls().unique() if by_region else frame["region"].clear()
    tags = regions if 0 < len(regions) <= _MOST_TAGS else frame["country"].drop_nulls().unique()
    return Measured(
        ranges=frame.height,
        ipv4_addresses=int(four.select((pl.col("last_low") - pl.col("first_low") + 1).sum()).item() or 0),
        ipv6_64s=int(six.select((pl.col("last_high") - pl.col("first_high") + 1).sum()).item() or 0),
        tags=tuple(sorted(tags.cast(pl.String).to_list())),
        published=published.date() if published else None,
    )


def _wanted(source: Source, directory: Path) -> Wanted:
    own = source.kind == "override"
    provider = source.kind == "stated" and source.format in _PROVIDERS
    return Wanted(
        id=source.id,
        published=source.published,
        fetch=source.fetch or Fetch(),
        file=directory / source.file if source.file is not None else None,
        archive=source.npm.name if source.npm else None,
        pinned=source.npm.sha256 if source.npm else source.sha256,
        tags_may_vanish=1.0 if own else 0.0 if provider else _TAGS_MAY_VANISH,
        shrink_at_most=1.0 if own else None,
    )


def _with(listed: SourceList, ready: Mapping[str, Ready], archives: Path) -> SourceList:
    """The list with the kept inputs in place of its files; archives get their names as links in a folder."""
    sources = []
    for source in listed.sources:
        each = ready[source.id]
        if source.npm is not None:
            link = archives / source.npm.name
            if not link.exists():
                link.symlink_to(each.path.resolve())
            sources.append(source)
            continue
        kept = {"file": each.path.name, "sha256": each.sha256, "published": each.published}
        sources.append(source.model_copy(update=kept))
    directory = next(iter(ready.values())).path.parent
    return listed.model_copy(update={"sources": tuple(sources), "directory": directory})
