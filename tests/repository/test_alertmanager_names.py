"""The example of Alertmanager speaks of alerts that exist: a rule that was renamed would inhibit nothing, silently."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import yaml

from tests.services.asked import rules

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MATCHER: Final = re.compile(r'(\w+)(=~|!~|!=|=)"(.*)"')
_SEVERITIES: Final = {"critical", "high", "medium", "low", "informational", "warning", "info"}


def _example(root: Path) -> dict[str, Any]:
    text = (root / "rules" / "prometheus" / "examples" / "alertmanager.yml").read_text(encoding="utf-8")
    read: dict[str, Any] = yaml.safe_load(text)
    return read


def _matchers(written: object) -> Iterator[tuple[str, str]]:
    """Label and value of every matcher, wherever it stands."""
    if isinstance(written, dict):
        for key, value in written.items():
            if str(key).endswith("matchers"):
                yield from ((found[1], found[3]) for found in map(_MATCHER.fullmatch, value) if found)
            else:
                yield from _matchers(value)
    elif isinstance(written, list):
        for each in written:
            yield from _matchers(each)


def _alternatives(pattern: str) -> list[str]:
    """The patterns of an alternation, one group of them written out."""
    group = re.fullmatch(r"(\w*)\(([^()]*)\)(\w*)", pattern)
    if group:
        return [f"{group[1]}{each}{group[3]}" for each in group[2].split("|")]
    return pattern.split("|")


def _values(root: Path, label: str) -> set[str]:
    return {each for name, pattern in _matchers(_example(root)) if name == label for each in _alternatives(pattern)}


def test_every_matcher_of_the_example_is_read(root: Path) -> None:
    """A form that this test does not know would be left out."""
    text = (root / "rules" / "prometheus" / "examples" / "alertmanager.yml").read_text(encoding="utf-8")

    assert len(re.findall(r"'\w+[!=~]+\"", text)) == len(list(_matchers(_example(root))))


def test_an_alternation_is_written_out() -> None:
    """Also one in brackets."""
    assert [_alternatives(each) for each in ("a|b.+", "A(B|C)", "D")] == [["a", "b.+"], ["AB", "AC"], ["D"]]


def test_every_alert_that_the_example_names_exists(root: Path) -> None:
    """As a detection rule, or as a rule of Prometheus."""
    known = {path.stem for path in (root / "rules" / "detection").glob("*.yml")}
    known |= {rule["alert"] for rule in rules(root) if "alert" in rule}
    named = _values(root, "alertname")

    assert (len(named) > 8, sorted(each for each in named if not any(re.fullmatch(each, name) for name in known))) == (
        True, [],
    )  # fmt: skip


def test_every_severity_that_the_example_names_exists(root: Path) -> None:
    """Those of findings and those of the monitor's own alerts."""
    assert _values(root, "severity") - _SEVERITIES - {""} == set()
