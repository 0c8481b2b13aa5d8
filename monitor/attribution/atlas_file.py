"""The container of an atlas: a header that says what is inside, then plain arrays that are used where they lie.

Layout: `TWATLAS` and a zero byte; format version and header length (unsigned 32 bits, little-endian); the header
(JSON); the arrays, each at a multiple of eight; the SHA-256 of everything before it. Decides whether a file is whole.
Refuses to know what the arrays mean: that is `monitor.attribution.atlas`.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from monitor.problem import Problem, ProblemsFound

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

FORMAT_VERSION: Final = 2
_MAGIC: Final = b"TWATLAS\0"
_HEAD: Final = struct.Struct("<8sII")
_HASH_OCTETS: Final = hashlib.sha256().digest_size
_LARGEST_HEADER_OCTETS: Final = 1 << 20
_ALIGNMENT: Final = 8
_KINDS: Final = {"u1": np.uint8, "<u2": np.uint16, "<u4": np.uint32, "<u8": np.uint64}
_REBUILD: Final = "Build it anew with `transferwatch geodata build --out rules/atlas/atlas.twa`."


@dataclass(frozen=True, slots=True, eq=False)
class AtlasFile:
    """A checked file: `digest` is the SHA-256 of its octets, `arrays` lie in the mapped file."""

    digest: str
    about: Mapping[str, Any]
    arrays: Mapping[str, NDArray[Any]]


def write_atlas_file(path: Path, about: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> str:
    """Write a file that depends on nothing but the arguments; returns its SHA-256."""
    places: dict[str, list[Any]] = {}
    offset = 0
    for name, array in arrays.items():
        places[name] = [array.dtype.newbyteorder("<").str.lstrip("|"), len(array), offset]
        offset += -(-array.nbytes // _ALIGNMENT) * _ALIGNMENT
    header = json.dumps({"about": about, "arrays": places}, ensure_ascii=False, sort_keys=True).encode()
    header += b" " * (-len(header) % _ALIGNMENT)
    parts = [_HEAD.pack(_MAGIC, FORMAT_VERSION, len(header)), header]
    for array in arrays.values():
        octets = array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes()
        parts.append(octets + b"\0" * (-len(octets) % _ALIGNMENT))
    body = b"".join(parts)
    whole = body + hashlib.sha256(body).digest()
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".part")
    unfinished.write_bytes(whole)
    unfinished.replace(path)
    return hashlib.sha256(whole).hexdigest()


def read_atlas_file(path: Path) -> AtlasFile:
    """Map a file and check that it is whole.

    Raises:
        ProblemsFound: it is missing, no atlas, of another format version, cut short or changed.
    """
    try:
        with path.open("rb") as stream:
            content = memoryview(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ))
    except FileNotFoundError as error:
        raise damaged(path, "there is no such file.") from error
    except (OSError, ValueError) as error:  # ValueError: an empty file cannot be mapped
        raise damaged(path, "the file is empty or cannot be read.") from error
    if len(content) < _HEAD.size + _HASH_OCTETS or bytes(content[: len(_MAGIC)]) != _MAGIC:
        raise damaged(path, "this is not an atlas.")
    _, version, header_octets = _HEAD.unpack_from(content)
    if version != FORMAT_VERSION:
        raise damaged(path, f"its format is version {version}, this program reads version {FORMAT_VERSION}.")
    end = len(content) - _HASH_OCTETS
    digest = hashlib.sha256(content[:end])
    if digest.digest() != bytes(content[end:]):
        raise damaged(path, "it was cut short or changed after it was built: its checksum differs.")
    digest.update(content[end:])
    start = _HEAD.size + header_octets
    if header_octets > _LARGEST_HEADER_OCTETS or start > end:
        raise damaged(path, "its header reaches beyond the file.")
    try:
        header = json.loads(bytes(content[_HEAD.size : start]))
        arrays = {name: _array(content[start:end], *place) for name, place in header["arrays"].items()}
        about = header["about"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise damaged(path, "its header does not describe what follows.") from error
    return AtlasFile(digest=digest.hexdigest(), about=about, arrays=arrays)


def damaged(path: Path, what: str) -> ProblemsFound:
    """Say that a file cannot serve as the atlas."""
    return ProblemsFound([Problem(str(path), 0, 0, "", what, _REBUILD)])


def _array(body: memoryview, kind: str, count: int, offset: int) -> NDArray[Any]:
    """View an array in the file; ValueError where the header asks for more than there is."""
    if type(count) is not int or type(offset) is not int or count < 0 or offset < 0 or offset % _ALIGNMENT:
        raise ValueError(count, offset)
    return np.frombuffer(body, dtype=np.dtype(_KINDS[kind]).newbyteorder("<"), count=count, offset=offset)
