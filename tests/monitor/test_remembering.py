"""The memory of a ledger: all of its transfers, or those before an instant."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from monitor.detect.memory import Memory
from monitor.ledger.read import transfers_of
from monitor.remembering import memory_of
from tests.kept_worlds import KeptSite, kept_world

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.app import Knowledge


@pytest.fixture(scope="module")
def world(knowledge: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> KeptSite:
    """Nine days of the sample hospital: two pieces of reading."""
    directory: Path = tmp_path_factory.mktemp("world")
    return kept_world(directory, knowledge, date(2026, 10, 5), days=9, scale=0.01)


def test_a_ledger_read_in_pieces_is_the_memory_of_all_its_transfers(world: KeptSite) -> None:
    """First hours, days and the hours that are open."""
    with world.opened() as ledger, ledger.reading() as connection:
        pieces = memory_of(connection)
        whole = Memory.of(transfers_of(connection, datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)))
    for name in ("systems", "contacts", "countries", "hours", "days"):
        left, right = getattr(pieces, name), getattr(whole, name)
        assert left.sort(left.columns).equals(right.sort(right.columns)), name


def test_what_came_after_the_instant_is_not_remembered(world: KeptSite) -> None:
    """A replay as of a day knows no more than that day."""
    with world.opened() as ledger, ledger.reading() as connection:
        memory = memory_of(connection, datetime(2026, 10, 6, tzinfo=UTC))
    assert memory.hours["hour"].max() < datetime(2026, 10, 6, tzinfo=UTC)  # type: ignore[operator]


def test_an_empty_ledger_remembers_nothing(knowledge: Knowledge, tmp_path: Path) -> None:
    """Nor does it fail."""
    with KeptSite.of(tmp_path / "site", knowledge).opened() as ledger, ledger.reading() as connection:
        assert memory_of(connection).systems.height == 0
