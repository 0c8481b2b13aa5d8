"""The pinned archives: the right ones are read, hostile and foreign ones are refused."""

from __future__ import annotations

import hashlib
import os
import tarfile
from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from monitor.attribution import archives as module
from monitor.attribution.archives import fetch_archives, read_inputs
from monitor.problem import ProblemsFound
from tests.monitor.attribution.small_archives import Archives, archive

if TYPE_CHECKING:
    from pathlib import Path


def wording(small: Archives) -> list[str]:
    """What is said of archives that cannot be read."""
    with pytest.raises(ProblemsFound) as found:
        read_inputs(small.listed, small.directory)
    return [str(problem).removeprefix(f"{small.directory}/") for problem in found.value.problems]


def packed(member: tarfile.TarInfo) -> bytes:
    """An archive of one member without content."""
    stream = BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as tar:
        tar.addfile(member)
    return stream.getvalue()


def fake_npm(directory: Path, script: str) -> None:
    """Put a program of that name in a directory."""
    npm = directory / "npm"
    npm.write_text(f"#!/bin/sh\n{script}\n")
    npm.chmod(0o755)


def test_the_members_are_read_by_name(archives: Archives) -> None:
    """All that the list names, nothing else; a file is its own member."""
    read = read_inputs(archives.listed, archives.directory)

    assert {name: [each.rsplit("/", 1)[1] for each in given.names] for name, given in read.items()} == {
        "place": ["place.mmdb"],
        "second": ["second.mmdb"],
        "network": ["four.csv", "six.csv"],
        "registration": ["registration.mmdb"],
        "feed": ["feed.yaml"],
        "own": ["own.yaml"],
    }


def test_every_missing_archive_is_told_with_the_way_to_get_it(archives: Archives) -> None:
    """At once, so that one run is enough."""
    for path in archives.directory.glob("*.tgz"):
        path.unlink()

    assert wording(archives) == [
        f"small-{layer}-1.0.2026061719.tgz: there is no such archive. Fetch it: npm pack @small/{layer}@1.0.2026061719"
        for layer in ("network", "place", "registration", "second")
    ]


def test_a_changed_archive_is_refused(archives: Archives) -> None:
    """Its hash is another than the pinned one."""
    archives.archive("place").write_bytes(b"changed")

    assert "pinned is" in wording(archives)[0]


@pytest.mark.parametrize("content", [b"no archive", b"", archive({"package/../package/place.mmdb": b"x"})])
def test_an_archive_without_the_member_is_refused(archives: Archives, content: bytes) -> None:
    """No archive at all, or the member under a name that only leads there."""
    assert "package/place.mmdb: the member cannot be read" in wording(archives.replaced("place", content))[0]


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_a_member_that_is_no_file_is_refused(archives: Archives, kind: bytes) -> None:
    """Links above all."""
    member = tarfile.TarInfo("package/place.mmdb")
    member.type = kind
    member.linkname = "/etc/passwd"

    assert "it is no regular file" in wording(archives.replaced("place", packed(member)))[0]


def test_a_member_above_the_bound_is_refused(archives: Archives, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small archive may unpack to anything."""
    monkeypatch.setattr(module, "LARGEST_MEMBER_OCTETS", 10)

    assert "it is larger than 10 octets" in wording(archives)[0]


def test_a_cut_archive_is_refused(archives: Archives) -> None:
    """Where the end is missing, the member is not whole."""
    name = archives.archive("network")

    assert "the member cannot be read" in wording(archives.replaced("network", name.read_bytes()[:200]))[0]


def test_a_missing_file_is_told(archives: Archives) -> None:
    """By its path, with the source that it belongs to."""
    (archives.directory / "own.yaml").unlink()

    assert wording(archives) == ["own.yaml: there is no such file. Write the path of own from the folder of the list."]


def test_a_pinned_file_that_changed_is_refused(archives: Archives) -> None:
    """As an archive is."""
    assert "pinned is 00" in wording(archives.changed("own", sha256="0" * 64))[0]


def test_a_file_without_a_pin_is_recorded(archives: Archives) -> None:
    """The hash is that of its octets."""
    read = read_inputs(archives.listed, archives.directory)["own"]

    assert read.sha256 == hashlib.sha256((archives.directory / "own.yaml").read_bytes()).hexdigest()


def test_nothing_is_fetched_where_everything_is(archives: Archives, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even npm is looked for."""
    monkeypatch.setenv("PATH", "")

    fetch_archives(archives.listed, archives.directory)


def test_without_npm_the_user_is_told_what_to_do(
    archives: Archives, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Install it, or bring the archives."""
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))

    with pytest.raises(ProblemsFound, match=r"not installed\. Install npm, or give the archives"):
        fetch_archives(archives.listed, tmp_path / "empty")


def test_npm_fetches_what_is_missing(archives: Archives, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One `npm pack` per archive, into the directory, without scripts."""
    fake_npm(tmp_path, f'echo "$@" >> {tmp_path}/said')
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    fetch_archives(archives.listed, tmp_path / "empty")

    assert (tmp_path / "said").read_text().splitlines() == [
        f"pack @small/{layer}@1.0.2026061719 --ignore-scripts --pack-destination {tmp_path}/empty"
        for layer in ("place", "second", "network", "registration")
    ]


def test_what_npm_says_is_passed_on(archives: Archives, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its first line of error."""
    fake_npm(tmp_path, "echo 'npm error code ENOTFOUND' >&2; exit 1")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    with pytest.raises(ProblemsFound, match="failed: npm error code ENOTFOUND"):
        fetch_archives(archives.listed, tmp_path / "empty")
