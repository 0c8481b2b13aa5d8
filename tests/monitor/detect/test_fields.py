"""Fields by category: judged columns, and the two frames that are not judged rows."""

from __future__ import annotations

import pytest

from monitor import schema
from monitor.detect.fields import COVERAGE, FRAMES, POSTURE, REMEMBERED, fields_of


@pytest.mark.parametrize("category", ["flow", "name", "admin", None])
def test_events_have_the_judged_columns_and_what_is_remembered(category: str | None) -> None:
    """A rule without a category reads all three."""
    assert list(fields_of(category)) == [column.name for column in (*schema.JUDGED, *REMEMBERED)]


@pytest.mark.parametrize("columns", [POSTURE, COVERAGE])
def test_a_field_that_judged_rows_have_too_means_and_is_the_same(columns: tuple[schema.Column, ...]) -> None:
    """A word in two frames has one type; `source` is the site's own name of it in coverage, `records` a count."""
    judged = {column.name: column.dtype for column in schema.JUDGED}
    shared = {column.name: column.dtype for column in columns if column.name in judged and column.name != "source"}
    assert shared == {name: judged[name] for name in shared}


def test_there_are_five_categories() -> None:
    """As the handbook says."""
    assert list(FRAMES) == ["flow", "name", "admin", "posture", "coverage"]
