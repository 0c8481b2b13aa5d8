"""The facts that are quoted and never computed with."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from monitor.law.reference import DIRECTORY, Reference, load_reference
from monitor.problem import ProblemsFound
from monitor.shipped import shipped

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def reference() -> Reference:
    """The shipped files."""
    return load_reference()


def test_no_instrument_and_no_step_is_lost(reference: Reference) -> None:
    """Six instruments, five pieces of guidance, nine questions."""
    read = reference.instruments
    assert [len(read.instruments), len(read.guidance), len(read.decision_procedure)] == [6, 5, 9]


def test_no_case_is_lost(reference: Reference) -> None:
    """Thirteen judgments and decisions."""
    assert len(reference.case_law.cases) == 13


def test_nothing_of_the_french_rules_is_lost(reference: Reference) -> None:
    """Twelve qualified services, fifteen in process, fourteen events, two texts, 22 founders."""
    france = reference.france
    assert [
        len(france.secnumcloud.qualified),
        len(france.secnumcloud.in_process.names),
        len(france.health_data_hub.events),
        len(france.european_texts),
        len(france.gaia_x_founders.founders),
    ] == [12, 15, 14, 2, 22]


def test_events_stand_in_the_order_of_time(reference: Reference) -> None:
    """A month sorts before the days of the next one."""
    days = [event.date for event in reference.france.health_data_hub.events]
    assert days == sorted(days)


def test_a_case_written_twice_is_a_problem(tmp_path: Path) -> None:
    """The second one is shown."""
    shutil.copytree(shipped(DIRECTORY), tmp_path, dirs_exist_ok=True)
    file = tmp_path / "case_law.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("id: C-311/18", "id: C-362/14"), encoding="utf-8")
    with pytest.raises(ProblemsFound) as raised:
        load_reference(tmp_path)
    assert [problem.key for problem in raised.value.problems] == ["cases[1].id"]


def test_a_step_out_of_order_is_a_problem(tmp_path: Path) -> None:
    """The procedure is a sequence."""
    shutil.copytree(shipped(DIRECTORY), tmp_path, dirs_exist_ok=True)
    file = tmp_path / "instruments.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("step: 2\n", "step: 5\n"), encoding="utf-8")
    with pytest.raises(ProblemsFound) as raised:
        load_reference(tmp_path)
    assert [problem.key for problem in raised.value.problems] == ["decision_procedure[1].step"]
