"""Walk the search tree of an MMDB file, a whole level at a time.

Decides which networks a file has and where the record of each begins; it knows nothing of records. The kept library
(`maxminddb`) opens the file, checks its metadata and decodes the records; walking is done here because the library
hands out one Python object a network, and decodes a record anew for each network that has it.

A tree may be hostile: a record that leads back up would make it endless, one that leads twice to the same node would
double it 128 times. Every node is visited once; the one exception that files have, IPv6 prefixes that repeat the IPv4
tree (`::ffff:0:0/96`, `2002::/16`, `2001::/32`), is left out, as the library does.

Source: MaxMind DB File Format Specification 2.0, Binary Search Tree Section.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from monitor.address import IPV4, IPV6

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SEPARATOR_OCTETS: Final = 16
_IPV4_DEPTH: Final = 96
_HALF: Final = 64
_BITS: Final = {IPV4: 32, IPV6: 128}


@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """The networks of a file, in ascending order: first and last address, and the place of the record in the file."""

    version: NDArray[np.uint8]
    first_high: NDArray[np.uint64]
    first_low: NDArray[np.uint64]
    last_high: NDArray[np.uint64]
    last_low: NDArray[np.uint64]
    place: NDArray[np.int64]


class NotATreeError(ValueError):
    """The search tree leads to a node twice, or beyond the file."""


def walk(content: bytes, *, node_count: int, record_size: int, ip_version: int) -> Tree:
    """Find the networks of a file whose metadata was checked; the tree must lie inside `content`.

    Raises:
        NotATreeError: a node is reached twice, a record lies beyond the file, or a path is longer than an address.
    """
    left, right = _children(content, node_count, record_size)
    tree_octets = node_count * record_size // 4
    bits = _BITS[ip_version]
    four = _ipv4_node(left, node_count) if ip_version == IPV6 else node_count
    seen = np.zeros(node_count, np.bool_)
    node = np.zeros(min(node_count, 1), np.int64)
    high = np.zeros(len(node), np.uint64)
    low = np.zeros(len(node), np.uint64)
    found: list[tuple[NDArray[Any], ...]] = []
    for depth in range(1, bits + 1):
        if not len(node):
            break
        seen[node] = True
        bit_high, bit_low = _bit(depth - 1, bits)
        child = np.concatenate([left[node], right[node]])
        high = np.concatenate([high, high | bit_high])
        low = np.concatenate([low, low | bit_low])
        record = child > node_count
        found.append((high[record], low[record], np.full(int(record.sum()), depth), child[record]))
        inner = child < node_count
        if ip_version == IPV6:
            inner &= (child != four) | ((high == 0) & (low == 0))
        node, high, low = child[inner], high[inner], low[inner]
        if seen[node].any() or len(np.unique(node)) != len(node):
            raise NotATreeError("its search tree reaches a node twice")
    if len(node):
        raise NotATreeError("its search tree is deeper than an address is long")
    tree = _networks(found, bits)
    place = tree.place - node_count + tree_octets
    if len(place) and ((place < tree_octets + _SEPARATOR_OCTETS).any() or (place >= len(content)).any()):
        raise NotATreeError("its search tree leads beyond the file")
    return Tree(tree.version, tree.first_high, tree.first_low, tree.last_high, tree.last_low, place)


def _children(content: bytes, node_count: int, record_size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Read both records of every node."""
    octets = record_size // 4
    raw = np.frombuffer(content, np.uint8, count=node_count * octets).reshape(node_count, octets)

    def number(columns: list[int]) -> NDArray[np.int64]:
        value = np.zeros(node_count, np.int64)
        for column in columns:
            value = value << 8 | raw[:, column]
        return value

    if record_size == 28:  # noqa: PLR2004 - the middle octet holds the high nibbles of both
        middle = raw[:, 3].astype(np.int64)
        return number([0, 1, 2]) | (middle >> 4) << 24, number([4, 5, 6]) | (middle & 0xF) << 24
    half = octets // 2
    return number(list(range(half))), number(list(range(half, octets)))


def _ipv4_node(left: NDArray[np.int64], node_count: int) -> int:
    """Find the node at ::/96; `node_count` where the tree ends before it."""
    node = 0
    for _ in range(_IPV4_DEPTH):
        if node >= node_count:
            return node_count
        node = int(left[node])
    return min(node, node_count)


def _bit(place: int, bits: int) -> tuple[np.uint64, np.uint64]:
    """The bit at a depth of the tree, as the halves of an address."""
    from_right = bits - 1 - place
    if from_right >= _HALF:
        return np.uint64(1 << (from_right - _HALF)), np.uint64(0)
    return np.uint64(0), np.uint64(1 << from_right)


def _networks(found: list[tuple[NDArray[Any], ...]], bits: int) -> Tree:
    """Put the networks of every level in order, those of IPv4 first; `place` is still the number in the tree."""
    columns = [np.concatenate(column) for column in zip(*found, strict=True)] if found else [np.zeros(0, np.int64)] * 4
    high, low, depth, child = columns[0].astype(np.uint64), columns[1].astype(np.uint64), columns[2], columns[3]
    host = bits - depth
    masks = np.array([(1 << count) - 1 for count in range(_HALF + 1)], np.uint64)
    last_low = low | masks[np.minimum(host, _HALF)]
    last_high = high | masks[np.maximum(host - _HALF, 0)]
    is_four = (bits == _BITS[IPV4]) | ((depth >= _IPV4_DEPTH) & (high == 0) & (low < np.uint64(2**32)))
    version = np.where(is_four, np.uint8(IPV4), np.uint8(IPV6))
    order = np.lexsort((low, high, version))
    return Tree(
        version[order], high[order], low[order], last_high[order], last_low[order], child[order].astype(np.int64)
    )
