"""The arrays of an atlas hold together, or it is said which do not; `test_atlas.py` breaks each of them in a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from monitor.attribution.atlas import ARRAYS
from monitor.attribution.atlas_checks import fault_of

if TYPE_CHECKING:
    from monitor.attribution.atlas import Atlas


def test_the_arrays_of_a_built_atlas_hold_together(small_atlas: Atlas) -> None:
    """Nothing is said of them."""
    assert fault_of(small_atlas._arrays, ARRAYS, len(small_atlas.sources)) is None


def test_a_source_that_the_header_does_not_tell_is_a_fault(small_atlas: Atlas) -> None:
    """An answer must be able to say whose word it is."""
    assert fault_of(small_atlas._arrays, ARRAYS, 1) == "the sources in it do not hold together."


def test_every_fault_is_told_at_once(small_atlas: Atlas) -> None:
    """In one sentence."""
    arrays = dict(small_atlas._arrays)
    arrays["answer_candidate"] = arrays["answer_candidate"] + np.uint16(9_999)
    arrays["word_from"] = arrays["word_from"] + np.uint32(1)

    assert fault_of(arrays, ARRAYS, len(small_atlas.sources)) == "the countries, the lists in it do not hold together."
