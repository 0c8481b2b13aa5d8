"""What a PromQL text asks for that Prometheus would never miss: metrics and labels that do not exist."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import yaml

from monitor.metrics.table import LABELS, METRICS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# What a scrape configuration adds, and what Prometheus tells of a target by itself.
OF_THE_SCRAPE: Final = frozenset({"job", "instance", "site", "team"})
_OF_PROMETHEUS: Final = {"up": frozenset[str]()}
_TEXT: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
_NAME: Final = re.compile(r"(?<![\w:$.])((?:\w+:)?transferwatch_[\w:]+|up)\b(\{[^}]*\})?")
_GROUPING: Final = re.compile(r"\b(?:by|on|without|ignoring|group_left|group_right)\s*\(([^()]*)\)")
_MATCHER: Final = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)")
_REPLACED: Final = re.compile(r'label_replace\(.*?,\s*"(\w+)",\s*"[^"]*",\s*"(\w*)"')


def rule_files(root: Path) -> Iterator[Path]:
    """The files of rules, without their tests."""
    folder = root / "rules" / "prometheus"
    return (path for path in sorted(folder.glob("*.yml")) if not path.stem.endswith("_test"))


def rules(root: Path) -> list[dict[str, Any]]:
    """Every rule that ships."""
    documents = [yaml.safe_load(path.read_bytes()) for path in rule_files(root)]
    return [rule for document in documents for group in document["groups"] for rule in group["rules"]]


def unknown(query: str, recorded: frozenset[str] = frozenset()) -> set[str]:
    """Metrics that nobody tells, labels that the metric does not bear, and groupings by what no metric bears.

    `recorded` are names of recorded series; of these, any label that some metric bears is taken.
    """
    known = {metric.name: frozenset(metric.labels) for metric in METRICS} | _OF_PROMETHEUS
    every = frozenset(LABELS) | OF_THE_SCRAPE
    found = {word for pair in _REPLACED.findall(query) for word in pair if word} - every
    bare = _TEXT.sub('""', query)
    for name, matchers in _NAME.findall(bare):
        if name not in known and name not in recorded:
            found.add(name)
            continue
        bears = (known.get(name, every)) | OF_THE_SCRAPE
        found |= {f"{name}.{label}" for label in _MATCHER.findall(matchers) if label not in bears}
    for labels in _GROUPING.findall(bare):
        found |= {label for label in re.findall(r"\w+", labels) if label not in every}
    return found
