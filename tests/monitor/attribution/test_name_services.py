"""The table of names: what it refuses, and what an entry becomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from monitor.attribution.name_services import SHIPPED_TABLE, NamedService, load_name_services
from monitor.attribution.operators import load_operators
from monitor.attribution.regions import RegionTable, load_regions
from monitor.problem import ProblemsFound
from monitor.shipped import shipped

if TYPE_CHECKING:
    from pathlib import Path

GROUP = """groups:
  - operator: {operator}
    provider: {provider}
    partitions: {partitions}
    networks: {networks}
    sources: {sources}
    read: 2026-11-25
    verified: {verified}
    names:
      - {entry}
"""
SOUND = {
    "operator": "aws",
    "provider": "aws",
    "partitions": "[aws-eusc]",
    "networks": "[aws]",
    "sources": "[a page]",
    "verified": "true",
    "entry": '{suffix: "s3.{region}.example.com"}',
}


@pytest.fixture(scope="module")
def regions() -> RegionTable:
    """The shipped regions."""
    return load_regions()


def _spelled(regions: RegionTable, path: Path, **changes: str) -> list[NamedService]:
    text = GROUP
    for key, value in (SOUND | changes).items():
        text = text.replace(f"{{{key}}}", value)
    (path / "services.yaml").write_text(text, encoding="utf-8")
    return list(load_name_services(regions, path / "services.yaml", operators={"aws"}).spelled())


def test_the_shipped_table_is_sound(regions: RegionTable) -> None:
    """Every operator and partition exists, no suffix twice, none of a registry."""
    path = shipped(SHIPPED_TABLE)

    assert load_name_services(regions, path, operators=load_operators().by_id).groups


def test_a_region_is_spelled_out_from_the_table(regions: RegionTable, tmp_path: Path) -> None:
    """Each word of the partition with its country."""
    spelled = _spelled(regions, tmp_path)

    assert [(each.suffix, each.country, each.region) for each in spelled] == [
        ("s3.eusc-de-east-1.example.com", "DE", "eusc-de-east-1")
    ]


def test_a_partition_that_somebody_else_runs_is_marked(regions: RegionTable, tmp_path: Path) -> None:
    """Its names show no operator of the table."""
    spelled = _spelled(regions, tmp_path, partitions="[aws-cn]")

    assert {(each.country, each.run_apart) for each in spelled} == {("CN", True)}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"entry": '{suffix: "s3.example.com", country: FR}'}, True),
        ({"entry": '{suffix: "s3.example.com", country: FR, front: everywhere}'}, False),
        ({"entry": '{suffix: "s3.example.com"}'}, False),
        ({"entry": '{suffix: "s3.example.com", country: FR}', "verified": "false"}, False),
    ],
)
def test_a_name_pins_a_connection_to_the_country_that_it_tells(
    changes: dict[str, str], *, expected: bool, regions: RegionTable, tmp_path: Path
) -> None:
    """Unless the provider lets it end anywhere, or nobody read its page."""
    (spelled,) = _spelled(regions, tmp_path, **changes)

    assert expected == spelled.pins


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"operator": "nobody"}, "2:15 groups[0].operator: nobody is not in rules/operators."),
        ({"provider": "nobody", "partitions": "[]"}, "rules/atlas/regions.yaml has no provider nobody."),
        ({"partitions": "[moon]"}, "aws has no partition moon in rules/atlas/regions.yaml."),
        ({"networks": "[nobody]"}, "nobody is not in rules/operators."),
        ({"sources": "[]"}, "there is no source here."),
        ({"entry": '{suffix: "{region}"}'}, "{region} is no suffix."),
        ({"entry": '{suffix: "*.example.com"}'}, "*.example.com is no suffix."),
        ({"entry": '{suffix: "{region}.co.uk"}'}, "{region}.co.uk is a suffix of a registry."),
        ({"entry": '{suffix: "{region}.{region}.example.com"}'}, "{region}.{region}.example.com is no suffix."),
        ({"entry": '{suffix: "a.{region}.example.com", country: FR}'}, "{region} tells the country and the region."),
        ({"entry": '{suffix: "a.example.com", region: here}'}, "a region stands with its country."),
        ({"entry": '{suffix: "a.example.com", colour: red}'}, "colour"),
        (
            {"entry": '{suffix: "a.example.com"}\n      - {suffix: A.example.com}'},
            "is covered by a.example.com already.",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    changes: dict[str, str], problem: str, regions: RegionTable, tmp_path: Path
) -> None:
    """File, line, column and key."""
    with pytest.raises(ProblemsFound) as refused:
        _spelled(regions, tmp_path, **changes)

    told = [str(each) for each in refused.value.problems]
    assert [problem in each and f"{tmp_path}/services.yaml:" in each for each in told] == [True]


def test_a_region_without_a_provider_is_refused(regions: RegionTable, tmp_path: Path) -> None:
    """Nobody says whose words it stands for."""
    path = tmp_path / "services.yaml"
    path.write_text(
        "groups: [{sources: [a], read: 2026-11-25, verified: true, names: [{suffix: '{region}.example.com'}]}]",
        encoding="utf-8",
    )
    with pytest.raises(ProblemsFound, match="needs a provider"):
        load_name_services(regions, path)
