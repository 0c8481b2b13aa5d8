"""Standard contractual clauses and their days."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from monitor.law.clauses import clauses_by_version, load_clauses
from monitor.law.days import Span
from monitor.problem import ProblemsFound

if TYPE_CHECKING:
    from pathlib import Path

_GRACE_ENDS = datetime(2022, 12, 27, 23, tzinfo=UTC)


@pytest.mark.parametrize("version", ["2001/497", "2004/915", "2010/87"])
def test_repealed_clauses_end_with_the_time_of_grace(version: str) -> None:
    """For contracts concluded before the repeal."""
    assert clauses_by_version()[version].span(date(2021, 9, 26)).ends == _GRACE_ENDS


@pytest.mark.parametrize("version", ["2001/497", "2004/915", "2010/87"])
def test_repealed_clauses_that_were_signed_too_late_never_count(version: str) -> None:
    """The day of the repeal is too late."""
    span = clauses_by_version()[version].span(date(2021, 9, 27))

    assert span.begins == span.ends


def test_the_clauses_of_today_have_no_end() -> None:
    """They count from 27 June 2021 in Brussels."""
    expected = Span(datetime(2021, 6, 26, 22, tzinfo=UTC), datetime.max.replace(tzinfo=UTC))

    assert clauses_by_version()["2021/914"].span(date(2026, 1, 20)) == expected


def test_what_is_wrong_in_the_file_is_told(tmp_path: Path) -> None:
    """A version written twice, a repeal before the first day, a last day before it."""
    entry = "name: a, in_force_from: 2010-01-02, source: none, verified: false"
    path = tmp_path / "clauses.yaml"
    path.write_text(
        f"clauses:\n  - {{version: 2010/87, {entry}, signed_before: 2010-01-02}}\n"
        f"  - {{version: 2010/87, {entry}, last_day: 2010-01-01}}\n",
        encoding="utf-8",
    )

    with pytest.raises(ProblemsFound) as caught:
        load_clauses(path)

    assert [problem.key for problem in caught.value.problems] == [
        "clauses[0].signed_before",
        "clauses[1].version",
        "clauses[1].last_day",
    ]
