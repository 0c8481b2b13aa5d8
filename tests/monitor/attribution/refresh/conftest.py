"""A server of inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.monitor.attribution.refresh.server import Server, serving

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def server() -> Iterator[Server]:
    """A server on the loopback."""
    with serving() as running:
        yield running
