"""Take the inputs of all sources: from the bundle, from the site's own files, or from their URLs; then check each.

Decides where an input comes from, and what becomes of the last good one. An input comes from one place: the site's own
file, else a bundle when there is one (then nothing is fetched), else the URL and then its mirror.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

from monitor.attribution.refresh.checks import aged, complaints, emptiness
from monitor.attribution.refresh.fetch import FetchError, Known, Taken, Transport, Unpacked, fetch, fetch_hash
from monitor.attribution.refresh.store import INPUTS, KeptInput, SourceState, part, settle
from monitor.attribution.refresh.wanted import dated
from monitor.problem import ProblemsFound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from monitor.attribution.refresh.bundle import Bundle
    from monitor.attribution.refresh.checks import Measured
    from monitor.attribution.refresh.store import State
    from monitor.attribution.refresh.wanted import Upkeep, Wanted

BUNDLE: Final = "bundle"
_PIECE_OCTETS: Final = 1 << 20
_NAME_LETTERS: Final = 16


@dataclass(frozen=True, slots=True)
class Offer:
    """From where inputs may come in this run: how to reach machines, or a bundle and nothing else."""

    transport: Transport
    bundle: Bundle | None = None


@dataclass(frozen=True, slots=True)
class _Came:
    """An input that came: from where, how the server knows it, and of which day whoever gave it says it is."""

    origin: str
    known: Known
    day: date | None


def take_all(
    folder: Path,
    wanted: Sequence[Wanted],
    upkeep: Upkeep,
    measure: Callable[[str, bytes], Measured],
    state: State,
    now: datetime,
    offer: Offer,
    accepted: frozenset[str],
) -> Iterator[tuple[str, SourceState]]:
    """Take one input after the other; yield the new state of each source, after its input is on disk."""
    from_bundle: dict[str, Taken | FetchError] = {}
    if offer.bundle is not None:
        most = {each.id: each.fetch.largest_octets for each in wanted}
        archives = {each.id for each in wanted if each.archive}
        try:
            from_bundle = offer.bundle.take(lambda id_: part(folder / INPUTS, id_), most, as_they_are=archives)
        except FetchError as error:
            from_bundle = dict.fromkeys(offer.bundle.offered, error)
    for each in wanted:
        before = state.sources[each.id]
        if before.input is not None and not (folder / INPUTS / before.input.file).exists():
            before = before.model_copy(update={"input": None})  # somebody removed it: take it afresh
        try:
            came = _came(each, folder, before.input, now, offer, from_bundle)
            if came is None:
                if before.input is None or offer.bundle is not None or not each.fetch.url:
                    taken = _not_offered(each, before, now)
                else:
                    taken = _same(before, before.input, now)
            else:
                taken = _checked(each, folder, before, upkeep, measure, came, now, force=each.id in accepted)
        except (FetchError, ProblemsFound, OSError) as error:
            taken = before.model_copy(
                update={"attempted_at": now, "result": "failed", "what": _words(error), "failures": before.failures + 1}
            )
        finally:
            part(folder / INPUTS, each.id).unlink(missing_ok=True)
        yield each.id, taken


def _came(
    wanted: Wanted,
    folder: Path,
    kept: KeptInput | None,
    now: datetime,
    offer: Offer,
    from_bundle: dict[str, Taken | FetchError],
) -> _Came | None:
    """Bring the input into its part file; None where nothing new is offered.

    Raises:
        FetchError: it cannot be had.
    """
    out = part(folder / INPUTS, wanted.id)
    if wanted.file is not None and wanted.fetch.url is None:
        return _copied(wanted, wanted.file, out)
    if offer.bundle is not None:
        found = from_bundle.get(wanted.id)
        if found is None:
            return None
        if isinstance(found, FetchError):
            raise found
        _hold_to(wanted.fetch.sha256, found)
        day = wanted.published if wanted.archive else offer.bundle.offered[wanted.id]["published"]
        return _Came(BUNDLE, Known(), day)
    if wanted.fetch.url is None:
        return None
    return _fetched(wanted, wanted.fetch.url, out, kept, now, offer.transport)


def _copied(wanted: Wanted, path: Path, out: Path) -> _Came:
    try:
        with path.open("rb") as source, out.open("wb") as target:
            taken = _unpacked(source, target, wanted.fetch.largest_octets)
    except OSError as error:
        raise FetchError(f"{path} cannot be read: {(error.strerror or str(error)).lower()}") from None
    _hold_to(wanted.fetch.sha256, taken)
    return _Came(str(path), Known(), wanted.published)


def _unpacked(source: BinaryIO, target: BinaryIO, largest_octets: int) -> Taken:
    writer, octets, digest = Unpacked(target, largest_octets), 0, hashlib.sha256()
    while piece := source.read(_PIECE_OCTETS):
        octets += len(piece)
        digest.update(piece)
        writer.write(piece)
    writer.finish()
    return Taken(octets, digest.hexdigest())


def _fetched(
    wanted: Wanted, url: str, out: Path, kept: KeptInput | None, now: datetime, transport: Transport
) -> _Came | None:
    """Fetch from the URL, or from the mirror where that fails."""
    places = [dated(each, now.date()) for each in (url, wanted.fetch.mirror) if each is not None]
    failures: list[str] = []
    for place in places:
        known = Known(kept.etag, kept.last_modified) if kept and kept.origin == place else None
        asks = known if known and (known.etag or known.last_modified) else None
        try:
            pinned = wanted.fetch.sha256
            if wanted.fetch.sha256_url is not None:
                at = dated(wanted.fetch.sha256_url, now.date())
                pinned = fetch_hash(at, place, transport, part(out.parent, f"{wanted.id}.sum"))
            taken = fetch(place, out, transport, largest_octets=wanted.fetch.largest_octets, known=asks)
            if taken is None:
                return None
            _hold_to(pinned, taken)
        except FetchError as error:
            failures.append(f"{place}: {error}")
            continue
        return _Came(place, taken.known, taken.modified.date() if taken.modified else None)
    raise FetchError("; ".join(failures))


def _hold_to(pinned: str | None, taken: Taken) -> None:
    if pinned is not None and taken.sha256 != pinned:
        raise FetchError(f"its SHA-256 is {taken.sha256}, not {pinned}")


def _checked(
    wanted: Wanted,
    folder: Path,
    before: SourceState,
    upkeep: Upkeep,
    measure: Callable[[str, bytes], Measured],
    came: _Came,
    now: datetime,
    *,
    force: bool,
) -> SourceState:
    """Keep what came, when it is as good as what is kept.

    Raises:
        FetchError: it is not.
        ProblemsFound: it cannot be read.
    """
    written, kept, bounds = part(folder / INPUTS, wanted.id), before.input, wanted.fetch
    content = written.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    if wanted.pinned is not None and sha256 != wanted.pinned:
        raise FetchError(f"its SHA-256 is {sha256}, the list says {wanted.pinned}")
    if kept is not None and kept.sha256 == sha256:
        known = {"etag": came.known.etag, "last_modified": came.known.last_modified, "origin": came.origin}
        return _same(before, kept.model_copy(update=known), now)
    measured = measure(wanted.id, content)
    day = measured.published or came.day
    faults = [fault] if (fault := emptiness(measured)) else []
    if kept is not None and not force:
        shares = (bounds.shrink_at_most, wanted.shrink_at_most, upkeep.shrink_at_most)
        shrink = next(share for share in shares if share is not None)
        vanish = wanted.tags_may_vanish if bounds.vanish_at_most is None else bounds.vanish_at_most
        faults += complaints(kept.measured, measured, shrink_at_most=shrink, vanish_at_most=vanish)
        known_day = None if kept.day_from == "taken" else kept.published
        faults += [fault] if (fault := aged(known_day, day)) else []
    if faults:
        raise FetchError("; ".join(faults))
    file = f"{wanted.id}-{sha256[:_NAME_LETTERS]}"
    settle(written, folder / INPUTS / file)
    good = KeptInput(
        file=file,
        sha256=sha256,
        octets=len(content),
        published=min(day or now.date(), now.date()),
        day_from="input" if measured.published else "given" if came.day else "taken",
        measured=measured,
        origin=came.origin,
        etag=came.known.etag,
        last_modified=came.known.last_modified,
        taken_at=now,
    )
    return SourceState(input=good, confirmed_at=now, attempted_at=now, result="new", failures=before.failures)


def _same(before: SourceState, kept: KeptInput, now: datetime) -> SourceState:
    return SourceState(input=kept, confirmed_at=now, attempted_at=now, result="same", failures=before.failures)


def _not_offered(wanted: Wanted, before: SourceState, now: datetime) -> SourceState:
    if before.input is not None:
        return before.model_copy(update={"attempted_at": now, "result": "not_offered", "what": ""})
    how = f"the archive {wanted.archive} is given in a bundle" if wanted.archive else "the bundle does not hold it"
    raise FetchError(f"there is no input of it: {how}")


def _words(error: Exception) -> str:
    if isinstance(error, ProblemsFound):
        return str(error.problems[0]) if len(error.problems) == 1 else f"{error.problems[0]} (and others)"
    if isinstance(error, OSError):
        return f"it cannot be written: {error.strerror or error}"
    return str(error)
