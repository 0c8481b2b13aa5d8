"""Counting what an atlas says of a provider's networks, exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.bench.bench_truth import MOMENT
from tests.bench.truth import (
    ADEQUATE,
    INSIDE,
    THIRD,
    UNDETERMINED,
    answer_standings,
    pieces_of,
    share,
    standings,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from monitor.app import Knowledge
    from monitor.attribution.far_ends import Attributor


@pytest.fixture(scope="module")
def attributor(knowledge: Knowledge) -> Attributor:
    """The shipped knowledge, made ready."""
    return knowledge.attributor()


def test_the_pieces_of_a_prefix_are_all_of_it(attributor: Attributor) -> None:
    """Its addresses, and one prefix."""
    pieces = pieces_of(["8.0.0.0/8"], attributor)

    assert (pieces.size.sum(), round(float(pieces.of_prefix.sum()), 9)) == (2**24, 1.0)


def test_of_nested_prefixes_the_longest_has_its_addresses(attributor: Attributor) -> None:
    """The wider one has the rest."""
    pieces = pieces_of(["8.0.0.0/8", "8.8.8.0/24"], attributor)

    assert np.bincount(pieces.row, pieces.size).tolist() == [2**24 - 256, 256]


def test_ipv6_is_counted_in_64s(attributor: Attributor) -> None:
    """A prefix inside one is a part of it."""
    pieces = pieces_of(["2a00:1450::/32", "2a00:1450:1:1:8000::/65"], attributor)

    assert np.bincount(pieces.row, pieces.size).tolist() == [2**32 - 0.5, 0.5]


def test_pieces_begin_where_the_atlas_changes(attributor: Attributor) -> None:
    """So that one answer holds for each."""
    pieces = pieces_of(["8.8.0.0/16"], attributor)
    combination = attributor.atlas.lookup(pieces.addresses).combination

    assert (combination[1:] != combination[:-1]).sum() >= len(combination) // 2


def test_a_share_is_of_prefixes_and_of_addresses(attributor: Attributor) -> None:
    """IPv4 and IPv6 apart."""
    pieces = pieces_of(["8.0.0.0/8", "9.0.0.0/9", "2a00:1450::/32"], attributor)

    found = share(pieces, pieces.row == 1, pieces.row >= 0)

    assert (round(found.prefixes, 9), round(found.four, 9), found.six) == (round(1 / 3, 9), round(1 / 3, 9), 0.0)


def test_countries_stand_as_the_law_has_them(knowledge: Knowledge) -> None:
    """On that day."""
    found = standings(["FR", "NO", "CH", "US", None, "EU"], knowledge.territories, knowledge.regimes, MOMENT)

    assert found.tolist() == [INSIDE, INSIDE, ADEQUATE, THIRD, UNDETERMINED, UNDETERMINED]


def test_an_answer_stands_as_all_its_candidates_do(attributor: Attributor) -> None:
    """Two that differ leave it open."""

    def standing_of(countries: Sequence[str]) -> NDArray[np.int8]:
        return np.array([INSIDE if code == "FR" else THIRD for code in countries], np.int8)

    found, _ = answer_standings(attributor, standing_of)
    expected = [
        UNDETERMINED
        if attributor.answers.flags[answer] & 3 or len({code == "FR" for code in attributor.candidates(answer)}) != 1
        else INSIDE
        if "FR" in attributor.candidates(answer)
        else THIRD
        for answer in range(0, len(found), 97)
    ]

    assert found[::97].tolist() == expected
