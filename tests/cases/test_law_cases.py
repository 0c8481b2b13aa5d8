"""Every dated legal case of tests/cases/law, asked of the pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cases.legal_case import load_cases
from tests.cases.legal_site import Docket, expected_of

if TYPE_CHECKING:
    from monitor.app import Knowledge
    from tests.cases.legal_case import Case
    from tests.judging import Gazetteer

_CASES = [(theme, case) for theme, cases in load_cases().items() for case in cases]


@pytest.fixture(scope="module")
def docket(knowledge: Knowledge, places: Gazetteer, tmp_path_factory: pytest.TempPathFactory) -> Docket:
    """All cases, judged site by site."""
    return Docket.of([case for _, case in _CASES], knowledge, places, tmp_path_factory.mktemp("sites"))


@pytest.mark.parametrize("case", [case for _, case in _CASES], ids=[f"{theme}/{case.id}" for theme, case in _CASES])
def test_the_judge_says_what_the_law_says(docket: Docket, case: Case) -> None:
    """The case names verdict, reason and mechanism."""
    expected = expected_of(case)
    row = docket.row(case)

    assert expected == {name: row[name] for name in expected}, f"{case.because} ({case.source})"
