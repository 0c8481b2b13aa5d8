"""The atlases that a site keeps: a folder with an index, the newest of them, and the one of the time of an event.

Decides which atlas is used: the index says, and it is replaced whole, so that a reader finds the old list or the new
one. An atlas file is never written again under its name; one that was mapped stays readable after it was removed.
Refuses to know how an atlas is made: `monitor.attribution.refresh` does.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from monitor.atlas_days import AtlasDays
from monitor.attribution.atlas import Atlas
from monitor.problem import Problem, ProblemsFound

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from monitor.attribution.atlas import AtlasSource

INDEX: Final = "index.json"
_LARGEST_INDEX_OCTETS: Final = 64 * 1024 * 1024
_UPDATE: Final = "Write: transferwatch geodata update --sources FILE"
_AGAIN: Final = 3


def source_days(atlas: Atlas) -> AtlasDays | None:
    """Days of the oldest and the newest source of an atlas; what a site states itself holds until it is changed."""
    return _days_of(atlas, lambda source: source.kind != "override")


def atlas_days(atlas: Atlas) -> AtlasDays | None:
    """Days by which an atlas is old: of its place databases, which speak of every address and age as a whole.

    A provider's feed that is a year old says that nothing changed for a year. Where there is no database, all sources.
    """
    return _days_of(atlas, lambda source: source.kind == "place") or source_days(atlas)


def _days_of(atlas: Atlas, counts: Callable[[AtlasSource], bool]) -> AtlasDays | None:
    return AtlasDays.of(date.fromisoformat(source.published) for source in atlas.sources if counts(source))


def open_atlas(path: Path) -> Atlas:
    """Open an atlas: the one of a file, or the one in use of a folder.

    Raises:
        ProblemsFound: there is none, or it is damaged.
    """
    return open_newest(path) if path.is_dir() else Atlas.open(path)


class KeptAtlas(BaseModel):
    """One kept atlas: `digest` names it in every basis, `made_of` is a hash of its inputs and what the list said."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    file: Annotated[str, Field(pattern=r"^atlas-[0-9a-f]{16}\.twa$")]
    digest: str
    built_at: datetime
    oldest: date
    newest: date
    made_of: str

    @property
    def days(self) -> AtlasDays:
        """Days of its sources."""
        return AtlasDays(self.oldest, self.newest)


class _Index(BaseModel):
    form: Literal[1] = 1
    atlases: tuple[KeptAtlas, ...] = ()


def kept_atlases(folder: Path) -> tuple[KeptAtlas, ...]:
    """The kept atlases in the order in which they came into use: the last one is used.

    Raises:
        ProblemsFound: there is no index, or it is damaged.
    """
    path = folder / INDEX
    try:
        with path.open("rb") as stream:
            return _Index.model_validate_json(stream.read(_LARGEST_INDEX_OCTETS)).atlases
    except OSError:
        raise ProblemsFound([Problem(str(folder), 0, 0, "", "no atlas is kept there.", _UPDATE)]) from None
    except ValidationError:
        remedy = "Remove it and update: the atlas is then made again from the kept inputs."
        raise ProblemsFound([Problem(str(path), 0, 0, "", "the index is damaged.", remedy)]) from None


def spelled_index(atlases: Sequence[KeptAtlas]) -> bytes:
    """The index as it is written."""
    return _Index(atlases=tuple(atlases)).model_dump_json(indent=1).encode() + b"\n"


def open_newest(folder: Path) -> Atlas:
    """Open the atlas that is used now.

    Raises:
        ProblemsFound: none is kept, or it is damaged.
    """
    path = _newest(folder)
    for _ in range(_AGAIN):
        if path.exists():
            break
        path = _newest(folder)  # an update has removed it since the index was read
    return Atlas.open(path)


def _newest(folder: Path) -> Path:
    atlases = kept_atlases(folder)
    if not atlases:
        raise ProblemsFound([Problem(str(folder), 0, 0, "", "no atlas is kept there.", _UPDATE)])
    return folder / atlases[-1].file


def stamp(folder: Path) -> tuple[int, int, int] | None:
    """A value that changes when another atlas comes into use; one look at a file, for between two batches."""
    try:
        status = (folder / INDEX).stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ino, status.st_size


def at_event(atlases: Sequence[KeptAtlas], day: date) -> KeptAtlas | None:
    """The newest atlas that is not younger than the event: no source of it is of a later day. None where none is."""
    fitting = [atlas for atlas in atlases if atlas.newest <= day]
    return max(fitting, key=lambda atlas: (atlas.newest, atlas.built_at), default=None)


def closest_after(atlases: Sequence[KeptAtlas]) -> KeptAtlas | None:
    """The oldest kept atlas: what is closest to an event that is older than all of them."""
    return min(atlases, key=lambda atlas: (atlas.newest, atlas.built_at), default=None)


def kept_on(atlases: Sequence[KeptAtlas], now: datetime, *, keep: int, keep_days: int) -> tuple[KeptAtlas, ...]:
    """Those that stay: the last `keep`, and of older ones the last of each month, as long as `keep_days`.

    A month is one of the newest source's day, the days count since another atlas came into use. So the folder is
    bounded whatever the feeds do, and an event of two years ago still finds an atlas of its month.
    """
    last_of_month = {(atlas.newest.year, atlas.newest.month): place for place, atlas in enumerate(atlases)}
    since = now - timedelta(days=keep_days)
    used_until = [*(atlas.built_at for atlas in atlases[1:]), now]
    recent = range(max(0, len(atlases) - keep), len(atlases))
    monthly = {place for place in last_of_month.values() if used_until[place] >= since}
    return tuple(atlas for place, atlas in enumerate(atlases) if place in recent or place in monthly)
