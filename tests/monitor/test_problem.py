"""A problem as the operator reads it."""

from __future__ import annotations

import pytest

from monitor.problem import Problem, ProblemsFound


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        pytest.param(
            Problem("inventory.yaml", 4, 7, "data_class", '"helth" is not known.', "Write health."),
            'inventory.yaml:4:7 data_class: "helth" is not known. Write health.',
            id="whole",
        ),
        pytest.param(
            Problem("flow.log", 12, 0, "srcaddr", "is missing."), "flow.log:12 srcaddr: is missing.", id="line"
        ),
        pytest.param(Problem("flow.log", 0, 0, "", "is empty."), "flow.log: is empty.", id="file"),
    ],
)
def test_problem_reads_place_key_fault_remedy(problem: Problem, text: str) -> None:
    """What does not apply leaves no trace."""
    assert str(problem) == text


def test_problems_found_are_sorted_by_place() -> None:
    """The operator mends a file from top to bottom, whatever order the checks ran in."""
    later, earlier = Problem("a.yaml", 10, 1, "", "b"), Problem("a.yaml", 9, 1, "", "a")

    assert ProblemsFound([later, earlier]).problems == (earlier, later)


def test_problems_found_prints_one_line_each() -> None:
    """Everything at once, nothing twice."""
    found = ProblemsFound([Problem("a.yaml", 1, 1, "", "x"), Problem("b.yaml", 1, 1, "", "y")])

    assert str(found) == "a.yaml:1:1: x\nb.yaml:1:1: y"
