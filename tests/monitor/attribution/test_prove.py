"""The proof says yes to a true atlas and no to a false one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from monitor.attribution.prove import Difference, prove

if TYPE_CHECKING:
    from monitor.attribution.atlas import Atlas
    from tests.monitor.attribution.small_archives import Archives


def test_an_atlas_answers_as_its_sources_do(archives: Archives, small_atlas: Atlas) -> None:
    """First, last and both neighbours of every range of every layer, and random addresses."""
    proof = prove(small_atlas, archives.listed, archives.directory, random_addresses=2_000)

    assert (proof.different, proof.differences) == (0, ())


def test_every_range_is_asked_at_its_four_edges(archives: Archives, small_atlas: Atlas) -> None:
    """Fewer only where a range begins or ends the address space."""
    proof = prove(small_atlas, archives.listed, archives.directory, random_addresses=0)

    assert dict(proof.compared) == {
        layer: 4 * count - beyond
        for (layer, count), beyond in zip(proof.ranges.items(), (3, 0, 2, 1, 0, 0, 0), strict=True)
    }
    assert list(proof.ranges) == [
        *("place", "second", "network", "registration", "override places", "stated places", "stated operators"),
    ]


@pytest.mark.parametrize("array", ["four_value", "six_value", "low_value"])
def test_a_changed_value_is_found(archives: Archives, small_atlas: Atlas, array: str) -> None:
    """In each of the three arrays."""
    changed = {name: np.array(values) for name, values in small_atlas._arrays.items()}
    changed[array][-1] = 0 if changed[array][-1] else 1
    proof = prove(replace(small_atlas, _arrays=changed), archives.listed, archives.directory, random_addresses=0)

    assert proof.different > 0


def test_a_difference_shows_both_answers(archives: Archives, small_atlas: Atlas) -> None:
    """So that somebody can look."""
    changed = {name: np.array(values) for name, values in small_atlas._arrays.items()}
    changed["said_country"][changed["said_country"] == small_atlas.countries.to_list().index("AU")] = 0
    proof = prove(replace(small_atlas, _arrays=changed), archives.listed, archives.directory, random_addresses=0)

    assert proof.differences[0] == Difference("1.0.0.0", "place", None, "AU")


def test_a_changed_operator_is_found(archives: Archives, small_atlas: Atlas) -> None:
    """Whom a feed or an override names."""
    changed = {name: np.array(values) for name, values in small_atlas._arrays.items()}
    changed["owner_operator"][-1] = 0
    proof = prove(replace(small_atlas, _arrays=changed), archives.listed, archives.directory, random_addresses=0)

    assert {each.layer for each in proof.differences} == {"stated operators"}
