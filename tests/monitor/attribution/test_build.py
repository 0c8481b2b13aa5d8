"""Three layers become one atlas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from monitor.address import parse_addresses
from monitor.attribution.atlas import Atlas
from monitor.attribution.build import build_atlas
from monitor.attribution.declared import load_sources
from tests.monitor.attribution.small_archives import write_archives

if TYPE_CHECKING:
    from pathlib import Path

    from tests.monitor.attribution.small_archives import Archives


def said(atlas: Atlas, address: str) -> tuple[str | None, int | None, str | None]:
    """Place, AS and registration of one address."""
    looked = atlas.lookup(parse_addresses(pl.Series([address])))
    return looked.place_country()[0], looked.as_numbers()[0], looked.registration_country()[0]


def test_the_same_archives_give_the_same_file(archives: Archives) -> None:
    """To the byte."""
    first = build_atlas(archives.listed, archives.directory, archives.directory / "first.twa")
    second = build_atlas(archives.listed, archives.directory, archives.directory / "second.twa")

    assert first == second


def test_it_returns_the_digest_of_the_file(archives: Archives) -> None:
    """The one by which an opened atlas is known."""
    digest = build_atlas(archives.listed, archives.directory, archives.directory / "atlas.twa")

    assert Atlas.open(archives.directory / "atlas.twa").digest == digest


def test_nothing_is_left_half_written(archives: Archives) -> None:
    """The file appears whole or not at all."""
    build_atlas(archives.listed, archives.directory, archives.directory / "new" / "atlas.twa")

    assert [path.name for path in (archives.directory / "new").iterdir()] == ["atlas.twa"]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("1.0.0.1", ("AU", 13335, "AU")),
        ("1.0.3.7", (None, 4134, None)),
        ("1.0.3.8", (None, None, None)),
        ("8.8.8.127", ("US", 3356, "US")),
        ("8.8.8.99", ("US", 15169, "US")),
        ("192.0.2.1", ("AT", None, None)),
        ("2a00:2:0:1::ff", ("IE", 64501, "NL")),
        ("2a00:2:0:1::100", ("IE", 64502, "NL")),
        ("2a00:2:0:1:c000::", ("NL", 64502, "NL")),
        ("2a00:2:0:1:c000::1", (None, 64502, "NL")),
        ("2a00:2:0:2:7fff:ffff:ffff:ffff", (None, 64502, "NL")),
        ("2a00:2:0:2:8000::", ("BE", 64502, "NL")),
        ("2a00:2:0:3::7", ("BE", 64502, "NL")),
        ("2a00:2:0:3::8", ("BE", None, "NL")),
        ("2a00:2:0:5::", (None, None, "NL")),
        ("2a00:2:0:5::1", ("LU", None, "NL")),
        ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", ("NZ", 64503, "NZ")),
        ("255.255.255.255", ("US", 64500, None)),
    ],
)
def test_each_layer_speaks_for_itself(
    small_atlas: Atlas, address: str, expected: tuple[str | None, int | None, str | None]
) -> None:
    """What one source does not know, another may."""
    assert said(small_atlas, address) == expected


def test_the_shipped_atlas_is_built_from_the_pinned_sources() -> None:
    """The header names id, version and hash of the list beside it."""
    atlas = Atlas.open()
    pinned = [(source.id, source.npm.version, source.npm.sha256) for source in load_sources().sources if source.npm]

    assert [(source.id, source.version, source.sha256) for source in atlas.sources] == pinned


def test_an_input_that_lists_nothing_builds_an_empty_atlas(tmp_path: Path) -> None:
    """Every address is unknown then."""
    archives = write_archives(
        tmp_path,
        places={},
        seconds={},
        registrations={},
        networks_4=[],
        networks_6=[],
        feed="overrides: []",
        overrides="overrides: []",
    )
    build_atlas(archives.listed, tmp_path, tmp_path / "atlas.twa")

    assert said(Atlas.open(tmp_path / "atlas.twa"), "8.8.8.8") == (None, None, None)
