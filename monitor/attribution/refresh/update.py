"""Refresh the atlases of a folder: take each input, check it, keep the last good ones, build, prove, and only then use.

Decides what becomes of each source alone: one that fails keeps its last good input, and stops no other. An atlas is
built when the inputs, or what the list says of them, are not those of the atlas in use. Knows no format and no way to
build: `Workshop` brings them. Looks at no clock.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from monitor.attribution.kept_atlases import INDEX, KeptAtlas, kept_atlases, kept_on, spelled_index
from monitor.attribution.refresh.bundle import MANIFEST, Offered, write_manifest
from monitor.attribution.refresh.store import (
    INPUTS,
    SourceState,
    locked,
    part,
    read_state,
    settle,
    sweep,
    write_state,
    write_whole,
)
from monitor.attribution.refresh.taking import Offer, take_all
from monitor.problem import Problem, ProblemsFound

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from monitor.atlas_days import AtlasDays
    from monitor.attribution.refresh.checks import Measured
    from monitor.attribution.refresh.store import State
    from monitor.attribution.refresh.wanted import Upkeep, Wanted

_NAME_LETTERS: Final = 16


@dataclass(frozen=True, slots=True)
class Ready:
    """The last good input of a source, for building."""

    id: str
    path: Path
    sha256: str
    published: date


@dataclass(frozen=True, slots=True)
class Workshop:
    """What the rest of the program does for an update; each raises ProblemsFound where it cannot.

    `measure` reads an input by its source's reader. `build` writes an atlas into a file. `prove` opens it, holds it to
    its inputs, and gives its digest and its days. `said` is what the list says of all sources, for a change of it.
    """

    measure: Callable[[str, bytes], Measured]
    build: Callable[[Mapping[str, Ready], Path], None]
    prove: Callable[[Path, Mapping[str, Ready]], tuple[str, AtlasDays]]
    said: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an update did: of each source its state, the atlas that came into use, and why none was built."""

    sources: Mapping[str, SourceState]
    built: KeptAtlas | None
    failure: str

    @property
    def failed(self) -> bool:
        """Whether a person must hear of it."""
        return bool(self.failure) or any(source.result == "failed" for source in self.sources.values())


def update(
    folder: Path,
    wanted: Sequence[Wanted],
    upkeep: Upkeep,
    workshop: Workshop,
    now: datetime,
    *,
    offer: Offer,
    accepted: Collection[str] = (),
) -> Outcome:
    """Refresh a folder; `accepted` are ids whose input is taken even where it shrank, lost tags or is older.

    Raises:
        ProblemsFound: the folder cannot be used, or another update is at work.
        OSError: it cannot be written.
    """
    with locked(folder):
        state = read_state(folder)
        listed = {each.id: state.sources.get(each.id, SourceState()) for each in wanted}
        state = state.model_copy(update={"sources": listed})
        index = _index(folder)
        sweep(folder, _names(state, index))
        for id_, taken in take_all(folder, wanted, upkeep, workshop.measure, state, now, offer, frozenset(accepted)):
            state = state.model_copy(update={"sources": {**state.sources, id_: taken}, "attempted_at": now})
            write_state(folder, state)
        write_whole(folder / INPUTS / MANIFEST, write_manifest(_offered(state)))
        built, failure = None, ""
        try:
            built = _build(folder, state, index, upkeep, workshop, now)
        except ProblemsFound as found:
            failure = "; ".join(str(problem) for problem in found.problems)
        failed = bool(failure) or any(each.result == "failed" for each in state.sources.values())
        state = state.model_copy(
            update={
                "attempted_at": now,
                "built_at": state.built_at if failure else now,
                "build_failure": failure,
                "failures": state.failures + failed,
            }
        )
        write_state(folder, state)
        sweep(folder, _names(state, _index(folder)))
    return Outcome(state.sources, built, failure)


def _index(folder: Path) -> tuple[KeptAtlas, ...]:
    return kept_atlases(folder) if (folder / INDEX).exists() else ()


def _names(state: State, index: Sequence[KeptAtlas]) -> set[str]:
    """Names of the files that stay."""
    inputs = {each.input.file for each in state.sources.values() if each.input}
    return inputs | {atlas.file for atlas in index} | {MANIFEST}


def _offered(state: State) -> list[Offered]:
    kept = {id_: each.input for id_, each in state.sources.items() if each.input}
    return [Offered(id=id_, file=each.file, sha256=each.sha256, published=each.published) for id_, each in kept.items()]


def _build(
    folder: Path, state: State, index: tuple[KeptAtlas, ...], upkeep: Upkeep, workshop: Workshop, now: datetime
) -> KeptAtlas | None:
    """Build where something is new, and put it into use; None where the atlas in use is made of the same."""
    missing = [id_ for id_, each in state.sources.items() if each.input is None]
    if missing:
        raise ProblemsFound([_lacking(folder, missing)])
    ready = {
        id_: Ready(id_, folder / INPUTS / each.input.file, each.input.sha256, each.input.published)
        for id_, each in state.sources.items()
        if each.input
    }
    plain = [workshop.said, *([each.id, each.sha256, each.published.isoformat()] for each in ready.values())]
    made_of = hashlib.sha256(json.dumps(plain).encode()).hexdigest()
    if index and index[-1].made_of == made_of and (folder / index[-1].file).exists():
        return None
    written = part(folder, "atlas")
    try:
        workshop.build(ready, written)
        digest, days = workshop.prove(written, ready)
        atlas = KeptAtlas(
            file=f"atlas-{digest[:_NAME_LETTERS]}.twa",
            digest=digest,
            built_at=now,
            oldest=days.oldest,
            newest=days.newest,
            made_of=made_of,
        )
        settle(written, folder / atlas.file)
    finally:
        written.unlink(missing_ok=True)
    others = tuple(each for each in index if each.digest != digest)
    kept = kept_on((*others, atlas), now, keep=upkeep.keep, keep_days=upkeep.keep_days)
    write_whole(folder / INDEX, spelled_index(kept))
    return atlas


def _lacking(folder: Path, missing: list[str]) -> Problem:
    what = f"there is no good input yet of: {', '.join(missing)}. No atlas was built."
    return Problem(str(folder), 0, 0, "", what, "Give it with --bundle, or mend what is said of it above.")
