"""Loaded rules as values."""

from __future__ import annotations

from monitor.detect.load import load_rules


def test_rules_and_correlations_are_listed_together_by_id() -> None:
    """An operator does not care which is which."""
    ids = [about.id for about in load_rules().about]
    assert (ids == sorted(ids), "administration_then_volume" in ids, "source_silent" in ids) == (True, True, True)


def test_equal_files_have_equal_digests() -> None:
    """A replay can prove that it used the same rules."""
    assert load_rules().digest == load_rules().digest
