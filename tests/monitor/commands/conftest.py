"""What commands are asked about: a log, a site, a ledger."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from tests.kept_worlds import KeptSite, kept_world
from tests.monitor.commands.running import write_flow_log, write_small_site

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.app import Knowledge


@pytest.fixture
def flow_log(tmp_path: Path) -> Path:
    """One good and one broken record."""
    return write_flow_log(tmp_path)


@pytest.fixture
def small_site(tmp_path: Path) -> Path:
    """A site of one system."""
    return write_small_site(tmp_path)


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
