"""A new atlas is held to what its inputs say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from monitor.attribution.archives import read_inputs
from monitor.attribution.atlas import Atlas
from monitor.attribution.atlas_file import read_atlas_file, write_atlas_file
from monitor.attribution.build import build_atlas, read_sources
from monitor.attribution.refresh.sample import Held, sampled
from tests.monitor.attribution.small_archives import Archives, write_archives

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray


def held(small: Archives, change: Callable[[dict[str, NDArray[np.uint32]]], None] | None = None) -> dict[str, Held]:
    """Build an atlas, change something in its file, and hold it to its sources."""
    path = small.directory / "atlas.twa"
    build_atlas(small.listed, small.directory, path)
    if change is not None:
        file = read_atlas_file(path)
        arrays = {name: array.copy() for name, array in file.arrays.items()}
        change(arrays)
        path.unlink()
        write_atlas_file(path, file.about, arrays)
    read = read_sources(small.listed, read_inputs(small.listed, small.directory))
    return {each.source: each for each in sampled(Atlas.open(path), small.listed, read)}


def test_an_atlas_holds_to_every_source(tmp_path: Path) -> None:
    """With every oddity of the small ones: blocks set aside, divided /64s, ranges that overlap."""
    found = held(write_archives(tmp_path))

    assert {name: each.different for name, each in found.items()} == dict.fromkeys(
        ("place", "second", "network", "feed", "own"), 0
    )
    assert min(each.asked for each in found.values()) > 0


def test_an_atlas_whose_ranges_are_shifted_does_not_hold(tmp_path: Path) -> None:
    """What a mistake in building looks like."""

    def shift(arrays: dict[str, NDArray[np.uint32]]) -> None:
        arrays["four_value"][:] = np.roll(arrays["four_value"], 1)

    found = held(write_archives(tmp_path), shift)

    assert (found["place"].holds, found["network"].holds) == (False, False)
    assert "it says" in found["place"].example


def test_one_in_a_hundred_may_differ() -> None:
    """Two readers of a format may read an oddity differently; that is for the whole proof."""
    assert [Held("a", 1_000, different).holds for different in (0, 10, 11)] == [True, True, False]


def test_nothing_to_ask_holds() -> None:
    """A source may say nothing that can be asked about alone."""
    assert Held("a", 0, 0).holds
