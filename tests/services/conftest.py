"""What tests of real services share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.monitor.alert.telling import Teller
from tests.services.authority import Authority

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="session")
def authority(service: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Certificates of an authority of the site's own; values that nothing changes."""
    return Authority.made(service("openssl"), tmp_path_factory.mktemp("authority"))


@pytest.fixture
def teller(tmp_path: Path) -> Teller:
    """Tells one finding."""
    made = Teller(tmp_path / "ledger.db")
    made.find()
    return made
