"""The alert rules that ship fire when they should, by Prometheus's own tool."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from monitor.metrics.table import METRICS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_METRIC = re.compile(r"transferwatch_[a-z_]+(?=[^a-z_:]|$)")


@pytest.mark.parametrize("name", ["atlas"])
def test_rules_hold_to_their_tests(name: str, service: Callable[[str], Path], root: Path) -> None:
    """`promtool test rules`."""
    command = [str(service("promtool")), "test", "rules", f"{name}_test.yml"]
    done = subprocess.run(command, cwd=root / "rules" / "prometheus", capture_output=True, text=True, check=False)

    assert (done.returncode, "SUCCESS" in done.stdout) == (0, True), done.stdout + done.stderr


def test_rules_ask_for_metrics_that_exist(root: Path) -> None:
    """A metric that is called otherwise would never fire."""
    known = {metric.name for metric in METRICS}
    asked = {
        name
        for path in (root / "rules" / "prometheus").glob("*.yml")
        for line in path.read_text(encoding="utf-8").splitlines()
        if "name: transferwatch" not in line
        for name in _METRIC.findall(line)
    }

    assert asked - known == set()


def test_every_file_of_rules_has_tests(root: Path) -> None:
    """And is named above."""
    folder = root / "rules" / "prometheus"

    assert sorted(path.stem for path in folder.glob("*.yml")) == ["atlas", "atlas_test"]
