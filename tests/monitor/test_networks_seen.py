"""Which of our networks a record is a word of."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pytest

from tests.judging import NOON, line
from tests.summing import Summing

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.app import Knowledge

_FAR: Final = "13.38.0.1"
_INVENTORY: Final = """\
systems:
  - {id: warehouse, data_class: health, networks: [10.0.0.0/8, 10.20.0.0/16]}
  - {id: portal, data_class: identity, serves: public, networks: [203.0.113.0/24]}
"""


@pytest.fixture
def summing(tmp_path: Path, knowledge: Knowledge) -> Summing:
    """Two systems, one of them with a network inside the other."""
    return Summing.of(knowledge, tmp_path, inventory=_INVENTORY)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (line("10.20.1.5", _FAR), [("warehouse", "10.20.0.0/16", 1)]),
        (line(_FAR, "10.9.1.5"), [("warehouse", "10.0.0.0/8", 1)]),
        (line("10.20.1.5", "203.0.113.9"), [("portal", "203.0.113.0/24", 1), ("warehouse", "10.20.0.0/16", 1)]),
        (line("10.20.1.5", "10.20.1.6"), [("warehouse", "10.20.0.0/16", 1)]),
        (line(_FAR, "10.20.1.5", packets=1, octets=40), []),
        (line(_FAR, "192.0.2.7"), []),
    ],
    ids=["the longest", "the other end", "both ends", "within one", "a probe", "not ours"],
)
def test_a_record_is_a_word_of_the_networks_of_its_ends(
    summing: Summing, text: str, expected: list[tuple[str, str, int]]
) -> None:
    """Of the longest one that holds the address; probes are nobody's word."""
    found = summing.sums(text).networks.sort("system")

    assert found.select("system", "network", "records").rows() == expected


def test_words_are_kept_by_hour(summing: Summing) -> None:
    """With the first and the last of each."""
    times = [NOON + timedelta(minutes=minutes) for minutes in (1, 9, 70)]
    found = summing.sums(*(line("10.20.1.5", _FAR, at=at) for at in times)).networks.sort("hour")

    assert found.select("records", "first_time", "last_time").rows() == [
        (2, times[0], times[1]),
        (1, times[2], times[2]),
    ]
