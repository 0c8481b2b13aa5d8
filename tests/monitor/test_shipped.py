"""Shipped data is found beside the packages; tests/repository/test_wheel.py shows the same for a wheel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from monitor.shipped import shipped

if TYPE_CHECKING:
    from pathlib import Path


def test_checkout_ships_its_own_rules(root: Path) -> None:
    """Editing a rule needs no new installation."""
    assert shipped("rules") == root / "rules"


def test_absent_data_is_named() -> None:
    """The message says which file the installation lacks."""
    with pytest.raises(FileNotFoundError, match=r"^rules/absent\.yaml is not part of this installation$"):
        shipped("rules/absent.yaml")
