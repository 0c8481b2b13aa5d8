"""The public path for cases: lines of a flow log and a small site in, judged rows out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.judging import Gazetteer, Judging

if TYPE_CHECKING:
    from monitor.app import Knowledge


@pytest.fixture
def judged(knowledge: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> Judging:
    """Judge lines at a site: `judged(lines, inventory=..., register=..., certifications=..., policy=...)`."""
    return Judging(knowledge, tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="session")
def places(knowledge: Knowledge) -> Gazetteer:
    """Real addresses by country and operator, as the shipped atlas has them."""
    return Gazetteer.of(knowledge)
