"""The composition root: what ships is loaded, a site is built, and both are named in the basis."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from monitor.app import Basis, basis_of, build_pipeline, open_site
from monitor.attribution.atlas import Atlas
from monitor.attribution.build import build_atlas
from monitor.pipeline import SourceSettings
from monitor.problem import ProblemsFound
from monitor.rows import rows
from tests.judging import INVENTORY, OURS, Site, flows, line, told
from tests.monitor.attribution.small_archives import write_archives

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.app import Knowledge

_REGISTER = "transfers: [{id: T-1, importer: E, match: {operators: [aws]}, basis: adequacy, valid_from: 2026-01-01}]"
_CERTIFIED = "certifications: [{framework: us_dpf, importer: e, covers: [non_hr], valid_from: 2026-01-01, source: x}]"


def _parts(knowledge: Knowledge, directory: Path, **texts: str) -> dict[str, str]:
    return dict(basis_of(open_site(Site(**texts).write(directory), knowledge.operators), knowledge).parts)


def test_what_ships_holds_together(knowledge: Knowledge) -> None:
    """Every operator, law, decision and country is there."""
    assert {"aws", "ovh", "scaleway"} <= set(knowledge.operators.by_id)
    assert "US_CLOUD_ACT" in knowledge.regimes.laws
    assert "FR" in knowledge.territories.codes()
    assert "FR" in knowledge.atlas.countries


def test_every_law_that_an_operator_names_is_known(knowledge: Knowledge) -> None:
    """The one file is checked against the other when they are loaded."""
    named = {law for operator in knowledge.operators.operators for law in operator.laws}

    assert sorted(named - set(knowledge.regimes.laws)) == []


@pytest.mark.parametrize(
    ("texts", "changed"),
    [
        ({"inventory": INVENTORY.replace("data_class: health", "data_class: operations")}, {"inventory"}),
        ({"register": _REGISTER}, {"register"}),
        ({"certifications": _CERTIFIED}, {"certifications"}),
        ({"policy": "{exposed_from_weight: high}"}, {"law"}),
        ({"policy": "{review_territories: eea}"}, {"law"}),
        ({"timezone": "UTC"}, {"inventory", "register", "certifications"}),
        ({"inventory": INVENTORY + "# a comment\n"}, set()),
    ],
    ids=["inventory", "register", "certifications", "weight", "territories", "timezone", "comment"],
)
def test_the_basis_names_what_a_verdict_was_made_from(
    knowledge: Knowledge, tmp_path: Path, texts: dict[str, str], changed: set[str]
) -> None:
    """Whatever changes a verdict changes its own part of the basis, and only that."""
    before, after = _parts(knowledge, tmp_path), _parts(knowledge, tmp_path, **texts)

    assert {part for part in before if before[part] != after[part]} == changed


def test_the_basis_names_every_version(knowledge: Knowledge, tmp_path: Path) -> None:
    """Atlas, law, operators, certifications, inventory, register, rules, software."""
    parts = _parts(knowledge, tmp_path)

    assert sorted(parts) == [
        "atlas", "certifications", "inventory", "law", "operators", "register", "rules", "software",
    ]  # fmt: skip
    assert parts["atlas"] == knowledge.atlas.digest


def test_another_atlas_is_another_basis(knowledge: Knowledge, tmp_path: Path) -> None:
    """As are other operators, anycast lists, territories and regimes."""
    before = _parts(knowledge, tmp_path)
    others = {
        "atlas": replace(knowledge, atlas=replace(knowledge.atlas, digest="other")),
        "operators": replace(knowledge, anycast=replace(knowledge.anycast, digest="other")),
        "law": replace(knowledge, regimes=replace(knowledge.regimes, digest="other")),
    }

    for part, other in others.items():
        after = _parts(other, tmp_path)
        assert {name for name in before if before[name] != after[name]} == {part}


def test_the_name_of_a_basis_stands_for_all_of_it() -> None:
    """The order of the parts does not matter; each of them does."""
    one = Basis({"atlas": "a", "law": "b"})

    assert one.name == Basis({"law": "b", "atlas": "a"}).name
    assert one.name != Basis({"atlas": "b", "law": "a"}).name
    assert len(one.name) == 16


def test_without_a_file_nothing_is_ours(knowledge: Knowledge) -> None:
    """A command without a site judges nothing, and says so by counting what is not ours."""
    site = open_site(None, knowledge.operators)

    assert (site.inventory.systems, site.exporter.country) == ((), "FR")
    assert build_pipeline(site, knowledge).orienter.inventory.systems == ()


def test_a_file_that_is_wrong_says_all_that_is_wrong(knowledge: Knowledge, tmp_path: Path) -> None:
    """An operator that is near a known one, in the inventory and in the register."""
    inventory = INVENTORY.replace(
        "data_class: health}", "data_class: health, hosting: {operator: scalway, country: FR}}"
    )
    path = Site(inventory=inventory, register=_REGISTER.replace("aws", "ows")).write(tmp_path)

    with pytest.raises(ProblemsFound) as found:
        open_site(path, knowledge.operators)
    assert len(found.value.problems) == 2


def test_the_countries_of_peers_are_known_to_the_judge(knowledge: Knowledge, tmp_path: Path) -> None:
    """Also those that the atlas does not have, once, after its own."""
    peers = "peers: [{networks: [10.99.0.0/16], country: BV}, {networks: [10.98.0.0/16], country: BV}]\n"
    site = open_site(Site(inventory=INVENTORY + peers).write(tmp_path), knowledge.operators)
    countries = build_pipeline(site, knowledge).judge.countries

    assert [code for code in countries if code == "BV"] == ["BV"]


def _own_atlas(directory: Path) -> Path:
    """A site in the directory with an atlas of its own, which places 5.188.10.7 in Switzerland."""
    small = write_archives(directory, overrides="overrides: [{network: 5.188.10.0/24, country: CH, operator: ovh}]")
    build_atlas(small.listed, directory, directory / "atlas.twa")
    path = Site().write(directory)
    path.write_text(path.read_text(encoding="utf-8") + "atlas: atlas.twa\n", encoding="utf-8")
    return path


def test_a_site_may_bring_its_own_atlas(knowledge: Knowledge, tmp_path: Path) -> None:
    """It places the far ends, and the basis names it."""
    site = open_site(_own_atlas(tmp_path), knowledge.operators)
    judged = build_pipeline(site, knowledge).run(flows(line(OURS, "5.188.10.7")), SourceSettings("aws_vpc"))
    row = rows(judged).row(0, named=True)

    assert told(row, "place_country", "place_confidence", "place_source", "operator", "place_verdict") == (
        *("CH", "stated", "own", "ovh", "adequate"),
    )
    assert basis_of(site, knowledge).parts["atlas"] == Atlas.open(tmp_path / "atlas.twa").digest


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"no atlas" * 100, "this is not an atlas."),
        (b"", "the file is empty or cannot be read."),
        (None, "there is no file"),
    ],
)
def test_an_atlas_that_cannot_serve_is_a_problem_of_the_site(
    knowledge: Knowledge, tmp_path: Path, content: bytes | None, said: str
) -> None:
    """With the line that names it."""
    path = _own_atlas(tmp_path)
    (tmp_path / "atlas.twa").unlink()
    if content is not None:
        (tmp_path / "atlas.twa").write_bytes(content)

    with pytest.raises(ProblemsFound) as found:
        open_site(path, knowledge.operators)
    (problem,) = found.value.problems
    assert said in problem.what
    assert (problem.key, problem.line) == (
        "atlas",
        path.read_text(encoding="utf-8").splitlines().index("atlas: atlas.twa") + 1,
    )
