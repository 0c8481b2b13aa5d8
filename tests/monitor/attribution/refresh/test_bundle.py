"""Bundles, kind and hostile."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest

from monitor.attribution.refresh.bundle import MANIFEST, open_bundle
from monitor.attribution.refresh.fetch import FetchError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

DATA = b"192.0.2.0/24,FR\n" * 10
OTHER = b"198.51.100.0/24,DE\n"


def manifest(**files: bytes) -> bytes:
    """A manifest of files that bear the name of their source."""
    inputs = [
        {"id": id_, "file": f"{id_}.csv", "sha256": hashlib.sha256(content).hexdigest(), "published": "2026-11-01"}
        for id_, content in files.items()
    ]
    return json.dumps({"form": 1, "inputs": inputs}).encode()


def members(**files: bytes) -> dict[str, bytes]:
    """Files with their manifest; the manifest last."""
    return {**{f"{id_}.csv": content for id_, content in files.items()}, MANIFEST: manifest(**files)}


def as_folder(path: Path, files: Mapping[str, bytes]) -> Path:
    """A folder."""
    path.mkdir()
    for name, content in files.items():
        (path / name).write_bytes(content)
    return path


def as_tar(path: Path, files: Mapping[str, bytes]) -> Path:
    """A tar, as `tar -czf bundle.tar.gz .` makes it."""
    with tarfile.open(path, "w:gz") as archive:
        folder = tarfile.TarInfo("./")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
        for name, content in files.items():
            member = tarfile.TarInfo(f"./{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def as_zip(path: Path, files: Mapping[str, bytes]) -> Path:
    """A zip."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def taken(path: Path, out: Path, *ids: str, largest: int = 10_000) -> dict[str, bytes | str]:
    """What is taken of each source, or why not."""
    with open_bundle(path) as bundle:
        found = bundle.take(lambda id_: out / f"out-{id_}", dict.fromkeys(ids, largest))
    return {
        id_: str(each) if isinstance(each, FetchError) else (out / f"out-{id_}").read_bytes()
        for id_, each in found.items()
    }


@pytest.mark.parametrize("make", [as_folder, as_tar, as_zip])
def test_what_the_manifest_names_is_taken(make: object, tmp_path: Path) -> None:
    """Of each form the same."""
    path = make(tmp_path / "bundle", members(a=DATA, b=OTHER))  # type: ignore[operator]

    assert taken(path, tmp_path, "a", "b", "c") == {"a": DATA, "b": OTHER}


def test_a_compressed_input_is_unpacked(tmp_path: Path) -> None:
    """As a fetched one is; the hash is of the file in the bundle."""
    assert taken(as_folder(tmp_path / "x", members(a=gzip.compress(DATA))), tmp_path, "a") == {"a": DATA}


def test_another_hash_is_refused(tmp_path: Path) -> None:
    """And the next input is taken."""
    files = {**members(a=DATA, b=OTHER), "a.csv": OTHER}

    found = taken(as_tar(tmp_path / "x", files), tmp_path, "a", "b")

    assert ("the manifest says" in str(found["a"]), found["b"]) == (True, OTHER)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """The manifest names it."""
    files = {name: content for name, content in members(a=DATA).items() if name == MANIFEST}

    assert taken(as_zip(tmp_path / "x", files), tmp_path, "a") == {
        "a": "the bundle lacks a.csv, which its manifest names"
    }


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """Neither in a folder nor in an archive."""
    folder = as_folder(tmp_path / "x", {MANIFEST: manifest(a=DATA)})
    (tmp_path / "secret").write_bytes(DATA)
    (folder / "a.csv").symlink_to(tmp_path / "secret")
    with tarfile.open(tmp_path / "y", "w:gz") as archive:
        archive.add(folder / MANIFEST, MANIFEST)
        archive.add(folder / "a.csv", "a.csv")

    said = {"a": "a.csv in the bundle is no regular file"}
    assert (taken(folder, tmp_path, "a"), taken(tmp_path / "y", tmp_path, "a")) == (said, said)


def test_a_folder_in_a_folder_is_passed_over(tmp_path: Path) -> None:
    """As what else lies there."""
    folder = as_folder(tmp_path / "x", members(a=DATA))
    (folder / "more").mkdir()

    assert taken(folder, tmp_path, "a") == {"a": DATA}


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """It would wait for whoever writes to it."""
    folder = as_folder(tmp_path / "x", {MANIFEST: manifest(a=DATA)})
    os.mkfifo(folder / "a.csv")

    assert taken(folder, tmp_path, "a") == {"a": "a.csv in the bundle is no regular file"}


