"""How far an atlas and an event lie apart."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from monitor.atlas_days import AtlasDays, is_far

DAYS = AtlasDays(date(2026, 6, 1), date(2026, 6, 17))


@pytest.mark.parametrize(
    ("event", "apart"),
    [
        (date(2026, 6, 17), 16),
        (date(2026, 6, 9), 8),
        (date(2026, 6, 1), -16),
        (date(2026, 12, 1), 183),
        (date(2025, 12, 1), -198),
    ],
)
def test_the_farther_source_speaks(event: date, apart: int) -> None:
    """Negative where it is younger than the event."""
    instant = datetime(event.year, event.month, event.day, 23, 59, 59, tzinfo=UTC)
    column = np.array([int(instant.timestamp()) * 1_000_000], np.int64)

    assert (DAYS.apart(event), DAYS.apart_column(column).tolist()) == (apart, [apart])


def test_an_event_before_1970_has_a_day() -> None:
    """A hostile record may claim any time."""
    instant = (datetime(1969, 12, 31, 1, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)

    assert DAYS.apart_column(np.array([instant], np.int64)).tolist() == [DAYS.apart(date(1969, 12, 31))]


def test_over_180_days_is_far() -> None:
    """Either way."""
    assert [is_far(days) for days in (180, 181, -180, -181)] == [False, True, False, True]


def test_no_sources_no_days() -> None:
    """Nothing is made up."""
    assert AtlasDays.of([]) is None
