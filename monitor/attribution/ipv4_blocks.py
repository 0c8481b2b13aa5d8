"""Which of many sorted IPv4 ranges holds an address, without a search.

Decides nothing; it is the atlas's array of boundaries in a form that answers in a handful of array reads. One bit per
/24 says whether a range starts in it; counting the bits up to an address's block gives the range that covers it. A
/24 that several ranges share has a page of 256 bits of its own, read in the same way.
Source: the rank of a bit vector, as in the lookup tables of Asai and Ohara, "Poptrie", SIGCOMM 2015.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BLOCKS: Final = 2**24  # every /24
_PER_BLOCK: Final = 256
_WORD_SHIFT: Final = 6  # a word holds 64 bits
_IN_WORD: Final = 63
_SHARED: Final = 2**31  # this block has a page; the other bits are the page's number
_ROWS_AT_A_TIME: Final = 16_384


@dataclass(frozen=True, slots=True, eq=False)
class _Bits:
    """A vector of bits and, before each word, how many are set."""

    words: NDArray[np.uint64]
    before: NDArray[np.uint32]

    @classmethod
    def of(cls, places: NDArray[np.int64], size: int) -> _Bits:
        """Set the bits at `places`, ascending and distinct."""
        words = np.zeros(size >> _WORD_SHIFT, np.uint64)
        word = places >> _WORD_SHIFT
        first = np.flatnonzero(_changes(word))
        if len(first):
            words[word[first]] = np.bitwise_or.reduceat(np.uint64(1) << (places & _IN_WORD).astype(np.uint64), first)
        before = np.zeros(len(words), np.uint32)
        np.cumsum(np.bitwise_count(words[:-1]), out=before[1:])
        return cls(words, before)

    def last_set(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """Count the set bits up to and including each place, less one: the number of the last set one."""
        word = places >> _WORD_SHIFT
        unused = (_IN_WORD - (places & _IN_WORD)).astype(np.uint64)
        last: NDArray[np.int64] = self.before[word] + np.bitwise_count(self.words[word] << unused) - np.int64(1)
        return last


@dataclass(frozen=True, slots=True, eq=False)
class Ipv4Blocks:
    """Built by `of`, asked by `lookup`."""

    blocks: _Bits
    block_value: NDArray[np.uint32]
    pages: _Bits
    page_value: NDArray[np.uint32]

    @classmethod
    def of(cls, starts: NDArray[np.uint32], values: NDArray[np.uint32]) -> Ipv4Blocks:
        """Index ranges that begin at `starts` (ascending, the first 0) and reach to the next; values below 2**31."""
        block = (starts >> 8).astype(np.int64)
        heads = block[_changes(block)]
        shared = block[(starts & 0xFF) != 0]
        shared = shared[_changes(shared)]
        # A block after a shared one begins anew, so that only addresses inside the shared block take the long way.
        heads = _joined(heads, shared[shared < _BLOCKS - 1] + 1)
        last = np.searchsorted(starts, ((heads << 8) | 0xFF).astype(np.uint32), side="right") - 1
        block_value = values[last]
        block_value[np.searchsorted(heads, shared)] = _SHARED | np.arange(len(shared), dtype=np.uint32)
        page_of_start = np.searchsorted(shared, block)
        inside = np.flatnonzero(np.append(shared, -1)[page_of_start] == block)
        page = page_of_start[inside] * _PER_BLOCK + (starts[inside] & 0xFF)
        bits = _joined(page, np.arange(len(shared)) * _PER_BLOCK)
        first_address = ((shared[bits // _PER_BLOCK] << 8) | bits % _PER_BLOCK).astype(np.uint32)
        return cls(
            blocks=_Bits.of(heads, _BLOCKS),
            block_value=block_value,
            pages=_Bits.of(bits, max(len(shared), 1) * _PER_BLOCK),
            page_value=values[np.searchsorted(starts, first_address, side="right") - 1],
        )

    def lookup(self, addresses: NDArray[np.uint64]) -> NDArray[np.uint32]:
        """Give the value of the range that holds each address (a 32-bit number)."""
        found = np.empty(len(addresses), np.uint32)
        for start in range(0, len(addresses), _ROWS_AT_A_TIME):
            part = addresses[start : start + _ROWS_AT_A_TIME].astype(np.int64)
            values = self.block_value[self.blocks.last_set(part >> 8)]
            shared = np.flatnonzero(values >= _SHARED)
            if len(shared):
                page = (values[shared] & (_SHARED - 1)).astype(np.int64)
                place = page * _PER_BLOCK + (part[shared] & 0xFF)
                values[shared] = self.page_value[self.pages.last_set(place)]
            found[start : start + len(part)] = values
        return found


def _changes(ascending: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Mark the first of each run of equal values."""
    changes = np.ones(len(ascending), np.bool_)
    np.not_equal(ascending[1:], ascending[:-1], out=changes[1:])
    return changes


def _joined(left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.int64]:
    """Join two lists, ascending and without repeats; numpy's own union hashes first and takes ten times as long."""
    both = np.sort(np.concatenate([left, right]))
    return both[_changes(both)]
