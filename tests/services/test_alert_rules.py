"""The alert rules that ship fire when they should, by Prometheus's own tool; the examples are what the tools take."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING, Final

import pytest
import yaml

from monitor.metrics.table import LABELS
from tests.services.asked import OF_THE_SCRAPE, rule_files, rules, unknown

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_FILES: Final = ("atlas", "recording", "sources", "traffic")
_SEVERITIES: Final = {"critical", "warning", "info"}
# Who is told of what; the last receiver is the last that is told.
_ROUTED: Final = {
    "severity=high team=data-platform": "security-on-call,data-platform-mail",
    "severity=critical": "security-on-call,security-mail",
    "severity=medium": "security-mail",
    "severity=low team=data-platform": "security-mail",
    "severity=medium team=data-platform": "data-platform-mail",
    "alertname=TransferwatchDown severity=critical": "monitoring-on-call",
    "alertname=TransferwatchRecordsBroken severity=warning": "monitoring-mail",
}


@pytest.mark.parametrize("name", _FILES)
def test_rules_hold_to_their_tests(name: str, service: Callable[[str], Path], root: Path) -> None:
    """`promtool test rules`."""
    command = [str(service("promtool")), "test", "rules", f"{name}_test.yml"]
    done = subprocess.run(command, cwd=root / "rules" / "prometheus", capture_output=True, text=True, check=False)

    assert (done.returncode, "SUCCESS" in done.stdout) == (0, True), done.stdout + done.stderr


def test_rules_ask_for_metrics_and_labels_that_exist(root: Path) -> None:
    """A metric that is called otherwise would never fire."""
    every = rules(root)
    recorded = frozenset(rule["record"] for rule in every if "record" in rule)

    assert {name for rule in every for name in unknown(rule["expr"], recorded)} == set()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('sum by (system) (transferwatch_verdict_octets_total{way="out"})', set()),
        ("transferwatch_verdict_octets", {"transferwatch_verdict_octets"}),
        ('transferwatch_verdict_octets_total{operator="aws"}', {"transferwatch_verdict_octets_total.operator"}),
        ("sum by (sytem) (transferwatch_verdict_octets_total)", {"sytem"}),
        ("system:transferwatch_gone:sum", {"system:transferwatch_gone:sum"}),
        ('label_replace(transferwatch_traffic_series, "host", "$1", "tarket", "(.+)")', {"tarket"}),
    ],
    ids=["well", "metric", "label", "grouping", "recorded", "replaced"],
)
def test_a_name_that_does_not_exist_is_found(query: str, expected: set[str]) -> None:
    """What the other tests rely on."""
    assert unknown(query) == expected


def test_annotations_name_labels_that_exist(root: Path) -> None:
    """A label that is called otherwise leaves a hole in the sentence."""
    texts = [text for rule in rules(root) for text in rule.get("annotations", {}).values()]
    named = {label for text in texts for label in re.findall(r"\$labels\.(\w+)", text)}

    assert named - set(LABELS) - OF_THE_SCRAPE == set()


def test_every_alert_has_a_test_a_severity_and_says_what_to_do(root: Path) -> None:
    """And one name: an alert of two meanings cannot be routed."""
    alerts = [rule for rule in rules(root) if "alert" in rule]
    tests = "".join(path.read_text(encoding="utf-8") for path in (root / "rules" / "prometheus").glob("*_test.yml"))
    names = [rule["alert"] for rule in alerts]

    assert len(set(names)) == len(names) > 15
    assert [name for name in names if f"alertname: {name}" not in tests] == []
    assert [rule["alert"] for rule in alerts if set(rule["annotations"]) != {"summary", "description"}] == []
    assert {rule["labels"]["severity"] for rule in alerts} == _SEVERITIES


def test_every_file_of_rules_has_tests(root: Path) -> None:
    """And is named above."""
    folder = root / "rules" / "prometheus"

    assert sorted(path.stem for path in folder.glob("*.yml")) == sorted([*_FILES, *(f"{name}_test" for name in _FILES)])


def test_the_example_of_prometheus_is_valid_and_loads_every_file(service: Callable[[str], Path], root: Path) -> None:
    """`promtool check config` reads the rules that it names, too."""
    example = root / "rules" / "prometheus" / "examples" / "prometheus.yml"
    command = [str(service("promtool")), "check", "config", str(example)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    named = yaml.safe_load(example.read_bytes())["rule_files"]

    assert done.returncode == 0, done.stdout + done.stderr
    assert sorted(named) == [f"../{path.name}" for path in rule_files(root)]


def test_the_example_of_alertmanager_is_valid(service: Callable[[str], Path], root: Path) -> None:
    """`amtool check-config`."""
    command = [str(service("amtool")), "check-config", str(_alertmanager(root))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("labels", _ROUTED, ids=lambda labels: labels.replace(" ", ","))
def test_the_example_routes_by_severity_and_team(labels: str, service: Callable[[str], Path], root: Path) -> None:
    """As `amtool config routes test` says."""
    command = [str(service("amtool")), "config", "routes", "test", f"--config.file={_alertmanager(root)}"]
    done = subprocess.run([*command, *labels.split()], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == _ROUTED[labels]


def test_the_example_inhibits_alerts_that_exist(root: Path) -> None:
    """Each alternative of its patterns for the monitor's own alerts is one of the rules beside."""
    names = {rule["alert"] for rule in rules(root) if "alert" in rule}
    inhibitions = yaml.safe_load(_alertmanager(root).read_bytes())["inhibit_rules"]
    patterns = [
        matcher.partition('"')[2].rstrip('"')
        for rule in inhibitions
        for matcher in (*rule["source_matchers"], *rule["target_matchers"])
        if "Transferwatch" in matcher
    ]
    within, _, alternatives = patterns[1].partition("(")

    assert {patterns[0], *(within + each for each in alternatives.rstrip(")").split("|"))} - names == set()


def _alertmanager(root: Path) -> Path:
    return root / "rules" / "prometheus" / "examples" / "alertmanager.yml"
