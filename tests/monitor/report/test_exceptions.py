"""Waivers against the month: what they are called on its last day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from monitor.report.exceptions import waiver_values, waivers_of
from tests.monitor.report.months import WAIVER

_LAST = date(2026, 10, 31)


@pytest.mark.parametrize(
    ("starts", "expires", "state"),
    [
        (None, date(2026, 10, 31), "holds"),
        (None, date(2026, 10, 30), "ended"),
        (date(2026, 10, 31), date(2026, 12, 31), "holds"),
        (date(2026, 11, 1), date(2026, 12, 31), "to_come"),
    ],
)
def test_both_days_of_a_waiver_are_included(starts: date | None, expires: date, state: str) -> None:
    """As in the register."""
    (line,) = waivers_of([replace(WAIVER, starts=starts, expires=expires)], _LAST)

    assert line.state == state


def test_every_fact_of_a_waiver_is_in_the_json() -> None:
    """And what it is called."""
    (line,) = waivers_of([WAIVER], _LAST)

    assert waiver_values(line) == {
        "waiver": "W-1", "rules": ["undeclared_importer"], "systems": ["warehouse"], "operators": ["aws"],
        "countries": ["US"], "sources": [], "owner": "dpo", "reason": "contract is being signed", "starts": None,
        "expires": "2026-10-15", "state": "ended", "findings": [f"f-aaaaaaaaa{place}" for place in "abcdef"],
    }  # fmt: skip
