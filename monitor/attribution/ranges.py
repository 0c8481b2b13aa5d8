"""Ranges of addresses as steps: from this address on, this value.

Decides how lists of disjoint ranges are laid over each other. An address is a pair of 64-bit halves; an IPv4 address
is its number in the upper half and 0 in the lower, so that one arithmetic serves both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


_HALF: Final = 2**64
_END: Final = _HALF * _HALF


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """Where values begin, ascending."""

    high: NDArray[np.uint64]
    low: NDArray[np.uint64]


@dataclass(frozen=True, slots=True, eq=False)
class Ranges:
    """Ranges with a value other than 0: first address, the address after the last, value.

    `after` is 0 where a range reaches the end of the address space.
    """

    first: Steps
    after: Steps
    value: NDArray[np.uint64]


def in_order(ranges: Ranges) -> Ranges:
    """Sort ranges by their first address and cut overlaps: the range that begins later wins, then the narrower one.

    Raises:
        ValueError: a range ends before it begins.
    """
    order = np.lexsort((ranges.first.low, ranges.first.high))
    first = Steps(ranges.first.high[order], ranges.first.low[order])
    after = Steps(ranges.after.high[order], ranges.after.low[order])
    value = ranges.value[order]
    endless = (after.high == 0) & (after.low == 0)
    if (~_less(first, after) & ~endless).any():
        raise ValueError("a range ends before it begins")
    begins_later = Steps(first.high[1:], first.low[1:])
    if not (_less(begins_later, Steps(after.high[:-1], after.low[:-1])) | endless[:-1]).any():
        return Ranges(first, after, value)
    return _untangled(first, after, value)


def _untangled(first: Steps, after: Steps, value: NDArray[np.uint64]) -> Ranges:
    """Cut overlapping ranges into disjoint ones, one at a time: inputs overlap by mistake, in a handful of places."""
    starts = _whole(first)
    ends = [end or _END for end in _whole(after)]
    pieces: list[tuple[int, int, int]] = []
    around: list[tuple[int, int]] = []  # (end, value) of the ranges that reach beyond the current address
    at = 0

    def advance(until: int) -> None:
        nonlocal at
        while around and at < until:
            end, inner = around[-1]
            if end > at:
                pieces.append((at, min(end, until), inner))
                at = min(end, until)
            if end <= until:
                around.pop()
        at = until

    for start, negative_end, inner in sorted(zip(starts, (-end for end in ends), value.tolist(), strict=True)):
        advance(start)
        around.append((-negative_end, inner))
    advance(_END)
    return Ranges(
        _halved([piece[0] for piece in pieces]),
        _halved([piece[1] for piece in pieces]),
        np.array([piece[2] for piece in pieces], np.uint64),
    )


def lay_over(layers: Sequence[Ranges]) -> tuple[Steps, NDArray[np.uint64]]:
    """Cut the address space wherever any layer changes.

    Returns the cuts, from address 0 upward, and the value of each layer from there on (0: none). Shape: (cuts,
    layers). Neighbours differ in at least one value.
    """
    per_layer = [_steps(ranges) for ranges in layers]
    high = np.concatenate([np.zeros(1, np.uint64), *(steps.high for steps, _ in per_layer)])
    low = np.concatenate([np.zeros(1, np.uint64), *(steps.low for steps, _ in per_layer)])
    order = np.lexsort((low, high))
    high, low = high[order], low[order]
    fresh = np.ones(len(high), np.bool_)
    fresh[1:] = (high[1:] != high[:-1]) | (low[1:] != low[:-1])
    cuts = Steps(high[fresh], low[fresh])
    values = np.stack([value[value_at(steps, cuts)] for steps, value in per_layer], axis=1)
    changes = np.ones(len(values), np.bool_)
    changes[1:] = (values[1:] != values[:-1]).any(axis=1)
    return Steps(cuts.high[changes], cuts.low[changes]), values[changes]


def value_at(steps: Steps, wanted: Steps) -> NDArray[np.intp]:
    """Find the last step at or before each wanted address; the steps begin at address 0."""
    high = np.concatenate([steps.high, wanted.high])
    low = np.concatenate([steps.low, wanted.low])
    order = np.lexsort((np.arange(len(high)) >= len(steps.high), low, high))  # a step comes before its equals
    place = np.where(order < len(steps.high), order, -1)
    latest = np.maximum.accumulate(place)
    found = np.empty(len(high), np.intp)
    found[order] = latest
    return found[len(steps.high) :]


def _steps(ranges: Ranges) -> tuple[Steps, NDArray[np.uint64]]:
    """Turn ranges into steps from address 0 upward; a gap is a step to 0."""
    first, after = ranges.first, ranges.after
    gap = np.ones(len(ranges.value), np.bool_)
    gap[:-1] = (after.high[:-1] != first.high[1:]) | (after.low[:-1] != first.low[1:])
    gap &= (after.high != 0) | (after.low != 0)
    zero = np.zeros(1, np.uint64)
    at_zero = zero[: 0 if len(first.high) and first.high[0] == first.low[0] == 0 else 1]
    high = np.concatenate([at_zero, first.high, after.high[gap]])
    low = np.concatenate([at_zero, first.low, after.low[gap]])
    value = np.concatenate([at_zero, ranges.value, np.zeros(int(gap.sum()), np.uint64)])
    order = np.lexsort((low, high))
    return Steps(high[order], low[order]), value[order]


def _less(left: Steps, right: Steps) -> NDArray[np.bool_]:
    less: NDArray[np.bool_] = (left.high < right.high) | ((left.high == right.high) & (left.low < right.low))
    return less


def _whole(steps: Steps) -> list[int]:
    return [high * _HALF + low for high, low in zip(steps.high.tolist(), steps.low.tolist(), strict=True)]


def _halved(addresses: list[int]) -> Steps:
    return Steps(
        np.array([address // _HALF % _HALF for address in addresses], np.uint64),
        np.array([address % _HALF for address in addresses], np.uint64),
    )
