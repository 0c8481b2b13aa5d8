"""Rules from folders: what loads, and what is refused with file, line and column, every problem at once."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from monitor.detect.correlate import Correlator
from monitor.detect.detection import Detection
from monitor.detect.load import load_folder, load_rules
from monitor.detect.rule_tests import event_frame, run_tests
from monitor.problem import ProblemsFound
from monitor.shipped import shipped

if TYPE_CHECKING:
    from monitor.detect.rules import RuleSet

RULE = """\
title: Far
id: 5d1d3f7c-43a1-4a5e-9d3c-0d3d4a9a0a01
name: far
level: high
logsource: {product: transferwatch, category: flow}
detection:
  far:
    place_verdict: uncovered
  condition: far
"""
_CORRELATION = """\
title: Often
id: 5d1d3f7c-43a1-4a5e-9d3c-0d3d4a9a0a02
name: often
level: critical
correlation:
  type: event_count
  rules: [far]
  group-by: [system]
  timespan: 1h
  condition: {gte: 2}
"""
_FILTER = """\
title: Not the portal
id: 5d1d3f7c-43a1-4a5e-9d3c-0d3d4a9a0a03
name: quiet
logsource: {product: transferwatch, category: flow}
filter:
  rules: [far]
  portal:
    system: portal
  condition: not portal
"""


def loaded(folder: Path, **files: str) -> RuleSet:
    """The rules of a folder with these files."""
    for name, text in files.items():
        (folder / f"{name}.yml").write_text(text, encoding="utf-8")
    return load_folder(folder)


def refused(folder: Path, **files: str) -> list[str]:
    """What is wrong with them, without the folder's name."""
    with pytest.raises(ProblemsFound) as raised:
        loaded(folder, **files)
    return [str(problem).replace(f"{folder}/", "") for problem in raised.value.problems]


def found(rules: RuleSet, *events: dict[str, Any]) -> list[str]:
    """Rules that hold of these events, correlations among them."""
    matches = Detection(rules).detect(event_frame(events, "flow"))
    return Correlator(rules.correlations).take(matches)["rule"].to_list()


def test_a_rule_finds_what_it_says(tmp_path: Path) -> None:
    """One event that is, one that is not."""
    events = ({"place_verdict": "uncovered"}, {"place_verdict": "undetermined"})
    assert found(loaded(tmp_path, far=RULE), *events) == ["far"]


def test_a_filter_takes_away(tmp_path: Path) -> None:
    """The portal is passed over."""
    rules = loaded(tmp_path, far=RULE, quiet=_FILTER)
    events = [{"place_verdict": "uncovered", "system": system} for system in ("portal", "warehouse")]
    assert found(rules, *events) == ["far"]


def test_a_correlation_stands_for_the_matches_of_its_rules(tmp_path: Path) -> None:
    """Unless it generates them as well, the single ones are not told."""
    rules = loaded(tmp_path, far=RULE, often=_CORRELATION)
    events = [{"place_verdict": "uncovered", "end_time": f"2026-11-25T12:0{minute}:00Z"} for minute in range(2)]
    assert found(rules, *events) == ["often"]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "place_verdict: uncovered",
            "place_verdit: uncovered",
            (
                'far.yml:8:19 detection.far.place_verdit: there is no field "place_verdit" in this category. '
                "Did you mean place_verdict?"
            ),
        ),
        (
            "place_verdict: uncovered",
            "place_verdict: uncoverd",
            (
                "far.yml:8:20 detection.far.place_verdict: no word of place_verdict is like that. "
                "Write one of: internal, "
                "eea, adequate, safeguarded, derogation, not_a_transfer, uncovered, undetermined."
            ),
        ),
        (
            "place_verdict: uncovered",
            "name|base64: uncovered",
            (
                'far.yml:8:18 detection.far.name|base64: the modifier "base64" is not known here. '
                "Write one of: all, cased, cidr, contains, endswith, exists, fieldref, gt, gte, i, lt, lte, m, re, s, "
                "startswith."
            ),
        ),
        (
            "place_verdict: uncovered",
            "name|windash|contains: uncovered",
            (
                'far.yml:8:28 detection.far.name|windash|contains: the modifier "windash" is not known here. '
                "Write one of: all, cased, cidr, contains, endswith, exists, fieldref, gt, gte, i, lt, lte, m, re, s, "
                "startswith."
            ),
        ),
        (
            "place_verdict: uncovered",
            "octets_out: many",
            "far.yml:8:17 detection.far.octets_out: octets_out is a number. Write a number without quotes, or null.",
        ),
        (
            "condition: far",
            "condition: fra",
            'far.yml:9:14 detection.condition: there is no detection "fra". Did you mean far?',
        ),
        (
            "condition: far",
            "condition: far and",
            (
                "far.yml:9:14 detection.condition: this is no condition. "
                "Write names of detections with and, or, not, 1 of, all of."
            ),
        ),
        (
            "category: flow",
            "category: dns",
            (
                'far.yml:5:47 logsource.category: "dns" is not one of the choices. '
                "Write one of: flow, name, admin, posture, coverage."
            ),
        ),
        (
            "product: transferwatch",
            "product: windows",
            'far.yml:5:22 logsource.product: "windows" is another product\'s log. Write product: transferwatch.',
        ),
        (
            "name: far",
            "name: near",
            "far.yml:3:7 name: the file is called far.yml. Write name: far, or rename the file.",
        ),
        ("level: high\n", "", "far.yml:1:1: the rule has no level. Write level: high, medium, low or informational."),
        ("level: high", "levle: high", "far.yml:4:1 levle: this key is not known. Did you mean level?"),
    ],
)
def test_what_is_wrong_is_said_where_it_stands(tmp_path: Path, old: str, new: str, problem: str) -> None:
    """One sentence each, with what to write."""
    assert problem in refused(tmp_path, far=RULE.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("event_count", "temporal_ordered", "correlations of the kind temporal_ordered are not known here"),
        ("event_count", "value_sum", "correlations of the kind value_sum are not known here"),
        ("gte: 2", "lt: 2", "lt can only be told when no more events can come"),
        ("timespan: 1h", "timespan: 5w", "the window is longer than 31 days"),
        ("[system]", "[sistem]", 'matches have no field "sistem"'),
        ("[far]", "[fra]", "there is no rule fra"),
    ],
)
def test_a_correlation_that_cannot_be_answered_is_refused(tmp_path: Path, old: str, new: str, problem: str) -> None:
    """At load, not at night."""
    text = _CORRELATION.replace(old, new)
    if "value_sum" in text:
        text = text.replace("{gte: 2}", "{gte: 2, field: octets_out}")
    assert any(problem in said for said in refused(tmp_path, far=RULE, often=text))


