"""`rules test` and `rules list`: what they print, and with which code they end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from monitor.detect.load import load_rules
from tests.judging import Site
from tests.monitor.commands.running import run, said

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("loaded_once")

_RULE = """\
title: Far
id: 5d1d3f7c-43a1-4a5e-9d3c-0d3d4a9a0a01
name: far
level: high
logsource: {product: transferwatch, category: flow}
detection:
  far:
    place_verdict: uncovered
  condition: far
transferwatch:
  tests:
    - {name: far away, kind: firing, events: [{place_verdict: VERDICT}]}
"""


def folder(tmp_path: Path, verdict: str = "uncovered") -> Path:
    """A folder with one rule."""
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "far.yml").write_text(_RULE.replace("VERDICT", verdict), encoding="utf-8")
    return tmp_path / "own"


def site(tmp_path: Path, rules: str) -> Path:
    """A site with these rules."""
    path = Site().write(tmp_path)
    path.write_text(f"{path.read_text(encoding='utf-8')}\nrules: {rules}\n", encoding="utf-8")
    return path


def test_the_tests_of_the_shipped_rules_pass() -> None:
    """Without a site."""
    rules = load_rules()
    tests = sum(len(each.tests) for each in rules.about)
    result = run("rules", "test")
    assert (result.exit_code, result.stdout) == (0, f"{len(rules.about)} rules, {tests} tests, 0 failed.\n")


def test_a_test_that_fails_ends_with_one(tmp_path: Path) -> None:
    """And says which, and what it wanted."""
    own = folder(tmp_path, "eea")
    code, text = said(run("rules", "test", "--rules", own))
    assert (code, text) == (1, f"{own}/far.yml far away: at least one finding expected, 0 found.\n")


def test_a_rule_that_does_not_load_ends_with_one(tmp_path: Path) -> None:
    """With file, line and column."""
    own = folder(tmp_path, "nowhere")
    code, text = said(run("rules", "test", "--rules", own))
    problem = 'far.yml:12:63 transferwatch.tests[0].events[0].place_verdict: "nowhere" is no value of place_verdict.'
    assert (code, text) == (1, f"{own}/{problem} See docs/columns.md.\n")


def test_a_folder_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    """Not a traceback."""
    code, text = said(run("rules", "list", "--rules", tmp_path / "none"))
    assert (code, text) == (1, f"{tmp_path}/none: there is no such folder. Write the folder of the rules.\n")


def test_a_site_lists_its_own_rules_and_those_it_disables(tmp_path: Path) -> None:
    """With the reason."""
    folder(tmp_path)
    path = site(tmp_path, "{folder: own, disabled: [{rule: atlas_stale, reason: sealed site}]}")
    answer = json.loads(run("rules", "list", "-c", path, "--json").stdout)
    listed = {rule["id"]: rule["shipped"] for rule in answer["rules"]}
    assert (listed["far"], listed["source_silent"], "atlas_stale" in listed) == (False, True, False)
    assert answer["disabled"] == [{"rule": "atlas_stale", "reason": "sealed site"}]


def test_a_folder_alone_may_be_written(tmp_path: Path) -> None:
    """`rules: own`."""
    folder(tmp_path)
    answer = json.loads(run("rules", "list", "-c", site(tmp_path, "own"), "--json").stdout)
    assert "far" in {rule["id"] for rule in answer["rules"]}


def test_a_rule_that_nobody_ships_cannot_be_disabled(tmp_path: Path) -> None:
    """It would be thought to be off."""
    path = site(tmp_path, "{disabled: [{rule: atlas_stael, reason: sealed site}]}")
    code, text = said(run("rules", "list", "-c", path))
    assert code == 1
    assert 'no shipped rule is called "atlas_stael". Did you mean atlas_stale?' in text


def test_check_loads_the_rules_as_well(tmp_path: Path) -> None:
    """What the daemon would refuse is found before."""
    folder(tmp_path, "nowhere")
    code, text = said(run("check", "-c", site(tmp_path, "own")))
    assert (code, "far.yml:12:63" in text) == (1, True)


def test_the_list_names_every_rule_in_full() -> None:
    """An id that is cut off cannot be disabled."""
    shown = run("rules", "list").stdout
    assert [each.id for each in load_rules().about if each.id not in shown] == []
