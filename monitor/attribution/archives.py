"""The octets behind a list of sources: pinned archives and files, read with suspicion.

Decides whether an archive or a file is the one that was pinned (SHA-256) and takes named members out of an archive,
in memory, within bounds; nothing is ever unpacked to disk. Fetching is the npm client's, only when asked, and only
these packages.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tarfile
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Final

from monitor.problem import Problem, ProblemsFound

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.attribution.declared import NpmArchive, Source, SourceList

LARGEST_ARCHIVE_OCTETS: Final = 128 * 1024 * 1024
LARGEST_MEMBER_OCTETS: Final = 256 * 1024 * 1024
LARGEST_FILE_OCTETS: Final = 512 * 1024 * 1024
_NPM_SECONDS: Final = 600
_REMEDY_HASH: Final = (
    "Fetch it again; if the publisher changed it, review it and pin the new hash in the list of sources."
)


@dataclass(frozen=True, slots=True)
class Input:
    """What a source consists of: its names for problems, its contents, and the SHA-256 of the archive or the file."""

    names: tuple[str, ...]
    contents: tuple[bytes, ...]
    sha256: str


def read_inputs(listed: SourceList, directory: Path) -> dict[str, Input]:
    """Read every source, by id: archives from `directory`, files beside the list.

    Raises:
        ProblemsFound: an archive or a file is missing, is not the pinned one, or lacks a member; all of them at once.
    """
    problems: list[Problem] = []
    found: dict[str, Input] = {}
    for source in listed.sources:
        read = _of_archive(source.npm, directory, problems) if source.npm else _of_file(source, listed, problems)
        if read is not None:
            found[source.id] = read
    if problems:
        raise ProblemsFound(problems)
    return found


def _of_archive(archive: NpmArchive, directory: Path, problems: list[Problem]) -> Input | None:
    path = directory / archive.name
    remedy = f"Fetch it: npm pack {archive.package}@{archive.version}"
    content = _read(path, LARGEST_ARCHIVE_OCTETS, "archive", remedy, problems)
    if content is None or not _is_pinned(path, content, archive.sha256, problems):
        return None
    contents: list[bytes] = []
    for name in archive.members:
        try:
            contents.append(_member(content, name))
        except (tarfile.TarError, EOFError, OSError, KeyError, ValueError) as error:
            problems.append(Problem(str(path), 0, 0, name, f"the member cannot be read: {error}."))
            return None
    return Input(tuple(f"{archive.name}/{name}" for name in archive.members), tuple(contents), archive.sha256)


def _of_file(source: Source, listed: SourceList, problems: list[Problem]) -> Input | None:
    if source.file is None:
        what, remedy = (
            "it is fetched, and nothing is fetched here.",
            "Write: transferwatch geodata update --sources FILE",
        )
        problems.append(Problem(source.id, 0, 0, "fetch", what, remedy))
        return None
    path = listed.directory / source.file
    remedy = f"Write the path of {source.id} from the folder of the list."
    content = _read(path, LARGEST_FILE_OCTETS, "file", remedy, problems)
    if content is None or not _is_pinned(path, content, source.sha256, problems):
        return None
    return Input((str(path),), (content,), hashlib.sha256(content).hexdigest())


def _read(path: Path, most: int, what: str, remedy: str, problems: list[Problem]) -> bytes | None:
    try:
        with path.open("rb") as stream:
            content = stream.read(most + 1)
    except (OSError, ValueError):
        problems.append(Problem(str(path), 0, 0, "", f"there is no such {what}.", remedy))
        return None
    if len(content) > most:
        problems.append(Problem(str(path), 0, 0, "", f"it is larger than {most} octets.", remedy))
        return None
    return content


def _is_pinned(path: Path, content: bytes, pinned: str | None, problems: list[Problem]) -> bool:
    if pinned is None:
        return True
    found = hashlib.sha256(content).hexdigest()
    if found != pinned:
        what = f"its SHA-256 is {found}, pinned is {pinned}."
        problems.append(Problem(str(path), 0, 0, "", what, _REMEDY_HASH))
    return found == pinned


def fetch_archives(listed: SourceList, directory: Path) -> None:
    """Fetch the archives that a directory lacks, by `npm pack`, from the registry that the user's npm knows.

    Raises:
        ProblemsFound: there is no npm, or it fails.
    """
    missing = [source for source in listed.archives if not (directory / source.name).exists()]
    if not missing:
        return
    npm = shutil.which("npm")
    if npm is None:
        names = ", ".join(source.name for source in missing)
        what = "the npm client is not installed."
        remedy = f"Install npm, or give the archives ({names}) in a directory: --from DIRECTORY."
        raise ProblemsFound([Problem("npm", 0, 0, "", what, remedy)])
    directory.mkdir(parents=True, exist_ok=True)
    for source in missing:
        named = f"{source.package}@{source.version}"
        command = [npm, "pack", named, "--ignore-scripts", "--pack-destination", str(directory)]
        try:
            result = subprocess.run(command, capture_output=True, text=True, timeout=_NPM_SECONDS, check=False)
        except subprocess.TimeoutExpired as error:
            what = f"fetching {named} took longer than {_NPM_SECONDS} seconds."
            raise ProblemsFound([Problem("npm", 0, 0, "", what, "Check the connection.")]) from error
        if result.returncode:
            said = next((line for line in result.stderr.splitlines() if "error" in line.lower()), "no reason given")
            what = f"fetching {named} failed: {said.strip()}."
            raise ProblemsFound([Problem("npm", 0, 0, "", what, "Check npm's registry setting and the connection.")])


def _member(archive: bytes, name: str) -> bytes:
    """Take one regular file out of an archive, by its exact name.

    Raises:
        ValueError: it is no regular file or larger than the bound.
    """
    with tarfile.open(fileobj=BytesIO(archive), mode="r:gz") as tar:
        for member in tar:
            if member.name != name:
                continue
            if not member.isreg():
                raise ValueError("it is no regular file")
            if member.size > LARGEST_MEMBER_OCTETS:
                raise ValueError(f"it is larger than {LARGEST_MEMBER_OCTETS} octets")
            stream = tar.extractfile(member)
            if stream is not None:
                return stream.read(LARGEST_MEMBER_OCTETS)
    raise ValueError("there is none of that name")
