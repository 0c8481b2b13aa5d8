"""The table of regions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from monitor.attribution.operators import load_operators
from monitor.attribution.regions import RegionTable, folded, load_regions
from monitor.problem import ProblemsFound

if TYPE_CHECKING:
    from pathlib import Path

GROUP = """
  - provider: {provider}
    partition: {partition}
    {more}
    sources: [{sources}]
    read: 2026-11-25
    verified: true
    regions: [{regions}]
"""
ONE = "{name: one-1, country: FR}"


@pytest.fixture(scope="module")
def table() -> RegionTable:
    """The shipped table."""
    return load_regions()


def written(path: Path, regions: str, *, sources: str = "a page", more: str = "", partition: str = "main") -> Path:
    """A table of one group, or of two where a second partition is named."""
    text = GROUP.format(provider="p", partition=partition, more=more, sources=sources, regions=regions)
    (path / "regions.yaml").write_text("groups:" + text)
    return path / "regions.yaml"


def refusal(path: Path) -> str:
    """Why a table is refused."""
    with pytest.raises(ProblemsFound) as found:
        load_regions(path)
    return str(found.value)


@pytest.mark.parametrize(
    ("provider", "word", "country"),
    [
        ("aws", "eu-west-3", "FR"),
        ("aws", "eu-central-1-ist-1", "TR"),
        ("aws", "us-gov-west-1", "US"),
        ("aws", "cn-northwest-1", "CN"),
        ("aws", "eusc-de-east-1", "DE"),
        ("azure", "francecentral", "FR"),
        ("azure", "centralfrance", "FR"),
        ("azure", "NorwayEast", "NO"),
        ("google", "europe-west9", "FR"),
        ("google", "europe-west2", "GB"),
        ("oracle", "eu-marseille-1", "FR"),
        ("oracle", "eu-jovanovac-1", "RS"),
        ("oracle", "eu-zurich-1", "CH"),
        ("ovh", "GRA11", "FR"),
        ("scaleway", "fr-par-2", "FR"),
        ("outscale", "eu-west-2", "FR"),
        ("exoscale", "at-vie-1", "AT"),
        ("hetzner", "fsn1", "DE"),
        ("ionos", "de/txl", "DE"),
        ("alibaba", "eu-west-1", "GB"),
        ("tencent", "eu-frankfurt", "DE"),
        ("ibm", "eu-es", "ES"),
        ("digitalocean", "ams3", "NL"),
        ("linode", "eu-west", "GB"),
    ],
)
def test_the_country_of_a_region(table: RegionTable, provider: str, word: str, country: str) -> None:
    """By the provider's own word, in any capitals."""
    found = table.find(provider, word)

    assert found is not None
    assert found[1].country == country


@pytest.mark.parametrize("word", ["", "eu", "eu-west", "eu-west-33", "europe-west1"])
def test_a_word_that_looks_like_a_region_is_none(table: RegionTable, word: str) -> None:
    """Nothing is guessed."""
    assert table.find("aws", word) is None


def test_one_word_may_mean_two_places() -> None:
    """Providers do not ask one another."""
    table = load_regions()
    found = [table.find(provider, "eu-west-1") for provider in ("aws", "alibaba")]

    assert [pair[1].country for pair in found if pair is not None] == ["IE", "GB"]


def test_every_operator_of_a_partition_is_in_the_operator_table(table: RegionTable) -> None:
    """Otherwise its name stands under `run_by`."""
    known = load_operators().by_id

    assert [group.operator for group in table.groups if group.operator and group.operator not in known] == []


def test_columns_hold_every_word_once(table: RegionTable) -> None:
    """Folded, for joining."""
    words = table.columns("azure")["word"].to_list()

    assert (len(words), [word for word in words if word != folded(word)]) == (len(set(words)), [])


def test_a_region_without_country_says_why(tmp_path: Path) -> None:
    """So that nobody fills it in."""
    said = refusal(written(tmp_path, "{name: one-1, scope: whose}"))

    assert said.endswith(":8:15 groups[0].regions[0].why: scope and why stand together. Say why there is no country.")


@pytest.mark.parametrize("region", ["{name: one-1}", "{name: one-1, country: FR, scope: global, why: x}"])
def test_a_region_has_a_country_or_a_scope(tmp_path: Path, region: str) -> None:
    """One of the two."""
    assert "a region has a country, or a scope and the reason. Write one of the two." in refusal(
        written(tmp_path, region)
    )


@pytest.mark.parametrize("again", ["{name: One-1, country: DE}", "{name: two-1, also: [one-1], country: DE}"])
def test_a_word_has_one_meaning(tmp_path: Path, again: str) -> None:
    """Whatever its capitals."""
    assert "one-1 of p stands in main already. Keep one of them." in refusal(written(tmp_path, f"{ONE}, {again}"))


def test_a_group_names_its_source(tmp_path: Path) -> None:
    """A page that a reader can open."""
    assert "groups[0].sources: there is no source here." in refusal(written(tmp_path, ONE, sources=""))


def test_a_partition_is_run_by_one(tmp_path: Path) -> None:
    """An operator of the table, or a name."""
    assert "operator says it already" in refusal(written(tmp_path, ONE, more="operator: a\n    run_by: B"))


def test_a_wrong_country_is_told_with_its_place(tmp_path: Path) -> None:
    """YAML reads NO as a word of its own."""
    assert 'regions[0].country: "UK" is not a country code. Did you mean GB?' in refusal(
        written(tmp_path, "{name: one-1, country: UK}")
    )


def test_the_digest_is_the_files(tmp_path: Path) -> None:
    """Another file, another digest."""
    assert load_regions(written(tmp_path, ONE)).digest != load_regions().digest
