"""What the atlas says of itself, and how it is made anew."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from monitor.attribution.atlas import Atlas
from monitor.inquiry import geodata
from monitor.inquiry.geodata import atlas_status, build, print_status
from monitor.problem import ProblemsFound
from tests.monitor.attribution.small_archives import Archives, write_archives, write_list

if TYPE_CHECKING:
    from monitor.app import Knowledge
    from monitor.attribution.declared import SourceList

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def archives(tmp_path: Path) -> Archives:
    """Three small archives, pinned."""
    return write_archives(tmp_path)


def small_list(archives: Archives) -> Path:
    """The list of these, as a file beside them."""
    return write_list(archives, archives.directory / "sources.yaml")


def quiet() -> Console:
    """A console that keeps what it is told."""
    return Console(width=100, file=io.StringIO(), highlight=False, color_system=None)


def said(console: Console) -> str:
    """What it was told."""
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_status_names_every_source(knowledge: Knowledge) -> None:
    """Id, version, day, licence, attribution and hash, one entry each."""
    status = atlas_status(knowledge.atlas, NOW)

    assert [(source["id"], source["kind"]) for source in status["sources"]] == [
        ("geo-whois-asn-country", "place"),
        ("dbip-country", "place"),
        ("asn", "network"),
        ("iptoasn-country", "registration"),
    ]
    assert {key for source in status["sources"] for key, value in source.items() if value in (None, "", [])} == {
        *("file", "operator", "family"),
    }
    assert (status["digest"], status["counts"]) == (knowledge.atlas.digest, knowledge.atlas.counts())


def test_the_status_is_json(knowledge: Knowledge) -> None:
    """Written and read again it is the same."""
    status = atlas_status(knowledge.atlas, NOW)

    assert json.loads(json.dumps(status)) == status


def test_ages_need_a_clock(knowledge: Knowledge) -> None:
    """Without one they are unknown, with one they count from the day of publication."""
    published = datetime.fromisoformat(f"{knowledge.atlas.sources[0].published}T00:00:00+00:00")

    assert {source["age_days"] for source in atlas_status(knowledge.atlas)["sources"]} == {None}
    assert atlas_status(knowledge.atlas, NOW)["sources"][0]["age_days"] == (NOW - published).days


def test_licences_are_linked(knowledge: Knowledge) -> None:
    """CC BY asks for a link to its text."""
    status = atlas_status(knowledge.atlas)

    assert [source["licence_texts"] for source in status["sources"]] == [
        ["https://creativecommons.org/publicdomain/zero/1.0/", "https://creativecommons.org/licenses/by/4.0/"],
        ["https://creativecommons.org/licenses/by/4.0/"],
        ["https://creativecommons.org/licenses/by/4.0/"],
        ["https://opendatacommons.org/licenses/pddl/1-0/"],
    ]


@pytest.mark.parametrize(
    "owed",
    [
        "IP Geolocation by DB-IP (https://db-ip.com)",
        "https://www.routeviews.org",
        "https://www.nro.net",
        "https://iptoasn.com",
        "modified by ip-location-db and again by transferwatch",
        "160 days ago",
        "SHA-256 91757a1b06cdcd1955f292e4c4cfc54e091204f998e159a3187f7a2ef3724be0",
    ],
)
def test_the_printed_status_gives_what_is_owed(owed: str, knowledge: Knowledge) -> None:
    """Credit, links, that it was changed, and how old it is."""
    console = quiet()
    print_status(atlas_status(knowledge.atlas, NOW), console)

    assert owed in " ".join(said(console).split())


def test_the_last_line_is_the_command_that_builds_it(knowledge: Knowledge) -> None:
    """Whole, on a line of its own."""
    console = quiet()
    print_status(atlas_status(knowledge.atlas, NOW), console)

    assert said(console).split("\n")[-2].strip() == "transferwatch geodata build --out rules/atlas/atlas.twa"


def test_an_atlas_of_ones_own_is_built_of_ones_own_list(knowledge: Knowledge) -> None:
    """Not in place of the shipped one."""
    own = replace(knowledge.atlas.sources[0], id="ours", package=None, version=None, file="overrides.yaml")
    console = quiet()
    print_status(atlas_status(replace(knowledge.atlas, sources=(*knowledge.atlas.sources, own)), NOW), console)

    assert said(console).split("\n")[-2].strip() == "transferwatch geodata build --sources FILE --out atlas.twa"


def test_a_build_writes_what_it_reports(archives: Archives, tmp_path: Path) -> None:
    """The digest is that of the file, which opens, and which is not the shipped one."""
    out, console = tmp_path / "new" / "atlas.twa", quiet()
    report = build(tmp_path, out, console, small_list(archives))

    assert report["digest"] == Atlas.open(out).digest
    assert (report["out"], report["octets"], report["same_as_shipped"]) == (str(out), out.stat().st_size, False)
    assert "It differs from the shipped atlas" in said(console)


def test_the_same_octets_are_recognised(archives: Archives, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two builds of the same archives, the first of them in the place of the shipped one."""
    first = tmp_path / "first.twa"
    build(tmp_path, first, quiet(), small_list(archives))
    monkeypatch.setattr(geodata, "shipped", lambda _: first)
    console = quiet()

    assert build(tmp_path, tmp_path / "second.twa", console, small_list(archives))["same_as_shipped"] is True
    assert said(console).splitlines()[-1] == "It is the shipped atlas, byte for byte."


def test_the_shipped_file_may_be_overwritten(
    archives: Archives, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is compared as it was before."""
    out = tmp_path / "atlas.twa"
    out.write_bytes(b"another")
    monkeypatch.setattr(geodata, "shipped", lambda _: out)

    assert build(tmp_path, out, quiet(), small_list(archives))["same_as_shipped"] is False


def test_an_archive_that_is_not_the_pinned_one_is_refused(archives: Archives, tmp_path: Path) -> None:
    """Nothing is written then."""
    (tmp_path / archives.listed.archives[0].name).write_bytes(b"another")

    with pytest.raises(ProblemsFound, match="pinned is"):
        build(tmp_path, tmp_path / "atlas.twa", quiet(), small_list(archives))
    assert not (tmp_path / "atlas.twa").exists()


def test_a_place_that_cannot_be_written_is_a_problem(archives: Archives, tmp_path: Path) -> None:
    """In words, with the path."""
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(ProblemsFound, match="cannot be written"):
        build(tmp_path, tmp_path / "file" / "atlas.twa", quiet(), small_list(archives))


def test_without_a_folder_the_archives_are_fetched(
    archives: Archives, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Into a folder that is gone afterwards."""
    places: list[Path] = []

    def fetch(listed: SourceList, directory: Path) -> None:
        places.append(directory)
        for archive in listed.archives:
            (directory / archive.name).write_bytes((tmp_path / archive.name).read_bytes())

    monkeypatch.setattr(geodata, "fetch_archives", fetch)
    report = build(None, tmp_path / "atlas.twa", quiet(), small_list(archives))

    assert Path(report["out"]).exists()
    assert [place.exists() for place in places] == [False]
