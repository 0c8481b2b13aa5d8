"""The small archives, and the atlas that is built from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from monitor.attribution.atlas import Atlas
from monitor.attribution.build import build_atlas
from tests.monitor.attribution.small_archives import Archives, write_archives

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def archives(tmp_path: Path) -> Archives:
    """Small sources, the archives pinned."""
    return write_archives(tmp_path)


@pytest.fixture(scope="session")
def small_atlas_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of an atlas of the small archives."""
    directory = tmp_path_factory.mktemp("atlas")
    small = write_archives(directory)
    build_atlas(small.listed, directory, directory / "atlas.twa")
    return directory / "atlas.twa"


@pytest.fixture
def small_atlas(small_atlas_file: Path) -> Atlas:
    """An atlas of the small archives."""
    return Atlas.open(small_atlas_file)
