"""Kept atlases that differ in the day of their sources alone: the shipped one with another header."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from functools import cache
from typing import TYPE_CHECKING

from monitor.attribution.atlas import SHIPPED_ATLAS
from monitor.attribution.atlas_file import AtlasFile, read_atlas_file, write_atlas_file
from monitor.attribution.kept_atlases import INDEX, KeptAtlas, spelled_index
from monitor.attribution.refresh.store import write_whole
from monitor.shipped import shipped

if TYPE_CHECKING:
    from pathlib import Path


@cache
def _shipped() -> AtlasFile:
    return read_atlas_file(shipped(SHIPPED_ATLAS))


def keep(folder: Path, *days: date) -> list[KeptAtlas]:
    """Put an atlas of each day into a folder, in use in this order."""
    folder.mkdir(exist_ok=True)
    kept = []
    for day in days:
        file = _shipped()
        sources = [{**source, "published": day.isoformat()} for source in file.about["sources"]]
        digest = write_atlas_file(folder / "made", {**file.about, "sources": sources}, file.arrays)
        name = f"atlas-{digest[:16]}.twa"
        (folder / "made").rename(folder / name)
        built = datetime.combine(day, time(), UTC)
        kept.append(KeptAtlas(file=name, digest=digest, built_at=built, oldest=day, newest=day, made_of=digest))
    write_whole(folder / INDEX, spelled_index(kept))
    return kept
