"""A ledger for the commands that read one, and knowledge that is loaded once."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from monitor.app import Knowledge
from tests.kept_worlds import KeptSite, kept_world

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def loaded_once(knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command loads what ships; here it is there already."""
    monkeypatch.setattr(Knowledge, "load", lambda: knowledge)


@pytest.fixture(scope="session")
def world(knowledge: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> KeptSite:
    """Two days of the sample hospital, over the end of October, in the ledger that its settings name."""
    return kept_world(tmp_path_factory.mktemp("world"), knowledge, date(2026, 10, 31), days=2, scale=0.01)


@pytest.fixture
def bare(knowledge: Knowledge, tmp_path: Path) -> KeptSite:
    """A small site with an empty ledger."""
    site = KeptSite.of(tmp_path / "site", knowledge)
    with site.opened():
        return site
