"""An empty ledger, and rows to put into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from monitor.ledger.store import open_ledger
from tests.judging import Site
from tests.monitor.ledger.keepers import Keeper

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from monitor.app import Knowledge
    from monitor.ledger.store import Ledger


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """An empty ledger."""
    with open_ledger(f"sqlite:///{tmp_path}/ledger.db", create=True) as opened:
        yield opened


@pytest.fixture
def keeper(tmp_path: Path, knowledge: Knowledge) -> Keeper:
    """A site of two systems that keeps."""
    return Keeper.of(Site().write(tmp_path), knowledge)
