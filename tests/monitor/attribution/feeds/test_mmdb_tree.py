"""Walking the search tree of an MMDB file."""

from __future__ import annotations

import struct
from io import BytesIO
from typing import TYPE_CHECKING

import maxminddb
import numpy as np
import pytest

from monitor.attribution.feeds.mmdb_tree import NotATreeError, Tree, walk
from tests.monitor.attribution.small_archives import PLACES, country_file

if TYPE_CHECKING:
    from collections.abc import Sequence

_HALF = 2**64


def nodes(*pairs: tuple[int, int], record_size: int = 24) -> bytes:
    """A tree as it stands in a file, with a data section of zeros behind it."""
    packed = {24: _pack_24, 28: _pack_28, 32: _pack_32}[record_size]
    return b"".join(packed(*pair) for pair in pairs) + bytes(64)


def _pack_24(left: int, right: int) -> bytes:
    return left.to_bytes(3, "big") + right.to_bytes(3, "big")


def _pack_28(left: int, right: int) -> bytes:
    middle = (left >> 24) << 4 | right >> 24
    return (left & 0xFFFFFF).to_bytes(3, "big") + bytes([middle]) + (right & 0xFFFFFF).to_bytes(3, "big")


def _pack_32(left: int, right: int) -> bytes:
    return struct.pack(">II", left, right)


def walked(pairs: Sequence[tuple[int, int]], *, record_size: int = 24, ip_version: int = 4) -> Tree:
    """The networks of a tree."""
    content = nodes(*pairs, record_size=record_size)
    return walk(content, node_count=len(pairs), record_size=record_size, ip_version=ip_version)


@pytest.mark.parametrize("record_size", [24, 28, 32])
def test_networks_of_a_small_tree(record_size: int) -> None:
    """0.0.0.0/1 and 192.0.0.0/2; nothing is known of the rest."""
    tree = walked([(2 + 16, 1), (2, 2 + 20)], record_size=record_size)

    assert (tree.first_low.tolist(), tree.last_low.tolist()) == ([0, 3 << 30], [2**31 - 1, 2**32 - 1])


def test_the_place_of_a_record_is_behind_the_tree() -> None:
    """16 octets separate the two."""
    assert walked([(1 + 16, 1 + 20)]).place.tolist() == [6 + 16, 6 + 20]


def test_an_empty_tree_has_no_network() -> None:
    """Every record says that nothing is known."""
    assert walked([(1, 1)]).place.tolist() == []


@pytest.mark.parametrize(
    ("pairs", "reason"),
    [
        ([(0, 1)], "reaches a node twice"),  # back to its root
        ([(1, 1), (2, 2)], "reaches a node twice"),  # both records lead to one node
        ([(1, 2), (2, 3), (3, 3)], "reaches a node twice"),  # two nodes lead to one
        ([(1 + 1, 1)], "leads beyond the file"),  # into the separator
        ([(0xFFFFFF, 1)], "leads beyond the file"),
        ([(node + 1, 40) for node in range(40)], "deeper than an address is long"),
    ],
)
def test_what_is_no_tree_is_refused(pairs: list[tuple[int, int]], reason: str) -> None:
    """In bounded time: every node is visited once."""
    with pytest.raises(NotATreeError, match=reason):
        walked(pairs)


def test_networks_are_those_of_the_library() -> None:
    """Every one of a mixed file, the ranges inside a /64 among them."""
    content = country_file(PLACES)
    with maxminddb.open_database(BytesIO(content), maxminddb.MODE_FD) as reader:
        about = reader.metadata()
        expected = sorted((network.version, int(network[0]), int(network[-1])) for network, _ in reader)
    tree = walk(content, node_count=about.node_count, record_size=about.record_size, ip_version=about.ip_version)

    first = tree.first_high.astype(object) * _HALF + tree.first_low.astype(object)
    last = tree.last_high.astype(object) * _HALF + tree.last_low.astype(object)
    found = list(zip(tree.version.tolist(), first.tolist(), last.tolist(), strict=True))

    assert found == expected


def test_repeated_ipv4_trees_are_left_out() -> None:
    """2000::/4 leads to the node at ::/96, as aliases of real files do."""
    chain = [(node + 1, 97) for node in range(96)]  # ::/96 is node 96
    chain[0] = (1, 96)  # 8000::/1 is the alias
    tree = walked([*chain, (97 + 16, 97)], ip_version=6)

    assert (tree.version.tolist(), np.unique(tree.last_low).tolist()) == ([4], [2**31 - 1])
