"""The first reason that is found of a row stands."""

from __future__ import annotations

from collections import Counter

import numpy as np
import polars as pl

from collectors.reasons import Reasons, shown


def test_the_first_reason_stands() -> None:
    """Whatever is found later."""
    reasons = Reasons(3)
    reasons.blame(np.array([False, True, False]), "one", "a")
    reasons.blame(pl.Series([None, True, True]), "two", "b")

    assert list(reasons.sample(9)) == [(1, "one", "a"), (2, "two", "b")]
    assert (reasons.counts(), reasons.none.to_list()) == (Counter(one=1, two=1), [True, False, False])


def test_fields_of_one_reason_are_counted_together() -> None:
    """The field is for people."""
    reasons = Reasons(2)
    reasons.blame(np.array([True, False]), "one", "a")
    reasons.blame(np.array([False, True]), "one", "b")

    assert (reasons.any, reasons.counts()) == (True, Counter(one=2))


def test_nothing_is_blamed_at_first() -> None:
    """Rows are records until something is found."""
    reasons = Reasons(2)
    reasons.blame(np.array([False, False]), "one", "a")

    assert (reasons.any, reasons.counts(), list(reasons.sample(9))) == (False, Counter(), [])


def test_text_is_shortened_and_made_safe() -> None:
    """For a terminal."""
    assert shown("\x1b[2J" + "x" * 100) == "\\x1b[2J" + "x" * 56 + "..."
