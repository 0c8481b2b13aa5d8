"""The day up to which the law was reviewed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from monitor.law.regimes import load_regimes
from monitor.law.reviewed import law_reviewed, load_reviewed
from monitor.problem import ProblemsFound

if TYPE_CHECKING:
    from pathlib import Path


def test_nothing_in_the_law_is_younger_than_its_review() -> None:
    """Whoever enters a decision of today has not reviewed the rest; the review comes after it."""
    assert max(decision.adopted for decision in load_regimes().decisions) <= law_reviewed()


def test_a_damaged_day_is_a_problem_with_its_line(tmp_path: Path) -> None:
    """And what to write."""
    path = tmp_path / "reviewed.yaml"
    path.write_text("reviewed: lately\nsource: x\n", encoding="utf-8")
    with pytest.raises(ProblemsFound) as raised:
        load_reviewed(path, shown_as="reviewed.yaml")

    assert [str(problem).split(":", 3)[:2] for problem in raised.value.problems] == [["reviewed.yaml", "1"]]
