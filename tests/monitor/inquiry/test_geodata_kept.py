"""What is said of kept atlases, in words; the facts are tested with the commands."""

from __future__ import annotations

from pathlib import Path

from monitor.attribution.refresh.store import SourceState
from monitor.attribution.refresh.update import Outcome
from monitor.inquiry.geodata_kept import outcome_facts, outcome_lines
from tests.monitor.attribution.refresh.small import NOW


def test_a_source_without_a_good_input_says_so() -> None:
    """There is nothing that could stay."""
    state = SourceState(attempted_at=NOW, result="failed", what="the server answers 404.")
    facts = outcome_facts(Outcome({"aws": state}, None, "none"), Path("atlases"))

    assert list(outcome_lines(facts)) == [
        ("aws: failed: the server answers 404. There is no good input yet.", True),
        ("No new atlas: none", True),
    ]
