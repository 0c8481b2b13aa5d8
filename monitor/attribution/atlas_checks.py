"""Check that the arrays of an atlas hold together, so that no lookup can read beyond one.

Decides whether lengths, orders and references are sound. Refuses to know what is true: a file can be sound and wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from monitor.attribution.precedence import CONFIDENCES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Arrays = Mapping[str, NDArray[Any]]

SPLIT: Final = 2**31
"""A value of `six_value` with this bit set is the number of a group of the third array, not a combination."""
CODE_OCTETS: Final = 2


def fault_of(arrays: Arrays, kinds: Mapping[str, type[np.unsignedinteger[Any]]], sources: int) -> str | None:
    """Say what does not hold together; None when everything does. `sources`: how many the header tells."""
    missing = [name for name, kind in kinds.items() if name not in arrays or arrays[name].dtype != kind]
    if missing:
        return f"it lacks {', '.join(missing)}."
    six = arrays["six_value"]
    sizes = {
        "combination": len(arrays["combination_as"]),
        "answer": len(arrays["answer_flags"]),
        "owner": len(arrays["owner_operator"]),
        "system": len(arrays["as_number"]),
        "code": len(arrays["countries"]) // CODE_OCTETS,
        "word": len(arrays["word_from"]) - 1,
    }
    checks = {
        "the boundaries": all(_ascends(arrays[name]) for name in ("four_from", "six_from", "as_number")),
        "the lengths": _lengths_hold(arrays, sizes) and min(sizes.values()) > 0,
        "the combinations": all(
            _below(values, sizes["combination"])
            for values in (arrays["four_value"], six[six < SPLIT], arrays["low_value"])
        ),
        "the divided /64s": _below(six[six >= SPLIT] - np.uint32(SPLIT), len(arrays["group_from"]) - 1)
        and _groups_hold(arrays),
        "the answers": _below(arrays["combination_answer"], sizes["answer"])
        and _below(arrays["answer_confidence"], len(CONFIDENCES)),
        "the owners": _below(arrays["combination_owner"], sizes["owner"]),
        "the countries": all(
            _below(arrays[name], sizes["code"])
            for name in ("combination_registration", "as_registration", "answer_candidate", "said_country")
        ),
        "the sources": all(
            _below(arrays[name], sources + 1) and bool((arrays[name] > 0).all())
            for name in ("answer_source", "said_source", "owner_source")
        ),
        "the AS numbers": _below(arrays["combination_as"], sizes["system"]),
        "the words": all(
            _below(arrays[name], sizes["word"]) for name in ("answer_region", "owner_operator", "owner_service")
        ),
        "the lists": all(
            _rises(arrays[starts], len(arrays[values]))
            for starts, values in (
                ("answer_candidate_from", "answer_candidate"),
                ("answer_source_from", "answer_source"),
                ("said_source_from", "said_source"),
                ("owner_source_from", "owner_source"),
                ("as_name_from", "names"),
                ("word_from", "words"),
            )
        ),
    }
    wrong = [what for what, holds in checks.items() if not holds]
    return f"{', '.join(wrong)} in it do not hold together." if wrong else None


def _lengths_hold(arrays: Arrays, sizes: Mapping[str, int]) -> bool:
    same = [
        ("four_from", "four_value"),
        ("six_from", "six_value"),
        ("low_from", "low_value"),
        ("said_source", "said_country"),
    ]
    per = {
        "combination": ("combination_answer", "combination_owner", "combination_registration"),
        "answer": ("answer_confidence", "answer_region"),
        "owner": ("owner_service",),
        "system": ("as_registration",),
    }
    starts = {
        "answer": ("answer_candidate_from", "answer_source_from", "said_source_from"),
        "owner": ("owner_source_from",),
        "system": ("as_name_from",),
    }
    return (
        all(len(arrays[left]) == len(arrays[right]) for left, right in same)
        and all(len(arrays[name]) == sizes[what] for what, names in per.items() for name in names)
        and all(len(arrays[name]) == sizes[what] + 1 for what, names in starts.items() for name in names)
        and len(arrays["countries"]) == sizes["code"] * CODE_OCTETS
    )


def _ascends(starts: NDArray[Any]) -> bool:
    return len(starts) > 0 and starts[0] == 0 and bool((starts[1:] > starts[:-1]).all())


def _below(values: NDArray[Any], limit: int) -> bool:
    return len(values) == 0 or int(values.max()) < limit


def _rises(starts: NDArray[Any], end: int) -> bool:
    return len(starts) > 0 and starts[0] == 0 and int(starts[-1]) == end and bool((starts[1:] >= starts[:-1]).all())


def _groups_hold(arrays: Arrays) -> bool:
    """Each group has ranges of its own, ascending from 0."""
    starts, low = arrays["group_from"], arrays["low_from"]
    if not _rises(starts, len(low)) or not (starts[1:] > starts[:-1]).all() or low[starts[:-1]].any():
        return False
    within = np.ones(len(low), np.bool_)
    within[starts[:-1]] = False
    return bool((low[1:] > low[:-1])[within[1:]].all())
