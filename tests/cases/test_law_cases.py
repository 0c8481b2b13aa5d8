"""Every dated legal case of tests/cases/law, asked of the pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cases.legal_case import load_cases
from tests.cases.legal_site import FarEnds, expected_of, judged_case

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.app import Knowledge
    from tests.cases.legal_case import Case
    from tests.judging import Gazetteer


@pytest.fixture(scope="session")
def far_ends(places: Gazetteer) -> FarEnds:
    """Addresses for the far ends of the cases."""
    return FarEnds(places)


_CASES = [(theme, case) for theme, cases in load_cases().items() for case in cases]


@pytest.mark.parametrize("case", [case for _, case in _CASES], ids=[f"{theme}/{case.id}" for theme, case in _CASES])
def test_the_judge_says_what_the_law_says(case: Case, knowledge: Knowledge, far_ends: FarEnds, tmp_path: Path) -> None:
    """The case names verdict, reason and mechanism."""
    expected = expected_of(case)
    row = judged_case(case, knowledge, far_ends, tmp_path)

    assert expected == {name: row[name] for name in expected}, f"{case.because} ({case.source})"
