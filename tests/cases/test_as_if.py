"""A month judged again under an assumed law says what a ledger that was judged under that law says, to the byte."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import pytest

from monitor.app import open_site
from monitor.config import load_changes
from monitor.ledger.store import open_ledger
from monitor.monthly import Assumption, month_input
from monitor.report.as_json import to_json
from monitor.report.figures import figures
from monitor.world.generate import generate, write_world
from tests.kept_worlds import KeptSite
from tests.monitor.ledger.keepers import Keeper

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.app import Knowledge

_LINES: Final = """decisions:
  - {decision: "2023/1795", ends_before: 2026-10-07, source: a court}
  - {decision: "2000/518", last_day: 2026-10-06, source: a repeal, verified: false}
  - {adequate: IN, number: 2026/9999, in_force_from: 2026-10-06, source: the Official Journal}
  - {law: UK_IPA, ends_before: 2026-10-07, source: a repeal}
"""


def _world(directory: Path, knowledge: Knowledge, law: str = "") -> KeptSite:
    """Three days of the sample hospital, judged under the law of its files."""
    write_world(generate(7, date(2026, 10, 5), 3, 0.02), directory)
    config = directory / "transferwatch.yaml"
    (directory / "decisions.yaml").write_text(_LINES, encoding="utf-8")
    config.write_text(f"{config.read_text(encoding='utf-8')}{law}", encoding="utf-8")
    site = KeptSite(directory, config, Keeper.of(config, knowledge))
    site.keeper.keep(site.path, directory / "flow-logs", format_="auto")
    return site


@pytest.fixture(scope="module")
def sites(knowledge: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> tuple[KeptSite, KeptSite]:
    """The same logs under the shipped law, and under a law that the site changed."""
    directory = tmp_path_factory.mktemp("as-if")
    return (
        _world(directory / "a", knowledge),
        _world(directory / "b", knowledge, "law: [decisions.yaml]\n"),
    )


def _report(site: KeptSite, knowledge: Knowledge, *, assume: bool = False) -> dict[str, Any]:
    opened = open_site(site.config, knowledge.operators)
    assumption = None
    if assume:
        lines = load_changes(site.directory / "decisions.yaml", knowledge.regimes, knowledge.territories)
        assumption = Assumption("decisions.yaml", lines)
    with open_ledger(f"sqlite:///{site.path}") as ledger:
        text = to_json(figures(month_input("2026-10", opened, knowledge, ledger, assumption)))
    found: dict[str, Any] = json.loads(re.sub(r"\.if-[a-z2-7]+\.", ".", text))
    return found


def test_an_assumed_law_gives_what_a_replay_under_it_gives(
    sites: tuple[KeptSite, KeptSite], knowledge: Knowledge
) -> None:
    """Every figure, every line and every version; only what is said of the assumption differs."""
    replayed, assumed = _report(sites[1], knowledge), _report(sites[0], knowledge, assume=True)
    said = assumed.pop("assumption")

    assert replayed.pop("assumption") is None
    assert assumed == replayed
    assert said["place"]["groups"]["becomes_uncovered"]["records"] > 0


def test_what_is_told_before_is_the_report_of_the_month(sites: tuple[KeptSite, KeptSite], knowledge: Knowledge) -> None:
    """Verdict by verdict."""
    real, assumed = _report(sites[0], knowledge), _report(sites[0], knowledge, assume=True)
    before = {line["place_verdict"]: line["octets_out"] for line in assumed["assumption"]["place"]["before"]}
    wanted = {line["place_verdict"]: line["octets_out"] for line in real["tables"]["verdict"]["lines"]}

    assert before == {name: octets for name, octets in wanted.items() if name != "internal"}
    assert assumed["assumption"]["same_versions"] is True


@pytest.mark.parametrize("axis", ["place", "control"])
def test_the_groups_of_either_axis_add_up_to_the_whole(
    sites: tuple[KeptSite, KeptSite], knowledge: Knowledge, axis: str
) -> None:
    """Every octet once, before and after; and the lines of a table to its group."""
    assumed = _report(sites[0], knowledge, assume=True)
    said, outward = assumed["assumption"], assumed["answer"]["outward"]
    found = said[axis]
    worse = "becomes_uncovered" if axis == "place" else "becomes_exposed"

    assert said["whole"] == outward
    for name in outward:
        assert sum(group[name] for group in found["groups"].values()) == outward[name]
        assert [sum(line[name] for line in found[side]) for side in ("before", "after")] == [outward[name]] * 2
        for group in (worse, "otherwise"):
            assert sum(line[name] for line in found[group]) == found["groups"][group][name]


def test_other_versions_of_the_files_are_told_and_do_not_count(
    sites: tuple[KeptSite, KeptSite], knowledge: Knowledge
) -> None:
    """A site whose policy changed since: both sides are judged by the files of today."""
    site = sites[0]
    text = site.config.read_text(encoding="utf-8")
    changed = site.directory / "later.yaml"
    changed.write_text(text.replace("exposed_from_weight: medium", "exposed_from_weight: high"), encoding="utf-8")
    later = KeptSite(site.directory, changed, site.keeper)
    said = _report(later, knowledge, assume=True)["assumption"]
    same = _report(site, knowledge, assume=True)["assumption"]

    assert (said["same_versions"], same["same_versions"]) == (False, True)
    assert said["place"] == same["place"]