@pytest.mark.parametrize(
    ("rules", "problem"),
    [
        ("[far, silent]", "silent is a rule on coverage, which is told again and again, and no window counts these"),
        ("[far, 5d1d3f7c-43a1-4a5e-9d3c-0d3d4a9a0a07]", "5d1d3f7c-43a1-4a5e-9d3c-0d3d4a9a0a07 is a rule on coverage"),
        ("[often]", "often is a correlation itself, and no window counts these"),
    ],
)
def test_a_correlation_of_what_it_never_hears_is_refused(tmp_path: Path, rules: str, problem: str) -> None:
    """It would wait for ever."""
    silent = RULE.replace("far", "silent").replace("category: flow", "category: coverage")
    silent = silent.replace("place_verdict: uncovered", "state: silent").replace("0a01", "0a07")
    often = _CORRELATION.replace("[far]", rules)
    assert any(problem in said for said in refused(tmp_path, far=RULE, silent=silent, often=often))


def test_problems_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    """Two files, two problems."""
    one = RULE.replace("place_verdict", "place")
    assert len(refused(tmp_path, far=one, near=one.replace("name: far", "name: near"))) == 2


@pytest.mark.parametrize(
    "text", ["", "[]", "a: [", "title: x", "\x00", "detection: 3", RULE.replace("far:\n", "far: 3\n  x:\n"),
             RULE.replace("condition: far", "condition: " + "(" * 5_000 + "far" + ")" * 5_000),
             RULE.replace("condition: far", "condition: " + "not " * 900 + "far"),
        RULE.replace("condition: far", "condition: [1, 2]"), RULE + "filter: {}\n"],
)  # fmt: skip
def test_a_hostile_file_is_a_problem_and_no_error_of_the_program(tmp_path: Path, text: str) -> None:
    """Whatever stands in it."""
    assert refused(tmp_path, far=text) != []


def test_an_event_of_a_test_has_the_fields_of_its_category(tmp_path: Path) -> None:
    """A slip there would make the test prove nothing."""
    tests = "transferwatch: {tests: [{name: x, kind: noise, events: [{octets_owt: 1}]}]}\n"
    said = 'far.yml:10:70 transferwatch.tests[0].events[0].octets_owt: events have no field "octets_owt". '
    assert refused(tmp_path, far=RULE + tests) == [said + "Did you mean octets_out?"]


def test_a_site_does_without_a_rule_that_it_disables() -> None:
    """All others stay."""
    whole, less = load_rules(), load_rules(disabled={"telemetry_to_third_country": "own rule"})
    assert {each.id for each in whole.about} - {each.id for each in less.about} == {"telemetry_to_third_country"}


def test_a_site_adds_its_own(tmp_path: Path) -> None:
    """Beside the shipped ones."""
    (tmp_path / "far.yml").write_text(RULE, encoding="utf-8")
    assert [each.id for each in load_rules(tmp_path).about if not each.shipped] == ["far"]


def test_a_rule_of_the_site_cannot_take_the_name_of_a_shipped_one(tmp_path: Path) -> None:
    """Nobody could tell which of them fired."""
    text = RULE.replace("name: far", "name: source_silent")
    (tmp_path / "source_silent.yml").write_text(text, encoding="utf-8")
    with pytest.raises(ProblemsFound) as raised:
        load_rules(tmp_path)
    assert "a shipped rule has this name already." in str(raised.value)


def test_the_digest_follows_what_the_rules_say(tmp_path: Path) -> None:
    """A finding names it."""
    before = loaded(tmp_path, far=RULE).digest
    assert loaded(tmp_path, far=RULE.replace("uncovered", "undetermined")).digest != before


def test_no_rule_and_no_test_of_one_opens_a_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loading, compiling and running all of them with every socket refused."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert [outcome for outcome in run_tests(load_rules()) if not outcome.passed] == []


def test_sigma_accepts_the_shipped_rules() -> None:
    """The two validators that are left out download lists."""
    command = Path(sys.executable).with_name("sigma")
    arguments = ["check", "--fail-on-issues", "-x", "attacktag", "-x", "d3_fendtag", str(shipped("rules/detection"))]
    done = subprocess.run([command, *arguments], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout[-300:] if done.returncode else "") == (0, "")
