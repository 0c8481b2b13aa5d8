"""Which files are read, and as what."""

from __future__ import annotations

import gzip
import os
from typing import TYPE_CHECKING

import pytest

from collectors import KINDS
from monitor.app import open_site
from monitor.attribution.operators import load_operators
from monitor.inputs import AUTO, find_inputs
from monitor.problem import ProblemsFound

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.config import Site

RECORD = "2 123456789012 eni-1 10.20.0.5 1.12.0.1 40000 443 6 10 5000 1760000000 1760000060 ACCEPT OK\n"


def put(path: Path, text: str | bytes) -> Path:
    """Write a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A site with two sources of one kind that are read differently; its folder's name holds glob characters."""
    folder = tmp_path / "site[1]"
    put(
        folder / "transferwatch.yaml",
        "site: s-1\nexporter: {name: X, country: FR}\ninventory: inventory.yaml\nsources:\n"
        "  - {type: aws_vpc, path: gateway, count_at: forwarders}\n"
        "  - {type: aws_vpc, path: 'hosts/*.log', log_format: 'srcaddr dstaddr'}\n",
    )
    put(folder / "inventory.yaml", "systems:\n  - {id: warehouse, networks: [10.20.0.0/16], data_class: health}\n")
    return open_site(folder / "transferwatch.yaml", load_operators())


def test_directory_brings_its_files_in_name_order(tmp_path: Path) -> None:
    """Hidden files and folders are left alone."""
    for name in ("b.log", "a/z.log", ".hidden/c.log", "a/.d.log"):
        put(tmp_path / "logs" / name, RECORD)

    found = [str(input_.path) for input_ in find_inputs([tmp_path / "logs"], AUTO).inputs]

    assert found == [str(tmp_path / "logs/a/z.log"), str(tmp_path / "logs/b.log")]


def test_file_given_twice_is_read_once(tmp_path: Path) -> None:
    """By itself and through its folder."""
    log = put(tmp_path / "logs" / "a.log", RECORD)

    assert len(find_inputs([log, tmp_path / "logs", log], AUTO).inputs) == 1


def test_auto_refuses_what_it_does_not_recognise(tmp_path: Path) -> None:
    """And says what to write."""
    log = put(tmp_path / "a.log", "hello\n")

    with pytest.raises(ProblemsFound) as found:
        find_inputs([log], AUTO)

    assert str(found.value) == (
        f"{log}: its first line, `hello` (1 fields), is of no known kind. "
        f"If it is a log all the same, say which with --format: {', '.join(KINDS)}."
    )


def test_auto_looks_through_compression(tmp_path: Path) -> None:
    """The content decides, whatever the name."""
    log = tmp_path / "a.bin"
    log.write_bytes(gzip.compress(RECORD.encode()))

    assert [input_.kind for input_ in find_inputs([log], AUTO).inputs] == [KINDS["aws_vpc"]]


def test_every_missing_path_is_told(tmp_path: Path) -> None:
    """Not only the first."""
    with pytest.raises(ProblemsFound) as found:
        find_inputs([tmp_path / "a", tmp_path / "b"], AUTO)

    assert len(found.value.problems) == 2


def test_source_whose_path_matches_says_how_to_read(site: Site) -> None:
    """The field order of one source, the counting point of the other."""
    host = put(site.directory / "hosts" / "a.log", "10.20.0.5 1.12.0.1\n")
    gateway = put(site.directory / "gateway" / "a.log", RECORD)

    of_host, of_gateway = find_inputs([host, gateway], "aws_vpc", site).inputs

    assert (of_host.options.log_format, of_host.count_at_forwarders) == ("srcaddr dstaddr", False)
    assert (of_gateway.options.log_format, of_gateway.count_at_forwarders) == (None, True)


def test_file_of_no_source_is_read_by_default(tmp_path: Path, site: Site) -> None:
    """With two sources of the kind none is guessed."""
    log = put(tmp_path / "elsewhere.log", RECORD)

    (input_,) = find_inputs([log], AUTO, site).inputs

    assert (input_.options.log_format, input_.count_at_forwarders) == (None, False)


def test_source_is_found_through_any_spelling_of_its_path(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Relative, through `..`, and through a link."""
    log = put(site.directory / "gateway" / "deep" / "a.log", RECORD)
    (tmp_path / "link").symlink_to(site.directory)
    monkeypatch.chdir(site.directory)

    for path in (log.relative_to(site.directory), log.parent / ".." / "deep" / "a.log", tmp_path / "link" / "gateway"):
        (input_,) = find_inputs([path], AUTO, site).inputs
        assert input_.count_at_forwarders


def test_auto_asks_the_sites_source_before_the_content(site: Site) -> None:
    """A file without a header cannot tell its field order; the source says it."""
    log = put(site.directory / "hosts" / "a.log", "10.20.0.5 1.12.0.1\n")

    (input_,) = find_inputs([log], AUTO, site).inputs

    assert input_.options.log_format == "srcaddr dstaddr"


@pytest.mark.parametrize("content", [b"", b"\n", gzip.compress(b"")], ids=["empty", "an empty line", "empty gzip"])
def test_empty_file_is_no_error(tmp_path: Path, content: bytes) -> None:
    """Sources write them; there is nothing in them to judge."""
    log = put(tmp_path / "a.log", content)
    found = find_inputs([log], AUTO)

    assert (found.inputs, found.passed_over) == ([], {log: "the file is empty"})


def test_foreign_file_of_a_folder_is_passed_over_and_told(tmp_path: Path) -> None:
    """The good ones beside it are read."""
    put(tmp_path / "logs" / "a.log", RECORD)
    foreign = put(tmp_path / "logs" / "README", "hello\n")
    found = find_inputs([tmp_path / "logs"], AUTO)

    assert [input_.path.name for input_ in found.inputs] == ["a.log"]
    assert list(found.passed_over) == [foreign]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"PK\x03\x04", "the file is a zip archive; unpack it."),
        ("version".encode("utf-16"), "the file is UTF-16; save it as UTF-8."),
    ],
)
def test_form_that_is_known_is_named(tmp_path: Path, content: bytes, what: str) -> None:
    """With what to do about it."""
    log = put(tmp_path / "a.log", content)

    with pytest.raises(ProblemsFound) as found:
        find_inputs([log], AUTO)

    assert str(found.value) == f"{log}: {what}"


def test_folder_without_a_file_is_a_problem(tmp_path: Path) -> None:
    """No transfers seen is not the same as not looking."""
    with pytest.raises(ProblemsFound, match="the folder holds no file"):
        find_inputs([tmp_path], AUTO)


def test_folder_that_may_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not silently empty. Root may read everything: the refusal is a stand-in."""
    put(tmp_path / "logs" / "a.log", RECORD)
    locked = put(tmp_path / "logs" / "locked" / "b.log", RECORD).parent
    scandir = os.scandir

    def refuse(place: str) -> object:
        if str(place) == str(locked):
            raise PermissionError(13, "Permission denied", str(place))
        return scandir(place)

    monkeypatch.setattr(os, "scandir", refuse)

    assert find_inputs([tmp_path / "logs"], AUTO).passed_over == {
        locked: "the folder cannot be read: Permission denied"
    }


def test_link_to_a_folder_is_told(tmp_path: Path) -> None:
    """It could lead in a circle."""
    put(tmp_path / "logs" / "a.log", RECORD)
    (tmp_path / "logs" / "again").symlink_to(tmp_path / "logs")

    assert list(find_inputs([tmp_path / "logs"], AUTO).passed_over) == [tmp_path / "logs" / "again"]
