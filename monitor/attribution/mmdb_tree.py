"""Read every network of a MaxMind DB file at once: the search tree by whole levels, each record once.

Decides which networks a file lists, as its own reader does: IPv4 networks of a mixed file lie at `::/96`, aliases that
point there are skipped. Refuses a tree that is cut short or that leads in circles. What a record means is the
caller's; records are decoded by maxminddb, which bounds them.
Source: MaxMind DB file format specification, version 2.0, "Binary Search Tree Section".
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import maxminddb
import numpy as np
from maxminddb.decoder import Decoder

from monitor.address import IPV4, IPV6

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SEPARATOR_OCTETS: Final = 16
_IPV4_DEPTH: Final = 96
_HALF_BITS: Final = 64
_SIX_BITS: Final = 128
_FOUR_BITS: Final = 32
# A tree reaches each of its nodes once, but for the aliases of the IPv4 part; a file that says more leads in circles.
_VISITS_PER_NODE: Final = 4
_FEW: Final = 4096


class UnsoundMmdbError(ValueError):
    """The file is not one that can be read; the text says why."""


@dataclass(frozen=True, slots=True, eq=False)
class MmdbNetworks:
    """Networks of a file, ascending: version, first address as two halves, prefix length, position in `records`."""

    version: NDArray[np.uint8]
    high: NDArray[np.uint64]
    low: NDArray[np.uint64]
    length: NDArray[np.uint8]
    record: NDArray[np.intp]
    records: list[Any]
    database_type: str
    build_epoch: int


@dataclass(frozen=True, slots=True, eq=False)
class _Level:
    """Nodes of one depth, with the bits that lead to them."""

    node: NDArray[np.int64]
    high: NDArray[np.uint64]
    low: NDArray[np.uint64]

    def where(self, mask: NDArray[np.bool_]) -> _Level:
        return _Level(self.node[mask], self.high[mask], self.low[mask])


def read_networks(content: bytes) -> MmdbNetworks:
    """List every network of a file.

    Raises:
        UnsoundMmdbError: it is no MaxMind DB file, is cut short, leads in circles, or a record cannot be decoded.
    """
    try:
        with maxminddb.open_database(BytesIO(content), maxminddb.MODE_FD) as reader:
            about = reader.metadata()
    except (maxminddb.InvalidDatabaseError, ValueError, TypeError, OSError) as error:
        raise UnsoundMmdbError(_sentence(error)) from error
    bits = _SIX_BITS if about.ip_version == IPV6 else _FOUR_BITS
    tree_octets = about.node_count * about.record_size // 4
    tree = _tree(content[:tree_octets], about.node_count, about.record_size)
    found, offsets = _walk(tree, bits)
    high, low, length = found
    version = np.where((high == 0) & (low < np.uint64(1 << 32)) & (length >= _IPV4_DEPTH), IPV4, IPV6).astype(np.uint8)
    if bits == _FOUR_BITS:
        version[:] = IPV4
    distinct, record = np.unique(offsets, return_inverse=True)
    start = tree_octets + _SEPARATOR_OCTETS
    decoder = Decoder(content, start)
    records = []
    for offset in distinct.tolist():
        try:
            records.append(decoder.decode(offset - about.node_count - _SEPARATOR_OCTETS + start)[0])
        except (maxminddb.InvalidDatabaseError, ValueError, TypeError, IndexError) as error:
            raise UnsoundMmdbError(_sentence(error)) from error
    four = version == IPV4
    prefix = np.where(four & (bits == _SIX_BITS), length - _IPV4_DEPTH, length).astype(np.uint8)
    order = np.lexsort((low, high, version))
    return MmdbNetworks(
        version[order], high[order], low[order], prefix[order], record[order], records,
        str(about.database_type), int(about.build_epoch),
    )  # fmt: skip


def _tree(content: bytes, nodes: int, record_size: int) -> NDArray[np.int64]:
    """Both records of every node. Shape: (nodes, 2)."""
    width = record_size // 4
    if len(content) != nodes * width or nodes < 1:
        raise UnsoundMmdbError("its search tree is cut short")
    octets = np.frombuffer(content, np.uint8).reshape(nodes, width).astype(np.int64)
    if record_size == 24:  # noqa: PLR2004 - the three sizes of the format
        left = octets[:, 0] << 16 | octets[:, 1] << 8 | octets[:, 2]
        right = octets[:, 3] << 16 | octets[:, 4] << 8 | octets[:, 5]
    elif record_size == 28:  # noqa: PLR2004
        left = octets[:, 3] >> 4 << 24 | octets[:, 0] << 16 | octets[:, 1] << 8 | octets[:, 2]
        right = (octets[:, 3] & 0xF) << 24 | octets[:, 4] << 16 | octets[:, 5] << 8 | octets[:, 6]
    elif record_size == 32:  # noqa: PLR2004
        left = octets[:, 0] << 24 | octets[:, 1] << 16 | octets[:, 2] << 8 | octets[:, 3]
        right = octets[:, 4] << 24 | octets[:, 5] << 16 | octets[:, 6] << 8 | octets[:, 7]
    else:
        raise UnsoundMmdbError(f"its records have {record_size} bits")
    return np.stack([left, right], axis=1)


def _walk(
    tree: NDArray[np.int64], bits: int
) -> tuple[tuple[NDArray[np.uint64], NDArray[np.uint64], NDArray[np.int64]], NDArray[np.int64]]:
    """Networks as (upper half, lower half, length), and the record value that each leads to."""
    nodes = len(tree)
    four = _ipv4_node(tree) if bits == _SIX_BITS else -1
    zero = np.zeros(1, np.uint64)
    level = _Level(np.zeros(1, np.int64), zero, zero)
    visits = 0
    highs, lows, lengths, values = [], [], [], []
    for depth in range(bits):
        visits += len(level.node)
        if visits > _VISITS_PER_NODE * nodes + _FEW:
            raise UnsoundMmdbError("its search tree leads in circles")
        children = _children(level, tree, depth, bits)
        aliased = (children.node == four) & ((children.high != 0) | (children.low != 0))
        children = children.where((children.node != nodes) & ~aliased)
        leaf = children.node > nodes
        ends = children.where(leaf)
        highs.append(ends.high)
        lows.append(ends.low)
        lengths.append(np.full(len(ends.node), depth + 1, np.int64))
        values.append(ends.node)
        level = children.where(~leaf)
        if not len(level.node):
            break
    else:
        raise UnsoundMmdbError("its search tree is deeper than an address")
    return (np.concatenate(highs), np.concatenate(lows), np.concatenate(lengths)), np.concatenate(values)


def _children(level: _Level, tree: NDArray[np.int64], depth: int, bits: int) -> _Level:
    both = tree[level.node]
    place = bits - 1 - depth
    bit = np.uint64(1 << (place % _HALF_BITS))
    zero = np.uint64(0)
    in_high = place >= _HALF_BITS
    return _Level(
        np.concatenate([both[:, 0], both[:, 1]]),
        np.concatenate([level.high, level.high | (bit if in_high else zero)]),
        np.concatenate([level.low, level.low | (zero if in_high else bit)]),
    )


def _ipv4_node(tree: NDArray[np.int64]) -> int:
    """Find the node at which the IPv4 part begins; -1 where that part is of one piece."""
    node = 0
    for _ in range(_IPV4_DEPTH):
        node = int(tree[node, 0])
        if node >= len(tree):
            return -1
    return node


def _sentence(error: Exception) -> str:
    return (str(error).partition("\n")[0].rstrip(".") or "it is damaged").strip()
