"""Which files are read, and as what.

Decides by the site's sources, by `--format` or by content. A file that was named and cannot be told is a problem; one
that merely lies in a folder is passed over and told.
"""

from __future__ import annotations

import glob
import os
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Final

from collectors import KINDS
from collectors.contract import SourceOptions
from collectors.files import UnreadableInputError
from collectors.files.watch import matcher
from collectors.objects import is_url, objects_of
from monitor.joining import SLACK_SECONDS
from monitor.problem import Problem, ProblemsFound
from monitor.recognition import NotAnInputError, recognised
from monitor.stores import store_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from collectors.contract import Kind
    from collectors.objects import Place
    from monitor.config import Site
    from monitor.sources import Source

AUTO: Final = "auto"


@dataclass(frozen=True, slots=True)
class Input:
    """One file to read, and as what; `why`: what its content says, where that was asked.

    `only_known`: it is read on where the ledger knows its content, and left alone else. `unfinished`: it was written to
    just now, and what cannot be read of it may be in a moment. `until`: where it gives no names to others, it is read
    up to so many octets, as if it ended there.
    """

    path: Place
    kind: Kind
    options: SourceOptions = field(default_factory=SourceOptions)
    count_at_forwarders: bool = False
    source: str = ""
    why: str = ""
    only_known: bool = False
    join_slack_seconds: float = SLACK_SECONDS
    unfinished: bool = False
    until: int | None = None

    @property
    def joins(self) -> bool:
        """Whether names of its source are joined to its flows."""
        return self.kind.joins and self.join_slack_seconds > 0

    @property
    def source_name(self) -> str:
        """What reports and metrics call its source: as the site does, else its KIND."""
        return self.source or self.kind.name


@dataclass(frozen=True, slots=True)
class Found:
    """Files to read, in order, and those of a folder that are passed over, with the reason."""

    inputs: list[Input]
    passed_over: dict[Place, str]


def find_inputs(paths: Sequence[Path | str], format_: str, site: Site | None = None) -> Found:
    """Files of the given paths (a directory brings all files below it), each once, in name order below a directory.

    The URL of an object store brings the objects that it names.

    `auto`: the site's source whose `path:` matches a file says its kind, else its content does.

    Raises:
        ProblemsFound: a path is not there, a folder holds no file, or a file that was named is of no known kind.
    """
    problems: list[Problem] = []
    inputs: dict[Place, Input] = {}
    passed_over: dict[Place, str] = {}
    for path in paths:
        if isinstance(path, str) and is_url(path):
            is_folder, files = True, _objects(path, site, problems)
        else:
            is_folder = _is_folder(Path(path))
            files = list(_files(Path(path), passed_over)) if is_folder else [Path(path)]
            if not files:
                problems.append(Problem(str(path), 0, 0, "", "the folder holds no file."))
        for file in files:
            try:
                inputs.setdefault(file.resolve(), _input(file, format_, site))
            except NotAnInputError as why:
                if is_folder or why.harmless:
                    passed_over[file] = str(why)
                else:
                    problems.append(Problem(str(file), 0, 0, "", f"{why}.", why.remedy))
    if problems:
        raise ProblemsFound(problems)
    return Found(list(inputs.values()), passed_over)


def _objects(url: str, site: Site | None, problems: list[Problem]) -> list[Place]:
    """Objects that a URL names, in the order of their names."""
    try:
        found: list[Place] = [each for objects in objects_of(url, store_of(url, site)) for each in objects]
    except UnreadableInputError as error:
        problems.append(Problem(url, 0, 0, "", f"{error}."))
        return []
    if not found:
        problems.append(Problem(url, 0, 0, "", "there is no such object, and none below it."))
    return found


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False  # what cannot even be looked at is told when it is opened


def _files(folder: Path, passed_over: dict[Place, str]) -> list[Path]:
    """Files below a folder in name order; what is hidden stays so, what cannot be entered is told."""

    def unreadable(error: OSError) -> None:
        passed_over[Path(error.filename)] = f"the folder cannot be read: {error.strerror}"

    found: list[Path] = []
    for place, folders, names in os.walk(folder, onerror=unreadable):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in (each for each in folders if (Path(place) / each).is_symlink()):
            passed_over[Path(place) / name] = "a link to a folder is not followed"
        found += [Path(place) / name for name in names if not name.startswith(".")]
    return sorted(found)


def _input(file: Place, format_: str, site: Site | None) -> Input:
    try:
        if isinstance(file, Path):
            file.stat()
    except OSError as error:
        gone = isinstance(error, FileNotFoundError)
        why = "there is no such file or directory" if gone else f"it cannot be read: {error.strerror}"
        raise NotAnInputError(why) from error
    source = _source_of(file, site)
    why = ""
    if format_ != AUTO:
        kind = KINDS[format_]
    elif source is not None:
        kind = KINDS[source.type]
    else:
        found = recognised(file)
        kind, why = found.kind, found.why
    chosen = source if source is not None and source.type == kind.name else _only_source(kind, site)
    if site is None or chosen is None:
        return Input(file, kind, why=why)
    return replace(input_of(file, chosen, site), why=why)


def input_of(file: Place, source: Source, site: Site) -> Input:
    """A file of a source of the site, read as the site says."""
    return Input(
        file,
        KINDS[source.type],
        options=source.options,
        count_at_forwarders=source.count_at == "forwarders",
        source=site.source_name(source),
        join_slack_seconds=source.join_slack_seconds,
    )


def _source_of(file: Place, site: Site | None) -> Source | None:
    """Give the site's source whose `path:` names the file, or a folder above it; `*` may stand for folders too."""
    if site is None:
        return None
    if not isinstance(file, Path):
        return next((source for source in site.sources if matcher([source.path])(file.url)), None)
    spelled = {str(file.absolute()), str(file.resolve())}
    folders = {glob.escape(str(site.directory.absolute())), glob.escape(str(site.directory.resolve()))}
    for source in site.sources:
        patterns = {os.path.normpath(Path(folder) / source.path) for folder in folders}
        if any(fnmatch(name, each) or fnmatch(name, f"{each}/*") for name in spelled for each in patterns):
            return source
    return None


def _only_source(kind: Kind, site: Site | None) -> Source | None:
    """Give the site's source of a kind, if it has just one."""
    sources = [source for source in (site.sources if site else ()) if source.type == kind.name]
    return sources[0] if len(sources) == 1 else None
