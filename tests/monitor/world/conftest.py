"""Worlds that several tests read."""

from __future__ import annotations

import pytest

from monitor.world.generate import World, generate


@pytest.fixture(scope="package")
def world() -> World:
    """The default week."""
    return generate(1)


@pytest.fixture(scope="package")
def small() -> World:
    """The same week with a fiftieth of the traffic."""
    return generate(1, scale=0.02)
