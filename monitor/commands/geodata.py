"""`geodata update` and `geodata status`: refresh the atlases of a site, and say how fresh they are."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from monitor.attribution.atlas import Atlas
from monitor.attribution.declared import load_sources
from monitor.attribution.kept_atlases import open_atlas
from monitor.attribution.operators import load_operators
from monitor.attribution.refresh.bundle import open_bundle
from monitor.attribution.refresh.fetch import FetchError, Transport
from monitor.attribution.refresh.listed import wanted_of, workshop_of
from monitor.attribution.refresh.taking import Offer
from monitor.attribution.refresh.update import update as updated
from monitor.document import open_document
from monitor.inquiry.geodata import atlas_status, print_status
from monitor.inquiry.geodata_kept import kept_facts, outcome_facts, outcome_lines, print_kept
from monitor.problem import Problem, ProblemsFound
from monitor.terminal import PROBLEMS, moment_of, print_as, problems_exit, refuse

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from monitor.attribution.declared import SourceList
    from monitor.law.standing import Facts

# Days after which a source of the shipped atlas is old; a list of one's own says it by source.
_SHIPPED_STALE_AFTER_DAYS = 120


@dataclass(frozen=True, slots=True)
class UpdateOptions:
    """What was asked for."""

    config: Path | None = None
    sources: Path | None = None
    bundle: Path | None = None
    accepted: tuple[str, ...] = ()
    json: bool = False


def update(options: UpdateOptions) -> None:
    """Refresh, and tell; exit 1 where anything failed."""
    with problems_exit():
        operators = load_operators().by_id
        path = _list_of(options.config, options.sources)
        listed = load_sources(path, operators=operators)
        unknown = sorted(set(options.accepted) - {source.id for source in listed.sources})
        if unknown:
            refuse(f"--accept {unknown[0]}: {path} lists no source of this id.")
        folder = folder_of(listed)
        with ExitStack() as stack:
            bundle = None
            if options.bundle is not None:
                try:
                    bundle = stack.enter_context(open_bundle(options.bundle))
                except FetchError as error:
                    raise ProblemsFound([Problem(str(options.bundle), 0, 0, "", f"{error}.")]) from None
            outcome = updated(
                folder,
                wanted_of(listed),
                listed.upkeep,
                workshop_of(listed, operators),
                moment_of(None),
                offer=Offer(transport_of(listed), bundle),
                accepted=options.accepted,
            )
    facts = outcome_facts(outcome, folder)
    if options.json:
        print_as(facts, None, as_json=True)
    else:
        for sentence, is_bad in outcome_lines(facts):
            typer.echo(sentence, err=is_bad)
    if facts["failed"]:
        raise typer.Exit(PROBLEMS)


def status(config: Path | None, sources: Path | None, atlas: Path | None, *, json: bool, strict: bool) -> None:
    """Print which atlas is used and how fresh it is; with `strict` exit 1 where it is too old or an update failed."""
    now = moment_of(None)
    with problems_exit():
        operators = load_operators().by_id
        own = atlas or _named(config, "atlas")
        used = open_atlas(own) if own else Atlas.open()
        path = sources or _named(config, "atlas_sources")
        facts = atlas_status(used, now)
        facts["kept"] = None
        if path is not None:
            listed = load_sources(path, operators=operators)
            facts["kept"] = kept_facts(listed, folder_of(listed), used.digest, now)
        print_as(facts, _print, as_json=json)
    if strict and is_bad(facts):
        raise typer.Exit(PROBLEMS)


def is_bad(facts: Facts) -> bool:
    """Whether a source is too old or the last update failed."""
    kept = facts["kept"]
    if kept is not None:
        return bool(kept["stale"]) or kept["failed"]
    return any((source["age_days"] or 0) > _SHIPPED_STALE_AFTER_DAYS for source in facts["sources"])


def folder_of(listed: SourceList) -> Path:
    """Where the atlases of a list are kept."""
    return listed.directory / listed.upkeep.folder


def transport_of(listed: SourceList) -> Transport:
    """How to reach other machines, as a list says."""
    upkeep = listed.upkeep
    ca_file = listed.directory / upkeep.ca_file if upkeep.ca_file else None
    if ca_file is not None and not ca_file.is_file():
        raise ProblemsFound([Problem(str(ca_file), 0, 0, "upkeep.ca_file", "there is no such file.")])
    return Transport(upkeep.seconds, upkeep.proxy, ca_file, frozenset(upkeep.redirect_hosts))


def _print(facts: Facts, console: Console) -> None:
    print_status(facts, console)
    if facts["kept"] is not None:
        print_kept(facts["kept"], console)


def _list_of(config: Path | None, sources: Path | None) -> Path:
    path = sources or _named(config, "atlas_sources")
    if path is None:
        where = f"{config} names no list of sources" if config else "no list of sources is named"
        refuse(f"{where}. Write --sources FILE, or `atlas_sources: FILE` in transferwatch.yaml and -c.")
    return path


def _named(config: Path | None, key: str) -> Path | None:
    """A path that transferwatch.yaml names. The rest of the site need not be in order, nor the atlas be there yet.

    Raises:
        ProblemsFound: the file cannot be read.
    """
    if config is None:
        return None
    problems: list[Problem] = []
    document = open_document(config, problems)
    if document is None or problems:
        raise ProblemsFound(problems)
    written = document.data.get(key)
    return config.parent / written if isinstance(written, str) else None
