"""Take inputs from an offline bundle: a folder, a tar (gzip or not) or a zip with the inputs and a manifest.

The manifest is `manifest.json`: {"form": 1, "inputs": [{"id", "file", "sha256", "published"}]}; `sha256` is that of the
file in the bundle, `published` may be null. Only files that it names are read, by their exact names, and only regular
ones; nothing else of an archive is ever unpacked. A folder of kept inputs is such a bundle.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import stat
import tarfile
import zipfile
import zlib
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date  # noqa: TC003 - pydantic reads the annotation at run time
from typing import IO, TYPE_CHECKING, Annotated, Any, BinaryIO, Final, Literal

from pydantic import Field, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from monitor.attribution.refresh.fetch import MOST_RATIO, FetchError, Taken, Unpacked

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from pathlib import Path

MANIFEST: Final = "manifest.json"
MOST_MEMBERS: Final = 1_000
LARGEST_BUNDLE_OCTETS: Final = 8 * 1024 * 1024 * 1024
_LARGEST_MANIFEST_OCTETS: Final = 1 << 20
_PIECE_OCTETS: Final = 1 << 20
_RATIO_FROM: Final = 16 << 20
_DIRECTORY_OCTETS: Final = 1 << 20
_END_OCTETS: Final = 22
_LOCATOR_OCTETS: Final = 20

_BROKEN: Final = (tarfile.TarError, zipfile.BadZipFile, gzip.BadGzipFile, zlib.error)

_Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$")]
_Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Offered(TypedDict):
    """One input of a bundle."""

    id: str
    file: _Name
    sha256: _Hash
    published: date | None


class _Manifest(TypedDict):
    form: Literal[1]
    inputs: Annotated[list[Offered], Field(max_length=MOST_MEMBERS)]


_FORM: Final = TypeAdapter(_Manifest)


@dataclass(frozen=True, slots=True)
class Bundle:
    """An opened bundle, and what it offers by the id of the source."""

    offered: Mapping[str, Offered]
    _each: Callable[[], Iterator[tuple[str, IO[bytes] | None]]]

    def take(
        self, out: Callable[[str], Path], wanted: Mapping[str, int], *, as_they_are: Collection[str] = ()
    ) -> dict[str, Taken | FetchError]:
        """Take inputs by id into `out(id)`, decompressed but for `as_they_are`; `wanted`: largest octets.

        One that cannot be had is a FetchError in the answer, and stops no other.

        Raises:
            FetchError: the bundle itself breaks off.
        """
        by_file: dict[str, list[str]] = {}
        for id_ in wanted:
            if id_ in self.offered:
                by_file.setdefault(self.offered[id_]["file"], []).append(id_)
        taken: dict[str, Taken | FetchError] = {}
        with _told():
            for name, stream in self._each():
                for id_ in by_file.get(name, ()):
                    if id_ in taken:
                        taken[id_] = FetchError(f"the bundle has {name} twice")
                    elif stream is None:
                        taken[id_] = FetchError(f"{name} in the bundle is no regular file")
                    elif id_ != by_file[name][0]:
                        taken[id_] = FetchError(f"{name} in the bundle is named for two sources")
                    else:
                        taken[id_] = _taken(
                            stream, out(id_), self.offered[id_]["sha256"], wanted[id_], as_it_is=id_ in as_they_are
                        )
        for name, ids in by_file.items():
            for id_ in ids:
                taken.setdefault(id_, FetchError(f"the bundle lacks {name}, which its manifest names"))
        return taken


@contextmanager
def open_bundle(path: Path) -> Iterator[Bundle]:
    """Open a bundle.

    Raises:
        FetchError: it is none, breaks off, or blows up.
    """
    with ExitStack() as stack:
        with _told():
            each = _opened(path, stack)
            offered = _offered(each)
        yield Bundle(offered, each)


@contextmanager
def _told() -> Iterator[None]:
    """Say in one sentence what a broken archive makes its readers raise."""
    try:
        yield
    except (*_BROKEN, NotImplementedError, RuntimeError, EOFError) as error:
        raise FetchError(f"the bundle cannot be read: {str(error) or 'it breaks off'}") from None
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or str(error)
        raise FetchError(f"the bundle cannot be read: {said}") from None


def write_manifest(inputs: list[Offered]) -> bytes:
    """Spell a manifest."""
    plain = [{**each, "published": each["published"] and each["published"].isoformat()} for each in inputs]
    return json.dumps({"form": 1, "inputs": plain}, indent=1, sort_keys=True).encode() + b"\n"


def _opened(path: Path, stack: ExitStack) -> Callable[[], Iterator[tuple[str, IO[bytes] | None]]]:
    if path.is_dir():
        return lambda: _of_folder(path)
    if not path.is_file():
        raise FetchError("there is no such bundle")
    if path.stat().st_size > LARGEST_BUNDLE_OCTETS:
        raise FetchError(f"the bundle is larger than {LARGEST_BUNDLE_OCTETS} octets")
    raw = stack.enter_context(path.open("rb"))
    head = raw.read(4)
    if head.startswith(b"PK"):
        _check_zip_directory(raw)
        archive = stack.enter_context(zipfile.ZipFile(raw))
        return lambda: _of_zip(archive)
    return lambda: _of_tar(path, packed=head.startswith(b"\x1f\x8b"))


def _offered(each: Callable[[], Iterator[tuple[str, IO[bytes] | None]]]) -> dict[str, Offered]:
    for name, stream in each():
        if name == MANIFEST and stream is not None:
            text = stream.read(_LARGEST_MANIFEST_OCTETS)
            break
    else:
        raise FetchError(f"the bundle has no {MANIFEST}")
    try:
        inputs = _FORM.validate_json(text)["inputs"]
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors(include_url=False)[0]["loc"]) or "its text"
        raise FetchError(f"the {MANIFEST} of the bundle is not understood at {where}") from None
    return {offered["id"]: offered for offered in inputs}


def _taken(stream: IO[bytes], out: Path, sha256: str, largest_octets: int, *, as_it_is: bool) -> Taken | FetchError:
    octets, digest = 0, hashlib.sha256()
    try:
        with out.open("wb") as target:
            writer = Unpacked(target, largest_octets, as_it_is=as_it_is)
            while piece := stream.read(_PIECE_OCTETS):
                octets += len(piece)
                digest.update(piece)
                writer.write(piece)
            writer.finish()
    except FetchError as error:
        return error
    if digest.hexdigest() != sha256:
        return FetchError(f"its SHA-256 is {digest.hexdigest()}, the manifest says {sha256}")
    return Taken(octets, digest.hexdigest())


def _of_folder(path: Path) -> Iterator[tuple[str, IO[bytes] | None]]:
    with os.scandir(path) as entries:
        for count, entry in enumerate(entries):
            if count >= 10 * MOST_MEMBERS:
                raise FetchError("the bundle has too many files")
            try:
                handle = os.open(entry.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            except OSError:  # a link, or nothing that we may read
                yield entry.name, None
                continue
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                os.close(handle)
                yield entry.name, None
                continue
            with os.fdopen(handle, "rb") as stream:
                yield entry.name, stream


class _Bounded:
    """A stream of an archive that is neither read in too large pieces nor grows without end."""

    def __init__(self, stream: BinaryIO | gzip.GzipFile, packed_octets: int) -> None:
        self._stream = stream
        self._most = max(_RATIO_FROM, MOST_RATIO * packed_octets)

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= _PIECE_OCTETS:
            raise FetchError("the bundle has a header that is too large")
        if self._stream.tell() + size > self._most:
            raise FetchError(f"the bundle grows more than {MOST_RATIO} times when decompressed")
        return self._stream.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        if whence or offset > self._most:
            raise FetchError(f"the bundle grows more than {MOST_RATIO} times when decompressed")
        return self._stream.seek(offset)

    def tell(self) -> int:
        return self._stream.tell()


def _of_tar(path: Path, *, packed: bool) -> Iterator[tuple[str, IO[bytes] | None]]:
    with path.open("rb") as raw, ExitStack() as stack:
        stream = stack.enter_context(gzip.GzipFile(fileobj=raw)) if packed else raw
        bounded: Any = _Bounded(stream, path.stat().st_size)
        archive = stack.enter_context(tarfile.open(fileobj=bounded, mode="r:"))
        for count, member in enumerate(archive):
            if count >= MOST_MEMBERS:
                raise FetchError(f"the bundle has more than {MOST_MEMBERS} members")
            name = member.name.removeprefix("./")
            if not member.isdir():
                yield name, archive.extractfile(member) if member.isreg() else None


def _of_zip(archive: zipfile.ZipFile) -> Iterator[tuple[str, IO[bytes] | None]]:
    for member in archive.infolist():
        if member.is_dir():
            continue
        mode = member.external_attr >> 16
        if mode and not stat.S_ISREG(mode) and stat.S_IFMT(mode):
            yield member.filename, None
            continue
        if member.file_size > max(_RATIO_FROM, MOST_RATIO * member.compress_size):
            raise FetchError(f"the bundle grows more than {MOST_RATIO} times when decompressed")
        with archive.open(member) as stream:
            yield member.filename, stream


def _check_zip_directory(raw: BinaryIO) -> None:
    """Refuse a directory that would not fit in memory, before anything reads it."""
    size = raw.seek(0, os.SEEK_END)
    raw.seek(max(0, size - _END_OCTETS - _LOCATOR_OCTETS))
    tail = raw.read(_END_OCTETS + _LOCATOR_OCTETS)
    end = tail[-_END_OCTETS:]
    if not end.startswith(b"PK\x05\x06") or end[-2:] != b"\0\0" or tail.startswith(b"PK\x06\x07"):
        raise FetchError("the bundle is a zip with a comment, of several parts, or cut short")
    count, octets = int.from_bytes(end[10:12], "little"), int.from_bytes(end[12:16], "little")
    if count > MOST_MEMBERS or octets > _DIRECTORY_OCTETS:
        raise FetchError(f"the bundle has more than {MOST_MEMBERS} members")