def test_nothing_outside_is_named(tmp_path: Path) -> None:
    """A manifest with a path in it is no manifest."""
    text = manifest(a=DATA).replace(b"a.csv", b"../a.csv")

    with pytest.raises(FetchError, match=r"not understood at inputs\.0\.file"):
        taken(as_folder(tmp_path / "x", {MANIFEST: text}), tmp_path, "a")


def test_a_file_twice_is_not_taken(tmp_path: Path) -> None:
    """Whoever checks one may be given the other."""
    path = tmp_path / "x"
    with tarfile.open(path, "w") as archive:
        for name, content in (("a.csv", DATA), (MANIFEST, manifest(a=DATA)), ("a.csv", DATA)):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))

    assert taken(path, tmp_path, "a") == {"a": "the bundle has a.csv twice"}


def test_an_input_above_its_bound_is_refused(tmp_path: Path) -> None:
    """While it is read, not after."""
    assert taken(as_tar(tmp_path / "x", members(a=DATA)), tmp_path, "a", largest=100) == {
        "a": "it has more than 100 octets when decompressed"
    }


def test_a_tar_that_blows_up_is_refused(tmp_path: Path) -> None:
    """Whatever its members are called."""
    path = as_tar(tmp_path / "x", {"bomb": bytes(64 << 20), **members(a=DATA)})

    with pytest.raises(FetchError, match="grows more than 200 times"):
        taken(path, tmp_path, "a")


def test_a_zip_that_blows_up_is_refused(tmp_path: Path) -> None:
    """By what its directory says; what it says is held to while reading."""
    path = as_zip(tmp_path / "x", {"bomb": bytes(64 << 20), **members(a=DATA)})

    with pytest.raises(FetchError, match="grows more than 200 times"):
        taken(path, tmp_path, "a")


def test_a_tar_with_a_large_header_is_refused(tmp_path: Path) -> None:
    """An extended header stands in memory."""
    path = tmp_path / "x"
    with tarfile.open(path, "w:gz", format=tarfile.PAX_FORMAT) as archive:
        member = tarfile.TarInfo("a.csv")
        member.pax_headers = {"comment": "x" * (2 << 20)}
        archive.addfile(member)

    with pytest.raises(FetchError, match="a header that is too large"):
        taken(path, tmp_path, "a")


@pytest.mark.parametrize("make", [as_tar, as_zip])
def test_too_many_members_are_refused(make: object, tmp_path: Path) -> None:
    """A directory of them stands in memory."""
    path = make(tmp_path / "x", {f"f{number}": b"" for number in range(1_100)})  # type: ignore[operator]

    with pytest.raises(FetchError, match="more than 1000 members"):
        taken(path, tmp_path, "a")


BROKEN = {
    "cut tar": lambda path: as_tar(path, members(a=os.urandom(40_000))).read_bytes()[:-30_000],
    "cut zip": lambda path: as_zip(path, members(a=DATA)).read_bytes()[:-10],
    "noise": lambda _: os.urandom(2_000),
    "gzip of noise": lambda _: gzip.compress(os.urandom(2_000)),
    "empty": lambda _: b"",
    "half a gzip header": lambda _: b"\x1f\x8b\x08",
    "no manifest": lambda path: as_tar(path, {"a.csv": DATA}).read_bytes(),
    "manifest of another form": lambda path: as_tar(path, {MANIFEST: b'{"form": 2, "inputs": []}'}).read_bytes(),
    "manifest that is none": lambda path: as_zip(path, {MANIFEST: b"[" * 100_000}).read_bytes(),
}


@pytest.mark.parametrize("how", BROKEN.values(), ids=BROKEN)
def test_a_broken_bundle_is_one_sentence(how: object, tmp_path: Path) -> None:
    """Never a traceback."""
    (tmp_path / "x").write_bytes(how(tmp_path / "made"))  # type: ignore[operator]

    with pytest.raises(FetchError, match="bundle"):
        taken(tmp_path / "x", tmp_path, "a")


def test_no_bundle(tmp_path: Path) -> None:
    """There is nothing of that name."""
    with pytest.raises(FetchError, match="there is no such bundle"):
        taken(tmp_path / "x", tmp_path)
