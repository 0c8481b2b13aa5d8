"""Alive, ready, and in a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from monitor.daemon.answers import health_of, readiness_of, status_of
from monitor.daemon.sources import SourceHealth

if TYPE_CHECKING:
    from pathlib import Path

_WELL = SourceHealth("following", looked=True)
_ABSENT = SourceHealth("absent", "there is no logs", looked=True)


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """A ledger that can be written."""
    path = tmp_path / "ledger.db"
    path.touch()
    return path


def test_a_line_names_the_sources_that_are_not_well() -> None:
    """And how much was judged."""
    assert status_of({"gateway": _WELL, "store": _ABSENT}, 12_000) == (
        "following 2 sources, 12,000 records judged since the start; not well: store"
    )


def test_a_source_that_is_absent_is_no_reason_to_restart() -> None:
    """It is shown, and the daemon is alive."""
    health = health_of({"store": _ABSENT}, 3, is_stopping=False)

    assert (health.is_well, health.facts) == (True, {"records": 3, "source store": "absent: there is no logs"})


def test_who_reads_without_end_is_not_well() -> None:
    """The service manager hears nothing then, and begins it again."""
    health = health_of({"store": _WELL}, 3, is_stopping=False, stuck_seconds=1_800.2)

    assert (health.is_well, health.says.partition(";")[0]) == (
        False,
        "stuck: nothing has come of what is being read for 1800 s",
    )


def test_ready_is_who_has_looked_at_every_source(ledger: Path) -> None:
    """Found something or not."""
    ready = readiness_of({"gateway": _WELL, "store": _ABSENT}, ledger, has_atlas=True, is_stopping=False)

    assert (ready.is_well, ready.says) == (True, "ready")


def test_who_is_not_ready_says_why(tmp_path: Path) -> None:
    """All of it."""
    ready = readiness_of({"gateway": SourceHealth()}, tmp_path / "gone.db", has_atlas=False, is_stopping=True)

    assert (ready.is_well, ready.says) == (
        False,
        "stopping; not looked at yet: gateway; the ledger cannot be written; no atlas is open",
    )
